package django

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
)

// written is a part of the text of a case before it is encoded.
type written struct{ from, to int }

// placesOf says where the fields of a text write a value: as a whole, from its
// first part to its last one, or after startproject's prefix.
func placesOf(text string, fields []testkit.Field, value string) (list []written) {
	from := -1
	for _, f := range fields {
		end := f.Offset + f.Length
		start := f.Offset
		if prefix := strings.LastIndex(text[:f.Offset], scanner.InsecurePrefix); scanner.InsecurePrefix+f.Value == value && prefix >= 0 {
			start = prefix
		} else if f.Value != value {
			continue
		}
		switch {
		case hasFilter(f, "head", "cut"):
			from = start
		case hasFilter(f, "tail", "rest"):
			list = append(list, written{from, end})
		case hasFilter(f, "pyc"): // after its type and its length
			list = append(list, written{start + 2, end})
		default:
			list = append(list, written{start, end})
		}
	}
	return list
}

func hasFilter(f testkit.Field, names ...string) bool {
	for name := range strings.SplitSeq(f.Filters, "|") {
		if slices.Contains(names, name) {
			return true
		}
	}
	return false
}

// encoded is where a part of a text is after its encoding.
func encoded(text, how string, p written) written {
	p = written{len(testkit.Encode(text[:p.from], how)), len(testkit.Encode(text[:p.to], how))}
	if how == "utf-16be" { // a letter is said to be where its byte that is not NUL is
		p.from, p.to = p.from+1, p.to+1
	}
	return p
}

var escape = regexp.MustCompile(`\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\n`)

// readAs reads what people made up, by its form.
func readAs(form scanner.Form, raw string) string {
	switch form {
	case forms.KubernetesBase64:
		decoded, _ := base64.StdEncoding.DecodeString(raw)
		return strings.TrimSpace(string(decoded))
	case forms.PythonAssign:
		return escape.ReplaceAllStringFunc(raw, func(s string) string {
			if s == `\n` {
				return "\n"
			}
			n, _ := strconv.ParseInt(s[2:], 16, 32)
			return string(rune(n))
		})
	}
	return raw
}

// What a match points at, read by its form, is its value: not a byte more, nor
// one less.
func TestEveryMatchOfACasePointsAtItsValue(t *testing.T) {
	for _, c := range testkit.Cases(t) {
		for _, f := range c.Files {
			text, fields := testkit.Fields(f.Source)
			for _, m := range findIn(f.Text) {
				if m.Rule == forms.RuleEmptyFallback || m.Rule == forms.RuleNoneFallback {
					continue // about an expression, not about a value in it
				}
				got := written{m.Offset, m.Offset + m.Length}
				want := placesOf(text, fields, m.Secret.Reveal())
				if len(want) == 0 && readAs(m.Form, string(f.Text[got.from:got.to])) == m.Secret.Reveal() {
					continue
				}
				if !slices.ContainsFunc(want, func(w written) bool { return pointsAt(f, got, encoded(text, f.Encoding, w), m.Form) }) {
					line, column := scanner.Position(f.Text, m.Offset)
					t.Errorf("%s: %s:%d:%d: %s, bytes %v; written at %v", c.Path, f.Name, line, column, m.Form, got, want)
				}
			}
		}
	}
}

// pointsAt compares two places, with what a form cannot say more exactly.
func pointsAt(f testkit.CaseFile, got, want written, form scanner.Form) bool {
	switch {
	case got == want:
		return true
	case form == forms.Base64 || (form == forms.PythonAssign || form == forms.Text) && want.to-want.from > 100:
		// The value is a part of what is encoded: to one character of base64, and
		// the quote, the line break and the padding after it.
		return got.from > want.from && got.to <= want.to && got.to > want.to-8
	}
	// A constant that is the format of the value: '%s%s' % ('…', '…').
	before := string(f.Text[got.from:max(got.from, want.from)])
	return got.to == want.to && (strings.Contains(before, "%s") || strings.Contains(before, "{}"))
}
