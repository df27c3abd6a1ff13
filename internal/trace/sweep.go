package trace

import (
	"context"
	"fmt"
	"hash/maphash"
	"math"
	"sync/atomic"

	"github.com/djleaks/djleaks/scanner"
)

// sweep reads all commits and all trees once. What it learns of an object it
// writes into the object's slot.
type sweep struct {
	history History
	idSize  int
	shallow map[scanner.ObjectID]bool
	matched *matched // nil if there is nothing to trace
	slots   []uint32 // by ordinal; trees are written and read atomically
	names   names
	shapes  shapes
	leaves  leafSets
	holds   bitset     // trees that hold matched files themselves, by ordinal
	damaged ordinalSet // trees that are broken
	workers []worker
	commits []commit // by slot
	parents []uint32 // ordinals, or None where the parent is missing
	missing [3]idSet // by kind: blobs, trees, commits
	broken  idSet
	trees   int64
	count   int64 // of commits; commits is empty if nothing is traced
}

// What a slot says of its object.
const (
	slotNone   = 0         // neither a commit nor a tree, or not read
	slotTree   = 1         // a tree without sub-directories, or any tree if nothing is traced
	slotShape  = 2         // a tree with sub-directories, plus the number of its shape
	slotNode   = 1 << 30   // a resolved tree, plus the number of its node
	slotInWork = 1<<31 - 1 // a tree that is being resolved
	slotCommit = 1 << 31   // plus an index of sweep.commits
)

// shapeOf is the shape of a tree that has one and is not resolved.
func (s *sweep) shapeOf(tree uint32) (shape uint32, ok bool) {
	slot := s.slots[tree]
	return slot - slotShape, slotShape <= slot && slot < slotNode
}

// nodeOf is the node of a tree that is resolved.
func (s *sweep) nodeOf(tree uint32) (node uint32, ok bool) {
	slot := s.slots[tree]
	return slot - slotNode, slotNode <= slot && slot < slotInWork
}

// commitOf is the index in sweep.commits of an object, if it is a commit.
func (s *sweep) commitOf(ordinal uint32) (i uint32, ok bool) {
	slot := s.slots[ordinal]
	return slot &^ slotCommit, slot&slotCommit != 0
}

// parentsOf are the ordinals of the parents of a commit.
func (s *sweep) parentsOf(i uint32) []uint32 {
	end := uint32(len(s.parents))
	if int(i)+1 < len(s.commits) {
		end = s.commits[i+1].parents
	}
	return s.parents[s.commits[i].parents:end]
}

// commit is what is kept of each commit.
type commit struct {
	ordinal uint32
	tree    uint32 // ordinal, or None
	parents uint32 // index of the first one in sweep.parents; they end where the next one's begin
	date    uint32 // of the author, in seconds since 1970; all after 2106 are one
}

// worker is what belongs to one of the history's workers.
type worker struct {
	commits list[commit]
	parents list[uint32]
	count   int64 // of commits
	header  header
	ids     []byte
	missing [3]idSet
	broken  idSet
	trees   int64

	dirs   []freshDir
	leaves []leaf
	cached [1 << 10]cachedName
	shapes cursor[shape]
	subs   cursor[sub]
	own    []sub
	kept   [keepLast]keptTree
	keepAt int
}

// freshDir is a sub-directory that a tree does not share with its base.
type freshDir struct {
	hash       uint64
	start, end int // of the name in the text
	tree       uint32
}

type cachedName struct {
	hash   uint64
	number uint32 // + 1
}

const (
	missingBlob = iota
	missingTree
	missingCommit
)

func newSweep(h History, in *Input, m *matched) *sweep {
	s := &sweep{history: h, idSize: in.IDSize, shallow: in.Shallow, matched: m}
	s.slots = make([]uint32, h.Count())
	s.workers = make([]worker, max(1, in.Jobs))
	s.shapes.most = mostSubs + mostSubsPerObject*len(s.slots)
	s.names.seed = maphash.MakeSeed()
	s.setSize(&s.broken, &s.missing)
	for i := range s.workers {
		s.setSize(&s.workers[i].broken, &s.workers[i].missing)
	}
	return s
}

func (s *sweep) setSize(broken *idSet, missing *[3]idSet) {
	broken.size = s.idSize
	for i := range missing {
		missing[i].size = s.idSize
	}
}

