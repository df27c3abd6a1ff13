package project

import (
	"strings"
	"unicode/utf8"
)

// tokenKind says what a token of Python is.
type tokenKind uint8

const (
	tokenEnd    tokenKind = iota // of a logical line
	tokenName                    // an identifier or a keyword
	tokenNumber                  // as written
	tokenString                  // its value, without quotes; escapes stay as they are
	tokenOp                      // one sign, or two of == != <= >= ** // := ->
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

// lex splits Python into tokens. It never fails: what it does not understand
// is an operator. Within brackets lines do not end.
func lex(text string) []token {
	l := lexer{text: text, line: 1, fresh: true}
	for l.at < len(text) && len(l.out) < maxTokens {
		l.step()
	}
	l.end()
	return l.out
}

type lexer struct {
	text   string
	at     int
	line   int
	depth  int // of brackets
	indent int
	fresh  bool // nothing but blanks since the line began
	column int
	out    []token
}

func (l *lexer) emit(kind tokenKind, text string, line int) {
	if l.fresh {
		l.indent, l.fresh = l.column, false
	}
	l.out = append(l.out, token{kind: kind, text: text, line: line, indent: l.indent})
}

// end ends a logical line.
func (l *lexer) end() {
	if n := len(l.out); n > 0 && l.out[n-1].kind != tokenEnd {
		l.out = append(l.out, token{kind: tokenEnd, line: l.line, indent: l.indent})
	}
	l.fresh, l.column = true, 0
}

func (l *lexer) step() {
	switch c := l.text[l.at]; {
	case c == '\n':
		l.at++
		if l.depth == 0 {
			l.end()
		}
		l.line++
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		l.at++
		if l.fresh {
			l.column++
			if c == '\t' {
				l.column += 7
			}
		}
	case c == '\\' && l.at+1 < len(l.text) && (l.text[l.at+1] == '\n' || l.text[l.at+1] == '\r'):
		if l.at += 2; l.text[l.at-1] == '\r' && l.at < len(l.text) && l.text[l.at] == '\n' {
			l.at++
		}
		l.line++
	case c == '#':
		if n := strings.IndexByte(l.text[l.at:], '\n'); n >= 0 {
			l.at += n
		} else {
			l.at = len(l.text)
		}
	case c == '"' || c == '\'':
		l.str("")
	case isNameByte(c) && (c < '0' || c > '9'):
		start := l.at
		for l.at < len(l.text) && isNameByte(l.text[l.at]) {
			l.at++
		}
		word := l.text[start:l.at]
		if l.at < len(l.text) && (l.text[l.at] == '"' || l.text[l.at] == '\'') && isStringPrefix(word) {
			l.str(strings.ToLower(word))
			return
		}
		l.emit(tokenName, word, l.line)
	case c >= '0' && c <= '9':
		start := l.at
		for l.at < len(l.text) && (isNameByte(l.text[l.at]) || l.text[l.at] == '.') {
			l.at++
		}
		l.emit(tokenNumber, l.text[start:l.at], l.line)
	default:
		l.op(c)
	}
}

func (l *lexer) op(c byte) {
	size := 1
	if l.at+1 < len(l.text) {
		switch l.text[l.at : l.at+2] {
		case "==", "!=", "<=", ">=", "**", "//", ":=", "->", "+=", "|=":
			size = 2
		}
	}
	switch c {
	case '(', '[', '{':
		l.depth++
	case ')', ']', '}':
		l.depth = max(0, l.depth-1)
	case ';':
		if l.depth == 0 {
			l.at++
			l.end()
			l.column = l.indent
			return
		}
	}
	l.emit(tokenOp, l.text[l.at:l.at+size], l.line)
	l.at += size
}

func isNameByte(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf
}

func isStringPrefix(s string) bool {
	if len(s) > 2 {
		return false
	}
	return strings.Trim(strings.ToLower(s), "rbuft") == ""
}

// str reads a string that begins at a quote.
func (l *lexer) str(prefix string) {
	quote, line := l.text[l.at], l.line
	triple := strings.HasPrefix(l.text[l.at:], strings.Repeat(string(quote), 3))
	width := 1
	if triple {
		width = 3
	}
	start := l.at + width
	i := start
	for ; i < len(l.text); i++ {
		c := l.text[i]
		if c == '\\' {
			i++
			if i < len(l.text) && l.text[i] == '\n' {
				l.line++
			}
			continue
		}
		if c == '\n' {
			if !triple {
				break // not closed
			}
			l.line++
		}
		if c == quote && (!triple || strings.HasPrefix(l.text[i:], l.text[l.at:start])) {
			break
		}
	}
	i = min(i, len(l.text))
	l.emit(tokenString, l.text[start:i], line)
	l.out[len(l.out)-1].formatted = strings.Contains(prefix, "f")
	l.at = i
	if i < len(l.text) && l.text[i] == quote {
		l.at = i + width
	}
}
