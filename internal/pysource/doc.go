// Package pysource reads a Python file so that a part of it can be replaced and
// every other byte stays.
//
//	text ─Parse→ tokens ─→ statements ─→ Call, Atom, Imports ─→ []Edit ─Apply→ text
//
// It is a tokenizer with the rules of Python 2 and 3, a tree of brackets and a
// list of statements, not a parser: what it must know is where an expression
// begins and ends, what is imported above a line, and whether the file is
// Python at all. Parse is strict about the last one, because a file that is a
// template or is broken already must not be edited: brackets must match,
// indentation must be consistent, and operands and operators must alternate.
//
// Offsets are in bytes of the text, from 0; lines are from 1.
package pysource
