package forms

import (
	"fmt"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// Assignment is a name with a value, as some form of text writes it.
type Assignment struct {
	Name           string   // as written, with a parent where that says more: SECRET_KEY, secretKey, django.secretKey
	Offset, Length int      // of the value as written, in bytes of the text
	Values         []string // its readings (un-escaped, $$ as $, decoded, …), likeliest first
	Form           scanner.Form
	Traits         scanner.Trait
	Rule           string // set for findings that are not about a value's class
}

// Format writes where an assignment is and nothing of its values, whatever the
// verb.
func (a Assignment) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s of %q at %d+%d", a.Form, a.Name, a.Offset, a.Length)
}

// Reading is one text that the forms read.
type Reading struct {
	Refused []Refused // values that the text refuses to run with; complete after Each
	Cut     int       // statements that may give a key its value after what was looked at; complete after Each

	doc    *document
	enough bool
	found  *comments // once they are asked for
}

// Stop ends Each after the assignment at hand: its caller has no room for more.
func (r *Reading) Stop() { r.enough = true }

// Read begins to read a text. The anchors are those of the set that Anchors
// returns without further names, ascending.
func Read(text []byte, anchors []int32) *Reading {
	return &Reading{doc: newDocument(thePlan(), text, anchors, formatByContent)}
}

// Each asks the forms about every anchor and calls emit for what they read, in
// the order of the anchors, not of the values. It may be called once. Nothing is
// gathered here: a text can hold millions of assignments.
func (r *Reading) Each(emit func(*Assignment)) {
	r.doc.enough = &r.enough
	r.doc.read(emit)
	r.Refused, r.Cut = r.doc.python.refused, r.doc.cut
}

// Anchors returns the search table of the forms, with these further names.
func Anchors(names ...string) *scanner.AnchorSet {
	if len(names) == 0 {
		return anchorSet()
	}
	all := anchors()
	for _, name := range names {
		all = append(all, scanner.Anchor{Text: name})
	}
	return withKeyFiles(scanner.NewAnchorSet(all...))
}

// read asks the forms about every anchor: first those that read texts within
// this one, then for each anchor that is left those that its format asks for.
func (doc *document) read(emit func(*Assignment)) {
	inner := doc.texts(emit)
	near := unnamed{doc: doc}
	take := func(a *Assignment) {
		near.reading = span{a.Offset, a.Offset + a.Length}
		emit(a)
	}
	done := 0 // after what was read last: DJANGO_SECRET_KEY holds two anchors
	for i, a := range doc.anchors {
		if doc.enough != nil && *doc.enough {
			return
		}
		anchor := int(a)
		for len(inner) > 0 && inner[0].to <= anchor {
			inner = inner[1:]
		}
		if anchor < done || len(inner) > 0 && inner[0].from <= anchor {
			continue
		}
		kind := kindOfAnchor(doc.text, anchor)
		if kind == anchorMarker {
			continue
		}
		if kind != anchorName {
			done = max(done, doc.plan.literals[kind](doc, anchor, take))
			continue
		}
		if near.reading.holds(anchor) {
			continue
		}
		if _, done = doc.word(anchor, false); doc.isCrowded(i, done) {
			continue
		}
		if doc.isDismissed(anchor) {
			near.aroundDismissed(anchor, emit)
			continue
		}
		if doc.withoutPadding(anchor, take) {
			continue
		}
		got := doc.ask(anchor)
		if !doc.readShort(doc.continued(anchor, got), anchor, take) {
			for i := range got.found {
				take(&got.found[i])
			}
		}
		done = max(done, got.end)
		near.around(anchor, emit)
	}
}

// isDismissed reports whether the name at an anchor is never that of a key, or is used
// and not given anything, so that no form need be asked: in charts and playbooks most
// names are like secretKeyRef and $(SECRET_KEY). Code is read all the same, because a
// comparison can say what a program refuses to run with.
func (doc *document) isDismissed(anchor int) bool {
	if doc.format == formatPython {
		return false
	}
	from, to := nameAt(doc, anchor)
	return doc.isUsed(from, to) || value.CannotName(string(doc.text[from:to])) && !gluedForm(doc, anchor).claimed
}

// isUsed reports whether the name at text[from:to] is alone in its brackets, $(NAME),
// ${NAME}, {{ name }}, f(NAME), and the brackets are given nothing, as in (NAME) = value.
func (doc *document) isUsed(from, to int) bool {
	for from > 0 && doc.text[from-1] == ' ' {
		from--
	}
	var closing byte
	switch byteAt(doc.text, from-1) {
	case '(':
		closing = ')'
	case '{':
		closing = '}'
	default:
		return false
	}
	to = skipSpaces(doc.text, to)
	if byteAt(doc.text, to) != closing {
		return false
	}
	after := byteAt(doc.text, skipSpaces(doc.text, to+1))
	return after != '=' && after != ':'
}

// texts reads the texts within this one, and returns where they are, ascending;
// anchors there are done.
func (doc *document) texts(emit func(*Assignment)) []span {
	if read := doc.plan.inner[doc.format]; read != nil && doc.depth < maxDepth && len(doc.anchors) > 0 {
		return read(doc, emit)
	}
	return nil
}

// ask asks the forms in turn about the name at an anchor, until one of them
// recognises it.
func (doc *document) ask(anchor int) (got answer) {
	end := 0
	for _, next := range doc.plan.names[doc.format] {
		if next.name != nil {
			got = next.name(doc, anchor)
		} else {
			got = doc.askLine(anchor, next.lines)
		}
		if end = max(end, got.end); got.claimed {
			break
		}
	}
	got.end = end
	return got
}
