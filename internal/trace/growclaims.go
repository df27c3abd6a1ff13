package trace

import (
	"bytes"
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// claim says which type an object has.
type claim struct {
	id   string
	kind Type
}

// checkEntries compares with the store what a new tree names and the others do not.
func (w *grower) checkEntries(t *readTree, others []*readTree) error {
	t.checked = true
	for i := range t.entries {
		e := &t.entries[i]
		if e.kind == Commit || slices.ContainsFunc(others, func(o *readTree) bool {
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
	if e.kind == Tree {
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
	if !w.growth.Has([]byte(c.id)) {
		if c.kind == Tree {
			return ErrUnclear
		}
		w.missing.add([]byte(c.id))
		return nil
	}
	if w.growth.Type([]byte(c.id)) != c.kind {
		return ErrUnclear
	}
	return nil
}
