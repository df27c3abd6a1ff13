package pysource

import (
	"cmp"
	"slices"
)

// Edit replaces text[From:To] by With.
type Edit struct {
	From, To int
	With     string
}

// Apply makes the edits, which must not overlap; two at one place keep their
// order.
func Apply(text []byte, edits []Edit) []byte {
	edits = inOrder(edits)
	out := make([]byte, 0, len(text)+64)
	at := 0
	for _, e := range edits {
		out = append(append(out, text[at:e.From]...), e.With...)
		at = e.To
	}
	return append(out, text[at:]...)
}

// Overlap reports whether two of the edits change the same byte, or one inserts
// something within another.
func Overlap(edits []Edit) bool {
	end := 0
	for _, e := range inOrder(edits) {
		if e.From < end {
			return true
		}
		end = e.To
	}
	return false
}

func inOrder(edits []Edit) []Edit {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.From, b.From) })
	return edits
}

// Replace returns the edit that writes something in the place of tokens
// [first, end).
func (f *File) Replace(first, end int, with string) Edit {
	return Edit{f.Tokens[first].From, f.Tokens[end-1].To, with}
}

// RemoveArgument returns the edits that take an argument out of a call, with
// one of the commas beside it. Comments stay; a line on which nothing is left
// goes.
func (f *File) RemoveArgument(c *Call, n int) []Edit {
	a := c.Arguments[n]
	parts := []Edit{f.Replace(a.First, a.End, "")}
	trailing := f.Is(a.End, ",")
	if n > 0 {
		parts = append([]Edit{f.Replace(a.First-1, a.First, "")}, parts...)
		trailing = trailing && n+1 == len(c.Arguments)
	}
	if trailing {
		comma := f.Replace(a.End, a.End+1, "")
		for n == 0 && comma.To < len(f.Text) && (f.Text[comma.To] == ' ' || f.Text[comma.To] == '\t') {
			comma.To++
		}
		parts = append(parts, comma)
	}
	return f.joined(parts)
}

// joined makes one deletion of those with nothing but blanks between them, and
// widens what leaves nothing but blanks of a line to the whole line.
func (f *File) joined(parts []Edit) []Edit {
	out := parts[:1]
	for _, e := range parts[1:] {
		if last := &out[len(out)-1]; isBlank(f.Text[last.To:e.From]) {
			last.To = e.To
		} else {
			out = append(out, e)
		}
	}
	for i, e := range out {
		start, end := f.LineStart(e.From), f.LineEnd(e.To)
		if isBlank(f.Text[start:e.From]) && isBlank(f.Text[e.To:end]) {
			out[i] = Edit{start, end, ""}
		}
	}
	return out
}

func isBlank(s []byte) bool {
	for _, c := range s {
		if c != ' ' && c != '\t' && !isBreak(c) {
			return false
		}
	}
	return true
}
