package fix

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/lazy"
	"github.com/djleaks/djleaks/internal/pysource"
)

// freshKey is what is shown in the place of a key that was made.
const freshKey = "<a fresh key>"

// shown masks the keys of a text, and all values of a file of variables: they
// are nobody's business.
func (p *planner) shown(file string, text []byte, old bool) []byte {
	if isCompiled(file) {
		return nil
	}
	if old {
		text = p.masked(file, text)
	}
	out := string(text)
	for _, l := range p.others { // those that stay are written as they were
		if raw := p.written(file, &l); len(raw) > 3 {
			out = hide(out, raw, l.Mask)
		}
	}
	for _, key := range p.fresh {
		out = strings.ReplaceAll(out, key, freshKey)
	}
	for _, l := range slices.Concat(p.leaks, p.others) {
		if len(l.Value) > 3 {
			out = hide(out, l.Value, l.Mask)
		}
	}
	if base := strings.ToLower(path.Base(file)); (isDotenv(base) || isSecretFile(file)) && !isExample(base) && !strings.HasSuffix(base, ".py") {
		out = withoutValues(out)
	}
	return []byte(out)
}

// longestWord is the number of letters of the longest key that could be a word.
const longestWord = 16

// hide masks a key in a text. One that is a word, as "secret" is, is masked only
// where a value begins: elsewhere it is the word.
func hide(text, key, mask string) string {
	isLetter := func(c rune) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	if len(key) > longestWord || strings.TrimFunc(key, isLetter) != "" {
		return strings.ReplaceAll(text, key, mask)
	}
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, key)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if head := strings.TrimRight(before, " "); head != "" && strings.IndexByte("'\"=:", head[len(head)-1]) >= 0 {
			out.WriteString(mask)
		} else {
			out.WriteString(key)
		}
		text = after
	}
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
// escapes, or in parts, they cannot be found by their value.
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

// setting is the head of a line that gives something a value, in a file of
// variables, JSON, YAML, TOML or INI.
var setting = lazy.Regexp(`^(\s*(?:-\s+|export\s+)?["']?[\w.-]+["']?\s*[:=]\s*)(.*?)([,\s]*)$`)

// withoutValues hides what the settings have for values.
func withoutValues(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		m := setting().FindStringSubmatch(line)
		if m == nil || strings.Trim(m[2], "{[|>-") == "" || strings.Contains(m[2], freshKey) || strings.Contains(m[2], "…") {
			continue
		}
		lines[i] = m[1] + "…" + m[3]
	}
	return strings.Join(lines, "")
}
