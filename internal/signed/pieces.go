package signed

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A piece is a part of the input that may be a signed value.
type piece struct {
	text  string
	names []string // what may be its name: the words before it, the nearest last
}

const (
	// minPiece is the length in bytes of the shortest piece that can be signed:
	// a separator and the 22 characters of an MD5.
	minPiece = 23
	// maxDepth is how often a piece is taken apart: a cookie in a header in a
	// shell's quotes in a line of a log takes six.
	maxDepth = 9
	// maxPieceBytes bounds the pieces of one input, all lengths added up.
	maxPieceBytes = 48 << 20
	// maxNames is how many words before a piece may be its name.
	maxNames = 4
	// maxName is the length in bytes of the longest name of a cookie.
	maxName = 80
)

// cutter takes an input apart, the whole first.
type cutter struct {
	seen  map[string]bool
	queue []cutting
	bytes int
	full  bool // maxPieceBytes was reached
}

// cutting is a piece that is still to be taken apart.
type cutting struct {
	piece
	depth int
}

// cut returns the pieces of an input; complete is false if there are more.
func cut(input string) (pieces []piece, complete bool) {
	c := cutter{seen: map[string]bool{}}
	c.add(input, nil, 0)
	for i := 0; i < len(c.queue); i++ {
		c.open(c.queue[i])
	}
	pieces = make([]piece, len(c.queue))
	for i, q := range c.queue {
		pieces[i] = q.piece
	}
	return pieces, !c.full
}

func (c *cutter) add(text string, names []string, depth int) {
	text = strings.TrimSpace(text)
	if len(text) < minPiece || depth > maxDepth {
		return
	}
	id := text
	if len(names) > 0 {
		id = names[len(names)-1] + "\x00" + text
	}
	if c.seen[id] {
		return
	}
	if c.bytes += len(text); c.bytes > maxPieceBytes {
		c.full = true
		return
	}
	c.seen[id] = true
	c.queue = append(c.queue, cutting{piece{text, names}, depth})
}

// open adds what a piece consists of.
func (c *cutter) open(p cutting) {
	depth := p.depth + 1
	for _, decode := range decodersFor(p.text) {
		if text := decode(p.text); text != p.text {
			c.add(text, p.names, depth)
		}
	}
	c.add(unquoted(p.text), p.names, depth)
	c.add(strings.TrimLeft(strings.TrimRight(p.text, "\"'`.,;)]}>…"), "\"'`([{<"), p.names, depth)
	if name, rest, ok := header(p.text); ok {
		c.add(rest, with(p.names, name), depth)
	}
	if name, rest, ok := assignment(p.text); ok {
		c.add(rest, with(p.names, name), depth)
	}
	c.quoted(p, depth)
	c.split(p, depth)
	c.path(p, depth)
}

// separators are what is between values, the outermost first. A piece is
// split at one of them only: its parts are pieces too.
var separators = []string{"\n", "\t", " | ", ";", "|", "&", "?", "#", " ", ","}

func (c *cutter) split(p cutting, depth int) {
	for _, separator := range separators {
		if !strings.Contains(p.text, separator) {
			continue
		}
		names := p.names
		for part := range strings.SplitSeq(p.text, separator) {
			c.add(part, names, depth)
			if name := lastName(part); name != "" && separator != "\n" {
				names = with(names, name)
			}
		}
		return
	}
}

// unquoted is a text without the quotes around it.
func unquoted(text string) string {
	if n := len(text) - 1; n > 0 && text[0] == text[n] && strings.IndexByte("\"'`", text[0]) >= 0 {
		return text[1:n]
	}
	return text
}

// quoted adds the strings in a piece. A backslash before a quote does not end
// one.
func (c *cutter) quoted(p cutting, depth int) {
	names := p.names
	text := p.text
	for unclosed := 0; unclosed < maxUnclosed; {
		start := strings.IndexAny(text, `"'`)
		if start < 0 {
			return
		}
		end := closing(text, start)
		if end < 0 {
			text = text[start+1:]
			unclosed++
			continue
		}
		if start > 0 && text[start-1] == '=' {
			names = with(names, lastName(text[:start-1]))
		}
		inner := text[start+1 : end]
		c.add(inner, names, depth)
		if isName(inner) {
			names = with(names, inner)
		}
		text = text[end+1:]
	}
}

// maxUnclosed is after how many quotes that nothing closes a piece is left: to
// see that costs its length each time.
const maxUnclosed = 16

// closing returns where the string that begins at start ends, or -1.
func closing(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[start]:
			return i
		case '\n':
			return -1
		}
	}
	return -1
}

// maxPath is the length in bytes of the longest path, maxSegments how many of
// its parts begin a piece of their own.
const (
	maxPath     = 16 << 10
	maxSegments = 24
)

// path adds the segments of a path and what follows each: a token may hold a
// slash.
func (c *cutter) path(p cutting, depth int) {
	rest := p.text
	if len(rest) > maxPath || strings.ContainsAny(rest, " \t\n;\"'") {
		return
	}
	for range maxSegments {
		segment, after, more := strings.Cut(rest, "/")
		c.add(segment, p.names, depth)
		if !more {
			return
		}
		c.add("/"+after, p.names, depth)
		c.add(after, p.names, depth)
		c.add(strings.TrimSuffix(after, "/"), p.names, depth)
		rest = after
	}
}

