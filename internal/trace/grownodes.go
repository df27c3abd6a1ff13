package trace

import (
	"bytes"
	"context"
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

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
		root, err := w.root(s, c, order, roots)
		if err != nil {
			return err
		}
		roots = append(roots, root)
	}
	if w.tracer != nil {
		w.tracer.roots = roots
	}
	return w.checkNewTrees()
}

// root is the node of the tree of a new commit; roots are those of all commits before
// it.
func (w *grower) root(s *scan, c *newCommit, order []*newCommit, roots []uint32) (uint32, error) {
	var likes []like
	for _, p := range c.parents {
		n, _ := s.history.Ordinal([]byte(p))
		tree, err := w.treeOf(n, order)
		if err != nil {
			return 0, err
		}
		likes = append(likes, like{tree, roots[n]})
	}
	if err := w.check(claim{c.tree, Tree}); err != nil {
		return 0, err
	}
	return w.node([]byte(c.tree), likes, 0)
}

// checkNewTrees compares with the store what the new trees name that are in no new
// commit, and notes the matched files of all new trees.
func (w *grower) checkNewTrees() error {
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
	return nil
}

// addLeaves tells the scan of the matched files of a tree, be it in a commit or not.
func (w *grower) addLeaves(t *readTree) {
	s := w.tracer.scan
	for i := range t.entries {
		if e := &t.entries[i]; e.kind == Blob {
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
	if err != nil || kind != Commit {
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
		case Blob:
			if blob, ok := w.tracer.scan.matched.find(e.id); ok {
				name, err := w.name(e.name)
				if err != nil {
					return nil, err
				}
				entries = append(entries, fileEntry(name, blob))
			}
		case Tree:
			name, err := w.name(e.name)
			if err != nil {
				return nil, err
			}
			var below []like
			for j, other := range others {
				if n, ok := other.byName[e.name]; ok && other.entries[n].kind == Tree {
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

// resolveTips finds the nodes of tips that are trees.
func (w *grower) resolveTips(s *scan, h *grown) error {
	for i, tip := range h.tips {
		if tip.kind != Tree {
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
