package trace

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/djleaks/djleaks/scanner"
)

// scan reads all commits and all trees once. What it learns of an object it
// writes into the object's slot.
type scan struct {
	history History
	idSize  int
	shallow map[scanner.ObjectID]bool
	matched *matched // nil if there is nothing to trace
	slots   []uint32 // by ordinal; trees are written and read atomically
	names   names
	dirSets dirSets
	leaves  leafSets
	holds   bitset     // trees that hold matched files themselves, by ordinal
	damaged ordinalSet // trees that are broken
	workers []worker
	commits []commit // by slot
	circles bitset   // commits among their own ancestors; nil if there are none
	parents []uint32 // ordinals, or None where the parent is missing
	wanted  func([]byte) bool
	chosen  map[scanner.ObjectID]string
	unnamed atomic.Bool // more are wanted than are kept
	missing byType[idSet]
	broken  idSet
	knots   idSet
	claims  claims
	trees   int64
}

// What a slot says of its object.
const (
	slotNone   = 0         // neither a commit nor a tree, or not read
	slotTree   = 1         // a tree without sub-directories, or any tree if nothing is traced
	slotDirSet = 2         // a tree with sub-directories, plus the number of its directory set
	slotNode   = 1 << 30   // a resolved tree, plus the number of its node
	slotInWork = 1<<31 - 1 // a tree that is being resolved
	slotCommit = 1 << 31   // plus an index of scan.commits
)

// dirSetOf is the directory set of a tree that has one and is not resolved.
func (s *scan) dirSetOf(tree uint32) (set uint32, ok bool) {
	slot := s.slots[tree]
	return slot - slotDirSet, slotDirSet <= slot && slot < slotNode
}

// nodeOf is the node of a tree that is resolved.
func (s *scan) nodeOf(tree uint32) (node uint32, ok bool) {
	slot := s.slots[tree]
	return slot - slotNode, slotNode <= slot && slot < slotInWork
}

// commitOf is the index in scan.commits of an object, if it is a commit.
func (s *scan) commitOf(ordinal uint32) (i uint32, ok bool) {
	slot := s.slots[ordinal]
	return slot &^ slotCommit, slot&slotCommit != 0
}

// parentsOf are the ordinals of the parents of a commit.
func (s *scan) parentsOf(i uint32) []uint32 {
	end := uint32(len(s.parents))
	if int(i)+1 < len(s.commits) {
		end = s.commits[i+1].parents
	}
	return s.parents[s.commits[i].parents:end]
}

// byType has something for the commits, the trees and the blobs.
type byType[T any] [Blob + 1]T

// worker is what belongs to one of the history's workers.
type worker struct {
	missing byType[idSet]
	broken  idSet
	trees   int64
	chosen  map[scanner.ObjectID]string // names of blobs that are asked for by name

	dirs       []freshDir
	leaves     []leaf
	cached     [1 << 10]cachedName
	unwanted   [1 << 12]uint64 // hashes of names that Input.Named does not choose
	found      [1 << 11]foundID
	dirSets    cursor[dirSet]
	subdirs    cursor[subdir]
	own        []subdir
	recent     [recentTrees]recentTree
	recentNext int
	alike      [alikeTrees]alikeTree
}

// freshDir is a sub-directory that a tree does not share with its base.
type freshDir struct {
	hash       uint64
	start, end int // of the name in the text
	tree       uint32
}

// foundID is an object that a tree has named lately: two in five are named again
// soon, by the next version of the tree.
type foundID struct {
	id      [32]byte // padded with zeros
	kind    Type     // Unknown if there is none
	ordinal uint32
}

type cachedName struct {
	hash   uint64
	number uint32 // + 1
}

