package fix

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// freshKey is what is shown in the place of a key that was made.
const freshKey = "<a fresh key>"

// shown masks the keys of a text, and all values of a file of variables: they
// are nobody's business.
func (p *planner) shown(file string, text []byte, old bool) []byte {
	if old {
		text = p.masked(file, text)
	}
	out := string(text)
	for _, l := range p.others { // those that stay are written as they were
		if raw := p.written(file, &l); len(raw) > 3 {
			out = strings.ReplaceAll(out, raw, l.Mask)
		}
	}
	for _, key := range p.fresh {
		out = strings.ReplaceAll(out, key, freshKey)
	}
	for _, l := range slices.Concat(p.leaks, p.others) {
		if len(l.Value) > 3 {
			out = strings.ReplaceAll(out, l.Value, l.Mask)
		}
	}
	if base := strings.ToLower(path.Base(file)); isDotenv(base) && !isExample(base) {
		out = withoutValues(out)
	}
	return []byte(out)
}

// written is how a key is written in the old text of a file.
func (p *planner) written(file string, l *Leak) string {
	text := p.olds[file]
	if l.Path != file || l.Offset+l.Length > len(text) {
		return ""
	}
	from, to := bare(text, l)
	return string(text[from:to])
}

// masked replaces the keys of a text where they were found: written with
// escapes, or in parts, they are not to be found by their value.
func (p *planner) masked(file string, text []byte) []byte {
	var edits []pysource.Edit
	all := slices.Concat(p.leaks, p.others)
	slices.SortFunc(all, func(a, b Leak) int { return cmp.Compare(a.Offset, b.Offset) })
	for i := range all {
		l := &all[i]
		if l.Path != file || l.Offset+l.Length > len(text) {
			continue
		}
		from, to := bare(text, l)
		if n := len(edits); n > 0 && from < edits[n-1].To {
			continue
		}
		edits = append(edits, pysource.Edit{From: from, To: to, With: l.Mask})
	}
	return pysource.Apply(text, edits)
}

// withoutValues hides what the variables have for values.
func withoutValues(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if name, value, ok := assignmentOf(line); ok && value != "" && !strings.Contains(value, freshKey) && !strings.Contains(value, "…") {
			lines[i] = name + "=…\n"
		}
	}
	return strings.Join(lines, "")
}
