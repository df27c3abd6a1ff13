package forms

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// pythonEmbedded reads an assignment that is inside of a string literal: a line
// that a program writes to a file, code in a test, a message. Values in quotes
// count; a value without quotes only if it is generated.
func pythonEmbedded(doc *document, at int, t target, outer byte) answer {
	_, end := doc.line(at)
	c := quotedCode{text: doc.text[:end], at: at, outer: outer}
	c.skipQuotes()
	c.skipSpace()
	if !c.skipSign() {
		return pass
	}
	c.skipSpace()
	closing := c.skipOpeningQuote()
	length := c.bare()
	if closing != "" {
		length = strings.Index(string(c.text[c.at:min(end, c.at+maxLiteral)]), closing)
	}
	if length <= 0 {
		return pass
	}
	raw := string(c.text[c.at : c.at+length])
	values := []string{unescape(raw, false)}
	if values[0] != raw {
		values = append(values, raw)
	}
	if strings.HasPrefix(raw, "{") || closing == "" && value.Classify(values[0], t.name) > value.Random {
		return pass
	}
	return found(Assignment{Name: t.name, Offset: c.at, Length: length, Values: values, Form: PythonText, Traits: t.traits})
}

// quotedCode is code in a string literal, read from left to right.
type quotedCode struct {
	text  []byte // ends with the line
	at    int
	outer byte // the quote of the string
}

func (c *quotedCode) byte() byte { return byteAt(c.text, c.at) }

// escaped reports whether an escaped quote is next.
func (c *quotedCode) escaped(quote byte) bool {
	return c.byte() == '\\' && byteAt(c.text, c.at+1) == quote
}

func (c *quotedCode) skipSpace() {
	for ascii.IsSpace(c.byte()) {
		c.at++
	}
}

// skipQuotes skips what closes a name in quotes: \"SECRET_KEY\": …
func (c *quotedCode) skipQuotes() {
	for _, q := range [...]byte{'"', '\''} {
		if c.escaped(q) {
			c.at += 2
		} else if c.byte() == q && q != c.outer {
			c.at++
		}
	}
}

// skipSign skips the sign of an assignment, and reports whether there is one.
func (c *quotedCode) skipSign() bool {
	if c.byte() != '=' && c.byte() != ':' || byteAt(c.text, c.at+1) == '=' {
		return false
	}
	c.at++
	return true
}

// skipOpeningQuote skips the quote of a value, and returns it as it is written;
// it is empty if there is none.
func (c *quotedCode) skipOpeningQuote() (quote string) {
	switch b := c.byte(); {
	case c.escaped('"'), c.escaped('\''):
		quote = string(c.text[c.at : c.at+2])
	case (b == '"' || b == '\'') && b != c.outer:
		quote = string(b)
	}
	c.at += len(quote)
	return quote
}

// bare is the length of a value without quotes.
func (c *quotedCode) bare() (n int) {
	for ; c.at+n < len(c.text); n++ {
		if b := c.text[c.at+n]; b <= ' ' || b == c.outer || b == '\\' {
			break
		}
	}
	return n
}
