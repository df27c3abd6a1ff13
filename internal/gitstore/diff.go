package gitstore

import (
	"bytes"
	"errors"

	"github.com/djleaks/djleaks/scanner"
)

// treeChange is one path at which a tree differs from all the trees that it is
// compared with. The ids are parts of tree objects.
type treeChange struct {
	path []byte      // valid during the visit only
	mode uint32      // 0 if the path is gone
	id   []byte      // nil if the path is gone
	olds []TreeEntry // one for each old tree; empty where the path is not there
}

// treeDiff compares a tree with others, all at once. A subtree that equals any
// of the old ones at its place is taken over from there and not read. With one
// old tree this is a plain comparison; with several it finds what a merge has
// that none of its parents has; with none everything is new.
//
// A path counts as gone if every old tree has it and the new one does not.
type treeDiff struct {
	read  func(scanner.ObjectID) ([]byte, error)
	visit func(*treeChange)
	// missing is told of a tree that cannot be read; it then counts as empty.
	missing func(id scanner.ObjectID, path string, err error)
	idSize  int

	path   []byte
	frames []diffFrame
	steps  int // left
}

// diffFrame is one directory: sides[0] is the new tree.
type diffFrame struct {
	sides []diffSide
	path  int // length of the directory's path with its slash
}

type diffSide struct {
	reader TreeReader
	entry  TreeEntry
	ok     bool
}

func (s *diffSide) next() { s.entry, s.ok = s.reader.Next() }

// run compares newTree with oldTrees below the directory prefix, which is
// empty or ends in a slash. Empty ids stand for trees that are not there.
func (d *treeDiff) run(prefix []byte, newTree scanner.ObjectID, oldTrees []scanner.ObjectID) {
	for _, old := range oldTrees {
		if old == newTree {
			return
		}
	}
	d.steps = maxTreeSteps
	d.path = append(d.path[:0], prefix...)
	ids := append([]scanner.ObjectID{newTree}, oldTrees...)
	d.push(ids)
	for len(d.frames) > 0 {
		if d.steps--; d.steps < 0 {
			d.missing("", string(d.path), errTooManyPaths)
			d.frames = d.frames[:0]
			return
		}
		f := &d.frames[len(d.frames)-1]
		d.path = d.path[:f.path]
		if !d.step(f) {
			d.frames = d.frames[:len(d.frames)-1]
		}
	}
}

func (d *treeDiff) push(ids []scanner.ObjectID) {
	f := diffFrame{sides: make([]diffSide, len(ids)), path: len(d.path)}
	for i, id := range ids {
		if id == "" {
			continue
		}
		data, err := d.read(id)
		if err != nil {
			d.missing(id, string(d.path), err)
			d.steps -= missingSteps
			continue
		}
		f.sides[i].reader = NewTreeReader(data, d.idSize)
		f.sides[i].next()
		if err := f.sides[i].reader.Err(); err != nil {
			d.missing(id, string(d.path), err)
		}
	}
	d.frames = append(d.frames, f)
}

// step handles the first name that any side has next; it returns false at the
// end of the directory.
func (d *treeDiff) step(f *diffFrame) bool {
	first := -1
	for i := range f.sides {
		s := &f.sides[i]
		if s.ok && (first < 0 || sideCompare(s, &f.sides[first]) < 0) {
			first = i
		}
	}
	if first < 0 {
		return false
	}
	name, dir := f.sides[first].entry.Name, isTree(f.sides[first].entry.Mode)
	var entries [4]TreeEntry
	at := entries[:0]
	have, taken := 0, false // old sides that have the name; new equals one of them
	for i := range f.sides {
		s := &f.sides[i]
		var e TreeEntry
		if s.ok && isTree(s.entry.Mode) == dir && bytes.Equal(s.entry.Name, name) {
			e = s.entry
		}
		at = append(at, e)
		if i > 0 && e.Name != nil {
			have++
			taken = taken || at[0].Name != nil && bytes.Equal(e.ID, at[0].ID)
		}
	}
	for i := range f.sides {
		if at[i].Name != nil {
			d.advance(&f.sides[i])
		}
	}
	gone := at[0].Name == nil
	if taken || gone && have < len(f.sides)-1 {
		return true
	}
	d.path = append(d.path, name...)
	if !dir {
		d.visit(&treeChange{path: d.path, mode: at[0].Mode, id: at[0].ID, olds: at[1:]})
		return true
	}
	if len(d.path) > maxTreePath {
		d.missing(scanner.ObjectID(f.sides[first].entry.ID), string(d.path[:256])+"…", errPathTooLong)
		return true
	}
	d.path = append(d.path, '/')
	ids := make([]scanner.ObjectID, len(at))
	for i := range at {
		ids[i] = scanner.ObjectID(at[i].ID)
	}
	d.push(ids)
	return true
}

// advance moves a side on; a tree that breaks off is reported where it does.
func (d *treeDiff) advance(s *diffSide) {
	s.next()
	if err := s.reader.Err(); err != nil && !s.ok {
		d.missing("", string(d.path), err)
	}
}

func sideCompare(a, b *diffSide) int {
	return compareNames(a.entry.Name, isTree(a.entry.Mode), b.entry.Name, isTree(b.entry.Mode))
}

// maxTreePath bounds the length of a path, in bytes: object names are not
// verified, so a tree may pretend to contain itself.
const maxTreePath = 1 << 14

// maxTreeSteps bounds the names that one comparison looks at. Ten small trees,
// each ten times in the next, make ten thousand million paths.
const maxTreeSteps = 1 << 24

// missingSteps is what a tree that cannot be read costs of them, so that a
// repository without its trees is not asked for each.
const missingSteps = 1 << 10

var (
	errPathTooLong  = errors.New("path is too long")
	errTooManyPaths = errors.New("more paths than can be compared")
)
