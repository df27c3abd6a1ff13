// Package cache keeps what an audit has learnt of a repository, so that the next
// one costs what is new.
//
// An object's name is its content's hash, and whether it holds a key depends on
// its content and on the rules alone. So the names of the objects in which one
// version of the rules found nothing can be kept; that does not depend on
// repositories or packs. What else an audit keeps, it says itself: the package
// seals it, and gives it back to nobody but the same build with the same rules.
//
//	Folder   one repository's files, and whose they are
//	Objects  names of objects
//	Encode   plain data to bytes, and Decode back
//
// A file that was made by other rules, is damaged, is cut off or could have been
// written by somebody else counts as no cache at all. Nothing detects what the user
// has forged: the folder must be as trustworthy as the program.
package cache
