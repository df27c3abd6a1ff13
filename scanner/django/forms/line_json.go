package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// jsonStyle is how JSON writes strings.
var jsonStyle = quoting{form: JSON, stops: ",}]"}

// jsonForm recognises "NAME": "value" and "NAME": {"value": "x"}.
func jsonForm(s statement) answer {
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
	a := s.assign(jsonStyle.form, r, s.commentTrait())
	if v, ok := s.jsonSecret(r); ok {
		a.Values, a.Form = []string{v}, KubernetesBase64
	}
	return found(a)
}

// jsonSecret decodes a value of the object "data" of a Kubernetes Secret.
func (s *statement) jsonSecret(r lineValue) (v string, ok bool) {
	text := s.doc.text
	data := s.openBrace(s.nameFrom)
	if data < 0 || jsonKeyBefore(text[:data]) != "data" {
		return "", false
	}
	from := s.openBrace(data)
	if from < 0 || !holdsKindSecret(text[from:s.objectEnd(from)]) {
		return "", false
	}
	return decodeSecret(r.values[0])
}

// openBrace returns where the innermost object that is open before an offset
// begins, or -1.
func (s *statement) openBrace(at int) int {
	low := max(0, at-s.doc.atMost(pairBytes))
	s.doc.spent += (at - low) / 8
	depth := 0
	for i := at - 1; i >= low; i-- {
		switch s.doc.text[i] {
		case '}':
			depth++
		case '{':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return -1
}

// jsonKeyBefore is the key whose value begins at the end of a text.
func jsonKeyBefore(text []byte) string {
	text = bytes.TrimRight(text, " \t\r\n")
	text, ok := bytes.CutSuffix(text, []byte(":"))
	if !ok {
		return ""
	}
	text = bytes.TrimRight(text, " \t\r\n\"'\\")
	n := len(text)
	for n > 0 && ascii.IsWord(text[n-1]) {
		n--
	}
	return string(text[n:])
}

// holdsKindSecret reports whether an object of JSON says that it is a Kubernetes
// Secret.
func holdsKindSecret(object []byte) bool {
	for {
		n := bytes.Index(object, []byte(`"kind"`))
		if n < 0 {
			return false
		}
		object = bytes.TrimLeft(object[n+len(`"kind"`):], ": \t\r\n")
		if bytes.HasPrefix(object, []byte(`"Secret"`)) {
			return true
		}
	}
}

// jsonList reads the strings of a list: old keys.
func (s *statement) jsonList(at int) answer {
	list := claimed
	text := s.doc.text
	limit := min(len(text), at+s.doc.atMost(lineAhead))
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
	limit := min(len(text), at+s.doc.atMost(pairBytes))
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
