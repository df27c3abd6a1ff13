package gitstore

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
)

// stagedDiff compares an index with a tree in one pass over both. A directory
// that according to the cache tree is the tree that HEAD has is skipped, so only
// the trees along changed paths are read.
type stagedDiff struct {
	r        *Repository
	x        *index
	trees    *treeCache
	y        *blobYielder
	changes  []stagedChange
	compared *comparison

	pos    int    // next index entry
	prefix []byte // of the directory that is being compared, with its slash
	frames []stagedFrame
}

type stagedFrame struct {
	prefix int // length
	tree   treeSide
	cache  int            // node of the cache tree, or -1
	byName map[string]int // children of that node, made for large directories
}

// run compares the whole index with a tree, which may be empty.
func (d *stagedDiff) run(tree scanner.ObjectID) {
	root := -1
	if d.x.cache != nil {
		root = 0
	}
	if id, entries, ok := d.x.cache.valid(root); ok && id == tree && entries == d.x.len() {
		return
	}
	d.push(tree, root)
	for len(d.frames) > 0 {
		f := &d.frames[len(d.frames)-1]
		d.prefix = d.prefix[:f.prefix]
		if !d.step(f) {
			d.frames = d.frames[:len(d.frames)-1]
		}
	}
}

func (d *stagedDiff) push(tree scanner.ObjectID, cache int) {
	f := stagedFrame{prefix: len(d.prefix), cache: cache}
	if tree != "" {
		data, err := d.trees.get(tree)
		if err != nil {
			d.y.skip(tree, string(d.prefix), "tree: "+d.r.whyMissing(0, err))
		} else {
			f.tree.reader = newTreeReader(data, d.r.idSize)
			d.advance(&f)
		}
	}
	d.frames = append(d.frames, f)
}

func (d *stagedDiff) advance(f *stagedFrame) {
	f.tree.next()
	if err := f.tree.reader.failure(); err != nil {
		d.y.skip("", string(d.prefix), err.Error())
	}
}

// name returns the name of the next index entry in the current directory, and
// whether it is a directory there; ok is false after the last one.
func (d *stagedDiff) name() (name []byte, dir, ok bool) {
	for d.pos < d.x.len() {
		path := d.x.path(d.pos)
		if !bytes.HasPrefix(path, d.prefix) {
			return nil, false, false
		}
		rest := path[len(d.prefix):]
		if n := bytes.IndexByte(rest, '/'); n >= 0 {
			return rest[:n], true, true
		}
		if e := d.x.entry(d.pos); !e.intentToAdd {
			return rest, false, true
		}
		d.pos++
	}
	return nil, false, false
}

func (d *stagedDiff) step(f *stagedFrame) bool {
	name, dir, ok := d.name()
	head := f.tree.entry
	order := 0
	switch {
	case !ok && !f.tree.ok:
		return false
	case !ok:
		order = 1
	case !f.tree.ok:
		order = -1
	default:
		order = compareNames(name, dir, head.name, isTree(head.mode))
	}
	switch {
	case order < 0:
		d.added()
	case order > 0:
		d.advance(f)
		d.removed(head)
	case !dir:
		d.advance(f)
		d.sameName(head)
	default:
		d.advance(f)
		d.sameDirectory(f, name, head)
	}
	return true
}

// path is the path of a name in the current directory.
func (d *stagedDiff) path(name []byte) string { return string(d.prefix) + string(name) }

// added records one entry that HEAD does not have.
func (d *stagedDiff) added() {
	e := d.x.entry(d.pos)
	d.pos++
	if isTree(e.mode) {
		d.compareTrees(e.path, scanner.ObjectID(e.id), "")
		return
	}
	d.countLink(e.mode)
	if e.intentToAdd || e.stage == 1 || !isText(e.mode) {
		return
	}
	d.changes = append(d.changes, stagedChange{path: string(e.path), id: scanner.ObjectID(e.id)})
}

// removed records a name of HEAD that the index does not have.
func (d *stagedDiff) removed(head treeEntry) {
	if isTree(head.mode) {
		d.compareTrees(append(append([]byte{}, d.prefix...), append(head.name, '/')...), "", scanner.ObjectID(head.id))
		return
	}
	if isText(head.mode) {
		d.changes = append(d.changes, stagedChange{path: d.path(head.name), old: scanner.ObjectID(head.id)})
	}
}

