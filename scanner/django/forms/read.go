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

// Reading is what the forms have read in one text.
type Reading struct {
	Assignments []Assignment // in the order of their anchors, not of their values
	Refused     []Refused    // values that the text refuses to run with

	doc *document
}

// Read asks the forms about every anchor of a text. The anchors are those of
// the set that Anchors returns without further names, ascending.
func Read(text []byte, anchors []int32) *Reading {
	r := &Reading{doc: newDocument(text, anchors)}
	r.doc.read(func(a Assignment) { r.Assignments = append(r.Assignments, a) })
	r.Refused = r.doc.guards
	return r
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
