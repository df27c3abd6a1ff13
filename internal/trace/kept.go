package trace

import "bytes"

// Trees with many sub-directories whose store gives them no usable base, as
// loose objects have none, are compared with the last such trees that the
// worker has seen. Otherwise each version of a folder with 100,000
// sub-directories would cost as many entries.
const (
	keepDirs = 256     // the fewest sub-directories that are worth it
	keepSize = 8 << 20 // the largest tree that is kept, in bytes
	keepLast = 2       // the number of trees that a worker keeps
)

// keptTree is a tree that later ones are compared with.
type keptTree struct {
	text []byte
	slot uint32
}

// differences makes w.own what distinguishes the sub-directories of a tree
// from those of a kept one, and returns that one; ok is false if none is alike.
func (s *sweep) differences(w *worker, text []byte, dirs int) (k *keptTree, ok bool, err error) {
	if dirs < keepDirs || len(text) > keepSize {
		return nil, false, nil
	}
	for i := range w.kept {
		k = &w.kept[i]
		if len(k.text) == 0 || len(k.text)/2 > len(text) || len(text)/2 > len(k.text) {
			continue
		}
		if ok, err = s.compareDirs(w, k.text, text, dirs/4); ok || err != nil {
			return k, ok, err
		}
	}
	return nil, false, nil
}

// compareDirs makes w.own what own sub-directories text has against those of
// old: the new and changed ones, and None for those that are gone. It is false
// if these are more than limit, or if one of the trees is not in order.
func (s *sweep) compareDirs(w *worker, old, text []byte, limit int) (ok bool, err error) {
	w.own = w.own[:0]
	a, b := dirReader{text: old, idSize: s.idSize}, dirReader{text: text, idSize: s.idSize}
	a.next()
	b.next()
	for (a.more || b.more) && !a.odd && !b.odd {
		side := 0
		switch {
		case !a.more:
			side = 1
		case !b.more:
			side = -1
		default:
			side = compareDirNames(a.name, b.name)
		}
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
		number, err := s.name(w, name, s.names.hash(name))
		if err != nil {
			return false, err
		}
		w.own = append(w.own, sub{number, tree})
		if side <= 0 {
			a.next()
		}
		if side >= 0 {
			b.next()
		}
	}
	return !a.odd && !b.odd, nil
}

// keep keeps a tree in place of another, or of the one that was kept first.
func (w *worker) keep(at *keptTree, text []byte, dirs int, slot uint32) {
	if dirs < keepDirs || len(text) > keepSize || slot < slotShape {
		return
	}
	if at == nil {
		at = &w.kept[w.keepAt%keepLast]
		w.keepAt++
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
	odd      bool // the tree is damaged, or not in Git's order
}

func (r *dirReader) next() {
	before := r.name
	for r.more = false; len(r.text) > 0; {
		end, ok := entryEnd(r.text, 0, r.idSize)
		if !ok {
			r.odd = true
			return
		}
		k, name := readMode(r.text[:end])
		entry := r.text[:end]
		r.text = r.text[end:]
		if k == directory {
			r.name, r.id, r.more = entry[name:end-r.idSize-1], entry[end-r.idSize:], true
			r.odd = r.odd || before != nil && compareDirNames(before, r.name) >= 0
			return
		}
	}
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

// slashAt is the byte at n of a name with a slash behind it, or 0 behind that.
func slashAt(name []byte, n int) byte {
	switch {
	case n < len(name):
		return name[n]
	case n == len(name):
		return '/'
	}
	return 0
}
