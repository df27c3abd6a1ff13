package forms

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// ownMarker accepts a key, with a reason in brackets: # djleaks: allow[reason].
const ownMarker = "djleaks: allow["

// foreignMarkers are the markers of other scanners that are honoured. Markers of
// linters (noqa, nosec) are not: whoever wrote them had something else in mind.
var foreignMarkers = [...]string{"pragma: allowlist secret", "gitleaks:allow", "betterleaks:allow"}

// nextLineMarker is one of them that is on the line before.
const nextLineMarker = "pragma: allowlist nextline secret"

// maxMarkers bounds the comments of one text. Further ones accept nothing.
const maxMarkers = 10_000

// marker is a comment that accepts a key, or was meant to.
type marker struct {
	at    int            // offset of its first character
	line  int            // from 1
	allow *scanner.Allow // nil if it accepts nothing
	wrong string         // what is wrong with it then
	alone bool           // nothing else is on its line
	next  bool           // it counts for the next line, not for its own
	first bool           // it is what its comment begins with, so that it is not a text about comments
}

// comments are the markers of a text, and the statements that they are beside.
type comments struct {
	doc        *document
	markers    []marker // by offset
	statements []span   // of Python, by offset; nil in texts of another format
}

// comments finds the markers at the first call.
func (r *Reading) comments() *comments {
	if r.found == nil {
		r.found = findComments(r.doc)
	}
	return r.found
}

func findComments(doc *document) *comments {
	c := &comments{doc: doc}
	text := doc.text
	line, counted := 1, 0
	starts := newMarkerStarts(text)
	for at := starts.next(); at >= 0 && len(c.markers) < maxMarkers; at = starts.next() {
		from, to := doc.line(at)
		m, ok := readMarker(text[from:to], at-from)
		if !ok {
			continue
		}
		lines, _ := scanner.Position(text[counted:], at-counted)
		line, counted = line+lines-1, at
		m.at, m.line = at, line
		if m.allow != nil {
			m.allow.Line = line
		}
		c.markers = append(c.markers, m)
	}
	if len(c.markers) > 0 && (doc.format == formatPython || doc.format == formatOther) {
		c.readPython()
	}
	return c
}

// markerWords are in every marker; each is looked for once, by one of its bytes
// that is rare in code.
var (
	markerWords = [...]string{"leaks", "LEAKS", "pragma: allowlist"}
	rareBytes   = [len(markerWords)]int{3, 3, 12} // k, K and w
)

// markerStarts finds where markers can begin, in order.
type markerStarts struct {
	text []byte
	at   [len(markerWords)]int // the next place of each word; len(text) if there is none
}

func newMarkerStarts(text []byte) *markerStarts {
	s := &markerStarts{text: text}
	for i := range s.at {
		s.advance(i, 0)
	}
	return s
}

func (s *markerStarts) advance(word, from int) {
	s.at[word] = len(s.text)
	want, rare := markerWords[word], rareBytes[word]
	for from += rare; from < len(s.text); from++ {
		n := bytes.IndexByte(s.text[from:], want[rare])
		if n < 0 {
			return
		}
		from += n
		if start := from - rare; start+len(want) <= len(s.text) && string(s.text[start:start+len(want)]) == want {
			s.at[word] = start
			return
		}
	}
}

// next returns the next start, -1 if there is none.
func (s *markerStarts) next() int {
	word := 0
	for i, at := range s.at {
		if at < s.at[word] {
			word = i
		}
	}
	at := s.at[word]
	if at == len(s.text) {
		return -1
	}
	s.advance(word, at+len(markerWords[word]))
	if markerWords[word][0] == 'p' {
		return at
	}
	for back := 0; back < len("better") && at > 0 && ascii.IsWord(s.text[at-1]); back++ {
		at--
	}
	return at
}

// readMarker reads the marker at an offset of its line.
func readMarker(line []byte, at int) (m marker, ok bool) {
	rest := line[at:]
	m.alone, m.first = onlyComment(line), beginsComment(line[:at])
	switch {
	case bytes.HasPrefix(rest, []byte(nextLineMarker)):
		m.allow, m.next = &scanner.Allow{By: nextLineMarker}, true
		return m, true
	case len(rest) >= len("djleaks") && bytes.EqualFold(rest[:len("djleaks")], []byte("djleaks")):
		m.allow, m.wrong, ok = ownAllow(rest)
		return m, ok
	}
	for _, foreign := range foreignMarkers {
		if bytes.HasPrefix(rest, []byte(foreign)) {
			m.allow = &scanner.Allow{By: foreign}
			return m, true
		}
	}
	return m, false
}

