package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/value"
)

// magicReader knows the lines of a cell that are no Python, %env NAME=value and
// !command, and what Python's own form has left alone, such as text in a
// string, if it gives a value that no person made up.
func magicReader(s *statement, emit func(Assignment)) bool {
	line := bytes.TrimLeft(s.doc.text[s.from:s.nameFrom], " \t")
	magic := len(line) > 0 && (line[0] == '%' || line[0] == '!')
	take := func(a Assignment) {
		if len(a.Values) > 0 && (magic || value.AnyGenerated(a.Values)) {
			emit(a)
		}
	}
	if magic && s.sep == "" && bytes.Contains(line, []byte("env ")) {
		s.sep, s.tight = "=", true // %env NAME value
	}
	for _, read := range [...]reader{expansionReader, pairReader, shellReader, lineReader} {
		if read(s, take) {
			return true
		}
	}
	return false
}
