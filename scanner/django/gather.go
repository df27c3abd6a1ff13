package django

import (
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
)

// foldEvery is how many matches of one text are gathered before equal ones are
// folded.
const foldEvery = 4096

// gathered holds the matches of one text while it is read. It stays small
// however many there are.
type gathered struct {
	reading *forms.Reading
	found   []scanner.Match
	folded  int // found[:folded] has been folded
}

// add takes in a match.
func (g *gathered) add(m scanner.Match) {
	if g.folded >= scanner.MaxMatches {
		return
	}
	g.found = append(g.found, m)
	if len(g.found)-g.folded >= foldEvery {
		g.settle()
		g.found = scanner.Fold(g.found)
		if g.folded = len(g.found); g.folded >= scanner.MaxMatches {
			g.reading.Stop()
		}
	}
}

// settle drops what overlaps, and says of each match whether a comment accepts
// it.
func (g *gathered) settle() {
	g.found = distinct(g.found)
	for i := range g.found {
		if m := &g.found[i]; m.Allow == nil {
			m.Allow = g.reading.Allowed(m.Offset, m.Length)
		}
	}
}

// matches returns what was found, by offset.
func (g *gathered) matches() []scanner.Match {
	g.settle()
	for i := range g.found {
		m := &g.found[i]
		for _, refused := range g.reading.Refused {
			if refused.Matches(m.Secret.Reveal()) {
				m.Traits |= scanner.Guarded
			}
		}
	}
	return g.found[:min(len(g.found), scanner.MaxMatches)]
}
