package gitstore

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
)

// stagedDiff compares an index with a tree in one pass over both. A directory
// that the cache tree knows to be the very tree that HEAD has is skipped, so
// only the trees along changed paths are read.
type stagedDiff struct {
	r        *Repository
	x        *Index
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
	if id, entries, ok := d.x.cache.valid(root); ok && id == tree && entries == d.x.Len() {
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
			f.tree.reader = NewTreeReader(data, d.r.idSize)
			d.advance(&f)
		}
	}
	d.frames = append(d.frames, f)
}

func (d *stagedDiff) advance(f *stagedFrame) {
	f.tree.next()
	if err := f.tree.reader.Err(); err != nil {
		d.y.skip("", string(d.prefix), err.Error())
	}
}

// name returns the name of the next index entry in the current directory, and
// whether it is a directory there; ok is false behind the last one.
func (d *stagedDiff) name() (name []byte, dir, ok bool) {
	for d.pos < d.x.Len() {
		path := d.x.Path(d.pos)
		if !bytes.HasPrefix(path, d.prefix) {
			return nil, false, false
		}
		rest := path[len(d.prefix):]
		if n := bytes.IndexByte(rest, '/'); n >= 0 {
			return rest[:n], true, true
		}
		if e := d.x.Entry(d.pos); !e.IntentToAdd {
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
		order = compareNames(name, dir, head.Name, isTree(head.Mode))
	}
	switch {
	case order < 0:
		d.added(dir)
	case order > 0:
		d.advance(f)
		d.removed(head)
	case !dir:
		d.advance(f)
		d.both(head)
	default:
		d.advance(f)
		d.directory(f, name, head)
	}
	return true
}

// path is the path of a name in the current directory.
func (d *stagedDiff) path(name []byte) string { return string(d.prefix) + string(name) }

// added takes one entry that HEAD does not have.
func (d *stagedDiff) added(dir bool) {
	e := d.x.Entry(d.pos)
	d.pos++
	if isTree(e.Mode) {
		d.compareTrees(e.Path, scanner.ObjectID(e.ID), "")
		return
	}
	if e.IntentToAdd || e.Stage == 1 || !isText(e.Mode) {
		return
	}
	d.changes = append(d.changes, stagedChange{path: string(e.Path), id: scanner.ObjectID(e.ID)})
}

// removed takes a name of HEAD that the index does not have.
func (d *stagedDiff) removed(head TreeEntry) {
	if isTree(head.Mode) {
		d.compareTrees(append(append([]byte{}, d.prefix...), append(head.Name, '/')...), "", scanner.ObjectID(head.ID))
		return
	}
	if isText(head.Mode) {
		d.changes = append(d.changes, stagedChange{path: d.path(head.Name), old: scanner.ObjectID(head.ID)})
	}
}

// both compares a file that is on both sides. In a merge with conflicts there
// are several entries of one path.
func (d *stagedDiff) both(head TreeEntry) {
	if bytes.Equal(d.x.Entry(d.pos).ID, head.ID) && d.x.Entry(d.pos).Stage == 0 {
		d.pos++
		return
	}
	path := d.path(head.Name)
	old := scanner.ObjectID("")
	if isText(head.Mode) {
		old = scanner.ObjectID(head.ID)
	}
	for d.pos < d.x.Len() && string(d.x.Path(d.pos)) == path {
		e := d.x.Entry(d.pos)
		d.pos++
		if e.IntentToAdd || e.Stage == 1 || bytes.Equal(e.ID, head.ID) {
			continue
		}
		c := stagedChange{path: path, old: old}
		if isText(e.Mode) {
			c.id = scanner.ObjectID(e.ID)
		}
		d.changes = append(d.changes, c)
	}
}

// directory compares a directory that is on both sides, unless the cache tree
// knows that it is the same.
func (d *stagedDiff) directory(f *stagedFrame, name []byte, head TreeEntry) {
	e := d.x.Entry(d.pos)
	if isTree(e.Mode) && len(e.Path) == len(d.prefix)+len(name)+1 { // a sparse index keeps the tree itself
		d.pos++
		if !bytes.Equal(e.ID, head.ID) {
			d.compareTrees(e.Path, scanner.ObjectID(e.ID), scanner.ObjectID(head.ID))
		}
		return
	}
	child := d.child(f, name)
	d.prefix = append(append(d.prefix, name...), '/')
	if id, entries, ok := d.x.cache.valid(child); ok && string(id) == string(head.ID) && d.ends(entries) {
		d.pos += entries
		return
	}
	if len(d.prefix) > maxTreePath {
		d.y.skip(scanner.ObjectID(head.ID), string(d.prefix[:256])+"…", errPathTooLong.Error())
		d.pos++
		return
	}
	d.push(scanner.ObjectID(head.ID), child)
}

// ends reports whether the current directory has exactly this many entries
// from the current one on, so that a wrong cache tree cannot hide others.
func (d *stagedDiff) ends(entries int) bool {
	end := d.pos + entries
	if entries <= 0 || end > d.x.Len() || !bytes.HasPrefix(d.x.Path(end-1), d.prefix) {
		return false
	}
	return end == d.x.Len() || !bytes.HasPrefix(d.x.Path(end), d.prefix)
}

// largeDirectory is the number of subdirectories from which a map is faster
// than looking through all of them for each.
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
	case newTree == "": // less is known, so more is new
		d.y.coverage.Notes = append(d.y.coverage.Notes, "more files are deleted than can be compared with what is staged")
	default:
		d.y.skip(newTree, string(prefix), errTooManyPaths.Error())
	}
}

// maxStaged is how many changes within trees are looked at.
const maxStaged = 1 << 19
