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
	kind      tokenKind
	text      string
	line      int
	indent    int  // columns before the first token of its logical line
	formatted bool // an f-string, whose value is not its text
}

// maxTokens bounds what is kept of one file.
const maxTokens = 1 << 19

// lex splits Python into the tokens of its statements. It never fails.
func lex(text string) []token {
	source := []byte(text)
	tokens := pysource.Scan(source)
	out := make([]token, 0, min(len(tokens), maxTokens))
	fresh, indent := true, 0
	for _, t := range tokens {
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
			out = append(out, tokenOf(text, &t, indent))
		}
	}
	return out
}

func tokenOf(text string, t *pysource.Token, indent int) token {
	out := token{kind: tokenOp, text: text[t.From:t.To], line: t.Line, indent: indent}
	switch t.Kind {
	case pysource.Name:
		out.kind = tokenName
	case pysource.Number:
		out.kind = tokenNumber
	case pysource.String:
		out.kind, out.text = tokenString, text[t.BodyFrom:t.BodyTo]
		out.formatted = strings.ContainsAny(t.Prefix, "ft")
	}
	return out
}

// columns is the width of the blanks before an offset in its line; a tab counts
// for eight.
func columns(text string, at int) (n int) {
	for at--; at >= 0 && (text[at] == ' ' || text[at] == '\t'); at-- {
		if n++; text[at] == '\t' {
			n += 7
		}
	}
	return n
}
