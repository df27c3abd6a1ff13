package django

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// isNoKey reports whether what a person wrote for a name is not a key of a site, by
// the text around it: a rule of a scanner, a text of a user interface.
func (s *surroundings) isNoKey(a *forms.Assignment) bool {
	text := s.text
	if a.Offset > len(text) {
		return false
	}
	return isRuleLine(text, a.Offset) || isInterfaceText(text, a) || isBesidePattern(text, a.Offset, a.Length) || s.isLookedUp(a)
}

// isLookedUp reports whether a program asks a store for what its constant names:
// SECRET_KEY = "client-secret", then secrets.get(key=SECRET_KEY). What signs is
// never asked for by its value.
func (s *surroundings) isLookedUp(a *forms.Assignment) bool {
	if s.looks >= maxLooks || !isProgram(a.Form) || a.Name == "" || len(a.Values) == 0 || !isStoreName(a.Values[0]) {
		return false
	}
	name := a.Name[strings.LastIndexByte(a.Name, '.')+1:]
	s.looks++
	text := s.text[:min(len(s.text), evidenceSize)]
	for at, uses := 0, 0; uses < maxUses; uses++ {
		n := ascii.Index(text[at:], name)
		if n < 0 {
			return false
		}
		from := at + n
		at = from + len(name)
		if (from == 0 || !ascii.IsWord(text[from-1])) && isAsked(text, from, at) {
			return true
		}
	}
	return false
}

// Bounds of looking for the uses of constants, in one text.
const (
	maxLooks = 1 << 8 // constants
	maxUses  = 64     // of each
)

// isStoreName reports whether a value is written as names of entries are.
func isStoreName(v string) bool {
	return value.IsPlainName(strings.NewReplacer("-", "_", ".", "_", "/", "_", ":", "_").Replace(v))
}

// isAsked reports whether the name at text[from:to] is the key of an item, or the
// first argument of a function that looks things up.
func isAsked(text []byte, from, to int) bool {
	for from > 0 && (ascii.IsWord(text[from-1]) || text[from-1] == '.') { // Keys.SECRET_KEY
		from--
	}
	head := bytes.TrimRight(text[max(0, from-maxCall):from], " \t\r\n")
	if bytes.HasSuffix(head, []byte("[")) {
		return to < len(text) && text[to] == ']' && ascii.IsWord(head[max(0, len(head)-2)])
	}
	named := false
	for _, keyword := range [...]string{"key=", "name=", "secret_name=", "secret_id=", "secretid=", "secret="} {
		if bytes.HasSuffix(head, []byte(keyword)) {
			head, named = head[:len(head)-len(keyword)], true
			break
		}
	}
	open := bytes.LastIndexByte(head, '(')
	if open < 0 || !named && open != len(head)-1 {
		return false
	}
	callee := head[:open]
	n := len(callee)
	for n > 0 && ascii.IsWord(callee[n-1]) {
		n--
	}
	return looksUp(string(callee[n:]))
}

// maxCall bounds a call before an argument, in bytes.
const maxCall = 160

// looksUp recognises functions that find something by its name: get, getenv,
// get_secret, getString, putExtra.
func looksUp(function string) bool {
	bare := strings.ToLower(strings.ReplaceAll(function, "_", ""))
	switch bare {
	case "get", "fetch", "read", "lookup", "pop":
		return true
	}
	for _, verb := range [...]string{"get", "fetch", "read", "lookup", "load", "access", "retrieve", "put", "set", "has", "remove", "contains", "pop"} {
		if rest, ok := strings.CutPrefix(bare, verb); ok && lookedUp.Has(rest) {
			return true
		}
	}
	return false
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
// reader, secret.keys=Claves secretas, and entries of translations in JSON.
func isInterfaceText(text []byte, a *forms.Assignment) bool {
	if a.Form == forms.JSON && strings.ToUpper(a.Name) != a.Name && !strings.ContainsAny(a.Name, "_-") && len(a.Values) > 0 {
		return isPhrase(a.Values[0])
	}
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

// isPhrase recognises words of people: several of letters, or one with letters that
// ASCII does not have.
func isPhrase(v string) bool {
	blanks, foreign := 0, 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == ' ':
			blanks++
		case c >= 0x80:
			foreign++
		case !ascii.IsLetter(c):
			return false
		}
	}
	return blanks+foreign > 0 && strings.TrimSpace(v) == v
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
