package forms

import (
	"html"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// maxInsecure is how far behind startproject's prefix its key can end, in
// bytes: 50 characters, each escaped at worst as &#x27; or \u0026.
const maxInsecure = 400

// prefixForm reads startproject's prefix and the key behind it, whatever the
// name and the language. Words behind the prefix are left to the forms that
// know a name.
func prefixForm(doc *document, anchor int, emit func(*Assignment)) int {
	if a, ok := prefixed(doc, anchor); ok {
		emit(&a)
	}
	return 0
}

func prefixed(doc *document, from int) (a Assignment, ok bool) {
	body := from + len(scanner.InsecurePrefix)
	if string(doc.text[from:body]) != scanner.InsecurePrefix {
		return a, false
	}
	limit := min(len(doc.text), body+maxInsecure)
	end := body
	quote := quoteBefore(doc.text, from)
	for end < limit {
		c := doc.text[end]
		if c <= ' ' || c >= 0x7f || c == quote || quote == 0 && (c == '"' || c == '\'' || c == '`' || c == '<') {
			break
		}
		if c == '\\' && end+1 < limit && doc.text[end+1] == quote && quote != 0 && end-body >= value.DjangoLength {
			break
		}
		end++
	}
	raw := string(doc.text[from:end])
	for _, v := range insecureReadings(raw) {
		if _, ok := value.DjangoShape(v.text); ok {
			return insecureMatch(from, v.raw, v.text), true
		}
	}
	if whole, to := joinPieces(doc.text, raw, end, limit); whole != raw {
		if _, ok := value.DjangoShape(whole); ok {
			return insecureMatch(from, to-from, whole), true
		}
	}
	if quote != 0 && end < limit && doc.text[end] == quote && value.IsRandom(raw[len(scanner.InsecurePrefix):]) {
		return insecureMatch(from, len(raw), raw), true
	}
	return a, false
}

// joinPieces appends the strings that are joined to the one which ends at a
// quote, over line ends, as most languages write it: "…" + "…", '…' . '…',
// "…" \ "…". It returns the offset behind the last one.
func joinPieces(text []byte, first string, end, limit int) (whole string, to int) {
	whole = first
	for range maxPieces {
		if end >= limit || !ascii.IsQuote(text[end]) {
			break
		}
		quote, i := text[end], end+1
		for i < limit && (ascii.IsSpace(text[i]) || ascii.IsBreak(text[i]) || text[i] == '+' || text[i] == '.' || text[i] == '\\' || text[i] == '&') {
			i++
		}
		if i >= limit || text[i] != quote {
			break
		}
		next := i + 1
		for end = next; end < limit && text[end] > ' ' && text[end] < 0x7f && text[end] != quote; end++ {
		}
		whole += string(text[next:end])
	}
	return whole, end
}

// maxPieces is how many strings are joined at most.
const maxPieces = 4

func insecureMatch(from, length int, value string) Assignment {
	return Assignment{Offset: from, Length: length, Values: []string{value}, Form: Value, Traits: scanner.NoName}
}

// prefixReading is a value and how many bytes of the text it takes.
type prefixReading struct {
	text string
	raw  int
}

// insecureReadings are the ways to read what begins with the prefix: the first
// 50 characters behind it as they stand, and after undoing each escape.
func insecureReadings(raw string) []prefixReading {
	const whole = len(scanner.InsecurePrefix) + value.DjangoLength
	var out []prefixReading
	if len(raw) >= whole && (len(raw) == whole || !value.InDjangoAlphabet(raw[whole])) {
		out = append(out, prefixReading{raw[:whole], whole})
	}
	add := func(text string) {
		if len(text) == whole && text != raw {
			out = append(out, prefixReading{text, len(raw)})
		} else if len(text) > whole && text != raw && !value.InDjangoAlphabet(text[whole]) {
			out = append(out, prefixReading{text[:whole], len(raw)})
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
func longReading(raw string) []prefixReading {
	const whole = len(scanner.InsecurePrefix) + value.DjangoLength
	if len(raw) <= whole {
		return nil
	}
	return []prefixReading{{raw[:whole], whole}}
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