// header splits a line such as "Set-Cookie: …", and "Bearer …".
func header(text string) (name, rest string, ok bool) {
	name, rest, ok = strings.Cut(text, ":")
	if ok && isName(name) && strings.HasPrefix(rest, " ") {
		return name, rest, true
	}
	name, rest, ok = strings.Cut(text, " ")
	return name, rest, ok && isName(name)
}

// assignment splits "name=value".
func assignment(text string) (name, rest string, ok bool) {
	before, rest, ok := strings.Cut(text, "=")
	return lastName(before), rest, ok
}

// lastName is the word at the end of a text if it can be a name, or "".
func lastName(text string) string {
	text = strings.TrimRight(text, " \"':")
	if len(text) > maxName {
		text = text[len(text)-maxName:]
	}
	if i := strings.LastIndexAny(text, " \t\"'?&;,{[("); i >= 0 {
		text = text[i+1:]
	}
	if isName(text) {
		return text
	}
	return ""
}

// isName reports whether a text can be the name of a cookie or a parameter.
func isName(text string) bool {
	for i := range len(text) {
		if c := text[i]; !isLetterOrDigit(c) && !strings.ContainsRune("_-.!$*+^~", rune(c)) {
			return false
		}
	}
	return text != "" && len(text) <= maxName
}

func isLetterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// with returns the names and one more, the last maxNames of them.
func with(names []string, name string) []string {
	if name == "" {
		return names
	}
	if len(names) >= maxNames {
		names = names[len(names)-maxNames+1:]
	}
	return append(names[:len(names):len(names)], name)
}

// smallText is the length in bytes up to which a text is decoded whole. Of a
// larger one that is split anyway the parts are decoded.
const smallText = 8 << 10

// decodersFor returns what may undo what carries a value. Each returns a text
// without its escapes as it is.
func decodersFor(text string) []func(string) string {
	if len(text) > smallText && strings.ContainsAny(text, "\n\t;|&?# ,\"'") {
		return []func(string) string{quotedPrintable, joined}
	}
	return []func(string) string{percent, plus, backslash, entities, quotedPrintable, joined}
}

// percent undoes percent-encoding, and leaves all other text as it is.
func percent(text string) string { return unescape(text, '%') }

// unescape replaces a mark and two hexadecimal digits by the byte they name.
func unescape(text string, mark byte) string {
	if strings.IndexByte(text, mark) < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == mark && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			out = append(out, unhex(text[i+1])<<4|unhex(text[i+2]))
			i += 2
			continue
		}
		out = append(out, text[i])
	}
	return string(out)
}

// plus undoes what a form does to blanks.
func plus(text string) string { return percent(strings.ReplaceAll(text, "+", " ")) }

// backslash undoes the escapes of Python's http.cookies (\054), of JSON
// (\u003a) and of quotes, and leaves all other text as it is.
func backslash(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		bytes, length := escape(text[i+1:])
		out = append(out, bytes...)
		i += length
	}
	return string(out)
}

// escape returns what the escape after a backslash means, and its length.
func escape(text string) (means []byte, length int) {
	if n, ok := number(text, 0, 3, 8); ok && n < 256 {
		return []byte{byte(n)}, 3
	}
	switch text[0] {
	case 'u':
		if n, ok := number(text, 1, 4, 16); ok {
			return utf8.AppendRune(nil, rune(n)), 5
		}
	case 'x':
		if n, ok := number(text, 1, 2, 16); ok {
			return []byte{byte(n)}, 3
		}
	case 'n':
		return []byte{'\n'}, 1
	case 't':
		return []byte{'\t'}, 1
	}
	return []byte{text[0]}, 1
}

// number reads as many digits of a base at a place of a text.
func number(text string, at, digits, base int) (uint64, bool) {
	if len(text) < at+digits {
		return 0, false
	}
	n, err := strconv.ParseUint(text[at:at+digits], base, 16)
	return n, err == nil
}

// entities undoes the entities of HTML.
func entities(text string) string {
	if !strings.Contains(text, "&") {
		return text
	}
	return html.UnescapeString(text)
}

// quotedPrintable undoes what a mail does to a long line and to "=".
func quotedPrintable(text string) string {
	if !strings.Contains(text, "=3") && !strings.Contains(text, "=\n") && !strings.Contains(text, "=\r\n") {
		return text
	}
	return unescape(strings.ReplaceAll(strings.ReplaceAll(text, "=\r\n", ""), "=\n", ""), '=')
}

// joined is a text without the breaks that a terminal, a mail or an old Django
// (base64.encodestring) puts into a long value. The lines of a larger text must
// be of one length, as those of a value are.
func joined(text string) string {
	first := strings.IndexByte(text, '\n')
	if first < 0 {
		return text
	}
	if len(text) > smallText {
		for line := range strings.SplitSeq(text[:strings.LastIndexByte(text, '\n')], "\n") {
			if len(line) != first {
				return text
			}
		}
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, text)
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
