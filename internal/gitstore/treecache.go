package gitstore

import (
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// treeCache reads trees through the cache of a repository: those of a commit are read
// again for its children.
type treeCache struct{ r *Repository }

// treeCacheSize is half of what is kept, in bytes.
const treeCacheSize = 2 << 20

func newTreeCache(r *Repository) *treeCache { return &treeCache{r} }

// recentTrees returns the cache, made at first use.
func (r *Repository) recentTrees() (*packfile.Recent, error) {
	store, err := r.objects()
	if err != nil {
		return nil, err
	}
	if r.trees == nil {
		r.trees = store.Recent(treeCacheSize)
	}
	return r.trees, nil
}

// borrow returns a tree, to be released. The empty tree need not be stored.
func (c *treeCache) borrow(id scanner.ObjectID) (*packfile.Text, error) {
	if id == "" || id == c.r.emptyTree() {
		return &packfile.Text{}, nil
	}
	recent, err := c.r.recentTrees()
	if err != nil {
		return nil, err
	}
	t, err := recent.Get(id)
	if err != nil {
		return nil, objectError(id, err)
	}
	if t.Type != packfile.Tree {
		return nil, wrongType(id, t.Type, packfile.Tree)
	}
	return t, nil
}

// get returns the bytes of a tree, whose memory is not used again.
func (c *treeCache) get(id scanner.ObjectID) ([]byte, error) {
	t, err := c.borrow(id)
	if err != nil {
		return nil, err
	}
	return t.Data, nil
}

// find returns the file, link or submodule at a path below a tree; mode is 0 if
// there is none. A tree that cannot be read is an error.
func (c *treeCache) find(tree scanner.ObjectID, path string) (mode uint32, id scanner.ObjectID, err error) {
	return c.lookUp(tree, path, false)
}

// findTree returns the directory at a path below a tree; empty if there is
// none.
func (c *treeCache) findTree(tree scanner.ObjectID, path string) (scanner.ObjectID, error) {
	_, id, err := c.lookUp(tree, path, true)
	return id, err
}

func (c *treeCache) lookUp(tree scanner.ObjectID, path string, wantTree bool) (uint32, scanner.ObjectID, error) {
	for {
		name, rest, more := strings.Cut(path, "/")
		data, err := c.get(tree)
		if err != nil {
			return 0, "", err
		}
		e, ok, err := findEntry(data, c.r.idSize, name, more || wantTree)
		if !ok {
			return 0, "", err
		}
		if !more {
			return e.mode, scanner.ObjectID(e.id), nil
		}
		tree, path = scanner.ObjectID(e.id), rest
	}
}

// findEntry returns the entry of this name that is, or is not, a directory.
func findEntry(tree []byte, idSize int, name string, dir bool) (treeEntry, bool, error) {
	t := newTreeReader(tree, idSize)
	for e, ok := t.next(); ok; e, ok = t.next() {
		if string(e.name) == name && isTree(e.mode) == dir {
			return e, true, nil
		}
	}
	return treeEntry{}, false, t.failure()
}
