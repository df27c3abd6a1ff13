package forms

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// side says which branch of a condition holds in development only.
type side uint8

const (
	neitherSide side = iota
	firstSide
	secondSide
)

// developmentSide reads a condition that asks for DEBUG.
func developmentSide(condition []byte) side {
	if !bytes.Contains(bytes.ToUpper(condition), []byte("DEBUG")) {
		return neitherSide
	}
	if bytes.Contains(condition, []byte("not ")) || bytes.Contains(condition, []byte("False")) || bytes.Contains(condition, []byte("!=")) {
		return secondSide
	}
	return firstSide
}

// branch merges both values of a conditional expression.
func branch(a, b result, dev side) result {
	if dev == firstSide {
		mark(a.literals, scanner.DevOnly)
	}
	if dev == secondSide {
		mark(b.literals, scanner.DevOnly)
	}
	return choice(a, b)
}

// choice is a value that is one of two. A literal beside something computed is
// a fallback.
func choice(a, b result) result {
	if a.computed && !b.computed {
		mark(b.literals, scanner.Fallback)
	}
	if b.computed && !a.computed {
		mark(a.literals, scanner.Fallback)
	}
	return result{
		literals: join(a.literals, b.literals),
		computed: a.computed || b.computed,
		display:  a.display || b.display,
		from:     min(a.from, b.from), to: max(a.to, b.to),
	}
}

func mark(list []literal, t scanner.Trait) {
	for i := range list {
		list[i].traits |= t
	}
}

func join(a, b []literal) []literal {
	if len(a) == 0 {
		return b
	}
	return append(a, b[:min(len(b), max(0, maxLiterals-len(a)))]...)
}

// elements keeps what stays in a list when something is done with it.
func elements(r result) []literal {
	if r.display {
		return r.literals
	}
	return nil
}

// minPart is how long a constant part of an otherwise computed string must be
// to be judged by itself, in bytes.
const minPart = 20

// concat is a + b.
func concat(a, b result) result {
	switch {
	case a.constant && b.constant && !a.display && !b.display && len(a.literals[0].text)+len(b.literals[0].text) <= maxLiteral:
		l := literal{text: a.literals[0].text + b.literals[0].text, from: a.literals[0].from, to: max(a.literals[0].to, b.literals[0].to), traits: a.literals[0].traits | b.literals[0].traits}
		return result{literals: []literal{l}, constant: true, from: a.from, to: b.to}
	case a.display || b.display:
		return result{literals: join(a.literals, b.literals), display: true, computed: a.computed || b.computed, from: a.from, to: b.to}
	}
	return result{literals: longParts(join(a.literals, b.literals)), computed: true, from: a.from, to: b.to}
}

// sliced is a constant text from one place to another, or backwards: "…"[:50],
// "…"[::-1].
func sliced(r result, brackets string) result {
	out := result{computed: true, from: r.from, to: r.to + len(brackets)}
	l := r.literals[0]
	from, to, ok := strings.Cut(strings.ReplaceAll(strings.Trim(brackets, "[]"), " ", ""), ":")
	switch {
	case !ok:
		return out
	case from == "" && to == ":-1":
		letters := []rune(l.text)
		slices.Reverse(letters)
		l.text = string(letters)
	default:
		i, err := sliceIndex(from, 0, len(l.text))
		j, err2 := sliceIndex(to, len(l.text), len(l.text))
		if err != nil || err2 != nil || i > j {
			return out
		}
		if l.to-l.from == len(l.text) { // without an escape
			l.from, l.to = l.from+i, l.from+j
		}
		l.text = l.text[i:j]
	}
	l.other = ""
	out.literals, out.constant, out.computed = []literal{l}, true, false
	return out
}

// sliceIndex is an index of a slice; s is written in decimal, and empty for none.
func sliceIndex(s string, none, length int) (int, error) {
	if s == "" {
		return none, nil
	}
	n, err := strconv.Atoi(s)
	if n < 0 {
		n += length
	}
	return max(0, min(n, length)), err
}

// longParts keeps the literals that can hold a key by themselves.
func longParts(list []literal) []literal {
	kept := list[:0:0]
	for _, l := range list {
		if len(l.text) >= minPart {
			l.argument = true
			kept = append(kept, l)
		}
	}
	return kept
}

// interpolate is a % b with constants on both sides.
func interpolate(a, b result) result {
	if !a.constant {
		return result{computed: true, from: a.from, to: b.to}
	}
	if !b.computed && len(b.literals) > 0 {
		if text, ok := filled(a.literals[0].text, b.literals); ok {
			l := literal{text: text, from: a.literals[0].from, to: b.literals[len(b.literals)-1].to}
			return result{literals: []literal{l}, constant: true, from: a.from, to: b.to}
		}
	}
	return result{literals: longParts(join(a.literals, b.literals)), computed: true, from: a.from, to: b.to}
}

// filled replaces each %s of a text by the next argument.
func filled(text string, args []literal) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		i++
		switch {
		case text[i] == '%':
			out.WriteByte('%')
		case text[i] == 's' && len(args) > 0:
			out.WriteString(args[0].text)
			args = args[1:]
		default:
			return "", false
		}
	}
	return out.String(), len(args) == 0 && out.Len() <= maxLiteral
}

// misplaced keeps the literals that are generated keys and are where a name
// is expected.
func misplaced(list []literal) []literal {
	var kept []literal
	for _, l := range list {
		if value.Classify(l.text, "") <= value.Random {
			kept = append(kept, l)
		}
	}
	return kept
}