// run reads everything.
func (s *sweep) run(ctx context.Context) error {
	if err := s.history.Commits(ctx, s.guard(s.commit)); err != nil {
		return err
	}
	s.gatherCommits()
	if err := s.history.Trees(ctx, s.guard(s.tree)); err != nil {
		return err
	}
	for i := range s.workers {
		w := &s.workers[i]
		for k := range s.missing {
			s.missing[k].merge(&w.missing[k])
		}
		s.broken.merge(&w.broken)
		s.trees += w.trees
	}
	s.workers = nil
	s.holds = newBitset(len(s.slots))
	for tree := range s.leaves.trees {
		s.holds.put(tree)
	}
	return nil
}

func (s *sweep) guard(visit func(*worker, Object) error) func(int, Object) error {
	return func(n int, o Object) error {
		if n >= len(s.workers) || int(o.Ordinal) >= len(s.slots) {
			return fmt.Errorf("trace: worker %d of %d, object %d of %d", n, len(s.workers), o.Ordinal, len(s.slots))
		}
		return visit(&s.workers[n], o)
	}
}

// commit reads one commit.
func (s *sweep) commit(w *worker, o Object) error {
	var ok bool
	if w.ids, ok = parseCommit(&w.header, o.Text, s.idSize, w.ids); !ok {
		w.broken.add([]byte(s.history.ID(o.Ordinal)))
	}
	w.count++
	c := commit{ordinal: o.Ordinal, tree: None, parents: uint32(w.parents.len())}
	if ok {
		c.tree = s.find(w, missingTree, w.header.tree)
	}
	for _, id := range w.header.parents {
		p, held := s.history.Ordinal(id)
		if !held {
			p = None
			if !s.shallow[s.history.ID(o.Ordinal)] {
				w.missing[missingCommit].add(id)
			}
		}
		if s.matched != nil {
			w.parents.add(p)
		}
	}
	if s.matched != nil {
		date, _ := authorDate(w.header.author)
		c.date = uint32(min(date, math.MaxUint32))
		w.commits.add(c)
	}
	return nil
}

// find is the ordinal of an object that must be there, or None.
func (s *sweep) find(w *worker, kind int, id []byte) uint32 {
	if n, ok := s.history.Ordinal(id); ok {
		return n
	}
	w.missing[kind].add(id)
	return None
}

// gatherCommits numbers the commits.
func (s *sweep) gatherCommits() {
	commits, parents := 0, 0
	for i := range s.workers {
		s.count += s.workers[i].count
		commits += s.workers[i].commits.len()
		parents += s.workers[i].parents.len()
	}
	s.commits, s.parents = make([]commit, 0, commits), make([]uint32, 0, parents)
	for i := range s.workers {
		w := &s.workers[i]
		first := uint32(len(s.parents))
		s.parents = w.parents.appendTo(s.parents)
		from := len(s.commits)
		s.commits = w.commits.appendTo(s.commits)
		for j := range s.commits[from:] {
			c := &s.commits[from+j]
			c.parents += first
			s.slots[c.ordinal] = slotCommit | uint32(from+j)
		}
		w.commits, w.parents = list[commit]{}, list[uint32]{}
	}
}

// tree reads one tree.
func (s *sweep) tree(w *worker, o Object) error {
	w.trees++
	base, fresh := s.slotOf(o.Base), o.Fresh
	if base == slotNone || base&slotCommit != 0 || s.damaged.has(o.Base) {
		// Not all of the base has been looked up.
		base, fresh = slotNone, []Span{{0, int32(len(o.Text))}}
	}
	w.dirs, w.leaves = w.dirs[:0], w.leaves[:0]
	e, err := s.entries(w, o.Text, fresh)
	if err != nil {
		return err
	}
	if e.broken {
		w.broken.add([]byte(s.history.ID(o.Ordinal)))
		s.damaged.add(o.Ordinal)
	}
	slot := uint32(slotTree)
	if s.matched != nil && e.dirs > 0 {
		if slot, err = s.shape(w, o.Text, base, e); err != nil {
			return err
		}
	}
	if len(w.leaves) > 0 {
		s.leaves.put(o.Ordinal, w.leaves)
	}
	atomic.StoreUint32(&s.slots[o.Ordinal], slot)
	return nil
}

// found is what entries says of a tree.
type found struct {
	dirs   int    // sub-directories
	sum    uint64 // of the hashes of their names; only if something is traced
	broken bool
}

