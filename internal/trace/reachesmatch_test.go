package trace

import (
	"math/rand"
	"testing"
)

// made is a scan of trees. Each has a directory set of its own, which may have one
// sub-directory and a base; some hold matched files.
func made(trees int, subdirOf, baseOf map[int]int, hold ...int) *scan {
	s := &scan{slots: make([]uint32, trees), holds: newBitset(trees)}
	w := &worker{}
	for i := range trees {
		var set dirSet
		if base, ok := baseOf[i]; ok {
			set.base = uint32(base) + 1
		}
		var own []subdir
		if sub, ok := subdirOf[i]; ok {
			own = []subdir{{1, uint32(sub)}}
		}
		s.slots[i] = s.dirSets.add(w, set, 0, own)
	}
	for _, i := range hold {
		s.holds.put(uint32(i))
	}
	return s
}

// Trees in an order in which a sweep comes but one or two steps further.
func TestADeepTreeInTheWorstOrderIsFollowed(t *testing.T) {
	const depth = 1000
	order := rand.New(rand.NewSource(1)).Perm(depth)
	for _, relation := range []string{"sub-directories", "bases"} {
		below := map[int]int{}
		for i := range depth - 1 {
			below[order[i]] = order[i+1]
		}
		last, lonely := order[depth-1], depth
		subdirs, bases := below, map[int]int{}
		if relation == "bases" {
			subdirs, bases = map[int]int{}, below
		}
		subdirs[last] = depth + 1 // which holds a matched file itself
		s := made(depth+2, subdirs, bases, depth+1)
		out := s.reachingMatch()
		for i := range depth {
			if !out.has(uint32(i)) {
				t.Fatalf("%s: tree %d of %d is not followed", relation, i, depth)
			}
		}
		if out.has(uint32(lonely)) {
			t.Errorf("%s: a tree that leads nowhere is followed", relation)
		}
	}
}
