package forms

import (
	"bytes"
	"iter"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// place is what surrounds a name in Python.
type place struct {
	at      int  // start of the name with the object before it: settings.SECRET_KEY
	inside  bool // round or curly brackets that are open here
	comment bool
	text    byte // the quote of the string that the name is in, or 0
	traits  scanner.Trait
}

// dotted is the name up to to, with the object that it is an attribute of.
func (pl place) dotted(text []byte, to int) string { return string(text[pl.at:to]) }

// place looks at the line before a name and at the line that its block hangs
// from.
func (doc *document) place(name int) place {
	pl := place{at: doc.objectBefore(name)}
	start, _ := doc.line(name)
	start = min(start, pl.at)
	l := lexer{text: doc.text, pos: start, end: pl.at}
	if l.skipComment() {
		pl.comment, pl.traits = true, scanner.Comment
	}
	indent := l.pos - start
	doc.spent += l.end - l.pos
	before := l.open()
	if before.comment && !pl.comment {
		pl.comment, pl.traits = true, scanner.Comment
	}
	switch {
	case before.quote != 0:
		pl.text = before.quote
	case before.brackets > 0:
		pl.inside = true
		if callee, _, ok := doc.callee(pl.at); ok && isTestSetter(callee) {
			pl.traits |= scanner.TestOnly
		}
	case !pl.comment:
		doc.block(start, indent, &pl)
	}
	return pl
}

// objectBefore returns where the dotted name begins that ends with a name.
func (doc *document) objectBefore(name int) int {
	at := name
	for at > 0 && name-at < value.MaxName && (doc.text[at-1] == '.' || ascii.IsWord(doc.text[at-1])) {
		at--
	}
	for at < name && (doc.text[at] == '.' || ascii.IsDigit(doc.text[at])) {
		at++
	}
	return at
}

// skipComment skips the white space at the start of a line and the signs of a
// comment, and reports whether it is one: of Python, or of most other languages.
func (l *lexer) skipComment() bool {
	for l.pos < l.end && ascii.IsSpace(l.text[l.pos]) {
		l.pos++
	}
	line := l.text[l.pos:l.end]
	if !bytes.HasPrefix(line, []byte("#")) && !bytes.HasPrefix(line, []byte("//")) {
		return false
	}
	l.pos = l.end - len(bytes.TrimLeft(line, "#/"))
	return true
}

// unclosed is what is open at the end of a piece of code.
type unclosed struct {
	brackets int  // that were opened minus those that were closed
	quote    byte // of the string
	comment  bool
}

// open reads on to the end of the code.
func (l *lexer) open() (u unclosed) {
	var last token
	for {
		from := l.pos
		t := l.next()
		if t.kind == tokenEnd {
			rest := bytes.TrimLeft(l.text[from:l.end], " \t")
			u.comment = bytes.IndexByte(rest, '#') >= 0
			break
		}
		if t.kind == tokenOp {
			u.brackets += bracketOf(l.text[t.from])
		}
		last = t
	}
	if last.kind == tokenBad && last.unterminated {
		u.quote = last.quote
	}
	return u
}

// bracketOf is 1 for a bracket that opens, -1 for one that closes, and 0.
func bracketOf(c byte) int {
	switch c {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}

// blockLines returns how many lines back the opening of a block or a bracket is
// looked for.
func (doc *document) blockLines() int {
	if doc.overBudget() {
		return 2
	}
	return 40
}

// linesAbove are the bounds of the lines before the one that begins at from, the
// nearest first: as many as are looked at for a block.
func (doc *document) linesAbove(from int) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for range doc.blockLines() {
			start, to, ok := doc.previousLine(from)
			if !ok {
				return
			}
			doc.spent += to - start + 16
			if !yield(start, to) {
				return
			}
			from = start
		}
	}
}

// block finds the line above with less indentation: an open bracket there means
// a keyword argument or an entry, a condition there is the branch.
func (doc *document) block(start, indent int, pl *place) {
	if indent == 0 && !doc.opened(start) {
		return
	}
	for from, to := range doc.linesAbove(start) {
		line := doc.text[from:to]
		code := bytes.TrimLeft(line, " \t")
		if len(code) == 0 || code[0] == '#' || len(line)-len(code) >= indent && !(indent == 0 && endsOpen(code)) {
			continue
		}
		if endsOpen(code) {
			pl.inside = true
			if isTestSetter(string(code[:min(len(code), value.MaxName)])) {
				pl.traits |= scanner.TestOnly
			}
			return
		}
		doc.header(from, code, pl)
		return
	}
}