// meant are the words with which somebody may ask for a key to be accepted.
var meant = []string{"allow", "accept", "ignore", "disable", "skip", "noqa", "nosec", "ok"}

// ownAllow reads the program's own marker. Without a reason it accepts nothing;
// what is wrong with one that was meant is said in words.
func ownAllow(rest []byte) (allow *scanner.Allow, wrong string, ok bool) {
	if tail, found := bytes.CutPrefix(rest, []byte(ownMarker)); found {
		end := bytes.IndexByte(tail, ']')
		if end < 0 {
			return nil, "its bracket is not closed on the line", true
		}
		reason := strings.TrimSpace(string(tail[:end]))
		if reason == "" {
			return nil, "it gives no reason", true
		}
		return &scanner.Allow{By: "djleaks: allow", Reason: reason}, "", true
	}
	tail := bytes.TrimLeft(rest[len("djleaks"):], " \t:-_=")
	if len(tail) == len(rest)-len("djleaks") {
		return nil, "", false
	}
	end := 0
	for end < len(tail) && ascii.IsWord(tail[end]) {
		end++
	}
	word := strings.ToLower(string(tail[:min(end, 16)]))
	switch {
	case !slices.Contains(meant, word):
		return nil, "", false
	case word == "allow" && bytes.HasPrefix(rest, []byte("djleaks: allow")) && (end == len(tail) || tail[end] != '[' && tail[end] != ' '):
		return nil, "it gives no reason in brackets", true
	}
	return nil, "it is not written as it must be", true
}

// IsMarker reports whether an anchor is the beginning of a marker.
func IsMarker(text []byte, anchor int) bool { return kindOfAnchor(text, anchor) == anchorMarker }

// Allowed returns the comment that accepts the value at an offset: on one of the
// value's lines, on the first or the last line of its statement, or alone on the
// line before either. It is nil if there is none.
func (r *Reading) Allowed(offset, length int) *scanner.Allow {
	c := r.comments()
	if len(c.markers) == 0 {
		return nil
	}
	doc := c.doc
	from, _ := doc.line(offset)
	_, to := doc.line(offset + max(0, length-1))
	first, last := c.statement(offset, length)
	for _, lines := range []span{{from, to}, doc.lineOf(first), doc.lineOf(last)} {
		if a := c.on(lines, false); a != nil {
			return a
		}
	}
	for _, start := range []int{from, doc.lineOf(first).from} {
		if a := c.before(start); a != nil {
			return a
		}
	}
	return nil
}

func (doc *document) lineOf(offset int) span {
	from, to := doc.line(offset)
	return span{from, to}
}

// on returns the first acceptance on some lines; of those that are alone on
// their line or count for the next one if before is set, else of the others and
// of those alone too.
func (c *comments) on(lines span, before bool) *scanner.Allow {
	n := sort.Search(len(c.markers), func(i int) bool { return c.markers[i].at >= lines.from })
	for ; n < len(c.markers) && c.markers[n].at < lines.to; n++ {
		m := &c.markers[n]
		if m.allow != nil && (before && (m.next || m.alone && m.allow.Reason != "") || !before && !m.next) {
			return m.allow
		}
	}
	return nil
}

// before returns the acceptance that is alone on the line before the one that
// begins at from. In Markdown a fence may be between.
func (c *comments) before(from int) *scanner.Allow {
	for range 2 {
		start, end, ok := c.doc.previousLine(from)
		if !ok {
			return nil
		}
		line := bytes.TrimSpace(c.doc.text[start:end])
		if !bytes.HasPrefix(line, []byte("```")) && !bytes.HasPrefix(line, []byte("~~~")) {
			return c.on(span{start, end}, true)
		}
		from = start
	}
	return nil
}

// maxStatement bounds a statement, in bytes. A longer one is rather a bracket
// that is not closed; where it is not sure that the text is Python, a few lines.
const (
	maxStatement      = 16 << 10
	maxStatementOther = 512
)