// entries walks over a tree. It looks up whatever touches fresh, and gathers
// the matched files and the fresh sub-directories of the tree.
func (s *sweep) entries(w *worker, text []byte, fresh []Span) (f found, err error) {
	for pos, end, ok := 0, 0, true; pos < len(text); pos = end {
		if end, ok = entryEnd(text, pos, s.idSize); !ok {
			f.broken = true
			return f, nil
		}
		for len(fresh) > 0 && int(fresh[0].To) <= pos {
			fresh = fresh[1:]
		}
		touched := len(fresh) > 0 && int(fresh[0].From) < end
		if !touched && s.matched == nil {
			continue
		}
		k, name := readMode(text[pos:end])
		nameEnd := end - s.idSize - 1
		id := text[end-s.idSize : end]
		name += pos
		switch k {
		case directory:
			d := freshDir{start: name, end: nameEnd}
			f.dirs++
			if s.matched != nil {
				d.hash = s.names.hash(text[name:nameEnd])
				f.sum += d.hash
			}
			if touched {
				d.tree = s.find(w, missingTree, id)
				w.dirs = append(w.dirs, d)
			}
		case file:
			if s.matched != nil {
				if blob, ok := s.matched.find(id); ok {
					number, err := s.name(w, text[name:nameEnd], s.names.hash(text[name:nameEnd]))
					if err != nil {
						return f, err
					}
					w.leaves = append(w.leaves, leaf{number, blob})
				}
			}
			if touched {
				s.find(w, missingBlob, id)
			}
		case malformed:
			f.broken = true
		}
	}
	return f, nil
}

func (s *sweep) slotOf(ordinal uint32) uint32 {
	if int(ordinal) >= len(s.slots) {
		return slotNone
	}
	return atomic.LoadUint32(&s.slots[ordinal])
}

// shape makes the shape of the tree in text, whose fresh sub-directories are
// w.dirs, and returns its slot.
func (s *sweep) shape(w *worker, text []byte, base uint32, f found) (slot uint32, err error) {
	sh := shape{sum: f.sum}
	if base >= slotShape {
		baseSum := s.shapes.at(base - slotShape).sum
		if len(w.dirs) == 0 && f.sum == baseSum {
			return base, nil
		}
		if addsUp(baseSum, f.sum, w.dirs) {
			sh.base = base - slotShape + 1
			if err := s.nameDirs(w, text); err != nil {
				return 0, err
			}
			return s.shapes.add(w, sh, w.own), nil
		}
	}
	k, ok, err := s.differences(w, text, f.dirs)
	switch {
	case err != nil:
		return 0, err
	case ok && len(w.own) == 0:
		return k.slot, nil
	case ok:
		sh.base = k.slot - slotShape + 1
	default:
		if len(w.dirs) < f.dirs {
			s.allDirs(w, text)
		}
		if err := s.nameDirs(w, text); err != nil {
			return 0, err
		}
	}
	slot = s.shapes.add(w, sh, w.own)
	w.keep(k, text, f.dirs, slot)
	return slot, nil
}

// nameDirs makes w.own from w.dirs.
func (s *sweep) nameDirs(w *worker, text []byte) error {
	w.own = w.own[:0]
	for _, d := range w.dirs {
		number, err := s.name(w, text[d.start:d.end], d.hash)
		if err != nil {
			return err
		}
		w.own = append(w.own, sub{number, d.tree})
	}
	return nil
}

// allDirs makes w.dirs all sub-directories of a tree.
func (s *sweep) allDirs(w *worker, text []byte) {
	w.dirs = w.dirs[:0]
	for pos := 0; pos < len(text); {
		end, ok := entryEnd(text, pos, s.idSize)
		if !ok {
			break
		}
		if k, name := readMode(text[pos:end]); k == directory {
			d := freshDir{start: pos + name, end: end - s.idSize - 1, tree: None}
			d.hash = s.names.hash(text[d.start:d.end])
			if n, held := s.history.Ordinal(text[end-s.idSize : end]); held {
				d.tree = n
			}
			w.dirs = append(w.dirs, d)
		}
		pos = end
	}
}

// name is the number of a name. Most names were seen a moment ago.
func (s *sweep) name(w *worker, name []byte, hash uint64) (uint32, error) {
	c := &w.cached[hash%uint64(len(w.cached))]
	if c.hash == hash && c.number != 0 {
		return c.number - 1, nil
	}
	number, err := s.names.id(name, hash)
	if err != nil {
		return 0, err
	}
	*c = cachedName{hash, number + 1}
	return number, nil
}
