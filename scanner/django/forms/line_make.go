package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
)

// makeStyle is how a Makefile writes values: $$ stands for $, \# for #.
var makeStyle = quoting{form: Make, comment: true, dollars: true, joins: true}

// makeForm recognises the assignments that only make has, and plain ones in a
// text that is a Makefile.
func makeForm(s statement) answer {
	var traits scanner.Trait
	switch s.sep {
	case "?=":
		traits |= scanner.Fallback
	case ":=", "::=":
	case "=":
		if !s.doc.fact("make", isMakefile) || byteAt(s.doc.text, s.from) == '\t' {
			return pass
		}
	default:
		return pass
	}
	left, comment := s.commented()
	left = bytes.TrimSpace(left)
	if s.open != 0 || len(left) > 0 && string(left) != "export" && string(left) != "override" && !bytes.HasSuffix(left, []byte(":")) &&
		!bytes.HasSuffix(left, []byte(": export")) {
		return pass
	}
	if comment {
		traits |= scanner.Comment
	}
	r, ok := makeStyle.read(s.doc.text, s.at, s.limit)
	if !ok || r.isCode() {
		return claimed
	}
	return found(s.assign(makeStyle.form, r, traits))
}

// isMakefile looks for what only Makefiles have in a text's first lines.
func isMakefile(doc *document) bool {
	head := doc.text[:min(len(doc.text), sniffed)]
	return bytes.Contains(head, []byte(".PHONY")) || bytes.Contains(head, []byte("\n\t@")) || bytes.Contains(head, []byte(":=")) && bytes.Contains(head, []byte("\n\t"))
}
