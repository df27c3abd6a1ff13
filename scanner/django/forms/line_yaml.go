package forms

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// yamlStyle is how YAML writes scalars on one line.
var yamlStyle = quoting{form: YAML, comment: true, double: true, bare: true}

// composeStyle is the same where $$ stands for $.
var composeStyle = quoting{form: YAML, comment: true, double: true, bare: true, dollars: true}

// Bounds of the search around a key, in lines and bytes: for its value, its
// parent and the kind of its object.
const (
	yamlLines  = 48
	yamlBytes  = 4 << 10
	blockBytes = 4 << 10 // of a block scalar or a folded value
)

// yamlForm recognises a key and its value in all styles of YAML.
func yamlForm(s statement) answer {
	if s.sep == "" && s.spaced && byteAt(s.doc.text, s.nameFrom-1) == '&' {
		s.sep = ":" // other: &secret_key value
	}
	if !s.isMapping() || !s.yamlKey() {
		return pass
	}
	y := yamlStyle
	if s.doc.fact("compose", looksLikeCompose) {
		y = composeStyle
	}
	if s.flow() {
		y.stops = ",}]"
	}
	if !s.skipTag() {
		return claimed
	}
	return s.yamlRest(y, s.commentTrait())
}

// yamlRest reads the value of a key, in whatever style it is.
func (s *statement) yamlRest(y quoting, traits scanner.Trait) answer {
	rest := s.rest()
	switch {
	case len(rest) == 0 || rest[0] == '#' && s.doc.text[s.at-1] == ' ':
		return s.yamlBelow(y, traits)
	case isBlockHeader(rest):
		if r, ok := s.yamlBlock(rest[0] == '>'); ok {
			return s.yamlValue(y, r, traits)
		}
		return claimed
	case rest[0] == '*' && value.IsPlainName(string(bytes.TrimSpace(rest[1:]))):
		return claimed
	case rest[0] == '{' && !bytes.HasPrefix(rest, []byte("{{")):
		return s.valueIn(s.at, s.limit, y, traits)
	case rest[0] == '[':
		return s.yamlList(y, s.at+1, s.limit, traits)
	case isAnnotation(rest):
		return pass
	}
	return s.yamlPlain(y, rest, traits)
}

// yamlPlain reads a scalar that is on the line of its key.
func (s *statement) yamlPlain(y quoting, rest []byte, traits scanner.Trait) answer {
	r, ok := s.yamlScalar(y)
	if !ok || r.isCode() || !r.quoted && s.inCode(rest) {
		return claimed
	}
	return s.yamlValue(y, r, traits)
}

// isMapping reports whether the name is followed by the sign of a mapping: a
// colon with white space after it, except in flow style.
func (s *statement) isMapping() bool {
	return s.sep == ":" && (s.open == 0 || s.inner) && (s.at >= s.limit || s.at != s.signAt+1 || s.flow())
}

// yamlItemForm recognises the items of compose: - NAME=value.
func yamlItemForm(s statement) answer {
	if s.sep != "=" || !s.tight || s.inner {
		return pass
	}
	left, _ := s.commented()
	if bullet := bytes.TrimRight(left, " \t"); string(bullet) != "-" {
		return pass
	}
	y := composeStyle
	y.form, y.joins = YAMLItem, true
	if s.open == 0 {
		switch rest := s.rest(); {
		case s.runs():
			y.blank = true
		case len(rest) > 0 && (rest[0] == '"' || rest[0] == '\''):
			// Compose would keep these quotes, a CI's shell takes them off.
			y.single = true
		}
	}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok {
		return claimed
	}
	return found(s.assign(y.form, r, s.commentTrait()|s.buildTrait(r.end)))
}

// yamlKey reports whether only what may be before a key is before the name.
func (s *statement) yamlKey() bool {
	left, _ := s.commented()
	left = bytes.TrimRight(left, " \t")
	if len(left) == 0 {
		return true
	}
	switch last := left[len(left)-1]; last {
	case '-', '{', ',', '?', '[', '+':
		return true
	case '&':
		return true
	case '<', '>', '=', '(', '|', ';', '/', '$', '"', '\'', '`', '*', ')':
		return false
	case '.':
		return true // dotted keys: django.secret_key
	}
	return bytes.HasSuffix(left, []byte("&"))
}

