package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// cellStyle is how a value is written in a cell of a table or after a label.
var cellStyle = quoting{form: NameValue, stops: ",;|\t<"}

// cells is how many cells after that of the name are looked at.
const cells = 4

// cellForm reads a name that is alone in its cell of a table, or a label, and
// a value in another cell: NAME,value and NAME;value, | `NAME` | `value` |,
// **NAME**: value. Only what nobody made up counts: in prose and in tables a name
// is followed by what it is for.
func cellForm(s statement) answer {
	if s.doc.overBudget() || !s.isCell() {
		return pass
	}
	text := s.doc.text
	at, name := s.nameTo, s.name()
	if foldPrefix(text[at:s.to], " key") && foldPrefix(text[s.nameFrom:], "secret") {
		at += len(" key")
		name += " key"
	}
	for range cells {
		next := endOfCell(text[:s.to], at)
		if next == at {
			break
		}
		if at = next; at >= s.to {
			break
		}
		if assigns(text[at:s.to]) {
			return pass // NAME, OTHER = …
		}
		if r, ok := cellStyle.read(text, at, s.to); ok && value.AnyGenerated(r.values) {
			a := s.assign(cellStyle.form, r, s.commentTrait())
			a.Name = name
			return found(a)
		}
		for at < s.to && !isCellEnd(text[at]) {
			at++
		}
	}
	return s.definition(name)
}

// isCell reports whether the name is all that its cell or label has so far, and
// what follows is not an assignment.
func (s *statement) isCell() bool {
	left := s.doc.text[s.from:s.nameFrom]
	if n := bytes.LastIndexByte(left, '<'); n >= 0 && tagEnd(left[n:]) == len(left)-n {
		left = left[:n] // <b>NAME</b>
	}
	cell := bytes.TrimRight(left, "*_`\"' ")
	isMarked := bytes.ContainsAny(left[len(cell):], "*_`\"'")
	return beginsCell(cell) && (isMarked || s.sep != "=" && s.sep != ":") && !pythonPrefix(s.rest())
}

// assigns reports whether a cell is an assignment: a name, the sign, and a blank
// or a quote. A value in base64 may end with the sign.
func assigns(cell []byte) bool {
	n := 0
	for n < len(cell) && ascii.IsWord(cell[n]) {
		n++
	}
	name := n > 0
	for n < len(cell) && cell[n] == ' ' {
		n++
	}
	return name && n+1 < len(cell) && cell[n] == '=' && (cell[n+1] == ' ' || ascii.IsQuote(cell[n+1]))
}

// definition reads the value of a term that is alone on its line, from the
// further indented line below it.
func (s *statement) definition(name string) answer {
	text := s.doc.text
	if len(bytes.Trim(text[s.nameTo:s.to], "*_`\"': \t")) > 0 {
		return pass
	}
	from, to, ok := s.doc.nextLine(s.to)
	n := indentOf(text[from:to])
	if !ok || n <= indentOf(text[s.from:s.to]) {
		return pass
	}
	from += n
	for byteAt(text, from) == '`' && byteAt(text, from+1) == '`' {
		from++
	}
	r, ok := cellStyle.read(text, from, to)
	if !ok || !value.AnyGenerated(r.values) {
		return pass
	}
	a := s.assign(cellStyle.form, r, s.commentTrait())
	a.Name = name
	return found(a)
}

// beginsCell reports whether the cell of a name begins at the end of left,
// without its marks: at the start of the line, after a bullet, a number or the sign
// between two cells.
func beginsCell(left []byte) bool {
	if len(left) == 0 || isCellEnd(left[len(left)-1]) {
		return true
	}
	left = bytes.TrimLeft(left, " \t>")
	for len(left) > 0 && (ascii.IsDigit(left[0]) || bytes.IndexByte([]byte("-*+#.)"), left[0]) >= 0) {
		left = left[1:]
	}
	return len(left) == 0
}

func isCellEnd(c byte) bool { return c == ',' || c == ';' || c == '|' || c == '\t' }

// endOfCell returns where the next cell begins, after the marks of emphasis that
// close and the sign between the two; at itself if there is no sign.
func endOfCell(line []byte, at int) int {
	sign, cell, blanks := false, false, 0
	for i := at; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ':
			blanks++
		case !cell && closesEmphasis(line, i, sign):
		case c == '<':
			n := tagEnd(line[i:])
			if n == 0 {
				return at
			}
			i += n - 1
		case ascii.IsQuote(c) && (!sign || isDoubled(line, i)):
			// It closes the name, or is the first of two.
		case !sign && isSign(line, i, blanks):
			sign, cell = true, isCellEnd(c)
		case sign || blanks > 1:
			return i
		default:
			return at
		}
	}
	return at
}

// isDoubled reports whether the byte at i is the first of two backticks.
func isDoubled(line []byte, i int) bool { return line[i] == '`' && byteAt(line, i+1) == '`' }

// closesEmphasis reports whether a mark at i belongs to the name: the value does
// not begin with it.
func closesEmphasis(line []byte, i int, sign bool) bool {
	return (line[i] == '*' || line[i] == '_') && (!sign || line[i-1] != ' ')
}

// isSign reports whether the byte at i is the sign between a name and its value.
// A hyphen is one between blanks.
func isSign(line []byte, i, blanks int) bool {
	c := line[i]
	return isCellEnd(c) || c == ':' || c == '=' || c == '-' && blanks > 0 && byteAt(line, i+1) == ' '
}

// proseForm recognises a sentence that tells the key: SECRET_KEY is `…`, the
// SECRET_KEY was set to "…". Only what nobody made up counts.
func proseForm(s statement) answer {
	if s.doc.overBudget() || s.sep != "" {
		return pass
	}
	rest := bytes.TrimLeft(s.doc.text[s.nameTo:s.to], "`*_\"'")
	for _, verb := range [...]string{" is now ", " is set to ", " was set to ", " is ", " was ", " to "} {
		if after, ok := bytes.CutPrefix(rest, []byte(verb)); ok {
			after = bytes.TrimLeft(after, "*_")
			if len(after) == 0 || !ascii.IsQuote(after[0]) {
				return pass
			}
			r, ok := cellStyle.read(s.doc.text, s.to-len(after), s.to)
			if ok && after[0] == '`' && len(after) > 1 && ascii.IsQuote(after[1]) {
				r, ok = cellStyle.read(s.doc.text, s.to-len(after)+1, s.to)
			}
			if !ok || !r.quoted || !value.AnyGenerated(r.values) {
				return pass
			}
			return found(s.assign(cellStyle.form, r, s.commentTrait()))
		}
	}
	return pass
}
