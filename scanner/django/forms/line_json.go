package forms

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// jsonStyle is how JSON writes strings.
var jsonStyle = style{form: JSON, stops: ",}]"}

// jsonReader knows "NAME": "value" and "NAME": {"value": "x"}.
func jsonReader(s statement) answer {
	if s.sep != ":" || !s.inner {
		return pass
	}
	text := s.doc.text
	at := s.at
	for at < len(text) && at-s.at < 256 && (ascii.IsSpace(text[at]) || ascii.IsBreak(text[at])) {
		at++
	}
	if at >= len(text) {
		return claimed
	}
	quote, n := quoteAt(text, at, len(text))
	switch {
	case text[at] == '{':
		return s.valueIn(at+1, s.objectEnd(at), jsonStyle, s.commentTrait())
	case text[at] == '[':
		return s.jsonList(at + 1)
	case n == 0:
		return claimed
	}
	r, ok := jsonStyle.quoted(text, at, min(len(text), at+lineAhead), quote, n)
	if !ok || len(r.values) == 0 || s.isCaption(r.values[0]) {
		return claimed
	}
	return found(s.assign(jsonStyle.form, r, s.commentTrait()))
}

// jsonList reads the strings of a list: old keys.
func (s *statement) jsonList(at int) answer {
	list := claimed
	text := s.doc.text
	limit := min(len(text), at+s.doc.within(lineAhead))
	for at < limit {
		c := text[at]
		if ascii.IsSpace(c) || ascii.IsBreak(c) || c == ',' {
			at++
			continue
		}
		quote, n := quoteAt(text, at, limit)
		if n == 0 {
			break
		}
		r, ok := jsonStyle.quoted(text, at, limit, quote, n)
		if !ok {
			break
		}
		if len(r.values) > 0 {
			list.found = append(list.found, s.assign(jsonStyle.form, r, s.commentTrait()))
		}
		at = r.end
	}
	return list
}

// objectEnd returns where the object that begins at this brace ends, within
// pairBytes.
func (s *statement) objectEnd(at int) int {
	text := s.doc.text
	limit := min(len(text), at+s.doc.within(pairBytes))
	depth := 0
	for i := at; i < limit; i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		case '"':
			if n := closeQuote(text, i+1, limit, '"', false); n > 0 {
				i = n
			}
		}
	}
	return limit
}

// isCaption reports whether the value of a name in lower case is a sentence
// about a secret key.
func (s *statement) isCaption(text string) bool {
	return !s.upper() && value.IsProse(text) && strings.Contains(value.BareLetters(text), "secretkey")
}
