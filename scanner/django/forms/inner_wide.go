package forms

import "github.com/djleaks/djleaks/scanner/django/internal/ascii"

// wideForm reads UTF-16 and UTF-32 around an anchor, whatever the byte order: the
// letters of ASCII with one or three NULs between each two. It needs no byte order
// mark, because PowerShell's >> appends UTF-16 to files of any encoding.
func wideForm(doc *document, anchor int, emit func(*Assignment)) (end int) {
	text, width := doc.text, 2
	if byteAt(text, anchor+2) == 0 {
		width = 4
	}
	from, to := anchor, anchor
	for from-width >= 0 && isWide(text, from-width, width) {
		from -= width
	}
	for to+width < len(text) && isWide(text, to, width) && ascii.IsText(text[to+width]) {
		to += width
	}
	to++
	l := &offsetMap{text: make([]byte, 0, (to-from)/width+1)}
	for i := from; i < to; i += width {
		l.add(i, width, text[i])
	}
	doc.readPart(l, formatByContent, emit)
	return to
}

// isWide reports whether a letter of ASCII is at an offset, with NULs up to the next.
func isWide(text []byte, at, width int) bool {
	for _, c := range text[at+1 : at+width] {
		if c != 0 {
			return false
		}
	}
	return ascii.IsText(text[at])
}
