package trace

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// ErrUnclear says that what is new has something that only Run can answer for.
var ErrUnclear = errors.New("trace: not to be seen from what is new alone")

// Growth is what a store has that it had not when a Past was made. All that it had
// then it still has.
type Growth interface {
	// New calls visit for each new commit and tree, in any order, by one goroutine.
	// It may show others too.
	New(ctx context.Context, visit func(kind string, id, text []byte) error) error
	// IsNew reports whether an object is among them, whatever its type.
	IsNew(id []byte) bool
	// Has reports whether the store holds an object.
	Has(id []byte) bool
	// Object reads any object; kind is its type in Git's words.
	Object(id []byte) (kind string, text []byte, err error)
	// Type is the type of an object; "" if it cannot be read.
	Type(id []byte) string
}

// Grow answers the question of a store that has grown as Run would, but reads only
// what is new, and what that is compared with. Of the Input it uses Matched, Items,
// Named, Tips, Marks, Order, IDSize and Remember. Named has to choose as it did for
// the Past; what it chooses in new trees alone is in the Result. The error is
// ErrUnclear where Run has to be asked instead.
func Grow(ctx context.Context, p *Past, g Growth, in Input) (*Result, error) {
	if !p.isSound(in.IDSize) || len(in.Shallow) > 0 {
		return nil, ErrUnclear
	}
	w := &grower{past: p, growth: g, in: &in, trees: map[string]*readTree{}, ofCommit: map[string][]byte{}, asked: map[claim]bool{}, chosen: map[scanner.ObjectID]string{}}
	w.missing.size = in.IDSize
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	s, t, err := w.scan(ctx)
	if err != nil {
		return nil, err
	}
	out, err := s.answer(ctx, &in, t)
	if err != nil {
		return nil, err
	}
	if out.uncommitted {
		return nil, ErrUnclear // older trees outside of commits may hold it too
	}
	if out.Past != nil {
		out.Past.Chosen += p.Chosen
	}
	return out, nil
}

// grower puts what is new to a Past.
type grower struct {
	past   *Past
	growth Growth
	in     *Input

	commits  []newCommit
	trees    map[string]*readTree        // by id: all new ones, and what they are compared with
	ofCommit map[string][]byte           // trees of older commits
	missing  idSet                       // blobs
	asked    map[claim]bool              // what was compared with the store
	reads    int                         // older trees
	chosen   map[scanner.ObjectID]string // by Input.Named, in new trees

	tracer *tracer // nil if nothing is matched
}

// newCommit is a commit that the Past does not have.
type newCommit struct {
	id, tree string
	parents  []string
	date     uint32
}

// readTree is a tree whose entries are known.
type readTree struct {
	isNew   bool
	entries []treeEntry
	byName  map[string]int
	checked bool // all that it names was compared with the store
	state   uint8
	node    uint32
}

type treeEntry struct {
	kind kind
	name string
	id   []byte
}

// claim says which type an object has.
type claim struct {
	id   string
	kind kind
}

// The states of a readTree.
const (
	unresolved uint8 = iota
	inWork
	resolved
)

// maxOlder is how many trees that are not new are read. To compare everything
// costs less than to look for many of them.
const maxOlder = 1 << 14

// maxTreeDepth is how many folders may be in one another. Git's own checks stop at
// a few thousand.
const maxTreeDepth = 1 << 10

// read takes in the new commits and trees.
func (w *grower) read(ctx context.Context) error {
	for _, id := range w.past.Missing {
		if w.growth.Has([]byte(id)) {
			return ErrUnclear // older trees lead to it
		}
		w.missing.add([]byte(id))
	}
	var h header
	var ids []byte
	return w.growth.New(ctx, func(kind string, id, text []byte) (err error) {
		if kind == "tree" {
			t, err := w.parseTree(text)
			if err != nil {
				return err
			}
			t.isNew = true
			w.trees[string(id)] = t
			return nil
		}
		if _, known := w.past.find(id, w.in.IDSize); known {
			return nil
		}
		var ok bool
		if ids, ok = parseCommit(&h, text, w.in.IDSize, ids); !ok {
			return ErrUnclear
		}
		date, _ := authorDate(h.author)
		c := newCommit{id: string(id), tree: string(h.tree), date: uint32(min(date, 1<<32-1))}
		for _, p := range h.parents {
			c.parents = append(c.parents, string(p))
		}
		w.commits = append(w.commits, c)
		return nil
	})
}

