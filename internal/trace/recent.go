package trace

import "bytes"

// Trees with many sub-directories that the store keeps without a usable base, as
// loose objects are, are compared with the last such trees that the worker has
// seen. Otherwise each version of a folder with 100,000 sub-directories would
// cost 100,000 entries.
const (
	recentMinDirs = 256     // the fewest sub-directories of a tree that is kept
	recentMaxSize = 8 << 20 // the largest tree that is kept, in bytes
	recentTrees   = 2       // the number of trees that a worker keeps
)

// recentTree is a tree that later ones are compared with.
type recentTree struct {
	text []byte
	slot uint32
}

// differences makes w.own what distinguishes the sub-directories of a tree from
// those of a recent one, and returns that one; ok is false if none is similar.
func (s *scan) differences(w *worker, text []byte, dirs int) (recent *recentTree, ok bool, err error) {
	if dirs < recentMinDirs || len(text) > recentMaxSize {
		return nil, false, nil
	}
	for i := range w.recent {
		recent = &w.recent[i]
		if len(recent.text) == 0 || len(recent.text)/2 > len(text) || len(text)/2 > len(recent.text) {
			continue
		}
		if ok, err = s.compareDirs(w, recent.text, text, dirs/4); ok || err != nil {
			return recent, ok, err
		}
	}
	return nil, false, nil
}

// compareDirs makes w.own what distinguishes the sub-directories of text from
// those of old: the new and changed ones, and None for those that are gone. ok
// is false if these are more than limit, or if one of the trees is not in order.
func (s *scan) compareDirs(w *worker, old, text []byte, limit int) (ok bool, err error) {
	w.own = w.own[:0]
	a, b := dirReader{text: old, idSize: s.idSize}, dirReader{text: text, idSize: s.idSize}
	a.next()
	b.next()
	for (a.more || b.more) && !a.invalid && !b.invalid {
		side := firstOf(&a, &b)
		if side == 0 && !bytes.Equal(a.name, b.name) {
			return false, nil // a name with a slash in it
		}
		name, tree := b.name, uint32(None)
		switch {
		case side < 0:
			name = a.name
		case side == 0 && bytes.Equal(a.id, b.id):
			a.next()
			b.next()
			continue
		default:
			if n, held := s.history.Ordinal(b.id); held {
				tree = n
			}
		}
		if len(w.own) >= limit {
			return false, nil
		}
		number, err := s.nameID(w, name, s.names.hash(name))
		if err != nil {
			return false, err
		}
		w.own = append(w.own, subdir{number, tree})
		if side <= 0 {
			a.next()
		}
		if side >= 0 {
			b.next()
		}
	}
	return !a.invalid && !b.invalid, nil
}

// remember keeps a tree in place of another, or of the oldest one.
func (w *worker) remember(at *recentTree, text []byte, dirs int, slot uint32) {
	if dirs < recentMinDirs || len(text) > recentMaxSize || slot < slotDirSet {
		return
	}
	if at == nil {
		at = &w.recent[w.recentNext%recentTrees]
		w.recentNext++
	}
	at.text = append(at.text[:0], text...)
	at.slot = slot
}

// dirReader walks over the sub-directories of a tree.
type dirReader struct {
	text     []byte
	idSize   int
	name, id []byte
	more     bool // name and id are those of a sub-directory
	invalid  bool // the tree is damaged, or not in Git's order
}

func (r *dirReader) next() {
	before := r.name
	for r.more = false; len(r.text) > 0; {
		end, ok := entryEnd(r.text, 0, r.idSize)
		if !ok {
			r.invalid = true
			return
		}
		k, name := readMode(r.text[:end])
		entry := r.text[:end]
		r.text = r.text[end:]
		if k == Tree {
			r.name, r.id, r.more = entry[name:end-r.idSize-1], entry[end-r.idSize:], true
			r.invalid = r.invalid || before != nil && compareDirNames(before, r.name) >= 0
			return
		}
	}
}

// firstOf says which of two readers is at the lower name: -1 for a, 1 for b, 0 for
// both. One at its end comes last.
func firstOf(a, b *dirReader) int {
	switch {
	case !a.more:
		return 1
	case !b.more:
		return -1
	}
	return compareDirNames(a.name, b.name)
}

// compareDirNames orders names of directories as Git does: as if a slash
// followed.
func compareDirNames(a, b []byte) int {
	n := min(len(a), len(b))
	if c := bytes.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	return int(slashAt(a, n)) - int(slashAt(b, n))
}

// slashAt is the byte at n of a name followed by a slash, or 0 after that.
func slashAt(name []byte, n int) byte {
	switch {
	case n < len(name):
		return name[n]
	case n == len(name):
		return '/'
	}
	return 0
}
