package forms

import (
	"bytes"
	"html"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// A lineValue is a value as written and all that it may mean.
type lineValue struct {
	offset, length int      // in the document's text, without quotes
	values         []string // likeliest first; none if the text refers to a value elsewhere
	fallback       bool     // the default of a reference: ${X:-default}
	quoted         bool
	end            int // after the value and its closing quote
}

// A quoting says how a family of formats writes values.
type quoting struct {
	form scanner.Form

	blank   bool   // an unquoted value ends at white space
	stops   string // signs that end an unquoted value
	comment bool   // " #" ends an unquoted value
	single  bool   // backslashes mean nothing between single quotes
	double  bool   // '' stands for ' between single quotes
	bare    bool   // backslashes mean nothing outside of quotes
	dollars bool   // $$ stands for $
	percent bool   // %% stands for %
	entity  bool   // &amp; stands for &
	joins   bool   // quoted and unquoted pieces side by side are one value, as in a shell
}

// read reads the value that begins at text[at] and must end before limit.
func (y *quoting) read(text []byte, at, limit int) (r lineValue, ok bool) {
	limit = min(limit, at+lineAhead)
	for at < limit && ascii.IsSpace(text[at]) {
		at++
	}
	if at >= limit {
		return r, false
	}
	if text[at] == '<' && !y.joins {
		if from, to, ok := heredoc(text, at); ok {
			r = lineValue{offset: from, length: to - from, end: to, quoted: true, values: y.readings(string(text[from:to]), 0)}
			return r, to > from
		}
	}
	if text[at] == '`' && y.joins {
		return r, false // what a command writes
	}
	if quote, n := quoteAt(text, at, limit); n > 0 {
		if r, ok = y.quoted(text, at, limit, quote, n); ok {
			return r, len(r.values) > 0
		}
		at += n // an opening quote without an end: a line that was cut
	}
	return y.plain(text, at, limit)
}

// heredoc finds the text after <<WORD, <<-WORD or <<~WORD at the end of a line of
// Terraform or Ruby, if it is of one line; empty if it is of several.
func heredoc(text []byte, at int) (from, to int, ok bool) {
	word, isHeredoc := bytes.CutPrefix(text[at:nextBreak(text, at, min(len(text), at+value.MaxName))], []byte("<<"))
	word = bytes.Trim(bytes.TrimLeft(word, "-~"), "\"' \t")
	if !isHeredoc || !plainWord(word) {
		return 0, 0, false
	}
	lines := [2][]byte{}
	next := nextBreak(text, at, len(text))
	for i := range lines {
		next = min(len(text), next+1)
		end := nextBreak(text, next, min(len(text), next+lineAhead))
		lines[i] = bytes.TrimSpace(text[next:end])
		if i == 0 {
			from = next + bytes.Index(text[next:end], lines[0])
		}
		next = end
	}
	if !bytes.Equal(lines[1], word) {
		return from, from, true
	}
	return from, from + len(lines[0]), true
}

// quoteAt tells the quote that begins at text[i] and its length: ", ', `, \",
// """ and so on; the length is 0 if there is none.
func quoteAt(text []byte, i, limit int) (quote byte, n int) {
	j := i
	for j < limit && text[j] == '\\' && j-i < 3 {
		j++
	}
	if j >= limit || !ascii.IsQuote(text[j]) {
		return 0, 0
	}
	quote = text[j]
	if j == i && j+2 < limit && text[j+1] == quote && text[j+2] == quote && quote != '`' {
		return quote, 3
	}
	return quote, j + 1 - i
}

// quoted reads a value between quotes; ok is false if they do not close.
func (y *quoting) quoted(text []byte, at, limit int, quote byte, n int) (r lineValue, ok bool) {
	from := at + n
	to := y.closing(text, from, limit, quote, text[at:at+n])
	if to < 0 {
		return r, false
	}
	r = lineValue{offset: from, length: to - from, quoted: true, end: to + n}
	raw := string(text[from:to])
	if n == 3 && text[at] != '\\' {
		raw = r.trimBlock(raw)
	}
	if n > 1 && text[at] == '\\' {
		raw = unescapeC(raw) // one layer of the string around
	}
	if y.joins && n == 1 && r.end < limit && !ascii.IsSpace(text[r.end]) && strings.IndexByte(";,&|)<>\\\"]}`", text[r.end]) < 0 {
		if tail, to, end := y.pieces(text, r.end, limit); tail != "" {
			r.values = y.readings(y.unescape(raw, quote)+tail, 0)
			r.length, r.end = to-from, end
			return r, true
		}
	}
	if v, from, to, found := defaultOf(raw); found {
		r.fallback = true
		raw, r.offset, r.length = v, r.offset+from, to-from
	}
	r.values = y.readings(raw, quote)
	return r, true
}

// trimBlock takes the line break after three quotes off a value, as TOML does,
// and joins lines that end in a backslash.
func (r *lineValue) trimBlock(raw string) string {
	n := len(raw) - len(strings.TrimLeft(raw, "\\\r\n"))
	if n > 0 && strings.HasPrefix(raw, `\`) {
		n = len(raw) - len(strings.TrimLeft(raw, "\\\r\n \t"))
	}
	r.offset, raw = r.offset+n, raw[n:]
	if i := strings.Index(raw, "\\\n"); i >= 0 && len(strings.TrimSpace(raw[i+1:])) == 0 {
		raw = raw[:i]
	}
	raw = strings.TrimRight(raw, "\r\n")
	r.length = len(raw)
	return raw
}

// closing finds the end of a quoted value, or -1.
func (y *quoting) closing(text []byte, from, limit int, quote byte, opening []byte) int {
	switch {
	case len(opening) == 3 && opening[0] != '\\':
		n := bytes.Index(text[from:min(len(text), max(limit, from+blockBytes))], opening)
		if n < 0 {
			return -1
		}
		return from + n
	case opening[0] == '\\':
		n := bytes.Index(text[from:limit], opening)
		if n < 0 {
			return -1
		}
		return from + n
	case quote == '\'' && (y.single || y.double):
		for i := from; i < limit; i++ {
			if text[i] != quote {
				continue
			}
			if y.double && i+1 < limit && text[i+1] == quote {
				i++
				continue
			}
			return i
		}
		return -1
	}
	return closeQuote(text, from, limit, quote, false)
}

// runs reads what a shell would take for the rest of the same word. The value
// ends at to, the word at end: after a quote, if there is one.
func (y *quoting) pieces(text []byte, at, limit int) (value string, to, end int) {
	var out []byte
	for at < limit && !ascii.IsSpace(text[at]) && text[at] != ';' {
		if quote, n := quoteAt(text, at, limit); n == 1 {
			closing := y.closing(text, at+1, limit, quote, text[at:at+1])
			if closing < 0 {
				break
			}
			out = append(out, y.unescape(string(text[at+1:closing]), quote)...)
			to, at = closing, closing+1
			continue
		}
		if text[at] == '\\' && at+1 < limit {
			at++
		}
		out = append(out, text[at])
		at++
		to = at
	}
	return string(out), to, at
}

// plain reads a value without quotes.
func (y *quoting) plain(text []byte, at, limit int) (r lineValue, ok bool) {
	line := text[at:limit]
	end := y.plainEnd(line)
	if y.isComment(line[:end], byteAt(text, at-1)) {
		return r, false
	}
	if isCommand(line) {
		return y.onlyDjangos(text, at, limit)
	}
	if n := argumentAt(line); n > 0 {
		if r, ok := y.read(text, at+n, limit); ok && r.quoted && value.AnyGenerated(r.values) {
			return r, true // base64encode("…")
		}
	}
	if n := templateEnd(line); n > end {
		end = n // ${X:-a default with blanks}, {{ X }}, <your key>
	}
	whole := bytes.TrimRight(line[:end], " \t\f\v")
	if v, from, to, found := defaultOf(string(whole)); found {
		if len(v) > 1 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
			from, to, v = from+1, to-1, v[1:len(v)-1]
		}
		r = lineValue{offset: at + from, length: to - from, end: at + len(whole), values: y.readings(v, 0), fallback: true}
		return r, len(r.values) > 0
	}
	short := y.cutAtStop(whole)
	if len(short) == 0 {
		return y.onlyDjangos(text, at, limit)
	}
	r = lineValue{offset: at, length: len(short), end: at + len(whole), values: y.readings(string(short), 0)}
	if len(short) < len(whole) {
		// A stop sign can be one of the key's own: the whole counts only if
		// that makes a surer key.
		if all := y.readings(string(whole), 0); value.Surest(all) < min(value.Surest(r.values), value.Public) {
			r.values, r.length = all, len(whole)
		}
	}
	return r, len(r.values) > 0
}

// argumentAt returns the offset of the quote that begins the only argument of the
// calls that a line begins with, sensitive(base64encode("…")), or 0.
func argumentAt(line []byte) int {
	for at := 0; ; {
		end := at
		for end < len(line) && (ascii.IsWord(line[end]) || line[end] == '.' || line[end] == ':') {
			end++
		}
		if end == at || byteAt(line, end) != '(' {
			return 0
		}
		at = skipSpaces(line, end+1)
		if at < len(line) && ascii.IsQuote(line[at]) {
			return at
		}
	}
}

// plainEnd is the length of an unquoted value that begins a line, as far as
// white space and comments tell.
func (y *quoting) plainEnd(line []byte) int {
	if y.blank {
		if n := bytes.IndexAny(line, " \t"); n >= 0 {
			return n
		}
	} else if y.comment {
		return commentStart(line)
	}
	return len(line)
}

// isComment reports whether a comment is in the place of the value, and no key
// that begins with its sign.
func (y *quoting) isComment(v []byte, before byte) bool {
	return y.comment && len(v) > 0 && v[0] == '#' && ascii.IsSpace(before) && value.Surest(y.readings(string(v), 0)) > value.Django
}

// isCommand recognises what a command writes: $(…), `…`.
func isCommand(line []byte) bool {
	return bytes.HasPrefix(line, []byte("$(")) || bytes.HasPrefix(line, []byte("`"))
}

// cutAtStop ends a value at the first of the style's stop signs.
func (y *quoting) cutAtStop(whole []byte) []byte {
	if y.stops != "" && !bytes.HasPrefix(whole, []byte("${")) {
		if n := bytes.IndexAny(whole, y.stops); n >= 0 {
			return bytes.TrimRight(whole[:n], " \t")
		}
	}
	return whole
}

// onlyDjangos reads a word that begins with a sign of the text's own, such as
// $( or a closing bracket: only a key that Django made begins so.
func (y *quoting) onlyDjangos(text []byte, at, limit int) (r lineValue, ok bool) {
	word := text[at:limit]
	if n := bytes.IndexAny(word, " \t"); n >= 0 {
		word = word[:n]
	}
	r = lineValue{offset: at, length: len(word), values: y.readings(string(word), 0), end: at + len(word)}
	return r, value.Surest(r.values) <= value.Django
}

// commentStart returns where a comment begins in the rest of a line: at a #
// after white space. A # within a word is part of it: two of three Django keys
// hold one.
func commentStart(line []byte) int {
	for i := 1; i < len(line); i++ {
		if line[i] == '#' && ascii.IsSpace(line[i-1]) {
			return i
		}
	}
	return len(line)
}

// readings lists what a value may mean: the way of the style first, then other
// layers that it may be in. quote is 0 for an unquoted value.
func (y *quoting) readings(raw string, quote byte) []string {
	first := y.unescape(raw, quote)
	out := readingList{y.ownMeaning(first)}
	out.add(first)
	if !strings.ContainsAny(raw, `\$%&`) {
		return out
	}
	out.add(raw)
	for _, v := range [...]string{first, raw} {
		out.add(strings.ReplaceAll(v, "$$", "$"))
		out.add(strings.ReplaceAll(v, "%%", "%"))
	}
	out.add(unescapeC(raw))
	if strings.Contains(raw, "&") && strings.Contains(raw, ";") {
		out.add(html.UnescapeString(raw))
	}
	if v, ok := unescapePercent(raw); ok {
		out.add(v)
	}
	return out
}

// ownMeaning undoes what the style doubles and what it writes as entities.
func (y *quoting) ownMeaning(v string) string {
	if y.dollars {
		v = strings.ReplaceAll(v, "$$", "$")
	}
	if y.percent {
		v = strings.ReplaceAll(v, "%%", "%")
	}
	if y.entity {
		v = html.UnescapeString(v)
	}
	return v
}

// readingList is a list of values without duplicates.
type readingList []string

func (l *readingList) add(v string) {
	if !slices.Contains(*l, v) {
		*l = append(*l, v)
	}
}

// unescape undoes the style's own escapes.
func (y *quoting) unescape(raw string, quote byte) string {
	switch {
	case quote == '\'' && y.double:
		return strings.ReplaceAll(raw, "''", "'")
	case quote == '\'' && y.single, quote == 0 && y.bare, !strings.Contains(raw, `\`):
		return raw
	case y.joins: // a shell: the backslash keeps the next sign as it is
		return unescapeShell(raw, quote)
	}
	return unescapeC(raw)
}

// unescapeShell takes the backslash away from the signs before which a shell
// does so: all of them outside of quotes, few between double quotes. An
// exclamation mark is among them because people escape it, wrongly.
func unescapeShell(raw string, quote byte) string {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) && (quote == 0 || strings.IndexByte("$`\"\\!#", raw[i+1]) >= 0) {
			i++
		}
		out = append(out, raw[i])
	}
	return string(out)
}

// unescapeC undoes the escapes that JSON, TOML, YAML, JavaScript and most other
// languages have in common. What is not an escape stays as it is, but
// for a backslash before a sign.
func unescapeC(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			out = append(out, raw[i])
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'u', 'x', 'U':
			n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
			r, ok := hexRune(raw[i+1:], n)
			if !ok {
				out = append(out, '\\', c)
				continue
			}
			out = append(out, string(r)...)
			i += n
		default:
			if ascii.IsWord(c) {
				out = append(out, '\\')
			}
			out = append(out, c)
		}
	}
	return string(out)
}

