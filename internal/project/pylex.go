package project

import (
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// tokenKind says what a token of Python is.
type tokenKind uint8

const (
	tokenEnd    tokenKind = iota // of a statement
	tokenName                    // an identifier or a keyword
	tokenNumber                  // as written
	tokenString                  // its value, without quotes; escapes stay as they are
	tokenOp
)

// token is one token of a Python file.
type token struct {
	text      string
	line      int
	indent    int32 // columns before the first token of its logical line
	kind      tokenKind
	formatted bool // an f-string, whose value is not its text
}

// maxTokens bounds what is kept of one file.
const maxTokens = 1 << 19

// lexer reads Python files one after another. What it keeps of them shares equal
// strings, and no memory with their texts.
type lexer struct {
	scanned []pysource.Token
	tokens  []token
	assigns []Assign
	strings map[string]string
}

// lex splits Python into the tokens of its statements, which last until the next
// call. It never fails.
func (l *lexer) lex(text []byte) []token {
	l.scanned = pysource.Scan(l.scanned, text)
	out := l.tokens[:0]
	if n := min(len(l.scanned), maxTokens); n > cap(out) {
		out = make([]token, 0, n) // without what was in the old ones
	}
	return l.read(out, string(text))
}

// read appends the tokens of a text that was scanned.
func (l *lexer) read(out []token, text string) []token {
	fresh, indent := true, int32(0)
	for i := range l.scanned {
		t := &l.scanned[i]
		if len(out) == maxTokens {
			break
		}
		end := t.Kind == pysource.Newline || t.Open < 0 && t.To-t.From == 1 && text[t.From] == ';'
		if fresh && t.Kind != pysource.Newline {
			indent = columns(text, t.From)
		}
		fresh = t.Kind == pysource.Newline
		switch {
		case end && len(out) > 0 && out[len(out)-1].kind == tokenEnd:
		case end:
			out = append(out, token{kind: tokenEnd, line: t.Line, indent: indent})
		default:
			out = append(out, token{kind: tokenOp, text: text[t.From:t.To], line: t.Line, indent: indent})
			out[len(out)-1].is(text, t)
		}
	}
	l.tokens = out
	return out
}

// is makes an operator what was scanned, if that is something else.
func (t *token) is(text string, scanned *pysource.Token) {
	switch scanned.Kind {
	case pysource.Name:
		t.kind = tokenName
	case pysource.Number:
		t.kind = tokenNumber
	case pysource.String:
		from, to := scanned.Body()
		t.kind, t.text, t.formatted = tokenString, text[from:to], scanned.Formatted()
	}
}

// columns is the width of the blanks before an offset in its line; a tab counts
// for eight.
func columns(text string, at int) (n int32) {
	for at--; at >= 0 && (text[at] == ' ' || text[at] == '\t'); at-- {
		if n++; text[at] == '\t' {
			n += 7
		}
	}
	return n
}

// keep makes the strings of a file ones that hold nothing else.
func (l *lexer) keep(f *File) {
	for i := range f.Assigns {
		l.own(&f.Assigns[i].Name)
		l.own(&f.Assigns[i].Key)
		l.keepExpr(&f.Assigns[i].Value)
	}
	for i := range f.Imports {
		l.own(&f.Imports[i].Module)
		l.ownAll(f.Imports[i].Names)
	}
	for i := range f.Classes {
		l.own(&f.Classes[i].Name)
		l.ownAll(f.Classes[i].Bases)
	}
	for i := range f.Called {
		l.keepExpr(&f.Called[i])
	}
	for i := range f.Named {
		l.own(&f.Named[i].Name)
	}
	for _, places := range [][]Place{f.Made, f.Opaque} {
		for i := range places {
			l.own(&places[i].Name)
		}
	}
	for _, flows := range [][]Flow{f.Values, f.Returns} {
		for i := range flows {
			l.own(&flows[i].Name)
			l.ownAll(flows[i].Words)
		}
	}
	for i := range f.Defined {
		l.own(&f.Defined[i].Name)
	}
}

func (l *lexer) keepExpr(e *Expr) {
	l.own(&e.Text)
	l.ownAll(e.Keys)
	l.ownAll(e.Signs)
	for i := range e.Items {
		l.keepExpr(&e.Items[i])
	}
}

func (l *lexer) ownAll(list []string) {
	for i := range list {
		l.own(&list[i])
	}
}

// own makes a string one of the lexer's.
func (l *lexer) own(s *string) {
	if *s == "" {
		return
	}
	known, ok := l.strings[*s]
	if !ok {
		if l.strings == nil {
			l.strings = map[string]string{}
		}
		known = strings.Clone(*s)
		l.strings[known] = known
	}
	*s = known
}
