package django

import (
	"bytes"
	"slices"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// document is one text while it is read. It is used by one goroutine.
type document struct {
	text    []byte
	anchors []int32 // ascending
	kind    kind
	depth   int // how many texts this one is written in

	from, to int // the line that line() found last

	names map[string]binding // values of Python names; see python_names.go
	spent int                // bytes that forms have looked at so far
	facts map[string]bool    // see fact

	consumed int  // behind the expression that a form has evaluated: names in it are its parts
	value    span // that was emitted last: names in it are its parts
	near     int  // behind what nearbyForm has looked at

	guards []guard // values that a comparison before a raise names; see sentinels.go
}

// Bounds of what is looked at around one anchor, in bytes.
const (
	lineBack  = 1 << 10 // of a long line, before the anchor
	lineAhead = 4 << 10 // of a long line, from the anchor on
	maxDepth  = 3       // texts within texts: a notebook in a patch in base64
)

// newDocument looks at the text once, briefly, to see what kind it is.
func newDocument(text []byte, anchors []int32) *document {
	return &document{text: text, anchors: anchors, kind: sniff(text), from: 0, to: -1}
}

// line returns the bounds of the line that holds offset, without its end. LF,
// CRLF and a lone CR end a line. A long line is cut to lineBack bytes before
// offset and lineAhead bytes behind it.
func (doc *document) line(offset int) (from, to int) {
	low, high := max(0, offset-lineBack), min(len(doc.text), offset+lineAhead)
	if doc.spendthrift() {
		low, high = doc.narrow(offset)
	}
	if offset < doc.from || offset > doc.to {
		doc.from = lastBreak(doc.text, low, offset)
		doc.to = nextBreak(doc.text, offset, high)
		doc.spent += (doc.to - doc.from) / 4
	}
	from, to = max(doc.from, low), min(doc.to, high)
	if to == doc.to && to < len(doc.text) && !ascii.IsBreak(doc.text[to]) {
		// The line was cut for another offset; look a little further.
		to = nextBreak(doc.text, to, high)
		doc.spent += (to - from) / 4
	}
	return from, to
}

// spendthrift reports whether looking around the names of this text has cost
// more than its size allows: then every further look is a short one.
func (doc *document) spendthrift() bool {
	return doc.spent > len(doc.text)/fairShare+4*wideWindow
}

// narrow returns the bounds of a short look around an offset: few bytes, and of
// a crowd of names only the nearest. A line with few names is seen whole unless
// it is long.
func (doc *document) narrow(offset int) (low, high int) {
	low, high = max(0, offset-narrowBack), min(len(doc.text), offset+narrowWindow)
	i, _ := slices.BinarySearch(doc.anchors, int32(offset))
	if i >= crowd {
		low = max(low, min(int(doc.anchors[i-crowd]), offset-narrowest))
	}
	if i+crowd < len(doc.anchors) {
		high = min(high, max(int(doc.anchors[i+crowd]), offset+narrowest))
	}
	return low, high
}

// crowded reports whether a name is to be passed over in a text that has cost
// enough: the next name follows before a generated key could stand, and more
// follow on the same line. A line with few names is always looked at.
func (doc *document) crowded(i, behind int) bool {
	if !doc.spendthrift() {
		return false
	}
	at, names := int(doc.anchors[i]), 0
	for _, a := range doc.anchors[i+1:] {
		next := int(a)
		switch {
		case next > at+narrowWindow || names == 0 && next >= behind+value.MinRandom:
			return false
		case next < behind || kindOfAnchor(doc.text, next) != anchorName:
			continue
		}
		if names++; names == crowd {
			return nextBreak(doc.text, at, next) == next
		}
	}
	return false
}

// within is a number of bytes to look at, less in a text that has cost enough.
func (doc *document) within(n int) int {
	if doc.spendthrift() {
		return min(n, narrowWindow)
	}
	return n
}

// nextLine returns the bounds of the line behind the one that ends at to; ok is
// false at the end of the text.
func (doc *document) nextLine(to int) (from, next int, ok bool) {
	from = to
	if from < len(doc.text) && doc.text[from] == '\r' {
		from++
	}
	if from < len(doc.text) && doc.text[from] == '\n' && (from == to || doc.text[from-1] == '\r') {
		from++
	}
	if from == to || from > len(doc.text) {
		return from, from, false
	}
	return from, nextBreak(doc.text, from, min(len(doc.text), from+doc.within(lineAhead))), from < len(doc.text)
}

// previousLine returns the bounds of the line before the one that begins at
// from; ok is false at the start of the text.
func (doc *document) previousLine(from int) (start, to int, ok bool) {
	to = from
	if to > 0 && doc.text[to-1] == '\n' {
		to--
	}
	if to > 0 && doc.text[to-1] == '\r' {
		to--
	}
	if to == from {
		return 0, 0, false
	}
	return lastBreak(doc.text, max(0, to-doc.within(lineAhead)), to), to, true
}

// lastBreak returns the offset behind the last line break in text[from:to], or
// from.
func lastBreak(text []byte, from, to int) int {
	for i := to; i > from; i-- {
		if ascii.IsBreak(text[i-1]) {
			return i
		}
	}
	return from
}

// nextBreak returns the offset of the first line break in text[from:to], or to.
func nextBreak(text []byte, from, to int) int {
	n := bytes.IndexByte(text[from:to], '\n')
	if n >= 0 {
		to = from + n
	}
	if n = bytes.IndexByte(text[from:to], '\r'); n >= 0 {
		to = from + n
	}
	return to
}

// word returns the bounds of the identifier around offset: letters, digits,
// underscores and what is not ASCII; with dashes too if dashed. Each side is cut
// at MaxName bytes.
func (doc *document) word(offset int, dashed bool) (from, to int) {
	from, to = offset, offset
	for from > 0 && offset-from < value.MaxName && (ascii.IsWord(doc.text[from-1]) || dashed && doc.text[from-1] == '-') {
		from--
	}
	for to < len(doc.text) && to-offset < value.MaxName && (ascii.IsWord(doc.text[to]) || dashed && doc.text[to] == '-') {
		to++
	}
	if bytes.HasPrefix(doc.text[from:to], []byte("\xef\xbb\xbf")) {
		from += 3 // a byte order mark
	}
	if from > 0 && from < offset && doc.text[from-1] == '\\' && bytes.IndexByte([]byte("ntr"), doc.text[from]) >= 0 {
		from++ // an escape before the name: "DEBUG=1\nSECRET_KEY=…"
	}
	return from, to
}

// fact answers a question about the whole text once.
func (doc *document) fact(name string, ask func(*document) bool) bool {
	answer, known := doc.facts[name]
	if !known {
		if doc.facts == nil {
			doc.facts = map[string]bool{}
		}
		answer = ask(doc)
		doc.facts[name] = answer
	}
	return answer
}

// nested reads a text that is written inside this one: lines of a notebook, the
// content of a patch, decoded base64 or UTF-16. place gives the offset in this
// document of an offset of the nested text (ascending; called with 0 to
// len(text)).
func (doc *document) nested(text []byte, place func(int) int, emit func(assignment)) {
	if doc.depth >= maxDepth {
		return
	}
	anchors := anchorSet().Append(nil, text, 0, len(text))
	if len(anchors) == 0 {
		return
	}
	inner := newDocument(text, anchors)
	inner.depth = doc.depth + 1
	defer func() { doc.guards = append(doc.guards, inner.guards...) }()
	inner.read(func(a assignment) {
		if len(a.values) > 0 {
			from, to := place(a.offset), place(a.offset+a.length)
			a.offset, a.length = from, max(0, to-from)
		}
		emit(a)
	})
}

// read asks the forms about every anchor.
func (doc *document) read(emit func(assignment)) {
	done := 0 // behind the name that was read last: DJANGO_SECRET_KEY holds two anchors
	views := doc.views(emit)
	for i, a := range doc.anchors {
		anchor := int(a)
		for len(views) > 0 && views[0].to <= anchor {
			views = views[1:]
		}
		if anchor < done || len(views) > 0 && views[0].from <= anchor {
			continue
		}
		emitted := false
		take := func(a assignment) {
			emitted = true
			if len(a.values) > 0 {
				doc.value = span{a.offset, a.offset + a.length}
				emit(a)
			}
		}
		if doc.value.from <= anchor && anchor < doc.value.to && kindOfAnchor(doc.text, anchor) == anchorName {
			continue
		}
		switch kindOfAnchor(doc.text, anchor) {
		case anchorInsecure:
			insecureForm(doc, anchor, take)
		case anchorBase64:
			done = base64Form(doc, anchor, take)
		case anchorWide:
			done = wideForm(doc, anchor, take)
		default:
			if _, done = doc.word(anchor, false); doc.crowded(i, done) {
				continue
			}
			for _, f := range forms(doc.kind) {
				if f(doc, anchor, take); emitted {
					break
				}
			}
			done = max(done, doc.consumed)
			nearbyForm(doc, anchor, take)
		}
	}
}
