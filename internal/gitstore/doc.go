// Package gitstore reads a Git repository: where it is, what its
// configuration, refs and index say, and which blobs a commit or a range of
// commits adds. It writes only the repository of the demo (Create), and it is the
// only package of the program that imports go-git.
//
//	Open ─ Repository ─┬─ Refs, Head, Resolve      names → commits
//	                   ├─ Object, Commit, Tree     names → content
//	                   ├─ Staged ┐
//	                   ├─ Range  ├ scanner.Source  what is new, and what was there
//	                   └─ Tree   ┘
//
// Everything is read as Git itself reads it, except that errors stay local: a
// broken ref, a missing alternate or an unknown extension becomes a warning and
// hides nothing else. What was asked for and cannot be read is named in the
// coverage of a scan.
//
// Objects may be named by SHA-1 or SHA-256. go-git's decoders read only the
// former, and linking its object package costs each start of the program more
// than the work of a hook; so commits, tags and trees are read by a few lines of
// our own. The tests compare them with go-git's decoders, and package
// scanner/gogit answers the same questions through go-git.
//
// Not read: reftable refs (a warning says so, unless UseGit lets this package
// ask Git for them), grafts and replace refs (what is stored is what counts
// here), and objects that a partial clone has not fetched.
package gitstore
