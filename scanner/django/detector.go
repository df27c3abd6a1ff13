package django

import (
	"slices"
	"sort"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// version changes with anything that could change a match.
const version = "django/1"

// Detector finds the secret keys of Django sites. It has no state and is safe
// for concurrent use.
type Detector struct {
	names   *settingNames
	sources *sources
}

var _ scanner.Detector = (*Detector)(nil)

// New returns the detector. It builds no table; those that are needed are made
// at their first use.
func New() *Detector { return &Detector{} }

// Version names the state of the rules.
func (*Detector) Version() string { return version }

// Rules documents every rule, most severe first.
func (*Detector) Rules() []scanner.Rule { return rules() }

// Anchors returns the literals of which each text with a match holds one.
func (d *Detector) Anchors() *scanner.AnchorSet {
	if d.names != nil {
		return d.names.anchors
	}
	return forms.Anchors()
}

// Find is Search for a caller that needs only the matches. The anchors are all of text's.
func (d *Detector) Find(text []byte, anchors []int32) []scanner.Match {
	found, _ := d.Search(text, anchors)
	return found
}

// Search returns the keys of text by offset, and the number of statements that were not
// read to a value or to their end. A text without anchors is a key that Django made, or
// nothing.
func (d *Detector) Search(text []byte, anchors []int32) (found []scanner.Match, cut int) {
	if len(anchors) == 0 {
		return keyFile(text, value.Django), 0
	}
	if d.names != nil {
		return d.names.find(text, anchors)
	}
	return find(text, anchors)
}

// Remarks returns the comments of text that accept none of its matches.
func (*Detector) Remarks(text []byte, anchors []int32, matches []scanner.Match) []scanner.Remark {
	if !slices.ContainsFunc(anchors, func(a int32) bool { return forms.IsMarker(text, int(a)) }) {
		return nil
	}
	used := map[int]bool{}
	folded := false
	for i := range matches {
		if a := matches[i].Allow; a != nil {
			used[a.Line] = true
		}
		folded = folded || matches[i].Repeats > 0
	}
	remarks := forms.Read(text, anchors).Remarks(used)
	if folded { // the comments of matches that are not kept are unknown
		remarks = slices.DeleteFunc(remarks, func(r scanner.Remark) bool { return r.Kind == scanner.UnusedComment })
	}
	return remarks
}

func find(text []byte, anchors []int32) (found []scanner.Match, cut int) {
	g := gathered{reading: forms.Read(text, anchors)}
	j := judge{around: surroundings{text: text}}
	g.reading.Each(func(a *forms.Assignment) {
		if m, ok := j.match(a); ok {
			g.add(m)
		}
	})
	return g.matches(), g.reading.Cut
}

// distinct sorts the matches and keeps one for each place: of two that overlap
// the surer class, then the one with a name, then the first.
func distinct(found []scanner.Match) []scanner.Match {
	sort.SliceStable(found, func(i, j int) bool { return found[i].Offset < found[j].Offset })
	kept := found[:0]
	for _, m := range found {
		if n := len(kept) - 1; n >= 0 && m.Offset < kept[n].Offset+max(1, kept[n].Length) {
			if better(&m, &kept[n]) && !isPart(&m, &kept[n]) {
				if m.Has(scanner.NoName) && !kept[n].Has(scanner.NoName) {
					m.Name, m.Form = kept[n].Name, kept[n].Form
					m.Traits = kept[n].Traits
				}
				kept[n] = m
			}
			continue
		}
		kept = append(kept, m)
	}
	return kept
}

// isPart reports whether a key that was found by its shape is the end of a value
// with a name: "x-django-insecure-…" is another key than what follows x-.
func isPart(m, whole *scanner.Match) bool {
	if !m.Has(scanner.NoName) || whole.Has(scanner.NoName) || m.Offset <= whole.Offset {
		return false
	}
	before, ok := strings.CutSuffix(whole.Secret.Reveal(), m.Secret.Reveal())
	return ok && strings.Trim(before, "-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}

func better(a, b *scanner.Match) bool {
	if x, y := a.Class.Rank(), b.Class.Rank(); x != y {
		return x < y
	}
	return b.Has(scanner.NoName) && !a.Has(scanner.NoName)
}
