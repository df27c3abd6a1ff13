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

func (p *paths) child(parent, name uint32) uint32 {
	key := uint64(parent)<<32 | uint64(name)
	if n, ok := p.known[key]; ok {
		return n
	}
	n := uint32(len(p.all))
	p.all = append(p.all, pathStep{parent, name})
	p.known[key] = n
	return n
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

// comparer finds the changes between nodes.
type comparer struct {
	nodes *nodes
	paths *paths
	// steps is how many more entries may be compared. A few forged trees can
	// name one file at more paths than there are atoms.
	steps int
	stack []pair
}

type pair struct{ path, old, new uint32 }

// compare calls visit for each file that differs. It ends early, with false,
// if visit returns false or the steps are used up.
func (c *comparer) compare(old, new uint32, visit func(change) bool) bool {
	c.stack = append(c.stack[:0], pair{0, old, new})
	for len(c.stack) > 0 {
		p := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		if !c.pair(p, visit) {
			return false
		}
	}
	return true
}

func (c *comparer) pair(p pair, visit func(change) bool) bool {
	a, b := c.nodes.all[p.old], c.nodes.all[p.new]
	for len(a) > 0 || len(b) > 0 {
		var e, f entry
		e.ref, f.ref = None, None
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
			e, a = a[0], a[1:]
		}
		if side >= 0 {
			f, b = b[0], b[1:]
		}
		if e.ref == f.ref {
			continue
		}
		if c.steps--; c.steps < 0 {
			return false
		}
		key := entry{key: max(e.key, f.key)}
		path := c.paths.child(p.path, key.name())
		if key.isFile() {
			if !visit(change{path, e.ref, f.ref}) {
				return false
			}
			continue
		}
		c.stack = append(c.stack, pair{path, orEmpty(e.ref), orEmpty(f.ref)})
	}
	return true
}

// orEmpty makes a directory that is not there an empty one.
func orEmpty(node uint32) uint32 {
	if node == None {
		return 0
	}
	return node
}
