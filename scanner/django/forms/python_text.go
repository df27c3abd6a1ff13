package forms

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// pythonEmbedded reads an assignment that stands inside a string literal: a
// line that a program writes to a file, code in a test, a message. Values in
// quotes count; a value without quotes only if it is generated.
func pythonEmbedded(doc *document, at int, t target, outer byte) answer {
	_, end := doc.line(at)
	text := doc.text[:end]
	i := at
	skip := func() {
		for i < end && ascii.IsSpace(text[i]) {
			i++
		}
	}
	escaped := func(c byte) bool { return i+1 < end && text[i] == '\\' && text[i+1] == c }
	for _, q := range [...]byte{'"', '\''} { // \"SECRET_KEY\": …
		if escaped(q) {
			i += 2
		} else if i < end && text[i] == q && q != outer {
			i++
		}
	}
	skip()
	if i >= end || text[i] != '=' && text[i] != ':' || i+1 < end && text[i+1] == '=' {
		return pass
	}
	i++
	skip()
	t.form = PythonText
	if i >= end {
		return pass
	}
	var closing string
	switch {
	case escaped('"') || escaped('\''):
		closing = string(text[i : i+2])
	case (text[i] == '"' || text[i] == '\'') && text[i] != outer:
		closing = string(text[i])
	}
	i += len(closing)
	length, ok := 0, true
	if closing != "" {
		length = strings.Index(string(text[i:min(end, i+maxLiteral)]), closing)
		ok = length >= 0
	} else {
		for i+length < end && text[i+length] > ' ' && text[i+length] != outer && text[i+length] != '\\' {
			length++
		}
		t.strict = true
	}
	if !ok || length == 0 {
		return pass
	}
	raw := string(text[i : i+length])
	values := []string{unescape(raw, false)}
	if values[0] != raw {
		values = append(values, raw)
	}
	if strings.HasPrefix(raw, "{") || t.strict && value.Classify(values[0], t.name) > value.Random {
		return pass
	}
	return found(Assignment{Name: t.name, Offset: i, Length: length, Values: values, Form: t.form, Traits: t.traits})
}
