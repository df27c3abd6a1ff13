// Package worktree reads the files of a user's work tree, and is the only package
// that changes them: for `fix` and whatever else the user asks for by name.
// Hooks are written by package hooks, reports by package report.
//
// A change is of several files and holds as a whole: each file is written under
// a temporary name and renamed, and if one fails, those before it get their old
// bytes back. A file that has changed since it was read, and whatever a link
// leads to, is left alone.
package worktree
