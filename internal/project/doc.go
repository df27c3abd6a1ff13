// Package project reads from the files of one commit what a Django project says
// of itself: the packages that it needs and their versions, its settings, what
// its own code does with the secret key, and the platforms that it runs on.
//
//	paths, texts → packages (lock files, requirements)
//	             → settings (names and literals of settings modules)
//	             → uses     (imports and calls of the other Python files)
//	             → platforms (Procfile, fly.toml, workflows, …)
//	             → words    (salts and names of cookies, which a value may be signed with)
//
// Files are read one after another, and of each only its Facts are kept: what may be
// asked for later, and no text and no tokens.
//
// Nothing is imported or run. A value that is not a literal is not guessed: it
// is kept as what it mentions, and a question about it has the answer Unknown.
// What was not read is listed, because "not seen" is not "not there".
//
// # Terms
//
// A Site is a file and a line, from 1. A Setting is one assignment to an
// upper-case name in a settings module. A Use is a place in other code. A
// Package is a distribution by its normalised name (PEP 503).
//
// # Limits
//
// At most maxFiles files and maxBytes bytes are read, and of one file at most
// what the reader gives. Tests, documentation, migrations and vendored code do
// not run with the key of production and are passed over. Settings that a
// program computes, and those of packages outside of the repository, are not
// seen.
package project