func hexRune(s string, n int) (rune, bool) {
	if len(s) < n {
		return 0, false
	}
	var r rune
	for i := 0; i < n; i++ {
		d := ascii.HexDigit(s[i])
		if d < 0 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

// unescapePercent undoes the %XX of an URL; ok is false if there is none.
func unescapePercent(raw string) (v string, ok bool) {
	if !strings.Contains(raw, "%") {
		return "", false
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '%' && i+2 < len(raw) && ascii.HexDigit(raw[i+1]) >= 0 && ascii.HexDigit(raw[i+2]) >= 0 {
			out = append(out, byte(ascii.HexDigit(raw[i+1])<<4|ascii.HexDigit(raw[i+2])))
			i, ok = i+2, true
			continue
		}
		out = append(out, raw[i])
	}
	return string(out), ok
}

// templateEnd returns the offset after the template or the bracket that s
// begins with, or 0.
func templateEnd(s []byte) int {
	closing := ""
	switch {
	case bytes.HasPrefix(s, []byte("${")):
		return braceEnd(s)
	case bytes.HasPrefix(s, []byte("{{")):
		closing = "}}"
	case bytes.HasPrefix(s, []byte("{%")):
		closing = "%}"
	case len(s) > 0 && s[0] == '<':
		closing = ">"
	case len(s) > 0 && s[0] == '[':
		closing = "]"
	default:
		return 0
	}
	n := bytes.Index(s, []byte(closing))
	if n < 0 {
		return 0
	}
	return n + len(closing)
}

// defaultOf returns the default of a reference that has one: ${X:-default},
// ${X-default}, ${X:=default}, {{ x | default("default") }}, and its bounds in
// raw. References within the default are looked into as well.
func defaultOf(raw string) (value string, from, to int, ok bool) {
	if strings.HasPrefix(raw, "{{") {
		return templateLiteral(raw)
	}
	from, to = 0, len(raw)
	for range 4 {
		rest := raw[from:to]
		if !strings.HasPrefix(rest, "${") {
			break
		}
		end := braceEnd([]byte(rest))
		if end != len(rest) {
			break
		}
		n := 2
		for n < len(rest) && ascii.IsWord(rest[n]) {
			n++
		}
		sign := 0
		switch {
		case strings.HasPrefix(rest[n:], ":-"), strings.HasPrefix(rest[n:], ":="):
			sign = 2
		case strings.HasPrefix(rest[n:], "-"), strings.HasPrefix(rest[n:], "="):
			sign = 1
		}
		if n == 2 || sign == 0 || n+sign >= end-1 {
			break
		}
		from, to, ok = from+n+sign, to-1, true
	}
	return raw[from:to], from, to, ok
}

// braceEnd returns the offset after the brace that closes the one which s
// begins with, or 0.
func braceEnd(s []byte) int {
	depth := 0
	for i, c := range s {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}
