// Package lsp speaks the Language Server Protocol with an editor: diagnostics
// while somebody types, the reasons when they point at one, and the change that
// takes the key out.
//
//	stdin ─frame→ message ─Server→ Check(path, text) → diagnostics ─frame→ stdout
//
// It is the part of the protocol (version 3.17) that a checker of single files
// needs, written by hand: the libraries for it bring their own sockets, and this
// program contains no code that opens one. What a file holds is not decided
// here: Check is told a path and a text.
//
// Lines and characters are from 0. Characters are counted in UTF-16 units, or in
// bytes if the editor offers that.
package lsp
