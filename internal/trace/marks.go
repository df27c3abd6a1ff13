package trace

import "github.com/djleaks/djleaks/scanner"

// maxMarks is the number of sets that a Place can tell apart.
const maxMarks = 32

// marks are the histories of some sets of commits.
type marks struct {
	sweep *sweep
	sets  []bitset
}

// findMarks walks the history of each set. Commits that the store does not hold
// are left out: they are missing as tips, or only a log remembers them.
func (s *sweep) findMarks(in [][]scanner.ObjectID) *marks {
	m := &marks{sweep: s}
	for _, set := range in[:min(len(in), maxMarks)] {
		var queue []uint32
		for _, id := range set {
			if len(id) != s.idSize {
				continue
			}
			if n, ok := s.history.Ordinal([]byte(id)); ok {
				queue = append(queue, n)
			}
		}
		m.sets = append(m.sets, s.reach(queue))
	}
	return m
}

// ofIndex has a bit for each set that reaches a commit.
func (m *marks) ofIndex(commit uint32) (out uint32) {
	for i, set := range m.sets {
		if set.has(commit) {
			out |= 1 << i
		}
	}
	return out
}

// of is ofIndex by name.
func (m *marks) of(id scanner.ObjectID) uint32 {
	if len(id) != m.sweep.idSize {
		return 0
	}
	if n, ok := m.sweep.history.Ordinal([]byte(id)); ok {
		if c, ok := m.sweep.commitOf(n); ok {
			return m.ofIndex(c)
		}
	}
	return 0
}
