package trace

import (
	"sync/atomic"

	"github.com/djleaks/djleaks/scanner"
)

// readTree reads one tree.
func (s *scan) readTree(w *worker, o Object) error {
	w.trees++
	s.claims.read[Tree].putShared(o.Ordinal)
	base, fresh := s.slotOf(o.Base), o.Fresh
	if base == slotNone || base&slotCommit != 0 || s.damaged.has(o.Base) {
		// Not all of the base has been looked up.
		base, fresh = slotNone, []Span{{0, int32(len(o.Text))}}
	}
	w.dirs, w.leaves = w.dirs[:0], w.leaves[:0]
	e, err := s.entries(w, o.Text, fresh)
	if err != nil {
		return err
	}
	if e.broken {
		w.broken.add([]byte(s.history.ID(o.Ordinal)))
		s.damaged.add(o.Ordinal)
	}
	slot := uint32(slotTree)
	if s.matched != nil && e.dirs > 0 {
		if slot, err = s.makeDirSet(w, o.Text, base, e); err != nil {
			return err
		}
	}
	if len(w.leaves) > 0 {
		s.leaves.add(o.Ordinal, w.leaves)
	}
	atomic.StoreUint32(&s.slots[o.Ordinal], slot)
	return nil
}

// treeSummary is what entries says of a tree.
type treeSummary struct {
	dirs   int    // sub-directories
	sum    uint64 // of the hashes of their names; only if something is traced
	broken bool
}

// entries walks over a tree. It looks up whatever touches fresh, and gathers
// the matched files and the fresh sub-directories of the tree.
func (s *scan) entries(w *worker, text []byte, fresh []Span) (f treeSummary, err error) {
	for pos, end, ok := 0, 0, true; pos < len(text); pos = end {
		if end, ok = entryEnd(text, pos, s.idSize); !ok {
			f.broken = true
			return f, nil
		}
		for len(fresh) > 0 && int(fresh[0].To) <= pos {
			fresh = fresh[1:]
		}
		touched := len(fresh) > 0 && int(fresh[0].From) < end
		if !touched && s.matched == nil {
			continue
		}
		t, name := readMode(text[pos:end])
		nameEnd := end - s.idSize - 1
		id := text[end-s.idSize : end]
		name += pos
		switch t {
		case Tree:
			d := freshDir{start: name, end: nameEnd}
			f.dirs++
			if s.matched != nil {
				d.hash = s.names.hash(text[name:nameEnd])
				f.sum += d.hash
			}
			if touched {
				d.tree = s.lookUp(w, Tree, id)
				w.dirs = append(w.dirs, d)
				if s.isWanted(w, text[name:nameEnd]) {
					s.choose(w.chosen, scanner.ObjectID(id), string(text[name:nameEnd])+"/")
				}
			}
		case Blob:
			if s.matched != nil {
				if blob, ok := s.matched.find(id); ok {
					number, err := s.nameID(w, text[name:nameEnd], s.names.hash(text[name:nameEnd]))
					if err != nil {
						return f, err
					}
					w.leaves = append(w.leaves, leaf{number, blob})
				}
			}
			if touched {
				s.lookUp(w, Blob, id)
				if s.isWanted(w, text[name:nameEnd]) {
					s.choose(w.chosen, scanner.ObjectID(id), string(text[name:nameEnd]))
				}
			}
		case Unknown:
			f.broken = true
		}
	}
	return f, nil
}

func (s *scan) slotOf(ordinal uint32) uint32 {
	if int(ordinal) >= len(s.slots) {
		return slotNone
	}
	return atomic.LoadUint32(&s.slots[ordinal])
}

// makeDirSet makes the directory set of the tree in text, whose fresh
// sub-directories are w.dirs, and returns the tree's slot.
func (s *scan) makeDirSet(w *worker, text []byte, base uint32, f treeSummary) (slot uint32, err error) {
	var set dirSet
	if base >= slotDirSet {
		baseSum := s.dirSets.sums.get(base - slotDirSet)
		if len(w.dirs) == 0 && f.sum == baseSum {
			return base, nil
		}
		if addsUp(baseSum, f.sum, w.dirs) {
			set.base = base - slotDirSet + 1
			if err := s.nameDirs(w, text); err != nil {
				return 0, err
			}
			return s.dirSets.add(w, set, f.sum, w.own), nil
		}
	}
	similar, ok, err := s.differences(w, text, f.dirs)
	var last *alikeTree
	switch {
	case err != nil:
		return 0, err
	case ok && len(w.own) == 0:
		return similar.slot, nil
	case ok:
		set.base = similar.slot - slotDirSet + 1
	default:
		if len(w.dirs) < f.dirs {
			s.allDirs(w, text)
		}
		if last, slot, ok = w.changedSince(text, f.sum); ok {
			if len(w.dirs) == 0 {
				return slot, nil
			}
			set.base = slot - slotDirSet + 1
		}
		if err := s.nameDirs(w, text); err != nil {
			return 0, err
		}
	}
	slot = s.dirSets.add(w, set, f.sum, w.own)
	if last != nil {
		last.slot = slot
	}
	w.remember(similar, text, f.dirs, slot)
	return slot, nil
}

// nameDirs makes w.own from w.dirs.
func (s *scan) nameDirs(w *worker, text []byte) error {
	w.own = w.own[:0]
	for _, d := range w.dirs {
		number, err := s.nameID(w, text[d.start:d.end], d.hash)
		if err != nil {
			return err
		}
		w.own = append(w.own, subdir{number, d.tree})
	}
	return nil
}

// allDirs makes w.dirs all sub-directories of a tree.
func (s *scan) allDirs(w *worker, text []byte) {
	w.dirs = w.dirs[:0]
	for pos := 0; pos < len(text); {
		end, ok := entryEnd(text, pos, s.idSize)
		if !ok {
			break
		}
		if t, name := readMode(text[pos:end]); t == Tree {
			d := freshDir{start: pos + name, end: end - s.idSize - 1, tree: None}
			d.hash = s.names.hash(text[d.start:d.end])
			if n, held := s.history.Ordinal(text[end-s.idSize : end]); held {
				d.tree = n
			}
			w.dirs = append(w.dirs, d)
		}
		pos = end
	}
}

// nameID is the number of a name. Most names were seen recently.
func (s *scan) nameID(w *worker, name []byte, hash uint64) (uint32, error) {
	c := &w.cached[hash%uint64(len(w.cached))]
	if c.hash == hash && c.number != 0 {
		return c.number - 1, nil
	}
	number, err := s.names.id(name, hash)
	if err != nil {
		return 0, err
	}
	*c = cachedName{hash, number + 1}
	return number, nil
}
