// Package fleet audits a share of a list of repositories into a folder, so that
// any number of workers, each started any number of times, end with the same
// files.
//
//	list ── Share ──→ entries ── Run ──→ store
//
// The List decides what there is: a repository that it names and the store does not
// have is missing.
// The share of a worker is a function of the list and two numbers, so that
// workers need not talk. The audit itself, and the answer whether a repository
// has changed, are the caller's: this room decides what to do with them, and is
// the only one that writes a Store.
//
// What a store has of a repository is a pure function of its id, its objects,
// its refs, the rules and the settings, and appears by renaming a finished file.
// So a second attempt costs nothing and changes nothing, and no engine has to
// start anything exactly once.
package fleet
