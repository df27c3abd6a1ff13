package django

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// WithNames returns a detector that treats further settings as secret keys.
// A name is an identifier of at least scanner.MinAnchor letters, digits and
// underscores.
func (d *Detector) WithNames(names []string) (*Detector, error) {
	if len(names) == 0 {
		return d, nil
	}
	x := &settingNames{names: names}
	for _, name := range names {
		if !plainName(name) || len(name) < scanner.MinAnchor {
			return nil, fmt.Errorf("%q is not the name of a setting: at least %d letters, digits and underscores", name, scanner.MinAnchor)
		}
	}
	x.anchors = forms.Anchors(names...)
	return &Detector{names: x, sources: d.sources}, nil
}

// settingNames are the names of settings that a project adds. A text that has
// one is read with the name of a key in its place, so that every form reads it.
type settingNames struct {
	names   []string
	anchors *scanner.AnchorSet
}

// alias takes the place of the n-th name while a text is read.
func alias(n int) string { return fmt.Sprintf("EXTRA%d_SECRET_KEY", n) }

// splice is one name that was replaced: by how much what follows has moved.
type splice struct {
	at    int // end of the alias, in the replaced text
	moved int // to be taken from an offset at or after it
}

func (x *settingNames) find(text []byte, anchors []int32) (found []scanner.Match, cut int) {
	var replaced []byte
	var splices []splice
	done := 0
	for _, a := range anchors {
		at := int(a)
		n := x.at(text, at)
		if n < 0 || at < done {
			continue
		}
		replaced = append(append(replaced, text[done:at]...), alias(n)...)
		done = at + len(x.names[n])
		splices = append(splices, splice{len(replaced), len(replaced) - done})
	}
	if len(splices) == 0 {
		return find(text, anchors)
	}
	replaced = append(replaced, text[done:]...)
	found, cut = find(replaced, forms.Anchors().Append(nil, replaced, 0, len(replaced)))
	for i := range found {
		x.restore(&found[i], splices)
	}
	return found, cut
}

// at returns which name is at an offset as a word of its own; -1 if none.
func (x *settingNames) at(text []byte, at int) int {
	return slices.IndexFunc(x.names, func(name string) bool {
		end := at + len(name)
		return end <= len(text) && strings.EqualFold(string(text[at:end]), name) &&
			(at == 0 || !ascii.IsWord(text[at-1])) && (end == len(text) || !ascii.IsWord(text[end]))
	})
}

// restore gives a match the offset and the name that it has in the real text.
func (x *settingNames) restore(m *scanner.Match, splices []splice) {
	move(m, splices)
	for n, name := range x.names {
		if strings.EqualFold(m.Name, alias(n)) {
			m.Name = name
			m.Traits &^= scanner.OtherName
		}
	}
}

// move gives a match of a text with replaced names the place that it has in the
// real text.
func move(m *scanner.Match, splices []splice) {
	before := func(offset int) int {
		n := sort.Search(len(splices), func(i int) bool { return splices[i].at > offset })
		if n == 0 {
			return offset
		}
		return offset - splices[n-1].moved
	}
	end := before(m.Offset + m.Length)
	m.Offset = before(m.Offset)
	m.Length = end - m.Offset
}