// sameName compares a file that HEAD and the index have. In a merge with conflicts
// one path has several entries.
func (d *stagedDiff) sameName(head treeEntry) {
	if bytes.Equal(d.x.entry(d.pos).id, head.id) && d.x.entry(d.pos).stage == 0 {
		d.pos++
		return
	}
	path := d.path(head.name)
	old := scanner.ObjectID("")
	if isText(head.mode) {
		old = scanner.ObjectID(head.id)
	}
	for d.pos < d.x.len() && string(d.x.path(d.pos)) == path {
		e := d.x.entry(d.pos)
		d.pos++
		if e.intentToAdd || e.stage == 1 || bytes.Equal(e.id, head.id) {
			continue
		}
		c := stagedChange{path: path, old: old}
		if isText(e.mode) {
			c.id = scanner.ObjectID(e.id)
		}
		d.countLink(e.mode)
		d.changes = append(d.changes, c)
	}
}

// countLink counts a submodule that is new or set to another commit.
func (d *stagedDiff) countLink(mode uint32) {
	if mode&modeType == modeGitlink {
		d.y.submodules++
	}
}

// sameDirectory compares a directory that HEAD and the index have, unless the
// cache tree says that it is the same tree.
func (d *stagedDiff) sameDirectory(f *stagedFrame, name []byte, head treeEntry) {
	e := d.x.entry(d.pos)
	if isTree(e.mode) && len(e.path) == len(d.prefix)+len(name)+1 { // a sparse index keeps the tree itself
		d.pos++
		if !bytes.Equal(e.id, head.id) {
			d.compareTrees(e.path, scanner.ObjectID(e.id), scanner.ObjectID(head.id))
		}
		return
	}
	child := d.child(f, name)
	d.prefix = append(append(d.prefix, name...), '/')
	if id, entries, ok := d.x.cache.valid(child); ok && string(id) == string(head.id) && d.spans(entries) {
		d.pos += entries
		return
	}
	if len(d.prefix) > maxTreePath {
		d.y.skip(scanner.ObjectID(head.id), string(d.prefix[:256])+"…", errPathTooLong.Error())
		d.pos++
		return
	}
	d.push(scanner.ObjectID(head.id), child)
}

// spans reports whether the current directory has exactly this number of entries
// from the current one on, so that a wrong cache tree cannot hide others.
func (d *stagedDiff) spans(entries int) bool {
	end := d.pos + entries
	if entries <= 0 || end > d.x.len() || !bytes.HasPrefix(d.x.path(end-1), d.prefix) {
		return false
	}
	return end == d.x.len() || !bytes.HasPrefix(d.x.path(end), d.prefix)
}

// largeDirectory is the number of subdirectories above which a map is faster
// than a linear search for each.
const largeDirectory = 16

func (d *stagedDiff) child(f *stagedFrame, name []byte) int {
	t := d.x.cache
	if t == nil || f.cache < 0 {
		return -1
	}
	if f.byName == nil {
		f.byName = map[string]int{}
		n := 0
		for i := f.cache + 1; i < t.nodes[f.cache].next; i = t.nodes[i].next {
			if n++; n > largeDirectory {
				break
			}
		}
		if n > largeDirectory {
			for i := f.cache + 1; i < t.nodes[f.cache].next; i = t.nodes[i].next {
				f.byName[string(t.nodes[i].name)] = i
			}
		}
	}
	if len(f.byName) == 0 {
		return t.child(f.cache, name)
	}
	if i, ok := f.byName[string(name)]; ok {
		return i
	}
	return -1
}

// compareTrees adds the differences of two trees below a directory; either may
// be empty.
func (d *stagedDiff) compareTrees(prefix []byte, newTree, oldTree scanner.ObjectID) {
	whole := d.compared.below(string(prefix), newTree, oldTree, func(path string, to, from scanner.ObjectID) bool {
		d.changes = append(d.changes, stagedChange{path: path, id: to, old: from})
		return len(d.changes) < maxStaged
	})
	switch {
	case whole:
	case newTree == "": // nothing is lost: what is not known counts as new
		d.y.coverage.Notes = append(d.y.coverage.Notes, "more files are deleted than can be compared with what is staged")
	default:
		d.y.skip(newTree, string(prefix), errTooManyPaths.Error())
	}
}

// maxStaged bounds how many changes within trees are read.
const maxStaged = 1 << 19
