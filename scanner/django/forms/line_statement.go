package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

func containsFold(s []byte, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if foldPrefix(s[i:], part) {
			return true
		}
	}
	return false
}

// A statement is a name with what is around it on its line, for all the
// forms that give a value to a name by a sign: NAME=value, "name": "value",
// NAME value. It refers to the text and lives as long as the form runs.
type statement struct {
	doc      *document
	from, to int // the line
	nameFrom int // the name, without quotes
	nameTo   int

	left  []byte // of the line before the name, its quote and its bracket; trimmed
	open  byte   // the quote that is open where the name begins, or 0
	inner bool   // that quote closes after the name: "SECRET_KEY": …
	slash bool   // quotes are after backslashes: a string within a string

	sep    string // the sign after the name, "" for white space or nothing
	spaced bool   // white space before or after the sign
	tight  bool   // none before the sign and none after it
	at     int    // where the value begins
	limit  int    // where it must end: the line, or the quote around the whole assignment
	signAt int    // where the sign begins
}

// newStatement reads the line around the name at an anchor.
func newStatement(doc *document, anchor int) (s statement, ok bool) {
	s = statement{doc: doc}
	s.nameFrom, s.nameTo = nameAt(doc, anchor)
	s.from, s.to = doc.line(anchor)
	if s.nameFrom < s.from || s.nameTo > s.to {
		return s, false
	}
	doc.spent += (s.to - s.from) / 8
	left := doc.text[s.from:s.nameFrom]
	s.open, s.slash = openQuote(left)
	if s.open != 0 && left[len(left)-1] == s.open {
		left = bytes.TrimRight(left[:len(left)-1], `\`)
	}
	s.left = bytes.TrimRight(left, " \t\f\v")
	s.sign(s.endName())
	if s.open != 0 && !s.inner {
		s.endAtEscape()
	}
	return s, true
}

// endName sets where the value must end, and returns the offset after the name
// with its quote and its bracket: config["SECRET_KEY"], ENV['SECRET_KEY'],
// $env{'SECRET_KEY'}.
func (s *statement) endName() int {
	text, i := s.doc.text, s.nameTo
	s.limit = s.to
	if s.open != 0 {
		if n := s.closing(i); n > 0 {
			s.inner, i = true, n
		} else if n := closeQuote(text, i, s.to, s.open, s.slash); n >= 0 {
			s.limit = n
		}
	}
	for i < s.limit && (text[i] == ']' || s.inner && (text[i] == ')' || text[i] == '}')) {
		i++
	}
	return i
}

// closing returns the offset after the quote that closes at i, or 0.
func (s *statement) closing(i int) int {
	for n := 0; i < s.to && s.doc.text[i] == '\\' && n < 3; n++ {
		i++
	}
	if i < s.to && s.doc.text[i] == s.open {
		return i + 1
	}
	return 0
}

// signs are what can be between a name and its value. Longer ones come
// first; those that compare are here to be recognised and refused.
var signs = [...]string{"===", "!==", "==", "!=", "=~", "=>", "::=", ":=", "?=", "+=", "||=", "??=", "<=", ">=", "||", "??", "?:", "->", ":", "=", ","}

// signStarts are the bytes that signs begin with.
const signStarts = "=!:?+|<>-,"

// sign reads the separator from i on.
func (s *statement) sign(i int) {
	text := s.doc.text
	before := i
	for i < s.limit && ascii.IsSpace(text[i]) {
		i++
	}
	s.signAt, s.at = i, i
	if i < s.limit && strings.IndexByte(signStarts, text[i]) < 0 {
		s.spaced = i > before
		return
	}
	for _, sign := range signs {
		if bytes.HasPrefix(text[i:s.limit], []byte(sign)) {
			s.sep = sign
			i += len(sign)
			break
		}
	}
	if s.sep == "" {
		s.spaced = i > before
		return
	}
	gap := i
	for i < s.limit && ascii.IsSpace(text[i]) {
		i++
	}
	s.at = i
	s.spaced = i > gap || s.signAt > before
	s.tight = i == gap && s.signAt == before
}

func (s *statement) name() string { return string(s.doc.text[s.nameFrom:s.nameTo]) }

// rest is the line from the value on, up to the limit.
func (s *statement) rest() []byte { return s.doc.text[s.at:s.limit] }

// compares reports whether the sign compares instead of assigning.
func (s *statement) compares() bool {
	switch s.sep {
	case "==", "===", "!=", "!==", "=~", "<=", ">=", "->":
		return true
	}
	return false
}

// lastWord is the last word before the name, cut at blanks, and what is
// before it.
func (s *statement) lastWord() (word, before []byte) {
	n := bytes.LastIndexAny(s.left, " \t")
	return s.left[n+1:], s.left[:max(0, n)]
}

func indentOf(line []byte) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}

// commented reports whether the name is after a comment sign, and gives
// what is between the two.
func (s *statement) commented() (left []byte, ok bool) {
	left = bytes.TrimLeft(s.left, " \t")
	for _, sign := range [...]string{"#", "//", ";", "-- ", "<!--", "/*", "REM ", "rem ", ":: "} {
		if rest, found := bytes.CutPrefix(left, []byte(sign)); found {
			return bytes.TrimLeft(rest, " \t#/"), true
		}
	}
	return left, false
}

// assign makes the assignment of a reading to the statement's name.
func (s *statement) assign(form scanner.Form, r lineValue, traits scanner.Trait) Assignment {
	if r.fallback {
		traits |= scanner.Fallback
	}
	return Assignment{Name: s.name(), Offset: r.offset, Length: r.length, Values: r.values, Form: form, Traits: traits}
}

// nameAt returns the bounds of the name at an anchor. A dash or a dot is part
// of it only in the spelling secret-key, because ${SECRET_KEY-default} and
// settings.SECRET_KEY hold longer words than their names.
func nameAt(doc *document, anchor int) (from, to int) {
	from, to = doc.word(anchor, false)
	if c := byteAt(doc.text, to); c != '-' && c != '.' || to-anchor > len("secret") || !foldPrefix(doc.text[to+1:], "key") {
		return from, to
	}
	_, to = doc.word(to+1, false)
	for from > 0 && anchor-from < value.MaxName && (ascii.IsWord(doc.text[from-1]) || doc.text[from-1] == '-') {
		from--
	}
	for from < anchor && doc.text[from] == '-' {
		from++
	}
	return from, to
}

func byteAt(text []byte, i int) byte {
	if i < 0 || i >= len(text) {
		return 0
	}
	return text[i]
}

// foldPrefix is bytes.HasPrefix without regard to ASCII case; prefix is in
// lower case.
func foldPrefix(text []byte, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// openQuote returns the quote that is open at the end of left, and whether it is
// after a backslash. An apostrophe after a letter opens nothing. A backtick can
// hold other quotes, as in Markdown and in JavaScript.
func openQuote(left []byte) (quote byte, slash bool) {
	var open quotes
	for i := 0; i < len(left); i++ {
		if c := left[i]; c == '\\' && escapes(left, i, open.quote != 0) {
			i++
		} else if ascii.IsQuote(c) {
			open.read(left, i)
		}
	}
	if open.quote == 0 && open.ticked {
		return '`', false
	}
	return open.quote, open.slash
}

// quotes is what is open before a byte of a line.
type quotes struct {
	quote  byte // ", or an apostrophe; 0 if neither is open
	slash  bool // it is after a backslash, and only one after a backslash closes it
	ticked bool // a backtick is open around it
}

// read reads the quote at i.
func (q *quotes) read(left []byte, i int) {
	c, escaped := left[i], i > 0 && left[i-1] == '\\'
	switch {
	case c == '`':
		if q.quote == 0 || q.ticked {
			*q = quotes{ticked: !q.ticked}
		}
	case q.quote == 0:
		if c == '"' || !ascii.IsWord(byteAt(left, i-1)) {
			q.quote, q.slash = c, escaped
		}
	case q.quote == c && escaped == q.slash:
		q.quote, q.slash = 0, false
	case c == '"' && q.quote == '"' && escaped:
		q.slash = true // a string that opens within the string
	case i+1 == len(left) && !escaped:
		q.quote, q.slash = c, false // the name itself is quoted within a quoted text
	}
}

// escapes reports whether the backslash at i takes the next byte with it: a
// backslash, and outside of quotes anything but a quote.
func escapes(left []byte, i int, quoted bool) bool {
	if i+1 == len(left) {
		return false
	}
	return left[i+1] == '\\' || !quoted && !ascii.IsQuote(left[i+1])
}

// closeQuote returns the offset of the quote that closes what is open at i, or
// -1. If slash is set, quotes are after backslashes; else a backslash makes
// one part of the text.
func closeQuote(text []byte, i, limit int, quote byte, slash bool) int {
	for ; i < limit; i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < limit:
			if slash && text[i+1] == quote {
				return i
			}
			i++
		case c == quote:
			return i
		}
	}
	return -1
}
