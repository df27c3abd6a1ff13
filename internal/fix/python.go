package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// dummy is what tests get for a key: it says what it is, so that nobody takes
// it for one.
const dummy = "not-a-secret-for-tests-only"

// refusal is why a place is not changed.
type refusal struct{ reason, byHand string }

// python plans the change of one Python file.
func (p *planner) python(file string, text []byte, leaks []Leak) {
	source, err := pysource.Parse(text)
	if err != nil {
		p.refuse(file, leaks[0].Line, "it is not valid Python: "+err.Error(), "")
		return
	}
	py := &pythonFile{planner: p, File: source, path: file}
	var edits []pysource.Edit
	for i := range leaks {
		some, refused := py.leak(&leaks[i])
		if refused != nil {
			p.refuse(file, leaks[i].Line, refused.reason, refused.byHand)
			continue
		}
		edits = append(edits, some...)
	}
	if py.needs != "" {
		edits = append(edits, source.AddImport(py.needs))
	}
	edits = slices.Compact(edits)
	out, ok := p.edited(file, text, edits, leaks[0].Line)
	if !ok {
		return
	}
	if _, err := pysource.Parse(out); err != nil {
		p.refuse(file, leaks[0].Line, "no change was found that leaves it valid", "")
		return
	}
	p.write(file, out)
}

// pythonFile is a Python file that is being changed.
type pythonFile struct {
	*planner
	*pysource.File
	path  string
	needs string // the module to import
}

// leak plans the edits for one key.
func (py *pythonFile) leak(l *Leak) ([]pysource.Edit, *refusal) {
	token := py.At(l.Offset)
	if token < 0 {
		return py.comment(l)
	}
	if py.Tokens[token].Kind != pysource.String {
		return nil, &refusal{"the key is not written as a string here", ""}
	}
	first, end, whole := py.Atom(token)
	if refused := py.isWhole(l, token, first, end, whole); refused != nil {
		return nil, refused
	}
	s := &site{pythonFile: py, leak: l, first: first, end: end, calls: py.Enclosing(first)}
	if isFallbackName(l.Name) {
		return s.fallback()
	}
	if l.Test {
		py.testsRun = true
		return s.test()
	}
	for _, way := range []func() ([]pysource.Edit, *refusal){s.scheme, s.settingsClass, s.configuration, s.setdefault, s.defaultOf, s.parameter, s.alternative} {
		if edits, refused := way(); edits != nil || refused != nil {
			return edits, refused
		}
	}
	return s.literal()
}

// isWhole refuses what is more, or less, than one literal.
func (py *pythonFile) isWhole(l *Leak, token, first, end int, whole bool) *refusal {
	t := &py.Tokens[token]
	from, to := t.Body()
	switch {
	case !whole:
		return &refusal{"the key is computed from several parts", byHand(l)}
	case end == first+1 && to-from > l.Length+len(t.Quote())+8 && !strings.HasPrefix(strings.TrimSpace(string(py.Text[from:to])), l.Value):
		return &refusal{"the key is inside of a longer text", ""}
	case py.isStatement(first, end):
		return &refusal{"the key is inside of a text that no code uses", ""}
	}
	return nil
}

// isStatement reports whether tokens are a statement of their own: a docstring.
func (py *pythonFile) isStatement(first, end int) bool {
	from, to := py.Simple(first)
	return from == first && to == end
}

// comment takes a key out of a comment.
func (py *pythonFile) comment(l *Leak) ([]pysource.Edit, *refusal) {
	line := string(py.Text[py.LineStart(l.Offset):l.Offset])
	if !strings.Contains(line, "#") {
		return nil, &refusal{"the key is not written as a string here", ""}
	}
	value := string(py.Text[l.Offset : l.Offset+l.Length])
	if n := len(value); n > 1 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		return []pysource.Edit{{From: l.Offset, To: l.Offset + l.Length, With: value[:1] + "removed" + value[:1]}}, nil
	}
	return []pysource.Edit{{From: l.Offset, To: l.Offset + l.Length, With: "removed"}}, nil
}

// byHand is the line to write where a place is refused.
func byHand(l *Leak) string {
	name := l.Name
	if name == "" {
		name = "SECRET_KEY"
	}
	return fmt.Sprintf("%s = os.environ[%q]", pysource.LastName(name), variableName(name))
}

// isFallbackName reports whether a setting is the list of old keys.
func isFallbackName(name string) bool {
	return strings.Contains(strings.ToUpper(name), "FALLBACK")
}

// variableName is the variable that a setting is usually read from.
func variableName(name string) string {
	name = strings.ToUpper(pysource.LastName(name))
	name = strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	if name == "SECRET_KEY" || name == "SECRET" || name == "" {
		return "DJANGO_SECRET_KEY"
	}
	return name
}
