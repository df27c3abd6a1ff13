package django

import (
	"bytes"
	"sort"
)

// tripled are the strings with three quotes of a text, as far as somebody asked:
// documentation, and examples in it.
type tripled struct {
	strings []stretch
	read    int // how far the text was read, in bytes
}

// stretch is a part of a text: from an offset up to another one.
type stretch struct{ from, to int }

// maxTripled bounds how far a text is read for its strings, in bytes.
const maxTripled = 1 << 20

// holds reports whether an offset is in one of the strings. The text is the same
// in each call.
func (t *tripled) holds(text []byte, at int) bool {
	if at >= maxTripled {
		return false
	}
	for t.read <= at {
		t.next(text)
	}
	n := sort.Search(len(t.strings), func(i int) bool { return t.strings[i].to > at })
	return n < len(t.strings) && t.strings[n].from <= at
}

// next reads up to the end of the next string or comment.
func (t *tripled) next(text []byte) {
	n := bytes.IndexAny(text[t.read:], "\"'#")
	if n < 0 {
		t.read = len(text) + 1
		return
	}
	from := t.read + n
	rest := text[from:]
	switch quote := rest[0]; {
	case quote == '#':
		t.read = from + lengthTo(rest, "\n")
	case len(rest) > 2 && rest[1] == quote && rest[2] == quote:
		t.read = from + 3 + lengthTo(rest[3:], string(rest[:3]))
		t.strings = append(t.strings, stretch{from, t.read})
	default:
		t.read = from + stringLength(rest)
	}
}

// lengthTo is the length of what goes to the end of the first sign, or of all.
func lengthTo(text []byte, sign string) int {
	if n := bytes.Index(text, []byte(sign)); n >= 0 {
		return n + len(sign)
	}
	return len(text) + 1
}

// stringLength is the length of the string that begins a text, with its quotes; it
// ends with its line at the latest.
func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0], '\n':
			return i + 1
		}
	}
	return len(text) + 1
}
