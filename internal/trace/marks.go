package trace

import (
	"math/bits"
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// maxMarks is the number of sets that a Presence can tell apart.
const maxMarks = 31

// marks say which sets of commits, and whether a tip, have a commit in their history.
type marks struct {
	scan *scan
	by   []uint32 // of each commit a bit for each set, and tipMark
}

const tipMark = 1 << maxMarks

// findMarks walks the histories of the sets and the tips. Commits that the store does
// not hold are left out: they are missing as tips, or only a log remembers them.
func (s *scan) findMarks(in [][]scanner.ObjectID, tips []tip) *marks {
	from := make([]uint32, len(s.commits))
	for i, set := range in[:min(len(in), maxMarks)] {
		for _, id := range set {
			if c, ok := s.commitNamed(id); ok {
				from[c] |= 1 << i
			}
		}
	}
	for _, t := range tips {
		if c, ok := s.commitOf(t.object); ok {
			from[c] |= tipMark
		}
	}
	return &marks{scan: s, by: s.reach(from)}
}

// reach gives each commit the bits of its descendants and its own. What has the most
// bits goes first: sets that are nearly the same, as the refs of a server and all its
// refs are, cost little more than one walk.
func (s *scan) reach(from []uint32) (reached []uint32) {
	starts := make([][]uint32, 33) // by the number of their bits
	for c, mask := range from {
		if mask != 0 {
			n := bits.OnesCount32(mask)
			starts[n] = append(starts[n], uint32(c))
		}
	}
	reached = make([]uint32, len(s.commits))
	type step struct {
		commit uint32
		mask   uint32
	}
	var stack []step
	for _, list := range slices.Backward(starts) {
		for _, c := range list {
			stack = append(stack, step{c, from[c]})
			for len(stack) > 0 {
				at := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				more := at.mask &^ reached[at.commit]
				if more == 0 {
					continue
				}
				reached[at.commit] |= more
				for _, p := range s.parentsOf(at.commit) {
					if parent, ok := s.parentOf(p); ok && more&^reached[parent] != 0 {
						stack = append(stack, step{parent, more})
					}
				}
			}
		}
	}
	return reached
}

// ofIndex has a bit for each set that reaches a commit.
func (m *marks) ofIndex(commit uint32) uint32 { return m.by[commit] &^ tipMark }

// reachable reports whether a tip reaches a commit.
func (m *marks) reachable(commit uint32) bool { return m.by[commit]&tipMark != 0 }

// ofCommit is ofIndex by name.
func (m *marks) ofCommit(id scanner.ObjectID) uint32 {
	if c, ok := m.scan.commitNamed(id); ok {
		return m.ofIndex(c)
	}
	return 0
}

// commitNamed finds a commit by its name; ok is false if the store does not hold it.
func (s *scan) commitNamed(id scanner.ObjectID) (commit uint32, ok bool) {
	if len(id) != s.idSize {
		return 0, false
	}
	if n, ok := s.history.Ordinal([]byte(id)); ok {
		return s.commitOf(n)
	}
	return 0, false
}

// findFirst walks the history of each commit of a list up to what an earlier
// one has reached, so that all together cost one walk.
func (s *scan) findFirst(order []scanner.ObjectID) func(scanner.ObjectID) int {
	if len(order) == 0 {
		return func(scanner.ObjectID) int { return -1 }
	}
	first := make([]int32, len(s.commits)) // index in order, from 1
	for i, id := range order {
		c, ok := s.commitNamed(id)
		if !ok {
			continue
		}
		for queue := []uint32{c}; len(queue) > 0; {
			c := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			if first[c] != 0 {
				continue
			}
			first[c] = int32(i + 1)
			for _, p := range s.parentsOf(c) {
				if p == None {
					continue
				}
				if parent, ok := s.commitOf(p); ok {
					queue = append(queue, parent)
				}
			}
		}
	}
	return func(id scanner.ObjectID) int {
		if c, ok := s.commitNamed(id); ok {
			return int(first[c]) - 1
		}
		return -1
	}
}
