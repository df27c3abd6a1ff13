package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// endAtEscape ends the value of an assignment within a string at an escape for a
// line break or a tab: "DEBUG=0\nSECRET_KEY=x\nPORT=80".
func (s *statement) endAtEscape() {
	from := s.at
	if quote, n := quoteAt(s.doc.text, from, s.limit); n > 0 && quote != s.open {
		if end := closeQuote(s.doc.text, from+n, s.limit, quote, n > 1); end > 0 {
			from = end
		}
	}
	n, length := escapedBreak(s.doc.text[from:s.limit], s.open == '"')
	if n < 0 {
		return
	}
	end := from + n
	if !beginsLine(s.doc.text[end+length : s.limit]) {
		// It can be a part of the key, if that makes it a key at all.
		whole, part := lineStyle.readings(string(s.rest()), 0), lineStyle.readings(string(s.doc.text[s.at:end]), 0)
		if value.Surest(whole) < value.Surest(part) {
			return
		}
	}
	s.limit = end
}

// escapedBreak returns where the first escape of a line break or a tab is, and
// its length: \n, \r, \t, \012, \x0a, \u000a, with any number of backslashes, and
// in PowerShell `n. It returns -1 if there is none.
func escapedBreak(text []byte, powershell bool) (at, length int) {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '`' && powershell && i+1 < len(text) && (text[i+1] == 'n' || text[i+1] == 'r' || text[i+1] == 't'):
			return i, 2
		case text[i] != '\\':
			continue
		}
		n := i + 1
		for n < len(text) && text[n] == '\\' {
			n++
		}
		for _, escape := range [...]string{"n", "r", "t", "012", "015", "x0a", "x0d", "x0A", "x0D", "u000a", "u000d", "u000A", "u000D", "u{a}", "u{0a}"} {
			if bytes.HasPrefix(text[n:], []byte(escape)) {
				return i, n - i + len(escape)
			}
		}
		i = n
	}
	return -1, 0
}

// beginsLine reports whether a text reads like the lines after an assignment:
// nothing, another assignment, a comment, a command, a further escape.
func beginsLine(text []byte) bool {
	text = bytes.TrimLeft(text, " \t")
	if len(text) == 0 || strings.IndexByte("#\\`%\"'", text[0]) >= 0 {
		return true
	}
	n := 0
	for n < len(text) && (ascii.IsWord(text[n]) || text[n] == '-' || text[n] == '.') {
		n++
	}
	return n > 0 && n < len(text) && (text[n] == '=' || text[n] == ':' || text[n] == ' ')
}
