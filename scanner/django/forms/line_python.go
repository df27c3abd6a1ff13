package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// isPython reports whether the statement can only be Python's, in a text that
// does not look like it: a short file without an import, whose first lines are
// those of an environment file too.
func (s *statement) isPython() bool {
	if s.sep != "=" || s.open != 0 || !of(formatDotenv, formatINI, formatOther).has(s.doc.format) {
		return false
	}
	if left, _ := s.commented(); len(bytes.TrimSpace(left)) > 0 {
		return false
	}
	rest := bytes.TrimRight(s.rest(), " \t")
	if bytes.HasPrefix(rest, []byte("'''")) || bytes.HasPrefix(rest, []byte(`"""`)) {
		return false // or of TOML
	}
	if n := pythonString(rest); n > 0 {
		return s.goesOn(rest[n:])
	}
	if bytes.HasPrefix(rest, []byte("str(")) || bytes.HasPrefix(rest, []byte("bytes(")) {
		return true
	}
	return s.spaced && value.IsPlainName(string(rest)) && s.assigns(rest)
}

// pythonString returns the length of the string literal that s begins with, or
// 0.
func pythonString(s []byte) int {
	n := 0
	if pythonPrefix(s) {
		n = bytes.IndexAny(s, `"'`)
	}
	if n >= len(s) || s[n] != '"' && s[n] != '\'' {
		return 0
	}
	return closeQuote(s, n+1, len(s), s[n], false) + 1
}

// goesOn reports whether what is after a string literal makes it a part of an
// expression: another literal, a method, an operator, a continued line.
func (s *statement) goesOn(rest []byte) bool {
	blank := bytes.TrimLeft(rest, " \t")
	if len(blank) == 0 {
		return false
	}
	switch c := blank[0]; c {
	case '"', '\'':
		return s.spaced || len(blank) < len(rest)
	case '\\':
		return s.spaced && len(blank) == 1
	case '+', '%':
		return s.spaced && len(blank) > 1
	case '.':
		return len(blank) > 2 && ascii.IsLetter(blank[1]) && bytes.IndexByte(blank, '(') > 0 && blank[len(blank)-1] != ';'
	}
	return false
}

// assigns reports whether a line of the text begins with an assignment to a name
// in small or capital letters.
func (s *statement) assigns(name []byte) bool {
	if s.doc.overBudget() {
		return false
	}
	text := s.doc.text[:min(len(s.doc.text), s.at+wideWindow)]
	s.doc.spent += len(text) / 8
	for at := 0; ; {
		n := bytes.Index(text[at:], name)
		if n < 0 {
			return false
		}
		from := at + n
		at = from + len(name)
		if from != s.at && (from == 0 || ascii.IsBreak(text[from-1])) && bytes.HasPrefix(bytes.TrimLeft(text[at:], " \t"), []byte("=")) {
			return true
		}
	}
}
