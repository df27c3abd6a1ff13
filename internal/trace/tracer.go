package trace

import (
	"context"
	"slices"
)

// maxPresences is the largest number of presences that are reported of a history.
// Nobody reads more.
const maxPresences = 1 << 16

// tracer turns nodes of commits into events, and events into presences.
type tracer struct {
	*comparer
	scan     *scan
	resolver *resolver
	roots    []uint32 // by commit: its node, or None if its tree is not known
	marks    *marks
	tips     []tip               // by name
	tipsOf   map[uint32][]uint32 // indexes of the tips with a node, ascending

	presenceOf map[uint64]uint32 // item and path → index in presences
	presences  []presence
	events     []event
	versions   map[uint64]uint32 // path and blob → author date of the latest commit that brought it
	scratch    []uint32
}

// presence is an item at a path.
type presence struct {
	item int32
	path uint32
	tip  uint32   // the blob that the first tip holds here, or None
	tips []uint32 // nodes of tips that hold it, in the order of the tips
}

// event is one end of a presence: a commit introduces or removes an item.
type event struct {
	presence uint32
	commit   uint32 // index, with eventRemoved
}

const eventRemoved = 1 << 31

func newTracer(s *scan) *tracer {
	r := newResolver(s)
	t := &tracer{scan: s, resolver: r, presenceOf: map[uint64]uint32{}, versions: map[uint64]uint32{}}
	t.comparer = &comparer{nodes: r.nodes, paths: newPaths(), steps: maxSteps}
	return t
}

// presence is the number of an item at a path; ok is false if there are too many.
func (t *tracer) presence(item int32, path uint32) (n uint32, ok bool) {
	key := uint64(path)<<32 | uint64(uint32(item))
	if n, ok := t.presenceOf[key]; ok {
		return n, true
	}
	if len(t.presences) >= maxPresences {
		t.truncated = true
		return 0, false
	}
	n = uint32(len(t.presences))
	t.presences = append(t.presences, presence{item: item, path: path, tip: None})
	t.presenceOf[key] = n
	return n, true
}

// items are the items of a blob, which may be None.
func (t *tracer) items(blob uint32) []int32 {
	if blob == None {
		return nil
	}
	return t.scan.matched.items[blob]
}

// findRoots finds the node of each commit.
func (t *tracer) findRoots(ctx context.Context) error {
	s := t.scan
	t.roots = make([]uint32, len(s.commits))
	for i, c := range s.commits {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t.roots[i] = None
		if s.isTree(c.tree) {
			t.roots[i] = t.resolver.node(c.tree)
		}
	}
	return nil
}

// compareCommits compares each commit with its parents.
func (t *tracer) compareCommits(ctx context.Context) error {
	for i := range t.scan.commits {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t.compareWithParents(uint32(i))
	}
	return nil
}

// forgetTrees gives up what only says where trees lead to, when all nodes are found.
func (t *tracer) forgetTrees() {
	t.resolver, t.scan.dirSets.all, t.scan.dirSets.subdirs = nil, arena[dirSet]{}, arena[subdir]{}
}

func (s *scan) isTree(ordinal uint32) bool {
	return ordinal != None && s.slots[ordinal] != slotNone && s.slots[ordinal]&slotCommit == 0
}

// parentRoots are the nodes of a commit's parents, as far as they are known;
// cut is true if one is not. A commit in a circle has none: each of them would
// have the others' files from the others, and nobody would have brought them.
func (t *tracer) parentRoots(i uint32) (roots []uint32, cut bool) {
	if t.scan.inCircle(i) {
		return nil, true
	}
	roots = t.scratch[:0]
	for _, p := range t.scan.parentsOf(i) {
		root := uint32(None)
		if p != None {
			if c, ok := t.scan.commitOf(p); ok {
				root = t.roots[c]
			}
		}
		if root == None {
			cut = true
		} else {
			roots = append(roots, root)
		}
	}
	t.scratch = roots
	return roots, cut
}

