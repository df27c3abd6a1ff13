package trace

import (
	"context"
	"hash/maphash"
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// grown is the History of a Past that has grown: its objects are the commits of the
// Past, the new ones, and the tips that are not commits.
type grown struct {
	past   *Past
	older  string // Past.Commits
	growth Growth
	idSize int
	more   []string // new commits
	tips   []otherTip
	index  map[string]uint32 // of more and tips
}

// otherTip is a tree or a blob that a ref names.
type otherTip struct {
	id   string
	kind Type
}

// newGrown adds to a Past the new commits, which have the next numbers in this order.
func newGrown(p *Past, growth Growth, idSize int, order []*newCommit) *grown {
	g := &grown{past: p, older: string(p.Commits), growth: growth, idSize: idSize, index: map[string]uint32{}}
	for _, c := range order {
		g.index[c.id] = uint32(g.firstTip())
		g.more = append(g.more, c.id)
	}
	return g
}

func (g *grown) firstTip() int { return len(g.past.Dates) + len(g.more) }

// addTips adds the tips that are not commits. One that the store does not hold has
// no number, so that it counts as missing.
func (g *grown) addTips(tips []Tip) error {
	for _, t := range tips {
		id := []byte(t.Object)
		if _, known := g.Ordinal(id); known || !g.growth.Has(id) {
			continue
		}
		kind := g.growth.Type(id)
		if kind != Tree && kind != Blob {
			return ErrUnclear
		}
		g.index[string(id)] = uint32(g.Count())
		g.tips = append(g.tips, otherTip{string(id), kind})
	}
	return nil
}

// newScan makes a scan of all objects, which has not read any.
func (g *grown) newScan(matches map[scanner.ObjectID][]int32) *scan {
	s := &scan{history: g, idSize: g.idSize, slots: make([]uint32, g.Count()), holds: newBitset(g.Count())}
	if len(matches) > 0 {
		s.matched = newMatched(matches)
	}
	s.names.seed = maphash.MakeSeed()
	s.claims, s.knots.size = newClaims(len(s.slots)), g.idSize
	setSize(&s.broken, &s.missing, g.idSize)
	return s
}

// addCommits adds all commits to a scan, the new ones in their order.
func (g *grown) addCommits(s *scan, order []*newCommit) {
	p := g.past
	s.parents = slices.Clone(p.Parents)
	s.commits = make([]commit, 0, g.firstTip())
	for i := range p.Dates {
		s.commits = append(s.commits, commit{ordinal: uint32(i), tree: None, parents: p.First[i], date: p.Dates[i]})
	}
	for _, c := range order {
		s.commits = append(s.commits, commit{ordinal: uint32(len(s.commits)), tree: None, parents: uint32(len(s.parents)), date: c.date})
		for _, parent := range c.parents {
			n, _ := g.Ordinal([]byte(parent))
			s.parents = append(s.parents, n)
		}
	}
	for i := range s.commits {
		s.slots[i] = slotCommit | uint32(i)
	}
}

// Count implements History.
func (g *grown) Count() int { return g.firstTip() + len(g.tips) }

// Ordinal implements History.
func (g *grown) Ordinal(id []byte) (uint32, bool) {
	if len(id) != g.idSize {
		return None, false
	}
	if n, ok := g.index[string(id)]; ok {
		return n, true
	}
	return g.past.find(id, g.idSize)
}

// ID implements History.
func (g *grown) ID(ordinal uint32) scanner.ObjectID {
	n := int(ordinal)
	if n < len(g.past.Dates) {
		return scanner.ObjectID(g.older[n*g.idSize : (n+1)*g.idSize])
	}
	if n < g.firstTip() {
		return scanner.ObjectID(g.more[n-len(g.past.Dates)])
	}
	return scanner.ObjectID(g.tips[n-g.firstTip()].id)
}

// Commits implements History: all are known.
func (g *grown) Commits(context.Context, func(int, Object) error) error { return nil }

// Trees implements History: what is needed of them is known.
func (g *grown) Trees(context.Context, func(int, Object) error) error { return nil }

// Type implements History.
func (g *grown) Type(ordinal uint32) Type {
	if n := int(ordinal) - g.firstTip(); n >= 0 {
		return g.tips[n].kind
	}
	return Commit
}

// Read implements History.
func (g *grown) Read(ordinal uint32, dst []byte) ([]byte, error) {
	_, text, err := g.growth.Object([]byte(g.ID(ordinal)))
	return append(dst, text...), err
}