func newScan(h History, in *Input, m *matched) *scan {
	s := &scan{history: h, idSize: in.IDSize, shallow: in.Shallow, matched: m, wanted: in.Named, chosen: map[scanner.ObjectID]string{}}
	s.slots = make([]uint32, h.Count())
	s.workers = make([]worker, max(1, in.Jobs))
	s.dirSets.max = maxSubdirs + maxSubdirsPerObject*len(s.slots)
	s.names.seed = maphash.MakeSeed()
	s.claims, s.knots.size = newClaims(len(s.slots)), s.idSize
	setSize(&s.broken, &s.missing, s.idSize)
	for i := range s.workers {
		setSize(&s.workers[i].broken, &s.workers[i].missing, s.idSize)
		s.workers[i].chosen = map[scanner.ObjectID]string{}
	}
	return s
}

func setSize(broken *idSet, missing *byType[idSet], idSize int) {
	broken.size = idSize
	for i := range missing {
		missing[i].size = idSize
	}
}

// run reads everything; commits is nil if they are not read yet.
func (s *scan) run(ctx context.Context, commits *Commits) error {
	if commits == nil {
		commits = NewCommits(s.history, Input{IDSize: s.idSize, Shallow: s.shallow, Jobs: len(s.workers)})
		if err := s.history.Commits(ctx, commits.Add); err != nil {
			return err
		}
	}
	s.useCommits(commits)
	s.findCircles()
	if err := s.history.Trees(ctx, s.checked(s.readTree)); err != nil {
		return err
	}
	for i := range s.workers {
		w := &s.workers[i]
		for k := range s.missing {
			s.missing[k].merge(&w.missing[k])
		}
		s.broken.merge(&w.broken)
		s.trees += w.trees
		for id, name := range w.chosen {
			s.choose(s.chosen, id, name)
		}
	}
	s.workers, s.dirSets.sums = nil, column[uint64]{}
	s.holds = newBitset(len(s.slots))
	s.leaves.sort()
	for _, t := range s.leaves.trees {
		s.holds.put(t.tree)
	}
	return nil
}

// maxNamed bounds the blobs that are chosen by name.
const maxNamed = 1 << 17

// choose notes a blob that is asked for by name; of several names the first in
// the alphabet counts.
func (s *scan) choose(chosen map[scanner.ObjectID]string, id scanner.ObjectID, name string) {
	old, known := chosen[id]
	if known && old <= name {
		return
	}
	if !known && len(chosen) >= maxNamed {
		s.unnamed.Store(true)
		return
	}
	chosen[id] = name
}

// isWanted reports whether Input.Named chooses a name. Most names were seen a
// moment ago.
func (s *scan) isWanted(w *worker, name []byte) bool {
	if s.wanted == nil {
		return false
	}
	hash := s.names.hash(name)
	old := &w.unwanted[hash%uint64(len(w.unwanted))]
	if *old == hash {
		return false
	}
	if s.wanted(name) {
		return true
	}
	*old = hash
	return false
}

// namedBlobs are the blobs that were chosen by name, by id.
func (s *scan) namedBlobs() (out []Named) {
	for id, name := range s.chosen {
		out = append(out, Named{id, name})
	}
	slices.SortFunc(out, func(a, b Named) int { return strings.Compare(string(a.Blob), string(b.Blob)) })
	return out
}

func (s *scan) checked(visit func(*worker, Object) error) func(int, Object) error {
	return func(n int, o Object) error {
		if n >= len(s.workers) || int(o.Ordinal) >= len(s.slots) {
			return fmt.Errorf("trace: worker %d of %d, object %d of %d", n, len(s.workers), o.Ordinal, len(s.slots))
		}
		return visit(&s.workers[n], o)
	}
}

// lookUp returns the ordinal of an object, or None and counts it as missing.
func (s *scan) lookUp(w *worker, kind Type, id []byte) uint32 {
	c := &w.found[binary.LittleEndian.Uint16(id)%uint16(len(w.found))]
	if c.kind == kind && string(c.id[:s.idSize]) == string(id) {
		return c.ordinal
	}
	if n, ok := s.history.Ordinal(id); ok {
		s.claims.said[kind].putShared(n)
		c.kind, c.ordinal = kind, n
		copy(c.id[:], id)
		return n
	}
	w.missing[kind].add(id)
	return None
}
