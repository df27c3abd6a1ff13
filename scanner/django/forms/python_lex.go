package forms

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// tokenKind is the kind of a Python token.
type tokenKind uint8

const (
	tokenEnd     tokenKind = iota // of the text, or of the part that may be looked at
	tokenNewline                  // only outside of brackets
	tokenName
	tokenNumber
	tokenString
	tokenOp
	tokenBad // an unterminated string, a character of no token
)

// token is one token; offsets are in bytes of the text.
type token struct {
	kind     tokenKind
	from, to int

	// Of a string: the bounds of its body, and what its prefix says.
	body, bodyEnd        int
	raw, bytes, fields   bool
	quote                byte
	triple, unterminated bool
}

// lexer reads tokens of Python, of any version, from the middle of a text. It
// skips comments, continued lines and, inside of brackets, line breaks. It
// never fails and looks at every byte once.
type lexer struct {
	text     []byte
	pos, end int
	brackets int  // open ones; above zero a line break is a blank
	comment  bool // the code is commented out: # at the start of a line is a blank
}

// next returns the next token.
func (l *lexer) next() token {
	for l.pos < l.end {
		switch c := l.text[l.pos]; {
		case ascii.IsSpace(c) || c == 0:
			l.pos++
		case c == '\\' && l.pos+1 < l.end && ascii.IsBreak(l.text[l.pos+1]):
			l.pos++
			l.skipBreak()
		case ascii.IsBreak(c):
			from := l.pos
			l.skipBreak()
			if l.brackets == 0 {
				return token{kind: tokenNewline, from: from, to: l.pos}
			}
		case c == '#':
			l.pos = nextBreak(l.text, l.pos, l.end)
		default:
			return l.token(c)
		}
	}
	return token{kind: tokenEnd, from: l.end, to: l.end}
}

// skipBreak skips one line break, and the sign of a comment after it if the
// code is commented out.
func (l *lexer) skipBreak() {
	if l.text[l.pos] == '\r' && l.pos+1 < l.end && l.text[l.pos+1] == '\n' {
		l.pos++
	}
	l.pos++
	if !l.comment {
		return
	}
	i := l.pos
	for i < l.end && ascii.IsSpace(l.text[i]) {
		i++
	}
	if i < l.end && l.text[i] == '#' {
		l.pos = i + 1
	}
}

// token reads a token that begins with c.
func (l *lexer) token(c byte) token {
	from := l.pos
	switch {
	case c == '"' || c == '\'':
		return l.str(from, from)
	case ascii.IsDigit(c):
		l.skipWord('.')
		return token{kind: tokenNumber, from: from, to: l.pos}
	case ascii.IsWord(c):
		l.skipWord('_')
		if l.pos-from <= 2 && l.quoted() && isStringPrefix(l.text[from:l.pos]) {
			return l.str(from, l.pos)
		}
		return token{kind: tokenName, from: from, to: l.pos}
	}
	l.pos++
	if bracket := bracketOf(c); bracket != 0 {
		l.brackets = max(0, l.brackets+bracket)
	} else if l.pos < l.end && isOperator(c, l.text[l.pos]) {
		l.pos++
	}
	return token{kind: tokenOp, from: from, to: l.pos}
}

// quoted reports whether a quote is next.
func (l *lexer) quoted() bool {
	return l.pos < l.end && (l.text[l.pos] == '"' || l.text[l.pos] == '\'')
}

// skipWord skips letters, digits and a further sign.
func (l *lexer) skipWord(further byte) {
	for l.pos < l.end && (ascii.IsWord(l.text[l.pos]) || l.text[l.pos] == further) {
		l.pos++
	}
}

// isOperator reports whether two signs are one operator: == += ** -> and the
// like. => is that of other languages.
func isOperator(a, b byte) bool {
	switch b {
	case '=':
		return strings.IndexByte("=!:+-*/%<>|&^?", a) >= 0
	case '*':
		return a == '*'
	case '>':
		return a == '-' || a == '='
	}
	return false
}

func isStringPrefix(p []byte) bool {
	for _, c := range p {
		switch c | 32 {
		case 'r', 'b', 'u', 'f', 't':
		default:
			return false
		}
	}
	return true
}

// str reads a string literal whose prefix begins at from and whose quote is at
// quote. One that its line does not end is unterminated.
func (l *lexer) str(from, quote int) token {
	q := l.text[quote]
	t := token{kind: tokenString, from: from, quote: q, body: quote + 1}
	t.prefix(l.text[from:quote])
	if l.tripled(quote) {
		t.triple, t.body = true, quote+3
	}
	for i := t.body; i < l.end; i++ {
		switch c := l.text[i]; {
		case c == '\\':
			if i+2 < l.end && l.text[i+1] == '\r' && l.text[i+2] == '\n' {
				i++
			}
			i++
		case c == q && !t.triple:
			return l.finish(t, i, i+1)
		case c == q && l.tripled(i):
			return l.finish(t, i, i+3)
		case ascii.IsBreak(c) && !t.triple:
			t.unterminated = true
			return l.finish(t, i, i)
		}
	}
	t.unterminated = true
	return l.finish(t, l.end, l.end)
}