// parseTree reads a tree, which must be in Git's order.
func (w *grower) parseTree(text []byte) (*readTree, error) {
	t := &readTree{}
	text = bytes.Clone(text)
	for pos := 0; pos < len(text); {
		end, ok := entryEnd(text, pos, w.in.IDSize)
		if !ok {
			return nil, ErrUnclear
		}
		k, name := readMode(text[pos:end])
		if k == malformed {
			return nil, ErrUnclear
		}
		e := treeEntry{k, string(text[pos+name : end-w.in.IDSize-1]), text[end-w.in.IDSize : end]}
		if n := len(t.entries); n > 0 && !inOrder(&t.entries[n-1], &e) {
			return nil, ErrUnclear
		}
		t.entries = append(t.entries, e)
		pos = end
	}
	t.byName = make(map[string]int, len(t.entries))
	for i := range t.entries {
		if _, twice := t.byName[t.entries[i].name]; twice {
			return nil, ErrUnclear
		}
		t.byName[t.entries[i].name] = i
	}
	return t, nil
}

// inOrder reports whether one entry of a tree comes before another.
func inOrder(a, b *treeEntry) bool {
	sorted := func(e *treeEntry) string {
		if e.kind == directory {
			return e.name + "/"
		}
		return e.name
	}
	return sorted(a) < sorted(b)
}

// tree is a tree by its id.
func (w *grower) tree(id []byte) (*readTree, error) {
	if t := w.trees[string(id)]; t != nil {
		return t, nil
	}
	if w.reads++; w.reads > maxOlder {
		return nil, ErrUnclear
	}
	kind, text, err := w.growth.Object(id)
	if err != nil || kind != "tree" {
		return nil, ErrUnclear
	}
	t, err := w.parseTree(text)
	if err == nil {
		w.trees[string(id)] = t
	}
	return t, err
}

// scan makes a scan of the commits of the Past and the new ones, and a tracer that
// has their nodes.
func (w *grower) scan(ctx context.Context) (*scan, *tracer, error) {
	p, idSize := w.past, w.in.IDSize
	order, err := w.parentsFirst()
	if err != nil {
		return nil, nil, err
	}
	h := &grown{past: p, older: string(p.Commits), growth: w.growth, idSize: idSize, index: map[string]uint32{}}
	for _, c := range order {
		h.index[c.id] = uint32(len(p.Dates) + len(h.more))
		h.more = append(h.more, c.id)
	}
	commits := uint32(len(p.Dates) + len(h.more))
	if err := h.addTips(w.in.Tips); err != nil {
		return nil, nil, err
	}
	var m *matched
	if len(w.in.Matched) > 0 {
		m = newMatched(w.in.Matched)
	}
	s := &scan{history: h, idSize: idSize, matched: m, slots: make([]uint32, h.Count()), holds: newBitset(h.Count())}
	s.names.seed = maphash.MakeSeed()
	s.claims, s.knots.size = newClaims(len(s.slots)), idSize
	setSize(&s.broken, &s.missing, idSize)
	for i := range commits {
		s.slots[i] = slotCommit | i
	}
	s.parents = slices.Clone(p.Parents)
	s.commits = make([]commit, 0, commits)
	for i := range p.Dates {
		s.commits = append(s.commits, commit{ordinal: uint32(i), tree: None, parents: p.First[i], date: p.Dates[i]})
	}
	for i, c := range order {
		s.commits = append(s.commits, commit{ordinal: uint32(len(p.Dates) + i), tree: None, parents: uint32(len(s.parents)), date: c.date})
		for _, parent := range c.parents {
			n, _ := h.Ordinal([]byte(parent))
			s.parents = append(s.parents, n)
		}
	}
	if err := w.resolve(ctx, s, order); err != nil {
		return nil, nil, err
	}
	s.missing[missingBlob].copy(&w.missing)
	s.chosen = w.chosen
	return s, w.tracer, nil
}

// parentsFirst are the new commits, each after its parents.
func (w *grower) parentsFirst() ([]*newCommit, error) {
	byID, children, left := map[string]*newCommit{}, map[string][]*newCommit{}, map[*newCommit]int{}
	for i := range w.commits {
		byID[w.commits[i].id] = &w.commits[i]
	}
	var ready []*newCommit
	for i := range w.commits {
		c := &w.commits[i]
		if byID[c.id] != c {
			continue // shown twice
		}
		for _, p := range c.parents {
			if byID[p] != nil {
				children[p] = append(children[p], c)
				left[c]++
			} else if _, known := w.past.find([]byte(p), w.in.IDSize); !known {
				return nil, ErrUnclear // missing, or no commit
			}
		}
		if left[c] == 0 {
			ready = append(ready, c)
		}
	}
	for i := 0; i < len(ready); i++ {
		for _, child := range children[ready[i].id] {
			if left[child]--; left[child] == 0 {
				ready = append(ready, child)
			}
		}
	}
	if len(ready) != len(byID) {
		return nil, ErrUnclear // a circle
	}
	return ready, nil
}

