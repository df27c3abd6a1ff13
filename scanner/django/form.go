package django

import "github.com/djleaks/djleaks/scanner"

// An assignment is a name with a value, as some form of text writes it.
//
// An assignment without values claims its anchor: the form knows what stands
// there (a comparison, a message, a reference), and no other form is asked.
type assignment struct {
	name           string   // as written, with a parent where that says more: SECRET_KEY, secretKey, django.secretKey
	offset, length int      // of the value as written, in bytes of the text
	values         []string // its readings (un-escaped, $$ as $, decoded, …), likeliest first
	form           string   // how it is written: "python-assign", "dotenv", "yaml", …
	traits         scanner.Trait
	rule           string // set for findings that are not about a value's class
}

// A form reads the assignment that an anchor belongs to, if it is written in
// this form, and emits it with all its readings. The judge keeps the reading
// of the highest class; the first one wins ties.
//
// A form sees one anchor at a time and must look at a bounded part of the text
// around it (document.line), because a hostile text can be one
// line of ten megabytes with an anchor every ten bytes. It never recurses on
// the depth of its input and never fails: what it cannot read it leaves alone.
type form func(doc *document, anchor int, emit func(assignment))

// forms returns the forms that read the name anchors of a text of this kind,
// in order; the first one that emits anything is the last one asked. This is
// the table in which a form is registered.
//
// An anchor inside a value (django-insecure-, base64, UTF-16) does not come
// here: see document.read.
func forms(k kind) []form {
	switch k {
	case kindPython:
		return []form{bareKeyForm, pythonForm, textForm}
	default:
		return []form{textForm, pythonForm}
	}
}