// statement returns an offset on the first and one on the last line of the
// statement that a value is in.
func (c *comments) statement(offset, length int) (first, last int) {
	first, last = offset, offset+max(0, length-1)
	most, python := maxStatement, c.doc.format == formatPython
	if !python {
		most = maxStatementOther
	}
	n := sort.Search(len(c.statements), func(i int) bool { return c.statements[i].to > offset })
	if n < len(c.statements) && c.statements[n].from <= offset && c.statements[n].to-c.statements[n].from <= most {
		first, last = c.statements[n].from, max(last, c.statements[n].to-1)
	}
	from, _ := c.doc.line(first)
	for range 3 {
		start, end, ok := c.doc.previousLine(from)
		if python || !ok || !goesOn(c.doc.text[start:end]) {
			break
		}
		first, from = start, start
	}
	return first, last
}

// goesOn reports whether the next line belongs to this one: by its last sign, as
// shells, YAML and most languages write it.
func goesOn(line []byte) bool {
	line = bytes.TrimRight(line, " \t")
	if len(line) == 0 || onlyComment(line) {
		return false
	}
	switch line[len(line)-1] {
	case '\\', '(', '[', '=', ':', '|', '>', '+':
		return true
	case '-':
		return bytes.HasSuffix(line, []byte(">-")) || bytes.HasSuffix(line, []byte("|-"))
	}
	return false
}

// readPython finds the statements of a Python text, and drops the markers that
// are in its strings and accept nothing for anybody.
func (c *comments) readPython() {
	l := &lexer{text: c.doc.text, end: len(c.doc.text)}
	start, n := -1, 0
	for {
		t := l.next()
		if t.kind != tokenEnd && t.kind != tokenNewline && start < 0 {
			start = t.from
		}
		for ; n < len(c.markers) && c.markers[n].at < t.to; n++ {
			if t.kind == tokenString && c.markers[n].at >= t.from {
				c.markers[n].first = false
			}
		}
		if t.kind != tokenNewline && t.kind != tokenEnd {
			continue
		}
		if start >= 0 {
			c.statements = append(c.statements, span{start, max(t.from, start+1)})
			start = -1
		}
		if t.kind == tokenEnd {
			return
		}
	}
}

// onlyComment reports whether a line is nothing but a comment: a marker after
// another value is about that one. JSON has no comments; what is called so there
// has the name "//".
func onlyComment(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	if bytes.HasPrefix(line, []byte(`"//`)) {
		return true
	}
	if len(line) == 0 {
		return false
	}
	switch line[0] {
	case '#', ';', '<', '/', '-', '*', '%', '{', 'R', 'r', '.':
		return true
	}
	return false
}

// beginsComment reports whether what is before a marker on its line ends with
// the sign that begins a comment, outside of quotes.
func beginsComment(before []byte) bool {
	trimmed := bytes.TrimRight(before, " \t*")
	for _, quote := range []byte("\"'`") {
		if bytes.Count(trimmed, []byte{quote})%2 != 0 {
			return false
		}
	}
	for _, sign := range []string{"#", "//", ";", "--", "/"} {
		if bytes.HasSuffix(trimmed, []byte(sign)) {
			return true
		}
	}
	return strings.EqualFold(string(trimmed), "rem")
}

// Remarks returns the program's own comments that accept nothing, whatever is
// the reason; used holds the lines of those that accept a match. Documents are
// full of examples, and a text within a text is not this one, so neither is
// looked at.
func (r *Reading) Remarks(used map[int]bool) []scanner.Remark {
	switch r.doc.format {
	case formatMarkup, formatNotebook, formatPatch, formatBinary, formatUTF16:
		return nil
	}
	var out []scanner.Remark
	for _, m := range r.comments().markers {
		switch {
		case !m.first || m.allow != nil && m.allow.Reason == "":
		case m.allow == nil:
			out = append(out, scanner.Remark{Line: m.line, Kind: scanner.NearMiss, Text: m.wrong})
		case !used[m.line]:
			out = append(out, scanner.Remark{Line: m.line, Kind: scanner.UnusedComment, Text: "there is no key in the statement that it is beside"})
		}
	}
	return out
}
