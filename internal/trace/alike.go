package trace

// Most trees that the store keeps without a usable base are versions of each other
// all the same. Their sub-directories are compared with those of the last tree that
// the worker has seen with sub-directories of the same names: half of all that would
// be kept of them otherwise is the first tree of some chain of deltas.

// alikeTrees is the number of trees that a worker keeps to compare with, by the sum
// of the hashes of their names. Those with recentMinDirs sub-directories are not
// among them.
const alikeTrees = 64

// alikeTree is a tree whose sub-directories are in Git's order.
type alikeTree struct {
	sum   uint64
	slot  uint32
	trees []uint32 // of each sub-directory
}

// changedSince makes w.dirs, which are all sub-directories of the tree in text,
// those that the last tree with the same names has otherwise, and returns the slot
// of that one; ok is false if there was none. The tree is the last one from now on;
// its slot is to be set.
func (w *worker) changedSince(text []byte, sum uint64) (last *alikeTree, slot uint32, ok bool) {
	if len(w.dirs) >= recentMinDirs || !w.dirsAscend(text) {
		return nil, 0, false
	}
	last = &w.alike[sum%alikeTrees]
	if last.sum != sum || len(last.trees) != len(w.dirs) || last.slot < slotDirSet {
		last.sum, last.trees = sum, last.trees[:0]
		for _, d := range w.dirs {
			last.trees = append(last.trees, d.tree)
		}
		return last, 0, false
	}
	changed := w.dirs[:0]
	for i, d := range w.dirs {
		if d.tree != last.trees[i] {
			last.trees[i] = d.tree
			changed = append(changed, d)
		}
	}
	w.dirs = changed
	return last, last.slot, true
}

// dirsAscend reports whether w.dirs are in Git's order, each name once.
func (w *worker) dirsAscend(text []byte) bool {
	for i := 1; i < len(w.dirs); i++ {
		a, b := w.dirs[i-1], w.dirs[i]
		if compareDirNames(text[a.start:a.end], text[b.start:b.end]) >= 0 {
			return false
		}
	}
	return true
}
