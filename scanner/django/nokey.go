package django

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// isNoKey reports whether what a person wrote for a name is no key of a site, by
// the text around it: a rule of a scanner, a text of a user interface.
func isNoKey(text []byte, a *forms.Assignment) bool {
	if a.Offset > len(text) {
		return false
	}
	return isRuleLine(text, a.Offset) || isInterfaceText(text, a) || isBesidePattern(text, a.Offset, a.Length)
}

// lineAround returns the line around an offset, at most patternBytes of it to
// each side.
func lineAround(text []byte, at int) (before, after []byte) {
	before = text[max(0, at-patternBytes):at]
	before = before[1+bytes.LastIndexByte(before, '\n'):]
	after = text[at:min(len(text), at+patternBytes)]
	if n := bytes.IndexByte(after, '\n'); n >= 0 {
		after = after[:n]
	}
	return before, after
}

// isRuleLine recognises the lines in which git-secrets keeps its rules in a
// configuration of Git.
func isRuleLine(text []byte, at int) bool {
	before, _ := lineAround(text, at)
	name, _, ok := bytes.Cut(bytes.TrimLeft(before, " \t"), []byte("="))
	return ok && (string(bytes.TrimSpace(name)) == "allowed" || string(bytes.TrimSpace(name)) == "patterns")
}

// isInterfaceText recognises lines of property files whose value is words for a
// reader: secret.keys=Claves secretas.
func isInterfaceText(text []byte, a *forms.Assignment) bool {
	if a.Form != forms.Dotenv && a.Form != forms.Shell || strings.ToUpper(a.Name) == a.Name {
		return false
	}
	_, line := lineAround(text, a.Offset)
	words := 0
	for i, c := range line {
		switch {
		case c == ' ' && i > 0 && line[i-1] != ' ':
			words++
		case ascii.IsLetter(c), c == ' ', c >= 0x80, c == '\\', c == '.', c == ',', c == ':', c == '\r':
		case ascii.IsHex(c) && bytes.Contains(line[max(0, i-5):i], []byte(`\u`)):
		default:
			return false
		}
	}
	return words > 0
}

// patternBytes is how far from a value a pattern for its name may be, in bytes.
const patternBytes = 512

// isBesidePattern reports whether a regular expression for a key's name is beside
// a value: in the rules of a scanner, and in what they are tried with.
func isBesidePattern(text []byte, from, length int) bool {
	around := text[max(0, from-patternBytes):min(len(text), from+length+patternBytes)]
	for at := 0; ; {
		n := bytes.Index(around[at:], []byte(`\s`))
		if n < 0 {
			return false
		}
		at += n
		name := bytes.ToLower(around[max(0, at-16):at])
		if bytes.Contains(name, []byte("key")) || bytes.Contains(name, []byte("secret")) {
			return true
		}
		at += 2
	}
}

// isInDocstring reports whether an offset is in a string with three quotes.
func isInDocstring(text []byte, at int) bool {
	head := text[max(0, at-evidenceSize):at]
	for len(head) > 0 {
		n := bytes.IndexAny(head, "\"'#")
		if n < 0 {
			return false
		}
		head = head[n:]
		if head[0] == '#' {
			end := bytes.IndexByte(head, '\n')
			if end < 0 {
				return false
			}
			head = head[end:]
			continue
		}
		quote := head[:1]
		if tripled := bytes.Repeat(quote, 3); bytes.HasPrefix(head, tripled) {
			end := bytes.Index(head[3:], tripled)
			if end < 0 {
				return true
			}
			head = head[end+6:]
			continue
		}
		end := bytes.IndexAny(head[1:], string(quote)+"\n")
		if end < 0 {
			return false
		}
		head = head[end+2:]
	}
	return false
}
