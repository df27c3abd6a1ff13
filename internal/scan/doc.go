// Package scan holds the use cases of the program: what an audit, a check of
// the staged files, a search of a range, of the commits of a CI job, of
// received commits and of plain files is. Each is a method of Scan and returns
// a finished report; which words ask for it and how it is shown is for the
// caller.
//
// It also decides whose files are trusted: a configuration or a baseline can accept a
// key, so a change must not bring the one that accepts its own. See Origin.
package scan
