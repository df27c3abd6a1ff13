package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// nearLines is how many lines above and below a name a key without a name is
// looked for, and nearBytes how many bytes.
const (
	nearLines = 5
	nearBytes = 512
)

// unnamed finds keys that Django made in the lines around names, where no
// grammar joins them: old keys in comments, keys in messages.
type unnamed struct {
	doc     *document
	seen    int  // offset after what has been looked at
	reading span // the value that was read last
	unread  bool // what the name at hand is given was not read
}

// aroundDismissed is around for a name that was not asked about: what it is given is
// read as soon as there is a key that could be it.
func (u *unnamed) aroundDismissed(anchor int, emit func(*Assignment)) {
	u.unread = true
	u.around(anchor, emit)
	u.unread = false
}

// isRead reports whether the key at an offset is in the value that was read last.
func (u *unnamed) isRead(anchor, at int) bool {
	if u.unread {
		u.unread = false
		for _, a := range u.doc.ask(anchor).found {
			u.reading = span{a.Offset, a.Offset + a.Length}
		}
	}
	return u.reading.holds(at)
}

// around emits the keys around the name at an anchor, but for those in a value
// that a form has read.
func (u *unnamed) around(anchor int, emit func(*Assignment)) {
	doc := u.doc
	from, to := max(u.seen, anchor-nearBytes), min(len(doc.text), anchor+nearBytes)
	if from >= to {
		return
	}
	from = max(from, linesBack(doc.text, from, anchor))
	to = linesAhead(doc.text, max(anchor, from), to)
	if u.seen = to; doc.overBudget() {
		return
	}
	doc.spent += (to - from) / 8
	for i := from; i+value.DjangoLength <= to; {
		start, end := i, i+value.DjangoLength
		for end > start && value.InDjangoAlphabet(doc.text[end-1]) {
			end--
		}
		if i = end; end > start {
			continue // no run of 50 holds the byte before end
		}
		for i += value.DjangoLength; i < to && value.InDjangoAlphabet(doc.text[i]); i++ {
		}
		if i-start != value.DjangoLength || u.reading.holds(start) || !isAlone(doc.text, start, i) {
			continue
		}
		v := string(doc.text[start:i])
		if _, ok := value.DjangoShape(v); ok && !u.isRead(anchor, start) {
			emit(&Assignment{Offset: start, Length: i - start, Values: []string{v}, Form: Value, Traits: scanner.NoName})
		}
	}
}

// linesBack returns where the nearLines lines before anchor begin, or from.
func linesBack(text []byte, from, anchor int) int {
	for at, n := anchor, 0; at > from; n++ {
		i := bytes.LastIndexByte(text[from:at], '\n')
		if i < 0 {
			break
		}
		if at = from + i; n == nearLines {
			return at
		}
	}
	return from
}

// linesAhead returns where the nearLines lines after at end, or to.
func linesAhead(text []byte, at, to int) int {
	for range nearLines + 1 {
		i := bytes.IndexByte(text[at:to], '\n')
		if i < 0 {
			return to
		}
		at += i + 1
	}
	return at
}

// isAlone reports whether text[from:to] has equal quotes or white space at
// both sides.
func isAlone(text []byte, from, to int) bool {
	before, after := byte('\n'), byte('\n')
	if from > 0 {
		before = text[from-1]
	}
	if to < len(text) {
		after = text[to]
	}
	blank := func(c byte) bool { return ascii.IsSpace(c) || ascii.IsBreak(c) }
	return before == after && (before == '"' || before == '\'' || before == '`') || blank(before) && blank(after)
}
