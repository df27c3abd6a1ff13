package forms

import "github.com/djleaks/djleaks/scanner/django/value"

// A form reads the assignment that an anchor belongs to, if it is written in
// this form, and emits it with all its readings. The judge keeps the reading
// of the highest class; the first one wins ties.
//
// A form sees one anchor at a time and must look at a bounded part of the text
// around it (document.line), because a hostile text can be one
// line of ten megabytes with an anchor every ten bytes. It never recurses on
// the depth of its input and never fails: what it cannot read it leaves alone.
type form func(doc *document, anchor int, emit func(Assignment))

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

// A reader gives the value of a statement if it is written in the reader's
// way. It returns true if it knows the way, whether or not there is a value.
type reader func(s *statement, emit func(Assignment)) bool

// textForm reads every text that is no Python: it looks at the line once and
// asks the families in turn. Those whose signs cannot be mistaken come first,
// then the family of the text's kind, then the grammar of any other line.
func textForm(doc *document, anchor int, emit func(Assignment)) {
	s, ok := newStatement(doc, anchor)
	if !ok {
		return
	}
	if s.compares() && !s.beginsWithSign() || byteAt(doc.text, s.nameFrom-1) == '^' { // grep "^SECRET_KEY=.*"
		emit(Assignment{})
		return
	}
	if value.IsFallbacks(s.name()) {
		emit = eachOf(doc, emit)
	}
	for _, read := range readersOf(doc.kind) {
		if read(&s, emit) {
			return
		}
	}
}

// readersOf is the table of families by kind of text.
func readersOf(k kind) []reader {
	switch k {
	case kindYAML:
		return []reader{expansionReader, pairReader, unitReader, windowsReader, yamlReader, shellReader, lineReader}
	case kindJSON:
		return []reader{expansionReader, pairReader, jsonReader, shellReader, lineReader}
	case kindDotenv:
		return []reader{expansionReader, secretReader, windowsReader, makeReader, commandReader, dotenvReader, unitReader, shellReader, pairReader, lineReader}
	case kindDocker:
		return []reader{expansionReader, dockerReader, shellReader, lineReader}
	case kindINI:
		return []reader{expansionReader, pairReader, unitReader, iniReader, shellReader, lineReader}
	}
	if k == kindPython {
		return []reader{magicReader}
	}
	return []reader{expansionReader, secretReader, elementReader, pairReader, blockReader, dockerReader, unitReader, windowsReader, makeReader, commandReader, dotenvReader, shellReader, iniLikeReader, lineReader}
}
