package forms

import (
	"bytes"
	"encoding/binary"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// document is one text while it is read. It is used by one goroutine.
type document struct {
	plan    *plan
	text    []byte
	anchors []int32 // ascending
	format  format
	depth   int   // how many texts this one is written in
	enough  *bool // set once nothing more is wanted

	from, to int        // the line that line() found last
	lastRun  paddingRun // the padding that paddingEnd found last
	short    bool       // the padding has been taken out
	open     bool       // a comment /* was met that nothing ends: no later one is ended either
	decoded  int        // where the base64 that was decoded last ends

	budget
	memo   map[string]bool // see fact
	python memory
}

// Bounds of what is looked at around one anchor, in bytes.
const (
	lineBack  = 1 << 10 // of a long line, before the anchor
	lineAhead = 4 << 10 // of a long line, from the anchor on
	maxDepth  = 3       // texts within texts: a notebook in a patch in base64
)

// newDocument begins a text of this format. With formatByContent it looks at the
// text, briefly, to see which it is.
func newDocument(p *plan, text []byte, anchors []int32, k format) *document {
	if k == formatByContent {
		k = sniff(text)
	}
	return &document{plan: p, text: text, anchors: anchors, format: k, from: 0, to: -1, budget: budget{size: len(text)}}
}

// line returns the bounds of the line that holds offset, without its end. LF,
// CRLF and a lone CR end a line. A long line is cut to lineBack bytes before
// offset and lineAhead bytes after it.
func (doc *document) line(offset int) (from, to int) {
	low, high := max(0, offset-lineBack), min(len(doc.text), offset+lineAhead)
	if doc.overBudget() {
		low, high = doc.window(offset)
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

// nextLine returns the bounds of the line after the one that ends at to; ok is
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
	return from, nextBreak(doc.text, from, min(len(doc.text), from+doc.atMost(lineAhead))), from < len(doc.text)
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
	return lastBreak(doc.text, max(0, to-doc.atMost(lineAhead)), to), to, true
}

// lastBreak returns the offset after the last line break in text[from:to], or
// from.
func lastBreak(text []byte, from, to int) int {
	for to-from >= 8 && !holdsBreak(binary.LittleEndian.Uint64(text[to-8:])) {
		to -= 8
	}
	for i := to; i > from; i-- {
		if ascii.IsBreak(text[i-1]) {
			return i
		}
	}
	return from
}

// holdsBreak reports whether one of eight bytes is a line break.
func holdsBreak(eight uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	lf, cr := eight^('\n'*ones), eight^('\r'*ones) // a zero for each of them
	return ((lf-ones)&^lf|(cr-ones)&^cr)&tops != 0
}

// nextBreak returns the offset of the first line break in text[from:to], or to. It
// looks ahead in steps, so that lines which end in a lone CR are not each a look for a
// LF in all that follows.
func nextBreak(text []byte, from, to int) int {
	for step := 128; from < to; step *= 2 {
		near := text[from:min(to, from+step)]
		n := bytes.IndexByte(near, '\n')
		if n >= 0 {
			near = near[:n]
		}
		if cr := bytes.IndexByte(near, '\r'); cr >= 0 {
			return from + cr
		}
		if from += len(near); n >= 0 {
			return from
		}
	}
	return to
}

// word returns the bounds of the identifier around offset: letters, digits,
// underscores and what is not ASCII; with dashes too if dashed. Each side is cut
// at MaxName bytes.
func (doc *document) word(offset int, dashed bool) (from, to int) {
	part := func(c byte) bool { return ascii.IsWord(c) || dashed && c == '-' }
	low, high := max(0, offset-value.MaxName), min(len(doc.text), offset+value.MaxName)
	from, to = offset, offset
	for from > low && part(doc.text[from-1]) {
		from--
	}
	for to < high && part(doc.text[to]) {
		to++
	}
	if bytes.HasPrefix(doc.text[from:to], []byte("\xef\xbb\xbf")) {
		from += 3 // a byte order mark
	}
	if from > 0 && from < offset && (doc.text[from-1] == '\\' || doc.text[from-1] == '`') {
		if n, length := escapedBreak(doc.text[from-1:offset], true); n == 0 {
			from += length - 1 // "DEBUG=1\nSECRET_KEY=…"
		}
	}
	return from, to
}

// fact answers a question about the whole text once.
func (doc *document) fact(name string, ask func(*document) bool) bool {
	answer, known := doc.memo[name]
	if !known {
		if doc.memo == nil {
			doc.memo = map[string]bool{}
		}
		answer = ask(doc)
		doc.memo[name] = answer
	}
	return answer
}