// prefix notes what the letters before a quote say.
func (t *token) prefix(letters []byte) {
	for _, c := range letters {
		switch c | 32 {
		case 'r':
			t.raw = true
		case 'b':
			t.bytes = true
		case 'f', 't':
			t.fields = true
		}
	}
}

// tripled reports whether three of the same quote are at an offset.
func (l *lexer) tripled(at int) bool {
	return at+2 < l.end && l.text[at+1] == l.text[at] && l.text[at+2] == l.text[at]
}

func (l *lexer) finish(t token, bodyEnd, to int) token {
	t.bodyEnd, t.to, l.pos = bodyEnd, to, to
	if t.unterminated {
		t.kind = tokenBad
	}
	return t
}

// is reports whether t is this operator or keyword.
func (l *lexer) is(t token, s string) bool {
	return (t.kind == tokenOp || t.kind == tokenName) && string(l.text[t.from:t.to]) == s
}

// word returns a token's text.
func (l *lexer) word(t token) string { return string(l.text[t.from:t.to]) }

// maxLiteral is the longest string literal that is evaluated, in bytes. No key
// is as long.
const maxLiteral = 4 << 10

// value evaluates a string literal. constant is false if it has fields in
// braces (then they are left out, and parts holds what is around them) or
// is too long.
func (l *lexer) value(t token) (text string, parts []string, constant bool) {
	if t.bodyEnd-t.body > maxLiteral {
		return "", nil, false
	}
	body := string(l.text[t.body:t.bodyEnd])
	if t.triple && strings.IndexByte(body, '\r') >= 0 {
		body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	}
	if t.fields {
		parts, constant = fieldParts(body)
		for i, p := range parts {
			if !t.raw {
				parts[i] = unescape(p, t.bytes)
			}
		}
		return strings.Join(parts, ""), parts, constant
	}
	if !t.raw {
		body = unescape(body, t.bytes)
	}
	return body, nil, true
}

// fieldParts splits the body of an f-string at its fields; constant says that
// it has none. Doubled braces are braces.
func fieldParts(body string) (parts []string, constant bool) {
	constant = true
	var part strings.Builder
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case (c == '{' || c == '}') && i+1 < len(body) && body[i+1] == c:
			part.WriteByte(c)
			i++
		case c == '{':
			constant = false
			if part.Len() > 0 {
				parts = append(parts, part.String())
				part.Reset()
			}
			for depth := 0; i < len(body); i++ {
				if body[i] == '{' {
					depth++
				} else if body[i] == '}' {
					if depth--; depth == 0 {
						break
					}
				}
			}
		default:
			part.WriteByte(c)
		}
	}
	if part.Len() > 0 || len(parts) == 0 {
		parts = append(parts, part.String())
	}
	return parts, constant
}

// unescape evaluates the escapes of a Python literal; in a bytes literal \x
// gives a byte, elsewhere a character. What is not an escape stays as it is.
func unescape(s string, bytes bool) string {
	n := strings.IndexByte(s, '\\')
	if n < 0 {
		return s
	}
	out := make([]byte, n, len(s))
	copy(out, s)
	for i := n; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			i++
			continue
		}
		var used int
		if out, used = appendEscape(out, s[i+1:], bytes); used == 0 {
			out = append(out, '\\')
		}
		i += 1 + used
	}
	return string(out)
}

// appendEscape appends what the escape that begins s (after its backslash)
// stands for, and says how much of s it is; 0 if it is not an escape.
func appendEscape(out []byte, s string, bytes bool) ([]byte, int) {
	switch c := s[0]; c {
	case '\n':
		return out, 1
	case '\r':
		if strings.HasPrefix(s, "\r\n") {
			return out, 2
		}
		return out, 1
	case '\\', '\'', '"':
		return append(out, c), 1
	case 'a', 'b', 'f', 'n', 'r', 't', 'v':
		return append(out, "\a\b\f\n\r\t\v"[strings.IndexByte("abfnrtv", c)]), 1
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n, used := octal(s)
		return appendCode(out, n, bytes), used
	case 'x':
		return appendHex(out, s, 2, bytes)
	case 'u':
		if !bytes {
			return appendHex(out, s, 4, false)
		}
	case 'U':
		if !bytes {
			return appendHex(out, s, 8, false)
		}
	}
	return out, 0
}

// octal reads up to three octal digits.
func octal(s string) (n rune, used int) {
	for used < 3 && used < len(s) && s[used] >= '0' && s[used] <= '7' {
		n = n<<3 | rune(s[used]-'0')
		used++
	}
	return n, used
}

func appendHex(out []byte, s string, digits int, bytes bool) ([]byte, int) {
	if len(s) <= digits {
		return out, 0
	}
	var n rune
	for i := 1; i <= digits; i++ {
		c := s[i]
		switch {
		case ascii.IsDigit(c):
			n = n<<4 | rune(c-'0')
		case ascii.IsHex(c):
			n = n<<4 | rune(c|32-'a'+10)
		default:
			return out, 0
		}
	}
	return appendCode(out, n, bytes), digits + 1
}

func appendCode(out []byte, n rune, bytes bool) []byte {
	if bytes {
		return append(out, byte(n))
	}
	return append(out, string(n)...)
}
