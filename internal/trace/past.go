package trace

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/ids"
	"github.com/djleaks/djleaks/scanner"
)

// Past is what a Run has learnt of a store in which nothing is odd, so that Grow
// can answer the next question from what is new. It is plain data.
type Past struct {
	Commits []byte   // ids of all commits, ascending
	Dates   []uint32 // of each
	Roots   []uint32 // of each, its node
	First   []uint32 // of each, the index of its first parent in Parents
	Parents []uint32 // indexes of commits

	Names   []string           // of files and folders
	Blobs   []scanner.ObjectID // that are matched
	Ends    []uint32           // of each node, where its entries end in Entries
	Entries []uint32           // in pairs: index of a name, twice, and one more for a file; index of a blob or a node
	Missing []scanner.ObjectID // blobs that trees name and the store does not hold
	Chosen  int                // how many blobs and folders Input.Named has chosen, at most
}

// past returns what to remember, or nil if the store has anything that a growth
// could not be compared with: what is missing, broken, forged, cut off, or held only
// by trees outside of commits. t is nil if nothing was matched.
func (s *scan) past(t *tracer, out *Result) *Past {
	odd := out.Missing.Trees.Count + out.Missing.Commits.Count + out.Broken.Count + out.Mistyped.Count + out.Knots.Count
	if odd > 0 || out.Truncated || out.NamedMore || len(s.shallow) > 0 || out.uncommitted ||
		out.Missing.Blobs.Count != int64(len(out.Missing.Blobs.First)) {
		return nil
	}
	p := &Past{Missing: out.Missing.Blobs.First, Chosen: len(out.Named)}
	if !p.addCommits(s, t) {
		return nil
	}
	if t != nil {
		p.addNodes(t)
	}
	return p
}

// addCommits adds the commits, by id; ok is false if a parent is not one of them.
func (p *Past) addCommits(s *scan, t *tracer) (ok bool) {
	order := s.byID()
	rank := make([]uint32, len(order))
	for i, c := range order {
		rank[c] = uint32(i)
	}
	n := len(order)
	p.Commits, p.Dates, p.Roots, p.First = make([]byte, 0, n*s.idSize), make([]uint32, n), make([]uint32, n), make([]uint32, n)
	p.Parents = make([]uint32, 0, len(s.parents))
	for i, c := range order {
		p.Commits = append(p.Commits, s.history.ID(s.commits[c].ordinal)...)
		p.Dates[i], p.First[i] = s.commits[c].date, uint32(len(p.Parents))
		for _, ordinal := range s.parentsOf(c) {
			parent, ok := s.parentOf(ordinal)
			if !ok {
				return false
			}
			p.Parents = append(p.Parents, rank[parent])
		}
		if t != nil {
			p.Roots[i] = t.roots[c]
		}
	}
	return true
}

// byID are the indexes of the commits in the order of their ids. Those of a Past come
// first, and are in order.
func (s *scan) byID() []uint32 {
	order := make([]uint32, len(s.commits))
	ids := make([]scanner.ObjectID, len(s.commits))
	inOrder := 0
	for i := range order {
		order[i], ids[i] = uint32(i), s.history.ID(s.commits[i].ordinal)
		if inOrder == i && (i == 0 || ids[i-1] < ids[i]) {
			inOrder++
		}
	}
	compare := func(a, b uint32) int { return strings.Compare(string(ids[a]), string(ids[b])) }
	older, more := order[:inOrder], order[inOrder:]
	slices.SortFunc(more, compare)
	merged := make([]uint32, 0, len(order))
	for len(more) > 0 {
		at, _ := slices.BinarySearchFunc(older, more[0], compare)
		merged, older = append(append(merged, older[:at]...), more[0]), older[at:]
		more = more[1:]
	}
	return append(merged, older...)
}

// addNodes adds the nodes, each after those in it.
func (p *Past) addNodes(t *tracer) {
	p.Blobs = t.scan.matched.ids
	names := map[uint32]uint32{}
	for _, entries := range t.nodes.all {
		for _, e := range entries {
			name, known := names[e.name()]
			if !known {
				name = uint32(len(p.Names))
				names[e.name()] = name
				p.Names = append(p.Names, string(t.scan.names.name(e.name())))
			}
			name <<= 1
			if e.isFile() {
				name |= 1
			}
			p.Entries = append(p.Entries, name, e.ref)
		}
		p.Ends = append(p.Ends, uint32(len(p.Entries)))
	}
}

// HasCommit reports whether a commit was there.
func (p *Past) HasCommit(id scanner.ObjectID) bool {
	if len(p.Dates) == 0 || len(p.Commits) != len(p.Dates)*len(id) {
		return false
	}
	_, ok := p.find([]byte(id), len(id))
	return ok
}

// find is the index of a commit.
func (p *Past) find(id []byte, idSize int) (i uint32, ok bool) {
	n, ok := ids.Rows{Bytes: p.Commits, Length: idSize, ID: idSize}.Find(id)
	return uint32(n), ok
}

// isSound reports whether all numbers are within their bounds, as they are unless
// somebody has forged them.
func (p *Past) isSound(idSize int) bool {
	n := len(p.Dates)
	if len(p.Commits) != n*idSize || len(p.Roots) != n || len(p.First) != n || len(p.Entries)%2 != 0 {
		return false
	}
	last := uint32(0)
	for _, first := range p.First {
		if first < last || int(first) > len(p.Parents) {
			return false
		}
		last = first
	}
	for _, parent := range p.Parents {
		if int(parent) >= n {
			return false
		}
	}
	nodes := max(1, len(p.Ends))
	for _, root := range p.Roots {
		if int(root) >= nodes {
			return false
		}
	}
	return p.nodesAreSound()
}

func (p *Past) nodesAreSound() bool {
	at := uint32(0)
	for node, end := range p.Ends {
		if end < at || end%2 != 0 || int(end) > len(p.Entries) {
			return false
		}
		for ; at < end; at += 2 {
			name, ref := p.Entries[at], p.Entries[at+1]
			isFile := name&1 != 0
			if int(name>>1) >= len(p.Names) || isFile && int(ref) >= len(p.Blobs) || !isFile && int(ref) >= node {
				return false
			}
		}
	}
	return int(at) == len(p.Entries)
}
