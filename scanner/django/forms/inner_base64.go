package forms

import (
	"encoding/base64"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// base64Bytes is how much of a run of base64 is decoded to each side of an
// anchor.
const base64Bytes = 16 << 10

// base64Form decodes the run of base64 around startproject's prefix and reads
// what it says: a value alone, or a whole file of settings.
func base64Form(doc *document, anchor int, emit func(*Assignment)) (end int) {
	text := doc.text
	// The literals begin at the first, the third and the last character of a
	// group.
	group := anchor
	switch text[anchor] {
	case 'R':
		group -= 2
	case 'k':
		group -= 3
	}
	from, to := anchor, anchor
	low, high := max(0, anchor-base64Bytes), min(len(text), anchor+base64Bytes)
	for from > low && ascii.IsBase64(text[from-1]) {
		from--
	}
	for to < high && ascii.IsBase64(text[to]) {
		to++
	}
	end = to
	from += ((group-from)%4 + 4) % 4
	run := make([]byte, 0, to-from)
	for _, c := range text[from:to] {
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		}
		run = append(run, c)
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
	place := func(a, b int) (int, int) { return from + a*4/3, from + b*4/3 }
	doc.readInner(decoded, formatByContent, place, func(a *Assignment) {
		if a.Name == "" {
			a.Form = Base64
		}
		emit(a)
	})
	return end
}
