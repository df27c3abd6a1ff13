package pysource

import (
	"bytes"
	"fmt"
	"strings"
)

// Kind is the kind of a token.
type Kind uint8

// The kinds of tokens. Comments, blanks and line breaks within brackets are not
// tokens.
const (
	Newline Kind = iota // the end of a logical line
	Name
	Number
	String
	Operator
)

// Token is one token of a file.
type Token struct {
	Kind     Kind
	From, To int // bounds in the text
	Line     int // from 1
	// Open is the index of the bracket that the token is in, -1 outside of all;
	// of a closing bracket, that of its partner.
	Open int
	// Close is, of an opening bracket, the index of its partner.
	Close int
	// Fields is set for an f-string with a field in braces.
	Fields bool

	// Of a String; the zero values for all else. There is no pointer in a token, so
	// that a file's tokens are nothing to the garbage collector.
	prefix  [maxPrefix]byte // in lower case, and zeros
	quote   byte            // the quotation mark
	quotes  uint8           // how many open it, one or three
	closing uint8           // how many close it, none if nothing does
}

// maxPrefix is the length of the longest prefix of a string, in bytes.
const maxPrefix = 2

// Prefix is the prefix of a String in lower case.
func (t *Token) Prefix() string { return strings.TrimRight(string(t.prefix[:]), "\x00") }

// Formatted reports whether a String is an f-string or a t-string.
func (t *Token) Formatted() bool {
	return t.prefix[0] != 0 && bytes.ContainsAny(t.prefix[:], "ft")
}

// Quote is what opens a String: one quotation mark or three.
func (t *Token) Quote() string { return strings.Repeat(string(rune(t.quote)), int(t.quotes)) }

// Body returns the bounds in the text of what is between the quotes of a String.
func (t *Token) Body() (from, to int) {
	from = t.From + int(t.quotes)
	for _, c := range t.prefix {
		if c != 0 {
			from++
		}
	}
	return from, t.To - int(t.closing)
}

// SyntaxError says why a text was not taken for Python.
type SyntaxError struct {
	Line    int // from 1
	Message string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// tokenizer reads a text from its start to its end.
type tokenizer struct {
	text   []byte
	pos    int
	line   int
	tokens []Token
	open   []int // indices of the brackets that are open
	strict bool  // what is not Python is an error, and else an operator
}

// Scan reads the tokens of a text of which it does not matter whether it is
// valid: what is not Python is an Operator, a string that its line does not close
// ends there, and a bracket may have no partner. The memory of tokens, which may
// be nil, is used again.
func Scan(tokens []Token, text []byte) []Token {
	t := tokenizer{text: text, line: 1, tokens: tokens[:0]}
	if n := len(text) / bytesPerToken; n > cap(tokens) {
		t.tokens = make([]Token, 0, n) // without what was in the old ones
	}
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		t.pos = len(byteOrderMark)
	}
	_ = t.run() // only strict reading fails
	return t.tokens
}

// Check returns a *SyntaxError if Scan does not read a text as Python would: a bracket
// or a string is never closed, or a character is none of Python's.
func Check(text []byte) error {
	t := tokenizer{text: text, line: 1, strict: true}
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		t.pos = len(byteOrderMark)
	}
	return t.run()
}

// bytesPerToken is a little more than source has on average.
const bytesPerToken = 6

func (t *tokenizer) fail(format string, args ...any) error {
	if !t.strict {
		return nil
	}
	return &SyntaxError{t.line, fmt.Sprintf(format, args...)}
}

func (t *tokenizer) run() error {
	for t.pos < len(t.text) {
		c := t.text[t.pos]
		switch {
		case c == ' ' || c == '\t' || c == '\f':
			t.pos++
		case c == '\n' || c == '\r':
			t.lineBreak()
		case c == '#':
			for t.pos < len(t.text) && !isBreak(t.text[t.pos]) {
				t.pos++
			}
		case c == '\\':
			if err := t.continued(); err != nil {
				return err
			}
		default:
			if err := t.token(c); err != nil {
				return err
			}
		}
	}
	if n := len(t.open); n > 0 && t.strict {
		bracket := &t.tokens[t.open[n-1]]
		return &SyntaxError{bracket.Line, fmt.Sprintf("%q is never closed", t.text[bracket.From])}
	}
	t.endLine()
	return nil
}

