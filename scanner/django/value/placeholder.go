package value

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A placeholder is recognised by the words it is made of, not by a list of values:
// people vary the wording without end, but nearly always name what should
// happen (change, replace, your, …) or what the value is for (test, dev, …).

// maxWords is how many words of a value are looked at.
const maxWords = 24

// asksForReplacement reports whether a value tells its reader to put a key in
// its place, in one of the languages that settings are commonly written in.
func asksForReplacement(v string) bool { return saysOneOf(v, imperatives.Has, imperativeParts()) }

// isDummy reports whether a value says that nobody should use it: for tests,
// builds, examples.
func isDummy(v string) bool {
	return len(v) == 1 || fold(v) == "na" || saysOneOf(v, dummies.Has, dummyParts())
}

// saysOneOf reports whether one of the words of v is in a vocabulary, or v without
// its separators holds one of the parts.
func saysOneOf(v string, word func(string) bool, parts []string) bool {
	var buf [maxWords]string
	for _, w := range wordsOf(buf[:0], v) {
		if word(w) || len(w) > 2 && word(unleet(w)) {
			return true
		}
	}
	whole := fold(v)
	for _, p := range parts {
		if strings.Contains(whole, p) {
			return true
		}
	}
	return false
}

// wordsOf appends the words of v in lower case to dst: runs of letters and
// digits, broken at a change from lower to upper case.
func wordsOf(dst []string, v string) []string {
	from, lower := -1, false
	flush := func(to int) {
		if from >= 0 && len(dst) < cap(dst) {
			dst = append(dst, strings.ToLower(v[from:to]))
		}
		from = -1
	}
	for i := 0; i < len(v); {
		c, size := utf8.DecodeRuneInString(v[i:])
		switch {
		case c == '\'' && from >= 0: // don't
		case !unicode.IsLetter(c) && !unicode.IsDigit(c) && !isLeet(c, from):
			flush(i)
		case unicode.IsUpper(c) && lower:
			flush(i)
			from = i
		case from < 0:
			from = i
		}
		lower = unicode.IsLower(c)
		i += size
	}
	flush(len(v))
	return dst
}

// isLeet recognises the signs that stand for a letter inside a word.
func isLeet(c rune, from int) bool { return from >= 0 && (c == '@' || c == '$') }

// unleet reads the digits and signs of a word as letters.
func unleet(w string) string {
	changed := false
	out := strings.Map(func(c rune) rune {
		if c < 0x80 {
			if n := strings.IndexByte(leetFrom, byte(c)); n >= 0 {
				changed = true
				return rune(leetTo[n])
			}
		}
		if c == '\'' {
			changed = true
			return -1
		}
		return c
	}, w)
	if !changed {
		return w
	}
	return out
}

// fold keeps the letters and digits of s in lower case.
func fold(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, s)
}
