package gitstore

import (
	"bytes"
	"strconv"

	"github.com/djleaks/djleaks/scanner"
)

// cacheTree is the TREE extension of an index: for each directory whose
// entries have not changed since, the name of the tree that they make.
type cacheTree struct {
	nodes []cacheNode // nodes[0] is the top level; the children of a node follow it
}

// cacheNode is one directory. id is nil if the directory has been changed.
type cacheNode struct {
	name    []byte
	id      []byte
	entries int // number of index entries below it, if id is set
	next    int // number of the node after this one and all its descendants
}

// maxCacheDepth bounds the nesting of directories that is followed.
const maxCacheDepth = 4096

// parseCacheTree reads the extension; it returns nil if that is malformed,
// because without it everything is compared.
func parseCacheTree(b []byte, idSize int) *cacheTree {
	t := &cacheTree{}
	type open struct{ node, left int }
	var stack []open
	for len(b) > 0 {
		node, children, rest, ok := cutCacheNode(b, idSize)
		if !ok {
			return nil
		}
		b = rest
		t.nodes = append(t.nodes, node)
		stack = append(stack, open{len(t.nodes) - 1, children})
		if len(stack) > maxCacheDepth {
			return nil
		}
		for len(stack) > 0 && stack[len(stack)-1].left == 0 {
			t.nodes[stack[len(stack)-1].node].next = len(t.nodes)
			stack = stack[:len(stack)-1]
		}
		if len(stack) == 0 {
			break
		}
		stack[len(stack)-1].left--
	}
	if len(stack) > 0 || len(t.nodes) == 0 || len(t.nodes[0].name) > 0 {
		return nil
	}
	return t
}

// cutCacheNode reads one node: its name, its numbers of entries and of children,
// and its id unless it was changed, which -1 entries say.
func cutCacheNode(b []byte, idSize int) (node cacheNode, children int, rest []byte, ok bool) {
	if node.name, rest, ok = bytes.Cut(b, []byte{0}); !ok {
		return node, 0, nil, false
	}
	if node.entries, rest, ok = cutInt(rest, ' '); !ok {
		return node, 0, nil, false
	}
	if children, rest, ok = cutInt(rest, '\n'); !ok || children < 0 || node.entries < -1 {
		return node, 0, nil, false
	}
	if node.entries >= 0 {
		if len(rest) < idSize {
			return node, 0, nil, false
		}
		node.id, rest = rest[:idSize], rest[idSize:]
	}
	return node, children, rest, true
}

func cutInt(b []byte, end byte) (v int, rest []byte, ok bool) {
	i := bytes.IndexByte(b, end)
	if i < 0 || i > 11 {
		return 0, nil, false
	}
	v, err := strconv.Atoi(string(b[:i]))
	return v, b[i+1:], err == nil
}

// child finds a directory directly below node n; -1 if there is none.
func (t *cacheTree) child(n int, name []byte) int {
	if t == nil || n < 0 {
		return -1
	}
	for i := n + 1; i < t.nodes[n].next; i = t.nodes[i].next {
		if bytes.Equal(t.nodes[i].name, name) {
			return i
		}
	}
	return -1
}

// valid returns the tree that the entries below node n make, and the number of
// these entries.
func (t *cacheTree) valid(n int) (id scanner.ObjectID, entries int, ok bool) {
	if t == nil || n < 0 || t.nodes[n].id == nil {
		return "", 0, false
	}
	return scanner.ObjectID(t.nodes[n].id), t.nodes[n].entries, true
}
