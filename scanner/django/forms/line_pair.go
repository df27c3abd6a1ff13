package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// Bounds of the object around a name that is in a value, in lines and
// bytes to each side.
const (
	pairLines = 12
	pairBytes = 2 << 10
)

// nameKeys are the keys whose value is a name: name: SECRET_KEY.
var nameKeys = [...]string{
	"attribute",
	"config_key",
	"configkey",
	"env",
	"env_name",
	"env_var",
	"envname",
	"envvar",
	"field",
	"fieldname",
	"id",
	"k",
	"key",
	"label",
	"name",
	"option_name",
	"optionname",
	"param",
	"parameter",
	"parameter_name",
	"parameterkey",
	"parametername",
	"property",
	"secret_name",
	"setting",
	"setting_name",
	"settingname",
	"title",
	"var",
	"var_name",
	"variable",
	"variable_name",
	"variablename",
	"varname",
}

// valueKeys are the keys that hold the value of a name.
var valueKeys = [...]string{
	"config_value",
	"configvalue",
	"content",
	"contents",
	"current_value",
	"currentvalue",
	"default",
	"default_value",
	"defaultvalue",
	"env_value",
	"envvalue",
	"initial",
	"option_value",
	"optionvalue",
	"parametervalue",
	"plaintext",
	"raw_value",
	"rawvalue",
	"secret_string",
	"secret_value",
	"secretstring",
	"secretvalue",
	"setting_value",
	"settingvalue",
	"string_value",
	"stringdata",
	"stringvalue",
	"v",
	"val",
	"value",
	"var_value",
	"variable_value",
	"variablevalue",
	"varvalue",
}

// pairForm recognises a name and its value as two entries of one object, on one
// line or on several: - name: SECRET_KEY / value: x, {"name": "SECRET_KEY",
// "value": "x"}, <env name="SECRET_KEY" value="x"/>, { name = "SECRET_KEY",
// value = "x" }.
func pairForm(s statement) answer {
	if len(s.left) == 0 || s.sep == "=" || s.sep == ":" {
		return pass
	}
	left, object := pathBefore(s.left)
	n, ok := nameKeyBefore(left)
	if !ok || !s.endsEntry() {
		return pass
	}
	from, to := s.object(s.from + n)
	y := lineStyle
	y.form = NameValue
	y.entity = s.doc.format == formatMarkup
	traits := s.commentTrait()
	a, ok := s.valueBetween(s.nameTo, to, y, traits)
	if !ok {
		a, ok = s.valueBetween(from, s.nameFrom, y, traits)
	}
	if !ok && s.doc.format == formatMarkup {
		a, ok = s.elementText(to, traits)
	}
	if ok {
		a.Name = object + a.Name
		return found(a)
	}
	return claimed
}

// nameKeyBefore returns the offset of the key for names that is at the end of
// left, with its sign.
func nameKeyBefore(left []byte) (at int, ok bool) {
	if len(left) == 0 || left[len(left)-1] != ':' && left[len(left)-1] != '=' {
		return 0, false
	}
	key := bytes.TrimRight(left[:len(left)-1], " \t\"'\\")
	at = len(key)
	for at > 0 && ascii.IsWord(key[at-1]) {
		at--
	}
	return at, oneOf(key[at:], nameKeys[:])
}

// endsEntry reports whether the name ends an entry of its object: nothing else
// follows it.
func (s *statement) endsEntry() bool {
	return s.sep != "" || s.inner || s.signAt >= s.limit || bytes.IndexByte([]byte(",}#;/>)]"), byteAt(s.doc.text, s.signAt)) >= 0
}

// pathBefore takes the path before a name off the end of what is before it:
// "name: django." is "name:" and "django.", of a path with slashes nothing is
// returned.
func pathBefore(left []byte) (rest []byte, object string) {
	n := len(left)
	if n == 0 || left[n-1] != '.' && left[n-1] != '/' {
		return left, ""
	}
	for n > 0 && (ascii.IsWord(left[n-1]) || left[n-1] == '.' || left[n-1] == '/' || left[n-1] == '-') {
		n--
	}
	if left[len(left)-1] == '.' && plainWord(left[n:len(left)-1]) {
		object = string(left[n:])
	}
	return bytes.TrimRight(left[:n], " \t\"'\\"), object
}

// elementText reads the text of the element whose tag ends at this offset:
// <setting key="SECRET_KEY">value</setting>.
func (s *statement) elementText(tagEnd int, traits scanner.Trait) (a Assignment, ok bool) {
	text := s.doc.text
	if byteAt(text, tagEnd) != '>' || byteAt(text, tagEnd-1) == '/' {
		return a, false
	}
	from := tagEnd + 1
	n := bytes.IndexByte(text[from:min(len(text), from+lineAhead)], '<')
	if n <= 0 || n+1 >= len(text)-from || text[from+n+1] != '/' {
		return a, false
	}
	raw := bytes.TrimSpace(text[from : from+n])
	if len(raw) == 0 {
		return a, false
	}
	from += bytes.Index(text[from:from+n], raw)
	y := lineStyle
	y.entity = true
	r := lineValue{offset: from, length: len(raw), values: y.readings(string(raw), 0), end: from + len(raw)}
	return s.assign(NameValue, r, traits), true
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
	reach := s.doc.atMost(pairBytes)
	if from, open := openingBefore(text, max(0, s.nameFrom-reach), s.nameFrom); open {
		if to, closed := closingAfter(text, s.nameTo, min(len(text), s.nameTo+reach)); closed {
			return from, to
		}
	}
	return s.mapping(key)
}

