package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// Bounds of statements that go on in the next line.
const (
	nearBreak     = 256 // bytes from a name to the first line break, and from one to the next
	mostContinued = 8   // lines before a name that belong to its statement
)

// continued is a copy of the text around a name in which the statement is on one
// line: a shell, make, Docker, systemd and many others take a backslash before a
// line break for nothing, and some values begin in the line after the sign. It is
// nil if the statement ends with its line, or if what was read ends before that.
func (doc *document) continued(anchor int, got answer) *offsetMap {
	if doc.short || doc.format == formatPython {
		return nil
	}
	_, at := nameAt(doc, anchor)
	end := nextBreak(doc.text, at, min(len(doc.text), at+nearBreak))
	for i := range got.found {
		if a := &got.found[i]; a.Offset+a.Length != end && a.Offset+a.Length != end-1 {
			return nil // it has an end of its own
		}
	}
	if end == len(doc.text) || !mayContinue(doc.text[at:end]) {
		return nil
	}
	runs := doc.continuations(at, end)
	if len(runs) == 0 {
		return nil
	}
	if doc.padding > doc.size/fairShare+4*wideWindow {
		doc.cut++
		return nil
	}
	last := runs[len(runs)-1].to
	l := doc.without(runs, doc.statementStart(anchor), nextBreak(doc.text, last, min(len(doc.text), last+lineAhead)))
	doc.padding += len(l.text)
	return l
}

// mayContinue reports whether what is between a name and a line break can be the
// beginning of a value: closing quotes and brackets, a sign, and no more than one
// word.
func mayContinue(s []byte) bool {
	s = bytes.TrimLeft(s, `"'])`+"`")
	s = bytes.TrimLeft(s, " \t")
	sign := len(s) - len(bytes.TrimLeft(s, ":?+=>"))
	word := bytes.TrimRight(bytes.TrimLeft(s[sign:], " \t"), " \t")
	if len(word) > 1 && word[len(word)-1] == '\\' || len(word) > 1 && sign == 0 && word[len(word)-1] == '^' {
		word = bytes.TrimRight(word[:len(word)-1], " \t")
	}
	return !bytes.ContainsAny(word, " \t") && (sign > 0 || len(word) < 2)
}

// continuations finds the line breaks after the name that ends at an offset which
// do not end its statement. end is the first line break.
func (doc *document) continuations(at, end int) (runs []shortenedRun) {
	text := doc.text
	for len(runs) < mostRuns && end < len(text) {
		from, to := end, skipBlank(text, end)
		switch {
		case from > at && (text[from-1] == '\\' || isLineJoin(text, at, from-1)):
			from--
			for doc.format == formatDocker && byteAt(text, to) == '#' { // a comment among the lines
				to = skipBlank(text, nextBreak(text, to, len(text)))
			}
		case len(runs) > 0 || !doc.beginsValue(at, end, to):
			return runs
		}
		if assignsNext(text[to:min(len(text), to+nearBreak)]) {
			return runs
		}
		for from > at && ascii.IsSpace(text[from-1]) {
			from--
		}
		runs = append(runs, shortenedRun{span{from, to}, doc.joint(at, from, to)})
		at, end = to, nextBreak(text, to, min(len(text), to+nearBreak))
	}
	return runs
}

// assignsNext reports whether a line gives a value to a name of its own: one in
// upper case, or any with a blank before the sign.
func assignsNext(line []byte) bool {
	n := 0
	for n < len(line) && ascii.IsWord(line[n]) {
		n++
	}
	name, rest := line[:n], bytes.TrimLeft(line[n:], " \t")
	return n > 0 && len(rest) > 0 && (rest[0] == '=' || rest[0] == ':') && (len(rest) < len(line)-n || isUpper(name))
}

// isLineJoin reports whether the byte before a line break is what PowerShell, batch
// files and some Dockerfiles write for a backslash: after a blank or a sign.
func isLineJoin(text []byte, low, at int) bool {
	if text[at] != '`' && text[at] != '^' {
		return false
	}
	return at > low && (text[at-1] == ' ' || text[at-1] == '=')
}

// beginsValue reports whether the line at next is the value for the sign that ends
// the line of a name: a string, or the only word of a line that is indented.
func (doc *document) beginsValue(name, end, next int) bool {
	text := doc.text
	sign := end
	for sign > name && ascii.IsSpace(text[sign-1]) {
		sign--
	}
	if sign == name || doc.format == formatYAML || next == len(text) || bytes.Count(text[end:next], []byte{'\n'}) > 1 {
		return false
	}
	switch c := text[sign-1]; {
	case c != '=' && c != ':':
		return false
	case text[next] == '"' || text[next] == '\'':
		return c == '=' || doc.format == formatOther
	case c == ':' || doc.format == formatDotenv:
		return false
	}
	line := text[next:nextBreak(text, next, min(len(text), next+nearBreak))]
	return ascii.IsSpace(text[next-1]) && !bytes.ContainsAny(bytes.TrimRight(line, " \t"), " \t=:")
}

// joint is what stands for a break between two parts of a statement: nothing after a
// quote and a sign without a blank before it, and else a blank if there is one.
func (doc *document) joint(at, from, to int) []byte {
	text := doc.text
	if from > at {
		switch c := text[from-1]; {
		case (c == '=' || c == ':') && text[from] == '\\' && !bytes.Contains(text[at:from], []byte{' '}):
			return nil
		case ascii.IsQuote(c) && (doc.format == formatYAML || from-1 == at || !ascii.IsWord(text[from-2])):
			return nil
		}
	}
	if ascii.IsSpace(text[from]) || ascii.IsSpace(text[to-1]) {
		return []byte{' '}
	}
	return nil
}

// statementStart returns where the line of an anchor begins, or the first of the
// lines before it that go on in the next one.
func (doc *document) statementStart(anchor int) (from int) {
	from = lastBreak(doc.text, max(0, anchor-smallBack), anchor)
	if doc.format == formatYAML {
		return max(0, from-doc.atMost(yamlBytes)) // what the key is in decides what it means
	}
	for range mostContinued {
		start, to, ok := doc.previousLine(from)
		if !ok || to == start || doc.text[to-1] != '\\' && doc.text[to-1] != '`' {
			break
		}
		from = start
	}
	return from
}
