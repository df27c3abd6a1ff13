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
	sweep *sweep
	nodes *nodes
	leads bitset // of shapes
	lists map[uint32][]sub
	chain []uint32

	stack   []frame
	subs    []sub // lists of the frames, one behind the other
	entries []entry
}

// frame is a tree whose sub-directories are being resolved.
type frame struct {
	tree    uint32
	name    uint32 // in the tree of the frame before
	subs    int    // its first one in resolver.subs
	next    int    // the next one to resolve
	entries int    // its first one in resolver.entries
}

func newResolver(s *sweep) *resolver {
	return &resolver{sweep: s, nodes: newNodes(), leads: s.leads(), lists: map[uint32][]sub{}}
}

// node is the node of a tree. Trees inside of it are resolved on the way; a
// tree that claims to contain itself, which only a forged store has, is empty
// there and one of the knots.
func (r *resolver) node(tree uint32) uint32 {
	if n, ok := r.sweep.nodeOf(tree); ok {
		return n
	}
	if !r.mayHold(tree) {
		return 0
	}
	r.stack, r.subs, r.entries = r.stack[:0], r.subs[:0], r.entries[:0]
	r.push(tree, 0)
	for {
		f := &r.stack[len(r.stack)-1]
		if f.next < len(r.subs) {
			d := r.subs[f.next]
			f.next++
			if n, ok := r.sweep.nodeOf(d.tree); ok {
				r.enter(d.name, n)
			} else if r.sweep.slots[d.tree] != slotInWork {
				r.push(d.tree, d.name)
			} else {
				r.sweep.knots.add([]byte(r.sweep.history.ID(d.tree)))
			}
			continue
		}
		done := *f
		n := r.nodes.number(r.entries[done.entries:])
		r.sweep.slots[done.tree] = slotNode + n
		r.subs, r.entries, r.stack = r.subs[:done.subs], r.entries[:done.entries], r.stack[:len(r.stack)-1]
		if len(r.stack) == 0 {
			return n
		}
		r.enter(done.name, n)
	}
}

func (r *resolver) push(tree, name uint32) {
	f := frame{tree: tree, name: name, subs: len(r.subs), next: len(r.subs), entries: len(r.entries)}
	if r.sweep.holds.has(tree) {
		for _, l := range r.sweep.leaves.of(tree) {
			r.entries = append(r.entries, fileEntry(l.name, l.blob))
		}
	}
	shape, ok := r.sweep.shapeOf(tree)
	r.sweep.slots[tree] = slotInWork
	if ok {
		r.subs = r.list(r.subs, shape)
	}
	r.stack = append(r.stack, f)
}

func (r *resolver) enter(name, node uint32) {
	if node != 0 {
		r.entries = append(r.entries, dirEntry(name, node))
	}
}

// mayHold reports whether a tree may hold matched files, at any depth.
func (r *resolver) mayHold(tree uint32) bool {
	if tree == None {
		return false
	}
	if r.sweep.holds.has(tree) || r.sweep.slots[tree] == slotInWork {
		return true
	}
	if node, ok := r.sweep.nodeOf(tree); ok {
		return node != 0
	}
	shape, ok := r.sweep.shapeOf(tree)
	return ok && r.leads.has(shape)
}

// keepEvery is how many shapes of a chain share one kept list. Keeping them all
// would cost a list for each version of a folder that holds many keys.
const keepEvery = 16

// list appends the sub-directories of a shape that may hold matched files.
func (r *resolver) list(dst []sub, shape uint32) []sub {
	r.chain = r.chain[:0]
	var kept []sub
	distance := keepEvery - 1 // of the last one of the chain from a kept list
	for at, ok := shape, true; ok && r.leads.has(at); at, ok = r.sweep.shapes.base(at) {
		var known bool
		if kept, known = r.lists[at]; known {
			distance = 0
			break
		}
		r.chain = append(r.chain, at)
	}
	start := len(dst)
	dst = append(dst, kept...)
	for _, at := range slices.Backward(r.chain) {
		dst = r.overlay(dst, start, r.sweep.shapes.own(at))
		if distance++; distance%keepEvery == 0 {
			r.lists[at] = slices.Clone(dst[start:])
		}
	}
	return dst
}

// overlay replaces in dst[start:], which is sorted by name, what own says
// anew.
func (r *resolver) overlay(dst []sub, start int, own []sub) []sub {
	for _, d := range own {
		d.name &^= lastSub
		list := dst[start:]
		at, found := slices.BinarySearchFunc(list, d, func(a, b sub) int { return int(a.name) - int(b.name) })
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