// resolve finds the nodes of the new commits, and compares with the store what
// all new trees name.
func (w *grower) resolve(ctx context.Context, s *scan, order []*newCommit) error {
	roots := slices.Clone(w.past.Roots)
	if s.matched != nil {
		w.tracer = newTracer(s)
		var err error
		if roots, err = w.loadNodes(); err != nil {
			return err
		}
	}
	for i, c := range order {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		var likes []like
		for _, p := range c.parents {
			n, _ := s.history.Ordinal([]byte(p))
			tree, err := w.treeOf(n, order)
			if err != nil {
				return err
			}
			likes = append(likes, like{tree, roots[n]})
		}
		if err := w.check(claim{c.tree, directory}); err != nil {
			return err
		}
		root, err := w.node([]byte(c.tree), likes, 0)
		if err != nil {
			return err
		}
		roots = append(roots, root)
	}
	for _, t := range w.trees {
		if !t.isNew {
			continue
		}
		if !t.checked {
			if err := w.checkEntries(t, nil); err != nil {
				return err
			}
		}
		if w.tracer != nil {
			w.addLeaves(t)
		}
	}
	if w.tracer == nil {
		return nil
	}
	w.tracer.roots = roots
	return w.resolveTips(s)
}

// addLeaves tells the scan of the matched files of a tree, be it in a commit or not.
func (w *grower) addLeaves(t *readTree) {
	s := w.tracer.scan
	for i := range t.entries {
		if e := &t.entries[i]; e.kind == file {
			if blob, ok := s.matched.find(e.id); ok {
				s.leaves.sets = append(s.leaves.sets, []leaf{{blob: blob}})
			}
		}
	}
}

// loadNodes gives the tracer the nodes of the Past, and returns the roots of its
// commits.
func (w *grower) loadNodes() ([]uint32, error) {
	p, m := w.past, w.tracer.scan.matched
	blobs := make([]uint32, len(p.Blobs))
	for i, id := range p.Blobs {
		n, ok := m.numbers[id]
		if !ok {
			return nil, ErrUnclear
		}
		blobs[i] = n
	}
	older := map[scanner.ObjectID]bool{}
	for _, id := range p.Blobs {
		older[id] = true
	}
	for _, id := range m.ids {
		if !older[id] && !w.growth.IsNew([]byte(id)) {
			return nil, ErrUnclear // older trees may lead to it
		}
	}
	names := make([]uint32, len(p.Names))
	for i, name := range p.Names {
		n, err := w.name(name)
		if err != nil {
			return nil, err
		}
		names[i] = n
	}
	nodes := make([]uint32, max(1, len(p.Ends)))
	at := uint32(0)
	var entries []entry
	for i, end := range p.Ends {
		for entries = entries[:0]; at < end; at += 2 {
			if name, ref := p.Entries[at], p.Entries[at+1]; name&1 != 0 {
				entries = append(entries, fileEntry(names[name>>1], blobs[ref]))
			} else {
				entries = append(entries, dirEntry(names[name>>1], nodes[ref]))
			}
		}
		nodes[i] = w.tracer.nodes.number(entries)
	}
	roots := make([]uint32, len(p.Roots))
	for i, root := range p.Roots {
		roots[i] = nodes[root]
	}
	return roots, nil
}

func (w *grower) name(name string) (uint32, error) {
	names := &w.tracer.scan.names
	return names.id([]byte(name), names.hash([]byte(name)))
}

// treeOf is the tree of a commit that is a parent.
func (w *grower) treeOf(commit uint32, order []*newCommit) ([]byte, error) {
	if n := len(w.past.Dates); int(commit) >= n {
		return []byte(order[int(commit)-n].tree), nil
	}
	id := w.past.Commits[int(commit)*w.in.IDSize : (int(commit)+1)*w.in.IDSize]
	if tree := w.ofCommit[string(id)]; tree != nil {
		return tree, nil
	}
	kind, text, err := w.growth.Object(id)
	if err != nil || kind != "commit" {
		return nil, ErrUnclear
	}
	var h header
	if _, ok := parseCommit(&h, text, w.in.IDSize, nil); !ok {
		return nil, ErrUnclear
	}
	w.ofCommit[string(id)] = bytes.Clone(h.tree)
	return w.ofCommit[string(id)], nil
}

