// Package scanner holds the terms of the program and its one pipeline:
//
//	Source → Chunk → Detector → Match → Finding → Key → Report
//
// A Source yields texts, a Detector finds keys in them, a Collector gathers the
// findings, and Build makes keys of them: one Key per secret value, with all
// the places that hold it. Nothing here reads a file, starts a program or writes a
// format of output; sources and reports plug in around it and never import each
// other.
//
// Offsets and lengths are in bytes and from 0; lines and columns are from 1,
// columns in bytes.
package scanner
