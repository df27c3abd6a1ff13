package gitstore

import "github.com/djleaks/djleaks/scanner"

// treeCache keeps the trees that were read last: those of a commit are wanted
// again for its children. It drops the older half when it is full.
type treeCache struct {
	r             *Repository
	recent, older map[scanner.ObjectID][]byte
	size          int // of recent, in bytes
}

// treeCacheSize is the size of one half, in bytes.
const treeCacheSize = 24 << 20

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

// find returns the entry at a path below a tree; ok is false if it is not
// there. A tree that cannot be read is an error.
func (c *treeCache) find(tree scanner.ObjectID, path string) (mode uint32, id scanner.ObjectID, err error) {
	for {
		name, rest, more := cutPath(path)
		data, err := c.get(tree)
		if err != nil {
			return 0, "", err
		}
		t := NewTreeReader(data, c.r.idSize)
		found := false
		for e, ok := t.Next(); ok; e, ok = t.Next() {
			if string(e.Name) == name && isTree(e.Mode) == more {
				mode, id, found = e.Mode, scanner.ObjectID(e.ID), true
				break
			}
		}
		if !found {
			return 0, "", t.Err()
		}
		if !more {
			return mode, id, nil
		}
		tree, path = id, rest
	}
}

func cutPath(path string) (name, rest string, more bool) {
	for i := 0; i < len(path); i++ {
		if path[i] == '/' {
			return path[:i], path[i+1:], true
		}
	}
	return path, "", false
}
