package trace

import "bytes"

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
	kind Type
	name string
	id   []byte
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
		if k == Unknown {
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
		if e.kind == Tree {
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
	if err != nil || kind != Tree {
		return nil, ErrUnclear
	}
	t, err := w.parseTree(text)
	if err == nil {
		w.trees[string(id)] = t
	}
	return t, err
}