// like is a tree whose node is known, at the same path in a parent.
type like struct {
	tree []byte
	node uint32
}

// node is the node of a tree. What it shares with trees that are like it is not
// looked at.
func (w *grower) node(id []byte, likes []like, depth int) (uint32, error) {
	for _, l := range likes {
		if bytes.Equal(l.tree, id) {
			return l.node, nil
		}
	}
	t, err := w.tree(id)
	if err != nil || depth > maxTreeDepth || t.state == inWork {
		return 0, ErrUnclear
	}
	if t.state == resolved {
		return t.node, nil
	}
	t.state = inWork
	var others []*readTree
	for _, l := range likes {
		other, err := w.tree(l.tree)
		if err != nil {
			return 0, err
		}
		others = append(others, other)
	}
	if t.isNew {
		if err := w.checkEntries(t, others); err != nil {
			return 0, err
		}
	}
	var entries []entry
	if w.tracer != nil {
		if entries, err = w.nodeEntries(t, likes, others, depth); err != nil {
			return 0, err
		}
		t.node = w.tracer.nodes.number(entries)
	}
	t.state = resolved
	return t.node, nil
}

// nodeEntries are the matched files of a tree, and its folders that hold some.
func (w *grower) nodeEntries(t *readTree, likes []like, others []*readTree, depth int) (entries []entry, err error) {
	for i := range t.entries {
		e := &t.entries[i]
		switch e.kind {
		case file:
			if blob, ok := w.tracer.scan.matched.find(e.id); ok {
				name, err := w.name(e.name)
				if err != nil {
					return nil, err
				}
				entries = append(entries, fileEntry(name, blob))
			}
		case directory:
			name, err := w.name(e.name)
			if err != nil {
				return nil, err
			}
			var below []like
			for j, other := range others {
				if n, ok := other.byName[e.name]; ok && other.entries[n].kind == directory {
					below = append(below, like{other.entries[n].id, w.below(likes[j].node, name)})
				}
			}
			node, err := w.node(e.id, below, depth+1)
			if err != nil {
				return nil, err
			}
			if node != 0 {
				entries = append(entries, dirEntry(name, node))
			}
		}
	}
	return entries, nil
}

// below is the node of a folder in a node.
func (w *grower) below(node, name uint32) uint32 {
	entries := w.tracer.nodes.all[node]
	if at, ok := slices.BinarySearchFunc(entries, dirEntry(name, 0), byKey); ok {
		return entries[at].ref
	}
	return 0
}

// checkEntries compares with the store what a new tree names and the others do not.
func (w *grower) checkEntries(t *readTree, others []*readTree) error {
	t.checked = true
	for i := range t.entries {
		e := &t.entries[i]
		if e.kind == submodule || slices.ContainsFunc(others, func(o *readTree) bool {
			n, ok := o.byName[e.name]
			return ok && o.entries[n].kind == e.kind && bytes.Equal(o.entries[n].id, e.id)
		}) {
			continue
		}
		if err := w.choose(e); err != nil {
			return err
		}
		if err := w.check(claim{string(e.id), e.kind}); err != nil {
			return err
		}
	}
	return nil
}

// choose notes an entry that Input.Named chooses, with the first of its names in the
// alphabet.
func (w *grower) choose(e *treeEntry) error {
	if w.in.Named == nil || !w.in.Named([]byte(e.name)) {
		return nil
	}
	name := e.name
	if e.kind == directory {
		name += "/"
	}
	id := scanner.ObjectID(e.id)
	if old, known := w.chosen[id]; !known || name < old {
		w.chosen[id] = name
	}
	if w.past.Chosen+len(w.chosen) > maxNamed {
		return ErrUnclear
	}
	return nil
}

// check compares a claim with the store.
func (w *grower) check(c claim) error {
	if w.asked[c] {
		return nil
	}
	w.asked[c] = true
	want := "blob"
	if c.kind == directory {
		want = "tree"
	}
	if !w.growth.Has([]byte(c.id)) {
		if c.kind == directory {
			return ErrUnclear
		}
		w.missing.add([]byte(c.id))
		return nil
	}
	if w.growth.Type([]byte(c.id)) != want {
		return ErrUnclear
	}
	return nil
}

// resolveTips finds the nodes of tips that are trees.
func (w *grower) resolveTips(s *scan) error {
	h := s.history.(*grown)
	for i, tip := range h.tips {
		if tip.kind != "tree" {
			continue
		}
		node, err := w.node([]byte(tip.id), nil, 0)
		if err != nil {
			return err
		}
		s.slots[h.firstTip()+i] = slotNode + node
	}
	return nil
}
