// Package django finds the secret keys of Django sites in texts and judges
// them.
//
//	text ─anchors→ forms ─assignments→ names, classes ─matches→ severity
//
// An anchor is a literal that every text with a key holds: a name such as
// SECRET_KEY, or the prefix that startproject writes. A form is one way of
// writing a name and a value (Python, dotenv, YAML, …; one file each); it
// evaluates the value as far as that needs no execution. The judge then says
// what the value is: made by a generator, made up by a person, asking to be
// replaced, or no key at all. Severity looks at the path last, and only it
// does, so that one text gives the same matches wherever it is.
//
// Not covered: keys that a program computes, encrypts or compresses, and names
// that have nothing to do with those of Django or Flask.
package django
