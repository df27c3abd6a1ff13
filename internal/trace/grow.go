package trace

import (
	"context"
	"errors"

	"github.com/djleaks/djleaks/scanner"
)

// ErrUnclear says that what is new has something that only Run can answer for.
var ErrUnclear = errors.New("trace: not to be seen from what is new alone")

// Growth is what a store has that it had not when a Past was made. All that it had
// then it still has.
type Growth interface {
	// New calls visit for each new commit and tree, in any order, by one goroutine.
	// It may show others too.
	New(ctx context.Context, visit func(t Type, id, text []byte) error) error
	// IsNew reports whether an object is among them, whatever its type.
	IsNew(id []byte) bool
	// Has reports whether the store holds an object.
	Has(id []byte) bool
	// Object reads any object.
	Object(id []byte) (t Type, text []byte, err error)
	// Type is the type of an object, or Unknown if it cannot be read.
	Type(id []byte) Type
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
	return w.growth.New(ctx, func(kind Type, id, text []byte) (err error) {
		if kind == Tree {
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

// scan makes a scan of the commits of the Past and the new ones, and a tracer that
// has their nodes.
func (w *grower) scan(ctx context.Context) (*scan, *tracer, error) {
	order, err := w.parentsFirst()
	if err != nil {
		return nil, nil, err
	}
	h := newGrown(w.past, w.growth, w.in.IDSize, order)
	if err := h.addTips(w.in.Tips); err != nil {
		return nil, nil, err
	}
	s := h.newScan(w.in.Matched)
	h.addCommits(s, order)
	if err := w.resolve(ctx, s, order); err != nil {
		return nil, nil, err
	}
	if w.tracer != nil {
		if err := w.resolveTips(s, h); err != nil {
			return nil, nil, err
		}
	}
	s.missing[Blob].copy(&w.missing)
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
