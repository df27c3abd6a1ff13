package pysource

import (
	"bytes"
	"strings"
)

// File is a Python file that was read.
type File struct {
	Text       []byte
	Tokens     []Token
	Statements []Statement
}

// byteOrderMark may begin a file in UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// Statement is one logical line.
type Statement struct {
	First, End int // tokens[First:End], without the Newline
	Indent     int // the width of its indentation; a tab goes to the next multiple of 8
}

// LastName is the last part of a dotted name: "environ" of "os.environ".
func LastName(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }

// Parse reads a text. It returns a *SyntaxError if the text is not Python, or
// nothing that can be edited safely: UTF-16, or a NUL byte.
func Parse(text []byte) (*File, error) {
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, &SyntaxError{1, "a NUL byte: the file is binary or UTF-16"}
	}
	t := tokenizer{text: text, line: 1, strict: true}
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		t.pos = len(byteOrderMark)
	}
	if err := t.run(); err != nil {
		return nil, err
	}
	f := &File{Text: text, Tokens: t.tokens}
	f.split()
	if err := f.check(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) split() {
	first := 0
	for i := range f.Tokens {
		if f.Tokens[i].Kind == Newline {
			f.Statements = append(f.Statements, Statement{first, i, f.indent(f.Tokens[first].From)})
			first = i + 1
		}
	}
}

// indent is the width of the blanks between the start of a line and at.
func (f *File) indent(at int) int {
	width := 0
	for _, c := range f.Text[f.LineStart(at):at] {
		switch c {
		case '\t':
			width += 8 - width%8
		case ' ':
			width++
		}
	}
	return width
}

// LineStart returns the offset at which the line of an offset begins.
func (f *File) LineStart(at int) int {
	for at > 0 && !isBreak(f.Text[at-1]) {
		at--
	}
	return at
}

// LineEnd returns the offset at which the line of an offset ends, after its
// line break.
func (f *File) LineEnd(at int) int {
	for at < len(f.Text) && !isBreak(f.Text[at]) {
		at++
	}
	if at < len(f.Text) && f.Text[at] == '\r' && at+1 < len(f.Text) && f.Text[at+1] == '\n' {
		at++
	}
	return min(at+1, len(f.Text))
}

// Break returns the line break that the file uses.
func (f *File) Break() string {
	n := bytes.IndexAny(f.Text, "\r\n")
	switch {
	case n < 0 || f.Text[n] == '\n':
		return "\n"
	case n+1 < len(f.Text) && f.Text[n+1] == '\n':
		return "\r\n"
	}
	return "\r"
}

// Word returns the text of a token, "" for one that is not there.
func (f *File) Word(i int) string {
	if i < 0 || i >= len(f.Tokens) || f.Tokens[i].Kind == Newline {
		return ""
	}
	return string(f.Tokens[i].Source(f.Text))
}

// Source returns the text of a token.
func (t *Token) Source(text []byte) []byte { return text[t.From:t.To] }

// Is reports whether token i is this operator or name.
func (f *File) Is(i int, word string) bool {
	if i < 0 || i >= len(f.Tokens) {
		return false
	}
	t := &f.Tokens[i]
	return (t.Kind == Operator || t.Kind == Name) && t.To-t.From == len(word) && string(f.Text[t.From:t.To]) == word
}

// At returns the index of the token that holds the offset, or -1.
func (f *File) At(offset int) int {
	for i := range f.Tokens {
		if t := &f.Tokens[i]; t.From <= offset && offset < t.To {
			return i
		}
	}
	return -1
}

// StatementOf returns the index of the statement that token i is in.
func (f *File) StatementOf(i int) int {
	for n := range f.Statements {
		if s := &f.Statements[n]; s.First <= i && i < s.End {
			return n
		}
	}
	return -1
}

// compound begins statements that have a block after a colon.
var compound = map[string]bool{
	"if": true, "elif": true, "else": true, "for": true, "while": true, "try": true, "except": true, "finally": true,
	"with": true, "def": true, "class": true, "async": true,
}

// Simple returns the bounds of the simple statement that token i is in: what a
// semicolon or the colon of a header leaves of its logical line.
func (f *File) Simple(i int) (first, end int) {
	s := f.Statements[f.StatementOf(i)]
	first, end = s.First, s.End
	if colon := f.colon(s); colon >= 0 && colon < i {
		first = colon + 1
	}
	for n := first; n < s.End; n++ {
		if f.Tokens[n].Open == -1 && f.Is(n, ";") {
			if n < i {
				first = n + 1
			} else {
				return first, n
			}
		}
	}
	return first, end
}

// colon is the token that ends the header of a compound statement, -1 if s is
// none.
func (f *File) colon(s Statement) int {
	if !compound[f.Word(s.First)] {
		return -1
	}
	lambdas := 0
	for n := s.First; n < s.End; n++ {
		switch {
		case f.Tokens[n].Open != -1:
		case f.Is(n, "lambda"):
			lambdas++
		case f.Is(n, ":") && lambdas > 0:
			lambdas--
		case f.Is(n, ":"):
			return n
		}
	}
	return -1
}

// Value evaluates a String token; ok is false if it has fields.
func (f *File) Value(i int) (text string, ok bool) {
	t := &f.Tokens[i]
	if t.Kind != String || t.Fields {
		return "", false
	}
	from, to := t.Body()
	body := string(f.Text[from:to])
	if !strings.Contains(body, `\`) || strings.Contains(t.Prefix(), "r") {
		return body, true
	}
	// Only the names of variables and files are asked for; they have no other
	// escapes than these.
	return strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\"`, `"`).Replace(body), true
}
