package forms

import "github.com/djleaks/djleaks/scanner/django/internal/ascii"

// utf16Form reads UTF-16 around an anchor, whatever the byte order: the letters
// of ASCII with a NUL between each two. It needs no byte order mark, because
// PowerShell's >> appends UTF-16 to files of any encoding.
func utf16Form(doc *document, anchor int, emit func(*Assignment)) (end int) {
	text := doc.text
	from, to := anchor, anchor
	for from-2 >= 0 && text[from-1] == 0 && ascii.IsText(text[from-2]) {
		from -= 2
	}
	for to+2 < len(text) && text[to+1] == 0 && ascii.IsText(text[to+2]) {
		to += 2
	}
	to++
	l := &offsetMap{text: make([]byte, 0, (to-from+1)/2)}
	for i := from; i < to; i += 2 {
		l.add(i, 2, text[i])
	}
	doc.readPart(l, formatByContent, emit)
	return to
}