// compareWithParents records what one commit introduces and removes.
func (t *tracer) compareWithParents(i uint32) {
	root := t.roots[i]
	if root == None {
		return
	}
	parents, _ := t.parentRoots(i)
	if slices.Contains(parents, root) {
		// It has what that parent has: nothing is new, nothing is gone.
		return
	}
	first, others := uint32(0), []uint32(nil)
	if len(parents) > 0 {
		first, others = parents[0], parents[1:]
	}
	date := t.scan.commits[i].date
	t.compare(first, root, func(c change) {
		if c.new != None {
			key := uint64(c.path)<<32 | uint64(c.new)
			if old, ok := t.versions[key]; !ok || old < date {
				t.versions[key] = date
			}
		}
		t.record(c, i, others)
	})
}

// record turns one change against the first parent into events, if the other
// parents agree.
func (t *tracer) record(c change, commit uint32, others []uint32) {
	old, new := t.items(c.old), t.items(c.new)
	for len(old) > 0 || len(new) > 0 {
		switch {
		case len(old) == 0 || len(new) > 0 && new[0] < old[0]:
			if !t.anyHolds(others, c.path, new[0]) {
				t.event(new[0], c.path, commit)
			}
			new = new[1:]
		case len(new) == 0 || old[0] < new[0]:
			if t.allHold(others, c.path, old[0]) {
				t.event(old[0], c.path, commit|eventRemoved)
			}
			old = old[1:]
		default:
			old, new = old[1:], new[1:]
		}
	}
}

func (t *tracer) event(item int32, path, commit uint32) {
	if n, ok := t.presence(item, path); ok {
		t.events = append(t.events, event{n, commit})
	}
}

func (t *tracer) anyHolds(roots []uint32, path uint32, item int32) bool {
	for _, r := range roots {
		if t.holds(r, path, item) {
			return true
		}
	}
	return false
}

func (t *tracer) allHold(roots []uint32, path uint32, item int32) bool {
	for _, r := range roots {
		if !t.holds(r, path, item) {
			return false
		}
	}
	return true
}

func (t *tracer) holds(root, path uint32, item int32) bool {
	var buf [32]uint32
	blob, ok := t.nodes.blobAt(root, t.paths.names(buf[:0], path))
	if !ok {
		return false
	}
	_, ok = slices.BinarySearch(t.items(blob), item)
	return ok
}

// markTips marks what the tips hold.
func (t *tracer) markTips(tips []tip) {
	var order []uint32
	t.tips, t.tipsOf = tips, map[uint32][]uint32{}
	for i, p := range tips {
		root := uint32(None)
		if c, ok := t.scan.commitOf(p.object); ok {
			root = t.roots[c]
		} else if t.scan.isTree(p.object) {
			root = t.resolver.node(p.object)
			t.outsideCommits(root)
		} else if blob, ok := t.scan.matched.find([]byte(t.scan.history.ID(p.object))); ok {
			root = tipBlob | blob
		}
		if root == None || root == 0 {
			continue
		}
		if t.tipsOf[root] == nil {
			order = append(order, root)
		}
		t.tipsOf[root] = append(t.tipsOf[root], uint32(i))
	}
	for _, root := range order {
		if root&tipBlob != 0 {
			t.versions[uint64(root&^tipBlob)] = 0 // at the path 0, which has no name
			t.atTip(root, change{old: None, new: root &^ tipBlob})
			continue
		}
		t.compare(0, root, func(c change) { t.atTip(root, c) })
	}
}

// tipBlob marks in a tip's root that the tip is a blob, with this number, and no
// tree.
const tipBlob = 1 << 31

// atTip records what a tip holds at a path.
func (t *tracer) atTip(root uint32, c change) {
	for _, item := range t.items(c.new) {
		n, ok := t.presence(item, c.path)
		if !ok {
			continue
		}
		p := &t.presences[n]
		p.tips = append(p.tips, root)
		if p.tip == None {
			p.tip = c.new
		}
	}
}

// outsideCommits records the files of a tree that a tip names itself.
func (t *tracer) outsideCommits(root uint32) {
	t.compare(0, root, func(c change) {
		key := uint64(c.path)<<32 | uint64(c.new)
		if _, ok := t.versions[key]; !ok && c.new != None {
			t.versions[key] = 0
		}
	})
}
