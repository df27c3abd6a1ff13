package lsp

import (
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Position is a place in a document: line and character, both from 0.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// Range is from Start to before End.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// lines finds positions in one text.
type lines struct {
	text   string
	starts []int // offsets of the lines
	bytes  bool  // characters are bytes, not UTF-16 units
}

func newLines(text string, bytes bool) *lines {
	l := &lines{text: text, starts: []int{0}, bytes: bytes}
	for i := 0; i < len(text); i++ {
		// As the protocol has it: LF, CRLF and CR end a line.
		if text[i] == '\n' || text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// position is the place of an offset in bytes.
func (l *lines) position(offset int) Position {
	offset = min(max(offset, 0), len(l.text))
	low, high := 0, len(l.starts)
	for high-low > 1 {
		if middle := (low + high) / 2; l.starts[middle] <= offset {
			low = middle
		} else {
			high = middle
		}
	}
	return Position{low, l.units(l.text[l.starts[low]:offset])}
}

func (l *lines) span(from, to int) Range { return Range{l.position(from), l.position(to)} }

// units is the length of a text in the editor's characters.
func (l *lines) units(s string) int {
	if l.bytes {
		return len(s)
	}
	n := 0
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if n++; r > 0xffff {
			n++
		}
		s = s[size:]
	}
	return n
}

// offset is the place in bytes of a position; one that is outside of the text is
// taken for the nearest that is inside.
func (l *lines) offset(p Position) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(l.starts) {
		return len(l.text)
	}
	at, end := l.starts[p.Line], len(l.text)
	if p.Line+1 < len(l.starts) {
		end = l.starts[p.Line+1]
	}
	if l.bytes {
		return min(at+max(p.Character, 0), end)
	}
	for left := p.Character; left > 0 && at < end && l.text[at] != '\n' && l.text[at] != '\r'; {
		r, size := utf8.DecodeRuneInString(l.text[at:])
		if left--; r > 0xffff {
			left--
		}
		at += size
	}
	return at
}

// path is the file of a URI, "" for a document that is not a file.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	path := u.Path
	if len(path) > 2 && path[0] == '/' && path[2] == ':' { // /C:/x
		path = path[1:]
	}
	return filepath.FromSlash(path)
}

// change is the smallest edit of whole lines that makes one text of another.
func change(old, text string, bytes bool) (Range, string) {
	before, after := strings.SplitAfter(old, "\n"), strings.SplitAfter(text, "\n")
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	from := len(strings.Join(before[:head], ""))
	to := len(old) - len(strings.Join(before[len(before)-tail:], ""))
	return newLines(old, bytes).span(from, to), strings.Join(after[head:len(after)-tail], "")
}
