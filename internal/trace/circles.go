package trace

// findCircles finds the commits that are among their own ancestors, whether
// anything is traced or not.
func (s *scan) findCircles() {
	s.circles = s.ownAncestors()
	for i := range s.commits {
		if s.inCircle(uint32(i)) {
			s.knots.add([]byte(s.history.ID(s.commits[i].ordinal)))
		}
	}
}

func (s *scan) inCircle(i uint32) bool { return s.circles != nil && s.circles.has(i) }

// ownAncestors are the commits that are among their own ancestors, which the names
// of objects rule out: the name of one of them is not the hash of its content. It
// is nil if there are none, as in every repository that nobody has forged.
func (s *scan) ownAncestors() bitset {
	children := make([]uint32, len(s.commits)) // number of children not yet removed
	s.eachParent(func(_, parent uint32) { children[parent]++ })
	var ready []uint32
	for c, n := range children {
		if n == 0 {
			ready = append(ready, uint32(c))
		}
	}
	left := len(children)
	for len(ready) > 0 {
		c := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		left--
		for _, p := range s.parentsOf(c) {
			if p, ok := s.parentOf(p); ok {
				if children[p]--; children[p] == 0 {
					ready = append(ready, p)
				}
			}
		}
	}
	if left == 0 {
		return nil
	}
	return s.withoutAncestors(children)
}

// withoutAncestors removes from the commits that are left those that are only
// ancestors of a circle, beginning with root commits.
func (s *scan) withoutAncestors(left []uint32) bitset {
	out := newBitset(len(left))
	parents, below := map[uint32]int{}, map[uint32][]uint32{}
	s.eachParent(func(c, parent uint32) {
		if left[c] > 0 && left[parent] > 0 {
			parents[c]++
			below[parent] = append(below[parent], c)
		}
	})
	var ready []uint32
	for c, n := range left {
		if n == 0 {
			continue
		}
		out.put(uint32(c))
		if parents[uint32(c)] == 0 {
			ready = append(ready, uint32(c))
		}
	}
	for len(ready) > 0 {
		c := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		out[c>>6] &^= 1 << (c & 63)
		for _, child := range below[c] {
			if parents[child]--; parents[child] == 0 {
				ready = append(ready, child)
			}
		}
	}
	return out
}

// eachParent calls visit for each commit and each of its parents that is held, by
// their indexes in scan.commits.
func (s *scan) eachParent(visit func(commit, parent uint32)) {
	for c := range uint32(len(s.commits)) {
		for _, p := range s.parentsOf(c) {
			if p, ok := s.parentOf(p); ok {
				visit(c, p)
			}
		}
	}
}

// parentOf is the index of a parent's commit; ok is false if the store does not
// hold it, or as something else.
func (s *scan) parentOf(ordinal uint32) (c uint32, ok bool) {
	if ordinal == None {
		return 0, false
	}
	return s.commitOf(ordinal)
}
