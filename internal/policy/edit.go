package policy

import (
	"bytes"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A Ledger is a file of accepted keys: a configuration, or a baseline. Its
// methods change the text alone; whoever has read the file writes it.
type Ledger struct {
	Name     string // as it is shown, and by which its format is told
	Text     []byte // nil if the file is to be made
	Baseline bool   // JSON Lines, not TOML
}

// Entries returns the entries of the file.
func (l *Ledger) Entries() ([]Entry, error) {
	if l.Baseline {
		return ParseBaseline(l.Name, l.Text)
	}
	p, err := Parse(l.Name, l.Text)
	if err != nil {
		return nil, err
	}
	return p.Accept, nil
}

// Put adds an entry. One for the same key and path is replaced. After an error
// the text is as it was.
func (l *Ledger) Put(e Entry) error {
	e.Reason, e.Path = strings.ToValidUTF8(e.Reason, "\uFFFD"), strings.ToValidUTF8(e.Path, "\uFFFD")
	changed := *l
	if _, err := changed.Remove(func(o *Entry) bool { return o.Fingerprint == e.Fingerprint && o.Path == e.Path }); err != nil {
		return err
	}
	entries, err := changed.Entries()
	if err != nil {
		return err
	}
	entries = append(entries, e)
	text := changed.appended(e)
	if l.Baseline {
		var b bytes.Buffer
		if err := WriteBaseline(&b, entries); err != nil {
			return err
		}
		text = b.Bytes()
	}
	if err := changed.set(text, entries, 0); err != nil {
		return err
	}
	*l = changed
	return nil
}

// Remove takes out the entries that drop selects, and returns them.
func (l *Ledger) Remove(drop func(*Entry) bool) ([]Entry, error) {
	before, err := l.Entries()
	if err != nil {
		return nil, err
	}
	var removed, rest []Entry
	var numbers []int
	for i := range before {
		if drop(&before[i]) {
			removed, numbers = append(removed, before[i]), append(numbers, i)
		} else {
			rest = append(rest, before[i])
		}
	}
	if len(removed) == 0 {
		return nil, nil
	}
	if l.Baseline {
		var b bytes.Buffer
		if err := WriteBaseline(&b, rest); err != nil {
			return nil, err
		}
		return removed, l.set(b.Bytes(), rest, 0)
	}
	text, line := l.without(numbers)
	return removed, l.set(text, rest, line)
}

// set takes a new text if it has the entries that it should have, and all else
// as it was. line is where somebody has to change the file if not.
func (l *Ledger) set(text []byte, want []Entry, line int) error {
	changed := Ledger{l.Name, text, l.Baseline}
	if !changed.holds(want) || !l.Baseline && !sameSettings(l.Name, l.Text, text) {
		return &Error{File: l.Name, Line: line, Problem: "the entries are not written as [[accept]] tables of their own", Hint: "change them by hand"}
	}
	l.Text = text
	return nil
}

// holds reports whether the entries of the file are these; a baseline has an
// order of its own.
func (l *Ledger) holds(want []Entry) bool {
	entries, err := l.Entries()
	if err != nil || len(entries) > len(want) || !l.Baseline && len(entries) < len(want) {
		return false
	}
	for i, e := range want {
		if !l.Baseline && entries[i] != e || l.Baseline && !slices.ContainsFunc(entries, func(o Entry) bool { return o.Fingerprint == e.Fingerprint && o.Path == e.Path }) {
			return false
		}
	}
	return true
}

// sameSettings reports whether two texts of a configuration differ in their
// entries alone.
func sameSettings(name string, a, b []byte) bool {
	p, err := Parse(name, a)
	if err != nil {
		return false
	}
	q, err := Parse(name, b)
	if err != nil {
		return false
	}
	p.Accept, q.Accept = nil, nil
	p.File, q.File = "", "" // empty for a pyproject.toml without a configuration
	return reflect.DeepEqual(p, q)
}

// header is the line that begins an entry in this file.
func (l *Ledger) header() string {
	if path.Base(strings.ReplaceAll(l.Name, `\`, "/")) == Pyproject {
		return "[[tool.djleaks.accept]]"
	}
	return "[[accept]]"
}

// appended is the text with an entry at its end: TOML's tables may be in any
// order.
func (l *Ledger) appended(e Entry) []byte {
	r := e.raw()
	lines := []string{l.header(), "fingerprint = " + tomlString(r.Fingerprint)}
	for _, field := range [][2]string{{"path", r.Path}, {"reason", r.Reason}, {"expires", r.Expires}, {"rotated", r.Rotated}, {"status", r.Status}, {"by", r.By}} {
		if field[1] != "" {
			lines = append(lines, field[0]+" = "+tomlString(field[1]))
		}
	}
	end := "\n"
	if bytes.Contains(l.Text, []byte("\r\n")) {
		end = "\r\n"
	}
	out := slices.Clone(l.Text)
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, end...)
	}
	if len(bytes.TrimSpace(out)) > 0 {
		out = append(out, end...)
	}
	return append(out, strings.Join(lines, end)+end...)
}

// tomlString writes a basic string of TOML 1.0.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// without is the text without the entries of these numbers, and the line, from 1,
// of the first of them.
func (l *Ledger) without(numbers []int) (text []byte, line int) {
	index := indexLines(strings.TrimPrefix(string(l.Text), "\ufeff"))
	var table []string
	if l.header() != "[[accept]]" {
		table = []string{"tool", "djleaks"}
	}
	gone := map[int]bool{} // lines of headers
	for _, n := range numbers {
		at := index.line(append(slices.Clone(table), "accept", numbered(n))...)
		if lines := strings.Split(string(l.Text), "\n"); at < 1 || at > len(lines) || !strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(lines[at-1], "\ufeff")), "[[") {
			return l.Text, at // an inline table
		}
		gone[at] = true
		if line == 0 {
			line = at
		}
	}
	lines := strings.SplitAfter(string(l.Text), "\n")
	var out []string
	for i := 0; i < len(lines); {
		if !gone[i+1] {
			out = append(out, lines[i])
			i++
			continue
		}
		i = tableEnd(lines, i)
		// The blank lines before it are enough for what follows.
		for i < len(lines) && strings.TrimSpace(lines[i]) == "" && (len(out) == 0 || strings.TrimSpace(out[len(out)-1]) == "") {
			i++
		}
	}
	for len(out) > 0 && strings.TrimSpace(out[len(out)-1]) == "" {
		out = out[:len(out)-1]
	}
	return []byte(strings.Join(out, "")), line
}

// tableEnd returns the number of the line after the last assignment of the table
// whose header is lines[i]; both are from 0. What follows it, blank lines and
// comments, belongs to the next one.
func tableEnd(lines []string, i int) int {
	end := i + 1
	for i++; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		switch {
		case strings.HasPrefix(line, "["):
			return end
		case line == "" || line[0] == '#':
			continue
		}
		// A string of three quotes goes on.
		for open := openString(line); open != "" && i+1 < len(lines); {
			i++
			if strings.Contains(lines[i], open) {
				open = ""
			}
		}
		end = i + 1
	}
	return end
}

// openString returns the three quotes of a string that a line begins and does
// not end.
func openString(line string) string {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '#':
			return ""
		case '"', '\'':
			quotes := strings.Repeat(line[i:i+1], 3)
			if strings.HasPrefix(line[i:], quotes) && !strings.Contains(line[i+3:], quotes) {
				return quotes
			}
			i = stringEnd(line, i) - 1
		}
	}
	return ""
}

// Where says where an entry is, for a list.
func (l *Ledger) Where(number int) string {
	if l.Baseline {
		n := 0
		for i, line := range strings.Split(string(l.Text), "\n") {
			if strings.TrimSpace(line) == "" {
				continue
			}
			if n == number {
				return l.Name + ":" + strconv.Itoa(i+1)
			}
			n++
		}
		return l.Name
	}
	var table []string
	if l.header() != "[[accept]]" {
		table = []string{"tool", "djleaks"}
	}
	line := indexLines(strings.TrimPrefix(string(l.Text), "\ufeff")).line(append(table, "accept", numbered(number))...)
	return l.Name + ":" + strconv.Itoa(line)
}
