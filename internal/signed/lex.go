package signed

import "strings"

// tokenKind tells the tokens of Python that matter here apart.
type tokenKind uint8

const (
	other   tokenKind = iota
	name              // a name, dotted ones as one
	literal           // a string, un-escaped where its escapes are simple
)

// token is a word of a Python file. Numbers, comments and the ends of lines are
// left out.
type token struct {
	kind   tokenKind
	text   string
	format bool // an f-string
}

func (t token) is(text string) bool { return t.kind == other && t.text == text }

// lex splits a Python file. It takes what is none as it comes.
func lex(text []byte) []token {
	var out []token
	s := string(text)
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '#':
			for i < len(s) && s[i] != '\n' {
				i++
			}
		case c == '"' || c == '\'':
			t, length := stringToken(s[i:], "")
			out = appendString(out, t)
			i += length
		case isNameByte(c) && (c < '0' || c > '9'):
			end := i + 1
			for end < len(s) && (isNameByte(s[end]) || s[end] == '.') {
				end++
			}
			word := s[i:end]
			if end < len(s) && (s[end] == '"' || s[end] == '\'') && len(word) <= 2 && strings.Trim(strings.ToLower(word), "rbuf") == "" {
				t, length := stringToken(s[end:], strings.ToLower(word))
				out = appendString(out, t)
				i = end + length
				continue
			}
			out = append(out, token{kind: name, text: word})
			i = end
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\\' || c >= '0' && c <= '9':
			i++
		default:
			end := i + 1
			if c == '=' && end < len(s) && s[end] == '=' {
				end++
			}
			out = append(out, token{kind: other, text: s[i:end]})
			i = end
		}
	}
	return out
}

// appendString adds a string, to the one before it if there is one: Python joins
// literals that stand side by side.
func appendString(tokens []token, t token) []token {
	if n := len(tokens) - 1; n >= 0 && tokens[n].kind == literal && len(tokens[n].text)+len(t.text) <= maxLiteral {
		tokens[n].text += t.text
		tokens[n].format = tokens[n].format || t.format
		return tokens
	}
	return append(tokens, t)
}

// stringToken reads the string at the start of a text and says how long it is.
func stringToken(s, prefix string) (token, int) {
	t := token{kind: literal, format: strings.Contains(prefix, "f")}
	quote, triple := s[:1], false
	if strings.HasPrefix(s, strings.Repeat(quote, 3)) {
		quote, triple = s[:3], true
	}
	i := len(quote)
	start := i
	for i < len(s) && !strings.HasPrefix(s[i:], quote) {
		if s[i] == '\n' && !triple {
			return t, i // not closed
		}
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		i++
	}
	end := min(i, len(s))
	if end-start <= maxLiteral {
		t.text = s[start:end]
		if !strings.Contains(prefix, "r") {
			t.text = backslash(t.text)
		}
	}
	return t, min(end+len(quote), len(s))
}

func isNameByte(c byte) bool { return isLetterOrDigit(c) || c == '_' || c >= 0x80 }
