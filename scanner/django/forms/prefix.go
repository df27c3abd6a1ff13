package forms

import (
	"html"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// maxInsecure is how far after startproject's prefix its key can end, in
// bytes: 50 characters, each escaped at worst as &#x27; or \u0026.
const maxInsecure = 400

// prefixForm reads startproject's prefix and the key after it, whatever the
// name and the language. Words after the prefix are left to the forms that
// know a name.
func prefixForm(doc *document, anchor int, emit func(*Assignment)) int {
	if a, ok := prefixed(doc, anchor); ok {
		emit(&a)
	}
	return 0
}

// prefixed reads the prefix at an offset and the key after it.
func prefixed(doc *document, from int) (a Assignment, ok bool) {
	body := from + len(scanner.InsecurePrefix)
	if string(doc.text[from:body]) != scanner.InsecurePrefix {
		return a, false
	}
	text := doc.text[:min(len(doc.text), body+maxInsecure)]
	quote := quoteBefore(text, from)
	end := body + insecureEnd(text[body:], quote)
	if a, ok = prefixedDjango(text, from, end, quote); ok {
		return a, true
	}
	return prefixedOther(text, from, end, quote)
}

// prefixedDjango reads a key that Django made, from the prefix to an offset, with
// what is written before the prefix in the same quotes.
func prefixedDjango(text []byte, from, end int, quote byte) (a Assignment, ok bool) {
	raw := string(text[from:end])
	for _, v := range insecureReadings(raw) {
		if _, ok := value.DjangoShape(v.text); ok {
			if start := wordBefore(text, from); quote == 0 && start < from && ascii.IsQuote(byteAt(text, start-1)) && byteAt(text, from+v.raw) == text[start-1] {
				return insecureMatch(start, from+v.raw-start, string(text[start:from])+v.text), true // "x-django-insecure-…"
			}
			return insecureMatch(from, v.raw, v.text), true
		}
	}
	whole, to := joinPieces(text, raw, end)
	if _, ok := value.DjangoShape(whole); ok && whole != raw {
		return insecureMatch(from, to-from, whole), true
	}
	return a, false
}

// prefixedOther reads a key that another generator made: all that is in the quotes,
// or without them, in a name or between blanks, as much as a key of Django has.
func prefixedOther(text []byte, from, end int, quote byte) (a Assignment, ok bool) {
	tail := string(text[from+len(scanner.InsecurePrefix) : end])
	if quote == 0 {
		tail = tail[:symbols(tail)]
		ok = len(tail) >= value.DjangoLength && !precedesWord(text, from)
	} else {
		ok = byteAt(text, end) == quote
	}
	if !ok || !value.IsRandom(tail) {
		return a, false
	}
	whole := scanner.InsecurePrefix + tail
	return insecureMatch(from, len(whole), whole), true
}

// symbols is how many letters, digits and signs of Django's alphabet a text begins
// with.
func symbols(text string) int {
	n := 0
	for n < len(text) && (ascii.IsWord(text[n]) && text[n] < 0x80 || strings.IndexByte("!@#$%^&*(-_=+)", text[n]) >= 0) {
		n++
	}
	return n
}

// precedesWord reports whether a word goes on at an offset.
func precedesWord(text []byte, at int) bool {
	return at > 0 && (ascii.IsWord(text[at-1]) || text[at-1] == '-')
}

// insecureEnd is the length of the key after the prefix: up to the closing
// quote, escaped or not, or to a sign that no key has.
func insecureEnd(text []byte, quote byte) int {
	for i, c := range text {
		switch {
		case !isPrintable(c), c == quote:
			return i
		case quote == 0 && (ascii.IsQuote(c) || c == '<'):
			return i
		case quote != 0 && c == '\\' && byteAt(text, i+1) == quote && i >= value.DjangoLength:
			return i
		}
	}
	return len(text)
}

// isPrintable reports whether c is ASCII and no white space.
func isPrintable(c byte) bool { return c > ' ' && c < 0x7f }

// wordBefore returns where the word that ends at an offset begins: letters,
// digits, dashes and underscores.
func wordBefore(text []byte, at int) int {
	from := at
	for from > 0 && at-from < value.MaxName && (ascii.IsWord(text[from-1]) || text[from-1] == '-') {
		from--
	}
	return from
}

// joinPieces appends the strings that are joined to the one which ends at a
// quote, over line ends, as most languages write it: "…" + "…", '…' . '…',
// "…" \ "…". It returns the offset after the last one.
func joinPieces(text []byte, first string, end int) (whole string, to int) {
	whole = first
	for range maxPieces {
		quote := byteAt(text, end)
		if !ascii.IsQuote(quote) {
			break
		}
		i := end + 1
		for i < len(text) && isJoint(text[i]) {
			i++
		}
		if byteAt(text, i) != quote {
			break
		}
		next := i + 1
		for end = next; end < len(text) && isPrintable(text[end]) && text[end] != quote; end++ {
		}
		whole += string(text[next:end])
	}
	return whole, end
}

// isJoint recognises what is between strings that are one value.
func isJoint(c byte) bool {
	return ascii.IsSpace(c) || ascii.IsBreak(c) || c == '+' || c == '.' || c == '\\' || c == '&'
}

// maxPieces is how many strings are joined at most.
const maxPieces = 4

func insecureMatch(from, length int, value string) Assignment {
	return Assignment{Offset: from, Length: length, Values: []string{value}, Form: Value, Traits: scanner.NoName}
}

// prefixedValue is a value and how many bytes of the text it takes.
type prefixedValue struct {
	text string
	raw  int
}

// insecureReadings are the ways to read what begins with the prefix: the first
// 50 characters after it as they are written, and after undoing each escape.
func insecureReadings(raw string) []prefixedValue {
	const whole = len(scanner.InsecurePrefix) + value.DjangoLength
	var out []prefixedValue
	if len(raw) >= whole && (len(raw) == whole || !value.InDjangoAlphabet(raw[whole])) {
		out = append(out, prefixedValue{raw[:whole], whole})
	}
	add := func(text string) {
		if len(text) == whole && text != raw {
			out = append(out, prefixedValue{text, len(raw)})
		} else if len(text) > whole && text != raw && !value.InDjangoAlphabet(text[whole]) {
			out = append(out, prefixedValue{text[:whole], len(raw)})
		}
	}
	if !strings.ContainsAny(raw, `\&$%`) {
		return append(out, longReading(raw)...)
	}
	add(unescape(raw, false))
	add(html.UnescapeString(raw))
	add(halve(raw, '$'))
	add(halve(raw, '%'))
	add(halve(halve(raw, '%'), '$'))
	return append(out, longReading(raw)...)
}

// longReading reads a key that something follows without a break.
func longReading(raw string) []prefixedValue {
	const whole = len(scanner.InsecurePrefix) + value.DjangoLength
	if len(raw) <= whole {
		return nil
	}
	return []prefixedValue{{raw[:whole], whole}}
}

// halve reads each doubled sign as one.
func halve(s string, sign byte) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		out = append(out, s[i])
		if s[i] == sign && i+1 < len(s) && s[i+1] == sign {
			i++
		}
	}
	return string(out)
}
