package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// Bounds of the object around a name that stands in a value, in lines and
// bytes to each side.
const (
	pairLines = 12
	pairBytes = 2 << 10
)

// nameKeys are the keys whose value is a name: name: SECRET_KEY.
var nameKeys = [...]string{
	"env",
	"envvar",
	"id",
	"key",
	"name",
	"optionname",
	"parameter_name",
	"parameterkey",
	"title",
	"var",
	"variable",
	"variablename",
}

// valueKeys are the keys that hold the value of a name.
var valueKeys = [...]string{
	"default",
	"default_value",
	"defaultvalue",
	"parametervalue",
	"plaintext",
	"secret_string",
	"secretstring",
	"stringvalue",
	"val",
	"value",
}

// pairReader knows a name and its value as two entries of one object, on one
// line or on several: - name: SECRET_KEY / value: x, {"name": "SECRET_KEY",
// "value": "x"}, <env name="SECRET_KEY" value="x"/>, { name = "SECRET_KEY",
// value = "x" }.
func pairReader(s statement) answer {
	left := s.left
	if len(left) == 0 || s.sep == "=" || s.sep == ":" {
		return pass
	}
	last := left[len(left)-1]
	if last != ':' && last != '=' {
		return pass
	}
	key := bytes.TrimRight(left[:len(left)-1], " \t\"'\\")
	n := len(key)
	for n > 0 && ascii.IsWord(key[n-1]) {
		n--
	}
	if !oneOf(key[n:], nameKeys[:]) {
		return pass
	}
	if next := byteAt(s.doc.text, s.signAt); s.sep == "" && s.signAt < s.limit && bytes.IndexByte([]byte(",}#;/>)]"), next) < 0 && !s.inner {
		return pass
	}
	from, to := s.object(s.from + n)
	y := lineStyle
	y.form = NameValue
	y.entity = s.doc.kind == kindMarkup
	traits := s.commentTrait()
	if a, ok := s.valueBetween(s.nameTo, to, y, traits); ok {
		return found(a)
	}
	if a, ok := s.valueBetween(from, s.nameFrom, y, traits); ok {
		return found(a)
	}
	return claimed
}

func oneOf(word []byte, list []string) bool {
	for _, w := range list {
		if len(word) == len(w) && foldPrefix(word, w) {
			return true
		}
	}
	return false
}

// object returns the bounds of the object whose key begins at offset key:
// braces or angle brackets on the same lines, or lines of the same indentation.
func (s *statement) object(key int) (from, to int) {
	text := s.doc.text
	reach := s.doc.within(pairBytes)
	low, high := max(0, s.nameFrom-reach), min(len(text), s.nameTo+reach)
	depth := 0
	for from = s.nameFrom; from > low; from-- {
		switch text[from-1] {
		case '}', '>':
			depth++
		case '{', '<':
			depth--
		}
		if depth < 0 {
			break
		}
	}
	if depth < 0 {
		depth = 0
		for to = s.nameTo; to < high; to++ {
			switch text[to] {
			case '{':
				depth++
			case '}', '>':
				depth--
			}
			if depth < 0 {
				break
			}
		}
		if depth < 0 {
			return from, to
		}
	}
	return s.siblings(key)
}

// siblings returns the bounds of the lines that belong to the same YAML mapping
// as the key that begins at this offset.
func (s *statement) siblings(key int) (from, to int) {
	column := key - s.from
	from, to = s.from, s.to
	if n := column - 1; n >= 0 && (s.doc.text[s.from+n] == '"' || s.doc.text[s.from+n] == '\'') {
		column--
	}
	item := bytes.IndexByte(s.doc.text[s.from:key], '-') >= 0 // the key begins a list item
	for range pairLines {
		nextFrom, next, ok := s.doc.nextLine(to)
		if !ok || next-s.to > pairBytes {
			break
		}
		line := s.doc.text[nextFrom:next]
		if len(bytes.TrimSpace(line)) > 0 && (indentOf(line) < column || line[indentOf(line)] == '-' && indentOf(line) <= column) {
			break
		}
		to = next
	}
	for range pairLines {
		if item {
			break
		}
		prev, end, ok := s.doc.previousLine(from)
		if !ok || s.from-prev > pairBytes {
			break
		}
		line := s.doc.text[prev:end]
		n := indentOf(line)
		bullet := n < len(line) && line[n] == '-'
		if bullet {
			n++
			n += indentOf(line[n:])
		}
		if len(bytes.TrimSpace(line)) == 0 || n != column {
			break
		}
		from, item = prev, bullet
	}
	return from, to
}

// valueIn answers with the value after value: or default: between two offsets,
// and claims the name without one.
func (s *statement) valueIn(from, to int, y style, traits scanner.Trait) answer {
	if a, ok := s.valueBetween(from, to, y, traits); ok {
		return found(a)
	}
	return claimed
}

// valueBetween reads the value after value: or default: between two offsets; ok
// is false if there is none, or an expression of a program.
func (s *statement) valueBetween(from, to int, y style, traits scanner.Trait) (a Assignment, ok bool) {
	text := s.doc.text
	if y.stops == "" {
		y.stops = ",}"
	}
	for i := from; i < to; i++ {
		if c := text[i] | 32; c < 'a' || c > 'z' || i > 0 && ascii.IsWord(text[i-1]) {
			continue
		}
		end := i
		for end < to && ascii.IsWord(text[end]) {
			end++
		}
		word := text[i:end]
		i = end
		if !oneOf(word, valueKeys[:]) {
			continue
		}
		for end < to && (text[end] == '"' || text[end] == '\'' || text[end] == '\\' || ascii.IsSpace(text[end])) {
			end++
		}
		if end >= to || text[end] != ':' && text[end] != '=' || end+1 < to && text[end+1] == '=' {
			continue
		}
		end++
		line := nextBreak(text, end, to)
		r, ok := y.read(text, end, line)
		if !ok {
			continue
		}
		if r.isCode() || !r.quoted && (r.values[0] == "{" || r.values[0] == "[") {
			return a, false
		}
		if word[0]|32 == 'd' {
			r.fallback = true
		}
		return s.assign(y.form, r, traits), true
	}
	return a, false
}
