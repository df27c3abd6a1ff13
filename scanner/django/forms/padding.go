package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// Bounds of padding, in bytes: what says nothing between a name and its value.
const (
	leastPadding = 256 // of one run; the forms pass over shorter ones themselves
	nearPadding  = 256 // from the name to the first run, and from one to the next
	mostRuns     = 4
)

// withoutPadding asks the forms about a name in a text without the padding after
// it, if there is any, and reports whether that gave a value.
func (doc *document) withoutPadding(anchor int, emit func(*Assignment)) (found bool) {
	return doc.readShort(doc.padded(anchor), anchor, emit)
}

// readShort asks the forms about a name in a shorter copy of the text around it,
// and reports whether that gave a value. There may be no copy.
func (doc *document) readShort(l *offsetMap, anchor int, emit func(*Assignment)) (found bool) {
	if l == nil {
		return false
	}
	at := anchor - l.place(0)
	short := newDocument(doc.plan, l.text, []int32{int32(at)}, doc.format)
	short.depth, short.short = doc.depth, true
	doc.readDocument(short, func(from, to int) (int, int) { return l.place(from), l.end(to) }, func(a *Assignment) {
		found = true
		emit(a)
	})
	return found
}

// padded makes a copy of the text around a name in which blanks and comments that
// go on for long are short: every form looks at so much of a text and no more. It
// is nil if the statement at the name is not open at such a run.
func (doc *document) padded(anchor int) *offsetMap {
	line, at := doc.word(anchor, false)
	if doc.short || !doc.mayBePadded(at) || doc.isCommentedOut(line) {
		return nil
	}
	runs := doc.paddings(at)
	if len(runs) == 0 {
		return nil
	}
	if doc.padding > doc.size/fairShare+4*wideWindow {
		doc.cut++
		return nil
	}
	from := lastBreak(doc.text, max(0, anchor-smallBack), anchor)
	if doc.format == formatYAML {
		from = max(0, from-doc.atMost(yamlBytes)) // what the key is in decides what it means
	}
	last := runs[len(runs)-1].to
	l := doc.without(runs, from, min(len(doc.text), last+lineAhead))
	doc.padding += len(l.text)
	return l
}

// without is a part of the text in which runs are short.
func (doc *document) without(runs []shortenedRun, from, to int) *offsetMap {
	l := &offsetMap{}
	for _, r := range runs {
		l.add(from, 1, doc.text[from:r.from]...)
		l.add(r.from, 0, r.short...)
		from = r.to
	}
	l.add(from, 1, doc.text[from:to]...)
	return l
}

// isCommentedOut reports whether the line of a name is a comment: after it comments
// are code.
func (doc *document) isCommentedOut(name int) bool {
	head := bytes.TrimLeft(doc.text[lastBreak(doc.text, max(0, name-lineBack), name):name], " \t")
	return len(head) > 0 && (head[0] == '#' || head[0] == '/')
}

// shortenedRun is a run of padding, and what stands for it in a text without.
type shortenedRun struct {
	span
	short []byte
}

// paddings finds the runs of padding after a name that ends at an offset.
func (doc *document) paddings(at int) (runs []shortenedRun) {
	open := true // a name without a sign: the sign may follow
	depth := 0   // of brackets after the name
	for end := at + nearPadding; at < min(end, len(doc.text)) && len(runs) < mostRuns; {
		c := doc.text[at]
		to := at
		if open || c == '\\' || isBlank(c) && joins(doc.text[:at]) {
			to = doc.paddingEnd(at)
		} else if ascii.IsBreak(c) && depth <= 0 {
			return runs // the end of the statement
		}
		switch {
		case to-at >= leastPadding:
			runs = append(runs, shortenedRun{span{at, to}, doc.shortened(at)})
			end, at = to+nearPadding, to
		case to > at:
			at = to
		default:
			if !isBlank(c) {
				open = opens(c)
			}
			depth += bracketOf(c)
			at++
		}
	}
	return runs
}

// mayBePadded tells most names apart from those that a run of padding follows, at
// a small part of the price: such a run holds the last byte at which it may begin,
// so that this byte is in a comment, or among blanks that are many or beside one.
func (doc *document) mayBePadded(at int) bool {
	last := at + nearPadding - 1
	if last >= len(doc.text) {
		return false
	}
	near := doc.text[:min(len(doc.text), last+leastPadding)]
	from, to := last, last
	for from > at && isBlank(near[from-1]) {
		from--
	}
	for to < len(near) && isBlank(near[to]) {
		to++
	}
	lines := near[lastBreak(near, at, from):nextBreak(near, to, len(near))]
	return to-from >= leastPadding || bytes.IndexByte(lines, '#') >= 0 || bytes.IndexByte(lines, '\\') >= 0 ||
		bytes.Contains(lines, []byte("//")) || bytes.Contains(near[at:], []byte("/*"))
}

func isBlank(c byte) bool { return ascii.IsSpace(c) || ascii.IsBreak(c) }

// paddingRun is a run of padding, and what was asked about it: names can be many,
// and all of them before or in one comment of a megabyte.
type paddingRun struct {
	span
	first, last int // line breaks: the first after an offset, to if there is none; and the last, or 0
}

// paddingEnd is where the padding at an offset ends; what was looked at is not looked at again.
func (doc *document) paddingEnd(at int) int {
	if !doc.lastRun.holds(at) {
		doc.lastRun = paddingRun{span: span{at, doc.skipPadding(at)}}
	}
	return doc.lastRun.to
}

// shortened is what stands for the run that paddingEnd found at an offset: a line
// break with the indentation after it, or a blank, or nothing for line breaks that a
// backslash takes back.
func (doc *document) shortened(at int) []byte {
	run := &doc.lastRun
	if run.first < at {
		run.first = nextBreak(doc.text, at, run.to)
	}
	switch {
	case doc.text[at] == '\\':
		return nil
	case run.first == run.to || run.first > at && doc.text[run.first-1] == '\\':
		return []byte{' '}
	case run.last == 0:
		run.last = lastBreak(doc.text, run.first, run.to) - 1
	}
	return doc.text[run.last:run.to]
}

// opens reports whether a statement goes on after c, whatever blanks follow.
func opens(c byte) bool {
	switch c {
	case '=', ':', '(', '[', '{', ',', '+', '>', '|', '\\':
		return true
	}
	return false
}

// joins reports whether code ends in a word after which it cannot end.
func joins(code []byte) bool {
	if len(code) == 0 || bytes.IndexByte([]byte("rdef"), code[len(code)-1]) < 0 { // their last letters
		return false
	}
	for _, word := range [...]string{" or", " and", " else", ")or", " if"} {
		if bytes.HasSuffix(code, []byte(word)) {
			return true
		}
	}
	return false
}

// skipPadding returns the offset after the blanks, the line breaks with a backslash
// before them or not, and the comments that begin at an offset.
func (doc *document) skipPadding(at int) int {
	text := doc.text
	for at < len(text) {
		switch c := text[at]; {
		case isBlank(c):
			at++
		case c == '\\' && at+1 < len(text) && ascii.IsBreak(text[at+1]):
			at += 2
		case c == '#' || c == '/' && byteAt(text, at+1) == '/':
			at = nextBreak(text, at, len(text))
		case c == '/' && byteAt(text, at+1) == '*' && !doc.open:
			n := bytes.Index(text[at:], []byte("*/"))
			if doc.open = n < 0; doc.open {
				return at
			}
			at += n + 2
		default:
			return at
		}
	}
	return at
}
