package trace

import "sync/atomic"

// A shape is the set of sub-directories of a tree: names, and the trees that
// they are. It is kept as what differs from another shape.
type shape struct {
	base uint32 // number + 1 of the shape that it takes the rest from, or 0
	subs uint32 // number + 1 of its first own sub-directory in shapes.subs, or 0
	// sum is the sum of the hashes of all names, by which one sees whether a
	// tree has all the sub-directories of its base.
	sum uint64
}

// sub is a sub-directory.
type sub struct {
	name uint32 // with lastSub on the last one of a shape
	tree uint32 // ordinal, or None if it is missing
}

const lastSub = 1 << 31

// shapes are all shapes of a history, by number. Some numbers are not used:
// theirs have no base and no sub-directories.
type shapes struct {
	all  arena[shape]
	subs arena[sub]
	most int // of sub-directories; 0 is no limit
	full atomic.Bool
}

// The most sub-directories that shapes keep: 128 MiB, and 64 bytes for each
// object of the store. Real histories keep one or two for each object; a forged
// one can make a delta of a few bytes cost as many as it likes.
const (
	mostSubs          = 1 << 24
	mostSubsPerObject = 8
)

func (s *shapes) at(i uint32) *shape { return &s.all.from(i)[0] }

// base is the shape that a shape takes the rest from.
func (s *shapes) base(i uint32) (base uint32, ok bool) {
	base = s.at(i).base
	return base - 1, base != 0
}

// own are the sub-directories that a shape does not take from its base.
func (s *shapes) own(i uint32) []sub {
	first := s.at(i).subs
	if first == 0 {
		return nil
	}
	subs := s.subs.from(first - 1)
	n := 1
	for subs[n-1].name&lastSub == 0 {
		n++
	}
	return subs[:n]
}

// add makes a shape and returns the slot of its trees. If there are too many
// it is that of a tree without sub-directories, and full is set.
func (s *shapes) add(w *worker, sh shape, own []sub) (slot uint32) {
	if s.most > 0 && s.subs.len()+len(own) > s.most {
		s.full.Store(true)
		return slotTree
	}
	if len(own) > 0 {
		own[len(own)-1].name |= lastSub
		sh.subs = s.subs.add(&w.subs, own...) + 1
	}
	return slotShape + s.all.add(&w.shapes, sh)
}

// maxSubset bounds the subsets that addsUp tries to 2^maxSubset.
const maxSubset = 6

// addsUp reports whether a tree whose names sum up to sum has all the names of
// a base that sum up to base, and more only from among fresh.
func addsUp(base, sum uint64, fresh []freshDir) bool {
	if len(fresh) > maxSubset {
		return false
	}
	for subset := range 1 << len(fresh) {
		rest := sum - base
		for i := range fresh {
			if subset>>i&1 != 0 {
				rest -= fresh[i].hash
			}
		}
		if rest == 0 {
			return true
		}
	}
	return false
}
