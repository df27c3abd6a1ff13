package trace

import "github.com/djleaks/djleaks/scanner"

// maxMarks is the number of sets that a Presence can tell apart.
const maxMarks = 32

// marks are the histories of some sets of commits.
type marks struct {
	scan *scan
	sets []bitset
}

// findMarks walks the history of each set. Commits that the store does not hold
// are left out: they are missing as tips, or only a log remembers them.
func (s *scan) findMarks(in [][]scanner.ObjectID) *marks {
	m := &marks{scan: s}
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
