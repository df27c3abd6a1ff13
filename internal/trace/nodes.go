package trace

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// A node is the part of a tree that holds matched files: its entries, sorted.
// Equal nodes have the same number, and the node that holds nothing is 0.
type node []entry

// entry is a matched file or a directory that holds some.
type entry struct {
	key uint64 // name, then 1 for a file or 0 for a directory
	ref uint32 // the blob's number, or the directory's node
}

func fileEntry(name, blob uint32) entry { return entry{uint64(name)<<1 | 1, blob} }
func dirEntry(name, node uint32) entry  { return entry{uint64(name) << 1, node} }

func (e entry) name() uint32 { return uint32(e.key >> 1) }
func (e entry) isFile() bool { return e.key&1 != 0 }

func byKey(a, b entry) int {
	if a.key != b.key {
		if a.key < b.key {
			return -1
		}
		return 1
	}
	return 0
}

// nodes are all nodes, by number.
type nodes struct {
	seed  maphash.Seed
	all   []node
	known map[uint64][]uint32 // by hash
	key   []byte
}

func newNodes() *nodes {
	return &nodes{seed: maphash.MakeSeed(), all: []node{nil}, known: map[uint64][]uint32{}}
}

// number returns the number of a node with these entries, which are sorted
// for it. Of two entries with one name the first is taken.
func (n *nodes) number(entries []entry) uint32 {
	if len(entries) == 0 {
		return 0
	}
	slices.SortStableFunc(entries, byKey)
	entries = slices.CompactFunc(entries, func(a, b entry) bool { return a.key == b.key })
	n.key = n.key[:0]
	for _, e := range entries {
		n.key = binary.LittleEndian.AppendUint64(n.key, e.key)
		n.key = binary.LittleEndian.AppendUint32(n.key, e.ref)
	}
	hash := maphash.Bytes(n.seed, n.key)
	for _, i := range n.known[hash] {
		if slices.Equal(n.all[i], entries) {
			return i
		}
	}
	i := uint32(len(n.all))
	n.all = append(n.all, slices.Clone(entries))
	n.known[hash] = append(n.known[hash], i)
	return i
}

// blobAt finds the file at a path of names below a node.
func (n *nodes) blobAt(at uint32, path []uint32) (blob uint32, ok bool) {
	for i, name := range path {
		want := dirEntry(name, 0)
		if i == len(path)-1 {
			want = fileEntry(name, 0)
		}
		entries := n.all[at]
		pos, ok := slices.BinarySearchFunc(entries, want, byKey)
		if !ok {
			return 0, false
		}
		at = entries[pos].ref
	}
	return at, len(path) > 0
}

// A resolver finds the nodes of trees.
type resolver struct {
	scan         *scan
	nodes        *nodes
	reachesMatch bitset // of directory sets
	subdirsOf    map[uint32][]subdir
	chain        []uint32

	stack   []frame
	subdirs []subdir // lists of the frames, concatenated
	entries []entry
}

// frame is a tree whose sub-directories are being resolved.
type frame struct {
	tree    uint32
	name    uint32 // in the tree of the frame before
	subdirs int    // its first one in resolver.subdirs
	next    int    // the next one to resolve
	entries int    // its first one in resolver.entries
}

func newResolver(s *scan) *resolver {
	return &resolver{scan: s, nodes: newNodes(), reachesMatch: s.reachingMatch(), subdirsOf: map[uint32][]subdir{}}
}

// node is the node of a tree. Trees inside of it are resolved on the way; a
// tree that claims to contain itself, which only a forged store has, is empty
// there and one of the knots.
func (r *resolver) node(tree uint32) uint32 {
	if n, ok := r.scan.nodeOf(tree); ok {
		return n
	}
	if !r.mayHold(tree) {
		return 0
	}
	r.stack, r.subdirs, r.entries = r.stack[:0], r.subdirs[:0], r.entries[:0]
	r.push(tree, 0)
	for {
		f := &r.stack[len(r.stack)-1]
		if f.next < len(r.subdirs) {
			d := r.subdirs[f.next]
			f.next++
			if n, ok := r.scan.nodeOf(d.tree); ok {
				r.addDir(d.name, n)
			} else if r.scan.slots[d.tree] != slotInWork {
				r.push(d.tree, d.name)
			} else {
				r.scan.knots.add([]byte(r.scan.history.ID(d.tree)))
			}
			continue
		}
		done := *f
		n := r.nodes.number(r.entries[done.entries:])
		r.scan.slots[done.tree] = slotNode + n
		r.subdirs, r.entries, r.stack = r.subdirs[:done.subdirs], r.entries[:done.entries], r.stack[:len(r.stack)-1]
		if len(r.stack) == 0 {
			return n
		}
		r.addDir(done.name, n)
	}
}

func (r *resolver) push(tree, name uint32) {
	f := frame{tree: tree, name: name, subdirs: len(r.subdirs), next: len(r.subdirs), entries: len(r.entries)}
	if r.scan.holds.has(tree) {
		for _, l := range r.scan.leaves.of(tree) {
			r.entries = append(r.entries, fileEntry(l.name, l.blob))
		}
	}
	set, ok := r.scan.dirSetOf(tree)
	r.scan.slots[tree] = slotInWork
	if ok {
		r.subdirs = r.appendSubdirs(r.subdirs, set)
	}
	r.stack = append(r.stack, f)
}

func (r *resolver) addDir(name, node uint32) {
	if node != 0 {
		r.entries = append(r.entries, dirEntry(name, node))
	}
}

// mayHold reports whether a tree may hold matched files, at any depth.
func (r *resolver) mayHold(tree uint32) bool {
	if tree == None {
		return false
	}
	if r.scan.holds.has(tree) || r.scan.slots[tree] == slotInWork {
		return true
	}
	if node, ok := r.scan.nodeOf(tree); ok {
		return node != 0
	}
	set, ok := r.scan.dirSetOf(tree)
	return ok && r.reachesMatch.has(set)
}

// listEvery is how many directory sets of a chain share one stored list. Storing
// one for each would cost a list for every version of a folder with many keys.
const listEvery = 16

// appendSubdirs appends the sub-directories of a directory set that may hold
// matched files.
func (r *resolver) appendSubdirs(dst []subdir, set uint32) []subdir {
	r.chain = r.chain[:0]
	var stored []subdir
	distance := listEvery - 1 // of the end of the chain from a stored list
	for at, ok := set, true; ok && r.reachesMatch.has(at); at, ok = r.scan.dirSets.base(at) {
		var known bool
		if stored, known = r.subdirsOf[at]; known {
			distance = 0
			break
		}
		r.chain = append(r.chain, at)
	}
	start := len(dst)
	dst = append(dst, stored...)
	for _, at := range slices.Backward(r.chain) {
		dst = r.overlay(dst, start, r.scan.dirSets.own(at))
		if distance++; distance%listEvery == 0 {
			r.subdirsOf[at] = slices.Clone(dst[start:])
		}
	}
	return dst
}

// overlay replaces the sub-directories of dst[start:], sorted by name, that own
// names too.
func (r *resolver) overlay(dst []subdir, start int, own []subdir) []subdir {
	for _, d := range own {
		d.name &^= lastSubdir
		list := dst[start:]
		at, found := slices.BinarySearchFunc(list, d, func(a, b subdir) int { return int(a.name) - int(b.name) })
		at += start
		holds := r.mayHold(d.tree)
		switch {
		case found && holds:
			dst[at] = d
		case found:
			dst = slices.Delete(dst, at, at+1)
		case holds:
			dst = slices.Insert(dst, at, d)
		}
	}
	return dst
}