// continued skips a backslash and the line break after it.
func (t *tokenizer) continued() error {
	if t.pos++; t.pos < len(t.text) && isBreak(t.text[t.pos]) {
		t.skipBreak()
		return nil
	}
	return t.fail("a backslash that continues no line")
}

// lineBreak ends a logical line, unless a bracket is open.
func (t *tokenizer) lineBreak() {
	if len(t.open) == 0 {
		t.endLine()
	}
	t.skipBreak()
}

func (t *tokenizer) endLine() {
	if n := len(t.tokens); n > 0 && t.tokens[n-1].Kind != Newline {
		t.add(Token{Kind: Newline, From: t.pos, To: t.pos})
	}
}

func (t *tokenizer) skipBreak() {
	if t.text[t.pos] == '\r' && t.pos+1 < len(t.text) && t.text[t.pos+1] == '\n' {
		t.pos++
	}
	t.pos++
	t.line++
}

func (t *tokenizer) add(token Token) {
	token.Open = -1
	if n := len(t.open); n > 0 {
		token.Open = t.open[n-1]
	}
	if token.Line == 0 {
		token.Line = t.line
	}
	t.tokens = append(t.tokens, token)
}

func (t *tokenizer) token(c byte) error {
	from := t.pos
	switch {
	case c == '"' || c == '\'':
		return t.str(from)
	case isDigit(c) || c == '.' && from+1 < len(t.text) && isDigit(t.text[from+1]):
		t.number()
		t.add(Token{Kind: Number, From: from, To: t.pos})
		return nil
	case isLetter(c):
		for t.pos < len(t.text) && (isLetter(t.text[t.pos]) || isDigit(t.text[t.pos])) {
			t.pos++
		}
		if t.pos < len(t.text) && (t.text[t.pos] == '"' || t.text[t.pos] == '\'') && isPrefix(t.text[from:t.pos]) {
			return t.str(from)
		}
		t.add(Token{Kind: Name, From: from, To: t.pos})
		return nil
	}
	return t.operator(c)
}

func (t *tokenizer) number() {
	for t.pos < len(t.text) {
		c := t.text[t.pos]
		sign := (c == '+' || c == '-') && t.text[t.pos-1]|32 == 'e' && isDecimal(t.text, t.pos)
		if !isLetter(c) && !isDigit(c) && c != '.' && !sign {
			return
		}
		t.pos++
	}
}

// isDecimal reports whether the number that ends before the sign at has no 0x:
// there an e is a digit.
func isDecimal(text []byte, at int) bool {
	from := at
	for from > 0 && (isLetter(text[from-1]) || isDigit(text[from-1]) || text[from-1] == '.') {
		from--
	}
	return from+1 >= len(text) || text[from] != '0' || text[from+1]|32 != 'x'
}

// operatorLength is the length of the operator that text begins with.
func operatorLength(text []byte) int {
	if len(text) < 2 {
		return 1
	}
	switch string(text[:2]) {
	case "**", "//", "<<", ">>":
		if len(text) > 2 && text[2] == '=' {
			return 3
		}
		return 2
	case "->", ":=", "==", "!=", "<=", ">=", "<>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=":
		return 2
	case "..":
		if len(text) > 2 && text[2] == '.' {
			return 3
		}
	}
	return 1
}

func (t *tokenizer) operator(c byte) error {
	from := t.pos
	t.pos += operatorLength(t.text[from:])
	switch c {
	case '(', '[', '{':
		t.add(Token{Kind: Operator, From: from, To: t.pos})
		t.open = append(t.open, len(t.tokens)-1)
		return nil
	case ')', ']', '}':
		return t.close(c, from)
	case '+', '-', '*', '/', '%', '@', '&', '|', '^', '~', '<', '>', '=', '.', ',', ':', ';', '`':
	case '!':
		if t.pos == from+1 && t.strict {
			return t.fail("%q is not Python", c)
		}
	default:
		if t.strict {
			return t.fail("%q is not Python", c)
		}
	}
	t.add(Token{Kind: Operator, From: from, To: t.pos})
	return nil
}

