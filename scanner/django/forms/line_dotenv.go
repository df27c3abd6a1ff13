package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/value"
)

// dotenvStyle is how environment files write values: to the end of the line,
// less a comment behind white space.
var dotenvStyle = style{form: Dotenv, comment: true, single: true, joins: true, bare: true}

// dotenvReader knows NAME=value on a line of its own, with or without export,
// and with blanks around the sign where the text is an environment file.
func dotenvReader(s statement) answer {
	if s.sep != "=" && s.sep != ":" || s.open != 0 {
		return pass
	}
	left, _ := s.commented()
	left = bytes.TrimPrefix(left, []byte("\xef\xbb\xbf"))
	if word := bytes.Trim(left, " \t$"); len(word) > 0 && string(word) != "export" {
		return pass
	}
	file := s.doc.kind == kindDotenv
	switch {
	case s.sep == ":":
		if !file || !s.spaced || !s.upper() {
			return pass // docker's env files and fly.toml take no colon, some loaders do
		}
	case s.tight:
		if !file && !s.upper() {
			return pass
		}
	case !file:
		return pass
	}
	y := dotenvStyle
	switch {
	case s.runs():
		y = wordStyle
	case s.spaced && s.upper():
		y.stops = ""
	}
	if bytes.IndexByte(s.rest(), '\r') >= 0 {
		s.limit = s.at + bytes.IndexByte(s.rest(), '\r')
	}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !s.tight && ok && r.isCode() {
		return pass
	}
	if !ok || r.isCode() {
		return claimed
	}
	if !r.quoted && value.IsProse(r.values[0]) && !file {
		return pass
	}
	return found(s.assign(dotenvStyle.form, r, s.commentTrait()|s.buildTrait(r.end)))
}
