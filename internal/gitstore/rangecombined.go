package gitstore

import (
	"container/heap"
	"context"
	"math"
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// Combined returns a source for each head of the range that merges commits from
// before the range: what it changes as a whole, against its merge bases. A merge
// can keep what the commits that it merges have removed, without adding anything
// that none of its parents has: only together do the commits bring it back. Where
// a ref moves on to the head, it is compared with what RangeSpec.Onto has. Keys
// of these sources are introduced by the head. It may be called after Chunks has
// returned, whose blobs for which skip is true are not yielded again.
func (s *Range) Combined(skip func(scanner.ObjectID) bool) []*Range {
	var out []*Range
	for _, id := range s.tipCommits {
		if bases := s.basesOf(id); len(bases) > 0 {
			combined := s.r.RangeOf(RangeSpec{Include: []scanner.ObjectID{id}, Exclude: bases})
			combined.combined, combined.skip = true, skip
			out = append(out, combined)
		}
	}
	return out
}

// basesOf are the commits with which a head is compared as a whole, if there are
// any: without a merge of commits from before the range its own commits say it all.
func (s *Range) basesOf(head scanner.ObjectID) []scanner.ObjectID {
	onto := s.spec.Onto[head]
	if len(onto) == 0 {
		return s.walk.mergeBases(head)
	}
	for id := range s.walk.oldParents(head) {
		if !slices.Contains(onto, id) {
			return onto
		}
	}
	return nil
}

// Added reports whether the range adds a blob. It may be called after Chunks has
// returned.
func (s *Range) Added(id scanner.ObjectID) bool {
	n, ok := s.compared.blobs.numbers[id]
	return ok && s.added.has(n)
}

// collectCombined compares the head with its merge bases.
func (s *Range) collectCombined(ctx context.Context, y *blobYielder) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.trees = newTreeCache(s.r)
	s.compared = newComparison(s.r, s.trees, y.skipTree)
	head, err := s.r.Commit(s.spec.Include[0])
	if err != nil {
		y.skip(s.spec.Include[0], "", "commit: "+s.r.whyMissing(0, err))
		return nil
	}
	var olds []scanner.ObjectID
	for _, id := range s.spec.Exclude {
		base, err := s.r.Commit(id)
		if err != nil {
			y.skip(id, "", "commit: "+s.r.whyMissing(0, err))
			continue
		}
		olds = append(olds, base.Tree)
	}
	s.tipCommits = s.spec.Include
	s.add(&node{id: head.ID, commit: head}, head.Tree, olds)
	s.compared.forget()
	return nil
}

// maxBaseWalk is how many commits are read to tell which commits from before a
// range are ancestors of others. Those of which it is not told remain bases, and
// what they have counts as known.
const maxBaseWalk = 1 << 16

// mergeBases returns the old commits on which the commits of the range that lead
// to a head were made, without those that are ancestors of others. It returns
// none if there is only one: then nothing was merged from before the range.
func (w *walk) mergeBases(head scanner.ObjectID) (bases []scanner.ObjectID) {
	edge := w.oldParents(head)
	if len(edge) < 2 {
		return nil
	}
	w.dropAncestors(edge)
	for id := range edge {
		bases = append(bases, id)
	}
	slices.Sort(bases)
	return bases
}

// oldParents are the old parents of the commits of the range that lead to head.
func (w *walk) oldParents(head scanner.ObjectID) map[scanner.ObjectID]*node {
	edge, seen := map[scanner.ObjectID]*node{}, map[scanner.ObjectID]bool{head: true}
	for stack := []scanner.ObjectID{head}; len(stack) > 0; {
		n := w.nodes[stack[len(stack)-1]]
		stack = stack[:len(stack)-1]
		switch {
		case n == nil: // reported
		case n.old:
			edge[n.id] = n
		default:
			for _, id := range n.commit.Parents {
				if !seen[id] {
					seen[id] = true
					stack = append(stack, id)
				}
			}
		}
	}
	return edge
}

// dropAncestors takes the commits out of edge that another one of it leads to. As
// clocks may be wrong it looks a day further back than the oldest.
func (w *walk) dropAncestors(edge map[scanner.ObjectID]*node) {
	const slack = 24 * 60 * 60
	var queue commitQueue
	seen := map[scanner.ObjectID]bool{}
	first := int64(math.MaxInt64)
	for id, n := range edge {
		first = min(first, n.commit.Committed)
		seen[id] = true
		queue = append(queue, &node{id: id, commit: n.commit})
	}
	heap.Init(&queue)
	for len(queue) > 0 && len(edge) > 1 && len(seen) < maxBaseWalk {
		for _, id := range heap.Pop(&queue).(*node).commit.Parents {
			delete(edge, id)
			if seen[id] {
				continue
			}
			seen[id] = true
			if c, err := w.r.Commit(id); err == nil && c.Committed >= first-slack {
				heap.Push(&queue, &node{id: id, commit: c})
			}
		}
	}
}