func (t *tokenizer) close(c byte, from int) error {
	n := len(t.open)
	if n == 0 {
		t.add(Token{Kind: Operator, From: from, To: t.pos})
		return t.fail("%q closes nothing", c)
	}
	partner := t.open[n-1]
	if t.strict && t.text[t.tokens[partner].From] != opening(c) {
		return t.fail("%q closes %q", c, t.text[t.tokens[partner].From])
	}
	t.open = t.open[:n-1]
	t.add(Token{Kind: Operator, From: from, To: t.pos})
	t.tokens[len(t.tokens)-1].Open = partner
	t.tokens[partner].Close = len(t.tokens) - 1
	return nil
}

// opening is the bracket that a closing one is the partner of.
func opening(c byte) byte {
	switch c {
	case ')':
		return '('
	case ']':
		return '['
	}
	return '{'
}

// str reads a string literal; t.pos is at its quote.
func (t *tokenizer) str(from int) error {
	token := Token{Kind: String, From: from, Line: t.line}
	for i, c := range t.text[from:t.pos] {
		token.prefix[i] = c | 32
	}
	q := t.text[t.pos]
	size := 1
	if t.pos+2 < len(t.text) && t.text[t.pos+1] == q && t.text[t.pos+2] == q {
		size = 3
	}
	token.quote, token.quotes = q, uint8(size)
	t.pos += size
	formatted := token.Formatted()
	for t.pos < len(t.text) {
		switch c := t.text[t.pos]; {
		case t.closes(q, size):
			t.pos += size
			token.To, token.closing = t.pos, uint8(size)
			t.add(token)
			return nil
		case c == '\\':
			t.pos++
			t.stringByte()
		case isBreak(c) && size == 1:
			token.To = t.pos
			t.add(token)
			return t.fail("a string that its line does not close")
		case formatted && c == '{':
			t.field(&token)
		default:
			t.stringByte()
		}
	}
	if t.strict {
		return &SyntaxError{token.Line, "a string that is never closed"}
	}
	token.To = t.pos
	t.add(token)
	return nil
}

func (t *tokenizer) closes(q byte, size int) bool {
	if t.text[t.pos] != q || t.pos+size > len(t.text) {
		return false
	}
	return size == 1 || t.text[t.pos+1] == q && t.text[t.pos+2] == q
}

func (t *tokenizer) stringByte() {
	if t.pos < len(t.text) && isBreak(t.text[t.pos]) {
		t.skipBreak()
		return
	}
	t.pos = min(t.pos+1, len(t.text))
}

// field skips a field of an f-string, in which since Python 3.12 the string's
// own quote may occur.
func (t *tokenizer) field(token *Token) {
	if t.pos+1 < len(t.text) && t.text[t.pos+1] == '{' {
		t.pos += 2
		return
	}
	token.Fields = true
	depth := 0
	for t.pos < len(t.text) {
		switch c := t.text[t.pos]; {
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				t.pos++
				return
			}
		case c == '"' || c == '\'':
			if !t.inner(c) {
				continue
			}
		case isBreak(c) && token.quotes == 1:
			return
		}
		t.stringByte()
	}
}

// inner skips a string within a field, up to its closing quote; closed is false
// if its line ends before.
func (t *tokenizer) inner(quote byte) (closed bool) {
	for t.pos++; t.pos < len(t.text) && !isBreak(t.text[t.pos]); t.pos++ {
		if t.text[t.pos] == quote {
			return true
		}
	}
	return false
}

func isPrefix(p []byte) bool {
	if len(p) > maxPrefix {
		return false
	}
	for _, c := range p {
		if !containsByte("rbuft", c|32) {
			return false
		}
	}
	return true
}

func isBreak(c byte) bool { return c == '\n' || c == '\r' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isLetter takes every byte outside of ASCII for a letter, as an identifier may
// hold it.
func isLetter(c byte) bool { return c|32 >= 'a' && c|32 <= 'z' || c == '_' || c >= 0x80 }

func containsByte(s string, c byte) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == c {
			return true
		}
	}
	return false
}
