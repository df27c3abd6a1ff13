package trace

import "sync/atomic"

// A dirSet is the set of sub-directories of a tree: names, and the trees that
// they are. It is kept as what differs from another set.
type dirSet struct {
	base    uint32 // number + 1 of the set that it takes the rest from, or 0
	subdirs uint32 // number + 1 of its first own sub-directory in dirSets.subdirs, or 0
}

// subdir is a sub-directory.
type subdir struct {
	name uint32 // with lastSubdir on the last one of a set
	tree uint32 // ordinal, or None if it is missing
}

const lastSubdir = 1 << 31

// dirSets are all sets of a history, by number. The sets of unused numbers have
// no base and no sub-directories.
type dirSets struct {
	all     arena[dirSet]
	subdirs arena[subdir]
	// sums are the sums of the hashes of all names of each set, by which one sees
	// whether a tree has all the sub-directories of its base. They go when all
	// trees are read.
	sums column[uint64]
	max  int // of sub-directories; 0 for no limit
	full atomic.Bool
}

// The most sub-directories that all sets keep: 128 MiB, and 64 bytes for each
// object of the store. Real histories keep one or two for each object; a forged
// one can make a delta of a few bytes cost as many as it likes.
const (
	maxSubdirs          = 1 << 24
	maxSubdirsPerObject = 8
)

func (s *dirSets) at(i uint32) *dirSet { return &s.all.from(i)[0] }

// base is the set that a set takes the rest from.
func (s *dirSets) base(i uint32) (base uint32, ok bool) {
	base = s.at(i).base
	return base - 1, base != 0
}

// own are the sub-directories that a set does not take from its base.
func (s *dirSets) own(i uint32) []subdir {
	first := s.at(i).subdirs
	if first == 0 {
		return nil
	}
	subdirs := s.subdirs.from(first - 1)
	n := 1
	for subdirs[n-1].name&lastSubdir == 0 {
		n++
	}
	return subdirs[:n]
}

// add makes a set whose names have a sum, and returns the slot of its trees. If
// there are too many, the slot is that of a tree without sub-directories, and full
// is set.
func (s *dirSets) add(w *worker, set dirSet, sum uint64, own []subdir) (slot uint32) {
	if s.max > 0 && s.subdirs.len()+len(own) > s.max {
		s.full.Store(true)
		return slotTree
	}
	if len(own) > 0 {
		own[len(own)-1].name |= lastSubdir
		set.subdirs = s.subdirs.add(&w.subdirs, own...) + 1
	}
	number := s.all.add(&w.dirSets, set)
	s.sums.set(number, sum)
	return slotDirSet + number
}

// maxSubset bounds the subsets that addsUp tries to 2^maxSubset.
const maxSubset = 6

// addsUp reports whether a tree with the sum of names sum has all the names of a
// base with the sum base, and others only from among fresh.
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
