// Package merge makes one report of a whole fleet from the stores that its
// workers have written.
//
//	list, stores ── Gather ──→ Fleet ── Compare ──→ Since
//	                                 └─ Write ──→ json, jsonl, csv, html, markdown
//
// The list decides, not the stores: a repository of which no store has a record
// is missing, and that is said before anything else. Records are read one after
// the other, and only what is shown is kept.
//
// Neither the order of the stores, nor how the list was shared, nor how often
// anything was tried changes a byte of the result.
package merge
