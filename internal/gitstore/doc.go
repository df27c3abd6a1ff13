// Package gitstore reads a Git repository: where it is, what its
// configuration, refs and index say, and which blobs a commit or a range of
// commits adds. It never writes, and it is the only package that knows go-git.
//
//	Open ─ Repository ─┬─ Refs, Head, Resolve      names → commits
//	                   ├─ Object, Commit, Tree     names → content
//	                   ├─ Staged ┐
//	                   ├─ Range  ├ scanner.Source  what is new, and what was there
//	                   └─ Tree   ┘
//
// Everything is read as Git itself reads it, but with more patience: a broken
// ref, a dead alternate or an unknown extension becomes a warning and hides
// nothing else. What was asked for and cannot be read is named in the coverage
// of a scan.
//
// Objects may be named by SHA-1 or SHA-256. go-git's decoders know only the
// former at run time, and linking its object package costs each start of the
// program more than the work of a hook; so commits, tags and trees are read by
// a few lines of our own, and Storer offers the same objects to go-git's
// decoders, which the tests use as a second opinion.
//
// Not read: reftable refs (a warning of kind WarnRefs says so, unless UseGit
// gives a way to ask Git for them), grafts and replace refs (what is stored is
// what counts here), and objects that a partial clone has not fetched.
package gitstore