// opened reports whether the code before a line that is not indented ends in an
// open bracket or a comma.
func (doc *document) opened(start int) bool {
	from, to, ok := doc.previousLine(start)
	if !ok {
		return false
	}
	code := bytes.TrimSpace(doc.text[from:to])
	return len(code) > 0 && (endsOpen(code) || code[len(code)-1] == ',' && code[0] != '#')
}

// endsOpen reports whether a line of code ends with an open bracket, with or
// without a comment or a first argument after it.
func endsOpen(code []byte) bool {
	open := 0
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"', '\'': // keys are full of brackets
			for i++; i < len(code) && code[i] != c; i++ {
				if code[i] == '\\' {
					i++
				}
			}
		case '#':
			return open > 0
		default:
			open += bracketOf(c)
		}
	}
	return open > 0
}

// header reads the line that a block hangs from.
func (doc *document) header(from int, code []byte, pl *place) {
	word := code
	if n := bytes.IndexAny(code, " \t:("); n > 0 {
		word = code[:n]
	}
	switch string(word) {
	case "if", "elif":
		switch developmentSide(code) {
		case firstSide:
			pl.traits |= scanner.DevOnly
		case neitherSide:
			upper := bytes.ToUpper(code)
			if bytes.Contains(code, []byte("not ")) && bytes.Contains(upper, []byte("SECRET")) {
				pl.traits |= scanner.Fallback
			}
			if bytes.Contains(upper, []byte("TEST")) {
				pl.traits |= scanner.TestOnly
			}
		}
	case "except", "except:":
		pl.traits |= scanner.Fallback
	case "else", "else:":
		doc.elseOf(from, pl)
	}
}

// elseOf finds the if of an else, on the same indentation.
func (doc *document) elseOf(at int, pl *place) {
	indent := doc.indentation(at)
	for from, to := range doc.linesAbove(at) {
		code := bytes.TrimLeft(doc.text[from:to], " \t")
		if len(code) == 0 || doc.indentation(from) != indent {
			continue
		}
		if !bytes.HasPrefix(code, []byte("if ")) && !bytes.HasPrefix(code, []byte("if(")) {
			if bytes.HasPrefix(code, []byte("elif ")) {
				continue
			}
			return
		}
		switch developmentSide(code) {
		case secondSide:
			pl.traits |= scanner.DevOnly
		case neitherSide:
			if bytes.Contains(bytes.ToUpper(code), []byte("SECRET")) || bytes.Contains(code, []byte("environ")) {
				pl.traits |= scanner.Fallback
			}
		}
		return
	}
}

// indented returns where the code of offset's line begins.
func (doc *document) indented(offset int) int {
	start, _ := doc.line(offset)
	return min(start+doc.indentation(start), offset)
}

func (doc *document) indentation(at int) (n int) {
	for at+n < len(doc.text) && (doc.text[at+n] == ' ' || doc.text[at+n] == '\t') {
		n++
	}
	return n
}

// inBrackets reports whether the line of offset is in brackets that were
// opened above or before it.
func (doc *document) inBrackets(offset int) bool {
	start, _ := doc.line(offset)
	pl := place{}
	if endsOpen(doc.text[start:offset]) {
		return true
	}
	doc.block(start, doc.indentation(start), &pl)
	return pl.inside
}

// calleeBack is how far back the callee of an argument is looked for, in bytes.
const calleeBack = 512

// callee finds the call whose argument is at offset: its dotted name and how
// many arguments are before.
func (doc *document) callee(offset int) (name string, position int, ok bool) {
	stop := max(0, offset-calleeBack)
	if doc.overBudget() {
		stop = max(0, offset-smallBack)
	}
	doc.spent += offset - stop
	depth := 0
	var quote byte
	for i := offset - 1; i >= stop; i-- {
		c := doc.text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			continue
		case c == '"', c == '\'':
			quote = c
		case c == ',' && depth == 0:
			position++
		}
		if depth -= bracketOf(c); depth < 0 {
			if c != '(' {
				return "", 0, false
			}
			return doc.dottedBefore(i), position, true
		}
	}
	return "", 0, false
}

// dottedBefore returns the dotted name that ends before offset.
func (doc *document) dottedBefore(offset int) string {
	from := offset
	for from > 0 && offset-from < value.MaxName && (ascii.IsWord(doc.text[from-1]) || doc.text[from-1] == '.') {
		from--
	}
	return strings.Clone(string(doc.text[from:offset]))
}
