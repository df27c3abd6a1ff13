package trace

import "slices"

// paths gives numbers to paths; 0 is the root.
type paths struct {
	known map[uint64]uint32 // parent and name
	all   []pathStep
}

type pathStep struct{ parent, name uint32 }

func newPaths() *paths {
	return &paths{known: map[uint64]uint32{}, all: []pathStep{{}}}
}

// child is the path of a name below a path; ok is false if there are too many
// paths.
func (p *paths) child(parent, name uint32) (n uint32, ok bool) {
	key := uint64(parent)<<32 | uint64(name)
	if n, ok := p.known[key]; ok {
		return n, true
	}
	if len(p.all) >= maxPaths {
		return 0, false
	}
	n = uint32(len(p.all))
	p.all = append(p.all, pathStep{parent, name})
	p.known[key] = n
	return n, true
}

// names appends the names of a path, outermost first.
func (p *paths) names(dst []uint32, path uint32) []uint32 {
	start := len(dst)
	for ; path != 0; path = p.all[path].parent {
		dst = append(dst, p.all[path].name)
	}
	slices.Reverse(dst[start:])
	return dst
}

// change is a file that differs between two nodes. A blob that is not there is
// None.
type change struct {
	path     uint32
	old, new uint32
}

// comparer finds the changes between nodes. A few forged trees can name one
// file at more paths than there are atoms, so what it does is bounded.
type comparer struct {
	nodes     *nodes
	paths     *paths
	steps     int  // how many more entries may differ
	truncated bool // a bound was met: changes were left out
	stack     []pair
}

// The bounds of a comparer: the number of paths, and of entries that differ.
const (
	maxPaths = 1 << 19
	maxSteps = 1 << 25
)

type pair struct{ path, old, new uint32 }

// compare calls visit for each file that differs.
func (c *comparer) compare(old, new uint32, visit func(change)) {
	c.stack = append(c.stack[:0], pair{0, old, new})
	for len(c.stack) > 0 && c.steps > 0 {
		p := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		c.comparePair(p, visit)
	}
	c.truncated = c.truncated || len(c.stack) > 0
}

func (c *comparer) comparePair(p pair, visit func(change)) {
	a, b := c.nodes.all[p.old], c.nodes.all[p.new]
	for len(a) > 0 || len(b) > 0 {
		var key entry
		old, new := uint32(None), uint32(None)
		side := 0
		switch {
		case len(a) == 0:
			side = 1
		case len(b) == 0:
			side = -1
		default:
			side = byKey(a[0], b[0])
		}
		if side <= 0 {
			key, old, a = a[0], a[0].ref, a[1:]
		}
		if side >= 0 {
			key, new, b = b[0], b[0].ref, b[1:]
		}
		if old == new {
			continue
		}
		c.steps--
		path, ok := c.paths.child(p.path, key.name())
		switch {
		case !ok:
			c.truncated = true
		case key.isFile():
			visit(change{path, old, new})
		default:
			c.stack = append(c.stack, pair{path, orEmpty(old), orEmpty(new)})
		}
	}
}

// orEmpty is a directory's node; a missing directory is an empty one.
func orEmpty(node uint32) uint32 {
	if node == None {
		return 0
	}
	return node
}
