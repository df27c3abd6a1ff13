package forms

import (
	"fmt"

	"github.com/djleaks/djleaks/scanner"
)

// Assignment is a name with a value, as some form of text writes it.
//
// An assignment without values claims its anchor: the form knows what stands
// there (a comparison, a message, a reference), and no other form is asked.
type Assignment struct {
	Name           string   // as written, with a parent where that says more: SECRET_KEY, secretKey, django.secretKey
	Offset, Length int      // of the value as written, in bytes of the text
	Values         []string // its readings (un-escaped, $$ as $, decoded, …), likeliest first
	Form           string   // how it is written: "python-assign", "dotenv", "yaml", …
	Traits         scanner.Trait
	Rule           string // set for findings that are not about a value's class
}

// Reading is one text that the forms read.
type Reading struct {
	Refused []Refused // values that the text refuses to run with; complete after Each

	doc *document
}

// Read begins to read a text. The anchors are those of the set that Anchors
// returns without further names, ascending.
func Read(text []byte, anchors []int32) *Reading {
	return &Reading{doc: newDocument(text, anchors)}
}

// Each asks the forms about every anchor and calls emit for what they read, in
// the order of the anchors, not of the values. It may be called once. Nothing is
// gathered here: a text can hold millions of assignments.
func (r *Reading) Each(emit func(*Assignment)) {
	r.doc.read(func(a Assignment) { emit(&a) })
	r.Refused = r.doc.guards
}

// Format writes where an assignment is and nothing of its values, whatever the
// verb.
func (a Assignment) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s of %q at %d+%d", a.Form, a.Name, a.Offset, a.Length)
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
	return scanner.NewAnchorSet(all...)
}
