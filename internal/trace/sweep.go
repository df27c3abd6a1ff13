package trace

import (
	"context"
	"fmt"
	"hash/maphash"

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
	knots   idSet
	claims  claims
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
	s.claims, s.knots.size = newClaims(len(s.slots)), s.idSize
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

// find is the ordinal of an object that must be there, or None.
func (s *sweep) find(w *worker, kind int, id []byte) uint32 {
	if n, ok := s.history.Ordinal(id); ok {
		s.claims.said[kind].share(n)
		return n
	}
	w.missing[kind].add(id)
	return None
}
