package purge

import (
	"cmp"
	_ "embed" // for guide.tmpl
	"io"
	"slices"
	"text/template"

	"github.com/djleaks/djleaks/scanner"
)

//go:embed guide.tmpl
var guideText string

// Guide is what the instructions of a kit are made of. Words of the repository
// in it must be fit to be shown.
type Guide struct {
	Repository string // as it was named
	Folder     string // of the kit, quoted for a shell
	Keys       []GuideKey
	Binary     bool // there is a callback
}

// GuideKey is one key of a kit.
type GuideKey struct {
	Fingerprint scanner.Fingerprint
	Spellings   int
	First       string   // the commit that brought it
	Refs        []string // whose tree still has it
}

// NewGuide describes keys.
func NewGuide(keys []scanner.Key, spellings []Spelling) *Guide {
	g := &Guide{}
	for i := range keys {
		k := GuideKey{Fingerprint: keys[i].Fingerprint}
		var introduced []scanner.Commit
		for _, o := range keys[i].Occurrences {
			introduced = append(introduced, o.Introduced...)
			k.Refs = append(k.Refs, o.Refs...)
		}
		slices.SortFunc(introduced, func(a, b scanner.Commit) int {
			return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Commit, b.Commit))
		})
		if len(introduced) > 0 {
			k.First = introduced[0].Commit
		}
		slices.Sort(k.Refs)
		if k.Refs = slices.Compact(k.Refs); len(k.Refs) > 1 { // HEAD is one of them
			k.Refs = slices.DeleteFunc(k.Refs, func(ref string) bool { return ref == "HEAD" })
		}
		for _, s := range spellings {
			if s.Key == k.Fingerprint {
				k.Spellings++
				g.Binary = g.Binary || s.Binary
			}
		}
		g.Keys = append(g.Keys, k)
	}
	return g
}

// Write writes the instructions.
func (g *Guide) Write(w io.Writer) error {
	t, err := template.New("guide").Parse(guideText)
	if err != nil {
		return err
	}
	return t.Execute(w, g)
}
