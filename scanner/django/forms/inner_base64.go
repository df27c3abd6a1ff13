package forms

import (
	"encoding/base64"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// base64Bytes is how much of a run of base64 is decoded to each side of an
// anchor.
const base64Bytes = 16 << 10

// base64Seam is how much of the run that was decoded last is decoded again before
// what follows it, in bytes: room for a statement.
const base64Seam = 1 << 10

// base64Line is how long a line of base64 is at least that another one follows,
// in bytes: base64 wraps at 76, PEM at 64.
const base64Line = 48

// base64Form decodes the base64 around startproject's prefix or SECRET_KEY and
// reads what it says: a value alone, or a whole file of settings.
func base64Form(doc *document, anchor int, emit func(*Assignment)) (end int) {
	text := doc.text
	// The literals begin at the first, the third and the last character of a
	// group.
	phase := 0
	switch text[anchor] {
	case 'R', 'N':
		phase = 2
	case 'k', 'T':
		phase = 3
	}
	places := base64Run(text, max(0, anchor-base64Bytes, doc.decoded-base64Seam), anchor)
	end = places[len(places)-1] + 1
	doc.decoded = end
	before := 0
	for before < len(places) && places[before] < anchor {
		before++
	}
	places = places[((before-phase)%4+4)%4:]
	run := make([]byte, len(places), len(places)+1)
	for i, at := range places {
		switch c := text[at]; c {
		case '-':
			run[i] = '+'
		case '_':
			run[i] = '/'
		default:
			run[i] = c
		}
	}
	if len(run)%4 == 1 {
		run = run[:len(run)-1]
	}
	decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(run)))
	n, err := base64.RawStdEncoding.Decode(decoded, run)
	if err != nil {
		return end
	}
	decoded = decoded[:n]
	place := func(a, b int) (int, int) {
		from, to := a*4/3, b*4/3
		return places[min(from, len(places)-1)], places[min(to, len(places)-1)] + max(0, to-len(places)+1)
	}
	doc.readInner(decoded, formatByContent, place, func(a *Assignment) {
		if a.Name == "" {
			a.Form = Base64
		}
		emit(a)
	})
	return end
}

// base64Run returns the offsets of the characters of base64 around an anchor and
// not before low, over the ends of full lines.
func base64Run(text []byte, low, anchor int) (places []int) {
	from, line := base64Start(text, low, anchor), 0
	limit := min(len(text), anchor+base64Bytes)
	places = make([]int, 0, min(limit, nextBreak(text, anchor, limit)+base64Seam)-from)
run:
	for at := from; at < limit; at++ {
		switch c := text[at]; {
		case ascii.IsBase64(c):
			places, line = append(places, at), line+1
			continue
		case line >= base64Line && ascii.IsBreak(c) && isFollowedByBase64(text, at):
			line = 0
			continue
		case line == 0 && (ascii.IsSpace(c) || ascii.IsBreak(c)):
			continue
		}
		break run
	}
	return places
}

// base64Start is the offset, not before low, at which the base64 around an anchor
// begins: on its line, or on the first of the full lines before it.
func base64Start(text []byte, low, anchor int) int {
	from := anchor
	for {
		line := from
		for from > low && ascii.IsBase64(text[from-1]) {
			from--
		}
		previous := from
		for previous > low && (ascii.IsSpace(text[previous-1]) || ascii.IsBreak(text[previous-1])) {
			previous--
		}
		if previous == line || previous == from || !isBase64Line(text, previous) {
			return from
		}
		from = previous
	}
}

// isFollowedByBase64 reports whether the line after the break at an offset is all base64.
func isFollowedByBase64(text []byte, at int) bool {
	from := skipBlank(text, at)
	to := from
	for to < len(text) && (ascii.IsBase64(text[to]) || text[to] == '=') {
		to++
	}
	return to > from && (to == len(text) || ascii.IsBreak(text[to]) || ascii.IsQuote(text[to]))
}

// isBase64Line reports whether a full line of base64 ends at an offset.
func isBase64Line(text []byte, end int) bool {
	n := 0
	for n < end && ascii.IsBase64(text[end-1-n]) {
		n++
	}
	return n >= base64Line && (n == end || ascii.IsSpace(text[end-1-n]) || ascii.IsBreak(text[end-1-n]))
}
