package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/value"
)

// dotenvStyle is how environment files write values: to the end of the line,
// without a comment after white space.
var dotenvStyle = quoting{form: Dotenv, comment: true, single: true, joins: true, bare: true}

// dotenvForm recognises NAME=value on a line of its own, with or without export,
// and with blanks around the sign where the text is an environment file.
func dotenvForm(s statement) answer {
	file := s.doc.format == formatDotenv
	if !s.beginsLine() || !s.isDotenv(file) {
		return pass
	}
	y := dotenvStyle
	switch {
	case s.runs():
		y = wordStyle
	case s.spaced && s.upper():
		y.stops = ""
	}
	if n := bytes.IndexByte(s.rest(), '\r'); n >= 0 {
		s.limit = s.at + n
	}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	switch code := ok && r.isCode(); {
	case code && !s.tight:
		return pass
	case !ok || code:
		return claimed
	case !file && !r.quoted && value.IsProse(r.values[0]):
		return pass
	}
	return found(s.assign(dotenvStyle.form, r, s.commentTrait()|s.buildTrait(r.end)))
}

// beginsLine reports whether the name begins its line, or follows export or a
// prompt.
func (s *statement) beginsLine() bool {
	left, _ := s.commented()
	word := bytes.Trim(bytes.TrimPrefix(left, []byte("\xef\xbb\xbf")), " \t$")
	return s.open == 0 && (len(word) == 0 || string(word) == "export")
}

// isDotenv reports whether the sign is one of environment files; file says that
// the text is one.
func (s *statement) isDotenv(file bool) bool {
	switch {
	case s.sep == ":":
		return file && s.spaced && s.upper() // docker's env files and fly.toml take no colon, some loaders do
	case s.sep != "=":
		return false
	case s.tight:
		return file || s.upper()
	}
	return file
}