// flow reports whether the name is in a flow mapping that opens on its
// line.
func (s *statement) flow() bool {
	depth := 0
	for _, c := range s.doc.text[s.from:s.nameFrom] {
		switch c {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
	}
	return depth > 0
}

// isAnnotation recognises what is after the colon of a program's declaration:
// a type, then the value.
func isAnnotation(rest []byte) bool {
	n := 0
	for n < len(rest) && (ascii.IsWord(rest[n]) || bytes.IndexByte([]byte(".[]|<>, "), rest[n]) >= 0) {
		n++
	}
	return n > 0 && n+1 < len(rest) && rest[n] == '=' && rest[n-1] == ' ' && rest[n+1] == ' '
}

// inCode reports whether the line goes on as those of a program do.
func (s *statement) inCode(rest []byte) bool {
	rest = bytes.TrimRight(rest, " \t")
	last := byte(0)
	if len(rest) > 0 {
		last = rest[len(rest)-1]
	}
	return (last == ',' || last == ';') && !s.flow() && !value.AnyGenerated([]string{string(rest[:len(rest)-1])})
}

// isYAMLTag recognises a tag or an alias, which say that the value is elsewhere or
// below: !vault |, !secret name, *key.
func isYAMLTag(rest []byte) bool {
	if len(rest) < 2 || rest[0] != '!' && rest[0] != '*' || rest[1] == '!' {
		return false
	}
	word, after := rest[1:], []byte(nil)
	if n := bytes.IndexAny(word, " \t"); n >= 0 {
		word, after = word[:n], word[n:]
	}
	if !value.IsPlainName(string(word)) || len(word) >= value.MinRandom {
		return false
	}
	if rest[0] == '*' {
		return len(bytes.TrimSpace(after)) == 0
	}
	return len(after) > 0 && string(word) != "str" && string(word) != "binary" && string(word) != "unsafe"
}

// skipTag skips an anchor and a tag that does not change the value; it is false
// if the tag says that the value is elsewhere.
func (s *statement) skipTag() bool {
	for range 2 {
		rest := s.rest()
		if len(rest) < 2 || rest[0] != '&' && rest[0] != '!' {
			return true
		}
		n := bytes.IndexAny(rest, " \t")
		if n < 0 {
			n = len(rest)
		}
		word := string(bytes.TrimLeft(rest[1:n], "!"))
		if !value.IsPlainName(strings.ReplaceAll(word, ".", "_")) {
			return true // an unquoted key that begins with the sign
		}
		if rest[0] == '!' && word != "str" && word != "binary" && word != "unsafe" {
			return n == len(rest) && len(word) >= value.MinRandom
		}
		if n == len(rest) {
			if len(word) < value.MinRandom {
				s.at = s.limit // key: &anchor, and the value below
			}
			return true
		}
		for s.at += n; s.at < s.limit && ascii.IsSpace(s.doc.text[s.at]); s.at++ {
		}
	}
	return true
}

// yamlScalar reads a scalar that begins on the key's line. A quoted one may end
// on a later line.
func (s *statement) yamlScalar(y quoting) (lineValue, bool) {
	text := s.doc.text
	quote := text[s.at]
	if quote == '"' || quote == '\'' {
		limit := s.at + blockBytes
		if s.limit < s.to {
			limit = s.limit
		}
		limit = min(limit, len(text))
		if to := y.closing(text, s.at+1, limit, quote, text[s.at:s.at+1]); to > s.limit {
			if n := bytes.Count(text[s.at:to], []byte("\n")); n <= 8 {
				raw := foldLines(string(text[s.at+1:to]), quote == '"')
				return lineValue{offset: s.at + 1, length: to - s.at - 1, values: y.readings(raw, quote), quoted: true, end: to + 1}, true
			}
		}
	}
	return y.read(text, s.at, s.limit)
}

// foldLines joins the lines of a quoted scalar: with a blank, or with nothing
// where the line ends in a backslash.
func foldLines(raw string, escapes bool) string {
	var b strings.Builder
	for i, line := range strings.FieldsFunc(raw, func(r rune) bool { return r == '\n' || r == '\r' }) {
		joint := ""
		if i > 0 {
			joint = " "
			line = strings.TrimLeft(line, " \t")
		}
		if s := b.String(); escapes && strings.HasSuffix(s, `\`) {
			b.Reset()
			b.WriteString(s[:len(s)-1])
			joint = ""
		}
		b.WriteString(joint + strings.TrimRight(line, " \t"))
	}
	return b.String()
}

// isBlockHeader recognises |, >-, |2+ and a comment after them.
func isBlockHeader(rest []byte) bool {
	if rest[0] != '|' && rest[0] != '>' {
		return false
	}
	i := 1
	for i < len(rest) && i < 4 && (rest[i] == '-' || rest[i] == '+' || rest[i] >= '1' && rest[i] <= '9') {
		i++
	}
	rest = bytes.TrimLeft(rest[i:], " \t")
	return len(rest) == 0 || rest[0] == '#'
}

// yamlBlock reads the lines of a block scalar below the key.
func (s *statement) yamlBlock(folded bool) (r lineValue, ok bool) {
	var lines []string
	to, column := s.to, s.keyColumn()
	for {
		from, next, more := s.doc.nextLine(to)
		if !more || next-s.to > blockBytes {
			break
		}
		line := s.doc.text[from:next]
		text := bytes.TrimSpace(line)
		if len(text) > 0 {
			if indentOf(line) <= column {
				break
			}
			if len(lines) == 0 {
				r.offset = from + indentOf(line)
			}
			lines = append(lines, string(text))
			r.length = from + indentOf(line) + len(text) - r.offset
		}
		to = next
	}
	if len(lines) == 0 || len(lines) > yamlLines {
		return r, false
	}
	joint := "\n"
	if folded {
		joint = " "
	}
	r.values = []string{strings.Join(lines, joint)}
	r.end = r.offset + r.length
	return r, true
}

// keyColumn is the column of the key, from 0: what is below it must be
// further to the right.
func (s *statement) keyColumn() int {
	line := s.doc.text[s.from:s.nameFrom]
	n := indentOf(line)
	for n < len(line) && line[n] == '-' {
		n++
		n += indentOf(line[n:])
	}
	return n
}

// yamlBelow reads the value of a key that has nothing on its line: a scalar on
// the next line, or a mapping with value: or default:.
func (s *statement) yamlBelow(y quoting, traits scanner.Trait) answer {
	column := s.keyColumn()
	from, to, ok := s.doc.nextLine(s.to)
	for ok && len(bytes.TrimSpace(s.doc.text[from:to])) == 0 && to-s.to < yamlBytes {
		from, to, ok = s.doc.nextLine(to)
	}
	first := from + indentOf(s.doc.text[from:to])
	if !ok || first-from <= column {
		return claimed
	}
	end := s.blockEnd(first, to, column)
	switch c := s.doc.text[first]; {
	case c == '-':
		if list := s.yamlList(y, first, end, traits); list.claimed {
			return list
		}
	case c == '"' || c == '\'':
		if r, ok := y.read(s.doc.text, first, to); ok {
			return s.yamlValue(y, r, traits)
		}
	}
	if r, ok := s.loneScalar(y, first, to); ok && end == to {
		return s.yamlValue(y, r, traits)
	}
	return s.valueIn(first, end, y, traits)
}

// blockEnd returns where the lines end that are further to the right than a
// column; the first one ends at to.
func (s *statement) blockEnd(first, to, column int) int {
	for range yamlLines {
		from, next, more := s.doc.nextLine(to)
		if !more || next-first > yamlBytes {
			break
		}
		if line := s.doc.text[from:next]; len(bytes.TrimSpace(line)) > 0 && indentOf(line) <= column {
			break
		}
		to = next
	}
	return to
}

// loneScalar reads a line that is one word, not a key or an item.
func (s *statement) loneScalar(y quoting, from, to int) (r lineValue, ok bool) {
	line := s.doc.text[from:to]
	if bytes.IndexByte(line, ':') >= 0 || line[0] == '-' {
		return r, false
	}
	r, ok = y.read(s.doc.text, from, to)
	return r, ok && !strings.Contains(r.values[0], " ")
}

// yamlList reads old keys: the items of a list between two offsets, with
// brackets and commas or a dash on each line.
func (s *statement) yamlList(y quoting, from, to int, traits scanner.Trait) answer {
	if !value.IsFallbacks(s.name()) {
		return pass
	}
	list, text := claimed, s.doc.text
	y.stops = ",]"
	for from < to {
		c := text[from]
		if ascii.IsSpace(c) || ascii.IsBreak(c) || c == ',' || c == '-' && from+1 < to && text[from+1] == ' ' {
			from++
			continue
		}
		r, ok := y.read(text, from, nextBreak(text, from, to))
		if !ok {
			break
		}
		list.found = append(list.found, s.assign(y.form, r, traits))
		from = max(r.end, r.offset+r.length)
	}
	return list
}

// yamlValue answers with a value, decoded if it is under data: of a Kubernetes
// Secret, with the parent's name where the key's own says little.
func (s *statement) yamlValue(y quoting, r lineValue, traits scanner.Trait) answer {
	if !s.upper() && isUpper([]byte(r.values[0])) && value.IsPlainName(r.values[0]) && value.JudgeName(r.values[0]) != value.NameNone {
		return claimed // secretKey: SECRET_KEY names the entry of a store
	}
	a := s.assign(y.form, r, traits)
	decoded, encodes := decodeSecret(r.values[0])
	if !encodes && value.Surest(r.values) >= value.Masked {
		return found(a) // no key, whatever it is in
	}
	parent := s.parent()
	if encodes && parent == "data" && s.inSecret() {
		a.Values, a.Form = []string{decoded}, KubernetesBase64
	}
	if parent != "" && !s.upper() && !parents.Has(parent) {
		a.Name = parent + "." + a.Name
	}
	return found(a)
}

// parent returns the key that the statement's mapping belongs to, or "".
func (s *statement) parent() string {
	column := s.keyColumn()
	if s.flow() {
		line := s.doc.text[s.from:s.nameFrom]
		if n := bytes.LastIndexByte(line, '{'); n > 0 {
			return lastKey(line[:n])
		}
	}
	from := s.from
	for range yamlLines {
		prev, to, ok := s.doc.previousLine(from)
		if !ok || s.from-prev > yamlBytes || s.doc.overBudget() {
			return ""
		}
		s.doc.spent += to - prev + 16
		line := s.doc.text[prev:to]
		from = prev
		text := bytes.TrimSpace(line)
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		if n := indentOf(line); n < column {
			if n2 := bytes.TrimLeft(text, "- "); len(n2) > 0 && len(text)-len(n2)+n < column {
				return lastKey(text)
			}
		}
	}
	return ""
}

// lastKey reads the key of a line that ends in a colon.
func lastKey(line []byte) string {
	if n := bytes.Index(line, []byte(" #")); n > 0 {
		line = line[:n]
	}
	line = bytes.TrimRight(line, " \t")
	line, ok := bytes.CutSuffix(line, []byte(":"))
	if !ok {
		return ""
	}
	line = bytes.Trim(line, " \t-\"'")
	if n := bytes.LastIndexAny(line, " \t{,"); n >= 0 {
		line = line[n+1:]
	}
	if len(line) > value.MaxName || !plainWord(line) {
		return ""
	}
	return string(line)
}

// secretForm reads the data of a Kubernetes Secret that is in a text of
// another kind: a script, a chapter.
func secretForm(s statement) answer {
	if s.sep != ":" || s.parent() != "data" || !s.inSecret() {
		return pass
	}
	return yamlForm(s)
}

// inSecret reports whether the text around is a Kubernetes Secret.
func (s *statement) inSecret() bool {
	from, to := max(0, s.from-yamlBytes), min(len(s.doc.text), s.to+yamlBytes)
	if n := bytes.LastIndex(s.doc.text[from:s.from], []byte("\n---")); n >= 0 {
		from += n
	}
	if n := bytes.Index(s.doc.text[s.to:to], []byte("\n---")); n >= 0 {
		to = s.to + n
	}
	around := s.doc.text[from:to]
	return bytes.Contains(around, []byte("kind: Secret")) || bytes.Contains(around, []byte(`kind: "Secret"`)) ||
		bytes.Contains(around, []byte("kind: SealedSecret"))
}

// decodeSecret decodes a value under data:. The line break that echo adds
// before base64 is not part of the key.
func decodeSecret(v string) (string, bool) {
	if v = strings.Join(strings.Fields(v), ""); len(v)%4 != 0 {
		return "", false
	}
	raw, err := base64.StdEncoding.DecodeString(v)
	if err != nil || len(raw) == 0 {
		return "", false
	}
	for _, c := range raw {
		if (c < ' ' || c > '~') && !ascii.IsBreak(c) && c < 0x80 {
			return "", false
		}
	}
	return strings.TrimRight(string(raw), "\r\n"), true
}

// looksLikeCompose reports whether $$ stands for $ in this text.
func looksLikeCompose(doc *document) bool {
	head := doc.text[:min(len(doc.text), sniffed)]
	return bytes.HasPrefix(head, []byte("services:")) || bytes.Contains(head, []byte("\nservices:"))
}
