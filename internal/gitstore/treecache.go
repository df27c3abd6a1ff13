package gitstore

import (
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// treeCache keeps the trees that were read last: those of a commit are read again
// for its children. It drops the older half when it is full.
type treeCache struct {
	r             *Repository
	recent, older map[scanner.ObjectID][]byte
	size          int // of recent, in bytes
}

// treeCacheSize is the size of one half, in bytes.
const treeCacheSize = 12 << 20

func newTreeCache(r *Repository) *treeCache {
	return &treeCache{r: r, recent: map[scanner.ObjectID][]byte{}}
}

func (c *treeCache) get(id scanner.ObjectID) ([]byte, error) {
	if data, ok := c.recent[id]; ok {
		return data, nil
	}
	data, ok := c.older[id]
	if !ok {
		var err error
		if data, err = c.r.tree(id); err != nil {
			return nil, err
		}
	}
	if c.size += len(data) + 128; c.size > treeCacheSize {
		c.older, c.recent, c.size = c.recent, map[scanner.ObjectID][]byte{}, len(data)
	}
	c.recent[id] = data
	return data, nil
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