// openingBefore looks back for a brace or an angle bracket that is open at to.
func openingBefore(text []byte, from, to int) (at int, ok bool) {
	if bytes.IndexByte(text[from:to], '{') < 0 && bytes.IndexByte(text[from:to], '<') < 0 {
		return from, false // as in most of YAML
	}
	depth := 0
	for at = to; at > from; at-- {
		switch text[at-1] {
		case '}', '>':
			depth++
		case '{', '<':
			depth--
		}
		if depth < 0 {
			return at, true
		}
	}
	return from, false
}

// closingAfter looks for the brace or the angle bracket that closes what is open
// at from.
func closingAfter(text []byte, from, to int) (at int, ok bool) {
	depth := 0
	for at = from; at < to; at++ {
		switch text[at] {
		case '{':
			depth++
		case '}', '>':
			depth--
		}
		if depth < 0 {
			return at, true
		}
	}
	return to, false
}

// mapping returns the bounds of the lines that belong to the same YAML mapping
// as the key that begins at this offset.
func (s *statement) mapping(key int) (from, to int) {
	column := key - s.from
	if before := byteAt(s.doc.text[s.from:key], column-1); before == '"' || before == '\'' {
		column--
	}
	from, to = s.from, s.mappingEnd(column)
	if bytes.IndexByte(s.doc.text[s.from:key], '-') >= 0 {
		return from, to // the key begins a list item
	}
	for range pairLines {
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
		if from = prev; bullet {
			break
		}
	}
	return from, to
}

// mappingEnd returns where the lines below end that are not further to the left
// than a column, nor a new item in it.
func (s *statement) mappingEnd(column int) int {
	to := s.to
	for range pairLines {
		from, next, ok := s.doc.nextLine(to)
		if !ok || next-s.to > pairBytes {
			break
		}
		line := s.doc.text[from:next]
		if n := indentOf(line); len(bytes.TrimSpace(line)) > 0 && (n < column || line[n] == '-' && n <= column) {
			break
		}
		to = next
	}
	return to
}

// valueIn answers with the value after value: or default: between two offsets,
// and claims the name without one.
func (s *statement) valueIn(from, to int, y quoting, traits scanner.Trait) answer {
	if a, ok := s.valueBetween(from, to, y, traits); ok {
		return found(a)
	}
	return claimed
}

// valueBetween reads the value after value: or default: between two offsets; ok
// is false if there is none, or an expression of a program.
func (s *statement) valueBetween(from, to int, y quoting, traits scanner.Trait) (a Assignment, ok bool) {
	text := s.doc.text
	if y.stops == "" {
		y.stops = ",}"
	}
	for i := nextWord(text[:to], from); i < to; i = nextWord(text[:to], i) {
		word := text[i:wordEndAt(text[:to], i)]
		if i += len(word); strings.IndexByte(valueStarts, word[0]|32) < 0 || !oneOf(word, valueKeys[:]) {
			continue
		}
		at, ok := skipKeySign(text[:to], i)
		if !ok {
			continue
		}
		r, ok := y.read(text, at, nextBreak(text, at, to))
		if !ok {
			continue
		}
		if isYAMLTag(bytes.TrimLeft(text[at:nextBreak(text, at, to)], " \t")) {
			return a, false // value: !vault |
		}
		if r.isCode() || !r.quoted && (r.values[0] == "{" || r.values[0] == "[" || isVariable(r.values[0])) {
			return a, false
		}
		r.fallback = r.fallback || word[0]|32 == 'd'
		return s.assign(y.form, r, traits), true
	}
	return a, false
}

// isVariable recognises the name of a parameter or a variable that holds the key,
// where a language writes texts in quotes: value: secretKey in Bicep.
func isVariable(v string) bool {
	return ascii.IsLower(v[0]) && value.IsPlainName(v) && strings.ToLower(v) != v && value.JudgeName(v) != value.NameNone
}

// valueStarts are the letters that valueKeys begin with.
const valueStarts = "cdeioprsv"

// nextWord is where the next word with a letter as its first byte begins, from an
// offset on; the length of the text if there is none.
func nextWord(text []byte, at int) int {
	if at > 0 && ascii.IsWord(text[at-1]) {
		at = wordEndAt(text, at)
	}
	for at < len(text) && !ascii.IsLetter(text[at]) {
		if ascii.IsWord(text[at]) {
			at = wordEndAt(text, at)
			continue
		}
		at++
	}
	return at
}

// skipKeySign returns the offset after the sign that follows a key, with its
// quotes; ok is false if there is none.
func skipKeySign(text []byte, i int) (after int, ok bool) {
	for i < len(text) && (ascii.IsSpace(text[i]) || text[i] == '"' || text[i] == '\'' || text[i] == '\\') {
		i++
	}
	sign := byteAt(text, i)
	return i + 1, (sign == ':' || sign == '=') && byteAt(text, i+1) != '='
}
