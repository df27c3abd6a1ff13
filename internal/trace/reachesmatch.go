package trace

import "math/bits"

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset       { return make(bitset, (n+63)/64) }
func (b bitset) has(i uint32) bool { return b[i>>6]>>(i&63)&1 != 0 }
func (b bitset) put(i uint32)      { b[i>>6] |= 1 << (i & 63) }

// each calls do for each number, ascending.
func (b bitset) each(do func(i uint32)) {
	for at, word := range b {
		for ; word != 0; word &= word - 1 {
			do(uint32(64*at + bits.TrailingZeros64(word)))
		}
	}
}

// maxSweeps is how often all directory sets are looked at before their references
// are turned around. Real histories need two to six.
const maxSweeps = 12

// reachingMatch finds the directory sets that may lead to a matched file: those
// with a sub-directory that holds one or has such a set, and those that take
// anything from a set that leads there. It asks every set what its references
// lead to, in turns from either end, until there is nothing new. Only where trees
// were put into an order against that does it keep all references.
func (s *scan) reachingMatch() bitset {
	out := newBitset(s.dirSets.all.len())
	for sweep := range maxSweeps {
		if !s.sweep(out, sweep%2 == 1) {
			return out
		}
	}
	s.followBack(out)
	return out
}

// sweep adds to out the sets that lead to a matched file or to a set in out, and
// reports whether there was any.
func (s *scan) sweep(out bitset, down bool) (found bool) {
	n := uint32(s.dirSets.all.len())
	for k := range n {
		i := k
		if down {
			i = n - 1 - k
		}
		if !out.has(i) && s.leadsOn(i, out) {
			out.put(i)
			found = true
		}
	}
	return found
}

// leadsOn reports whether a set leads to a matched file by itself, or to a set in out.
func (s *scan) leadsOn(set uint32, out bitset) bool {
	if base, ok := s.dirSets.base(set); ok && out.has(base) {
		return true
	}
	for _, d := range s.dirSets.own(set) {
		if d.tree == None {
			continue
		}
		if s.holds.has(d.tree) {
			return true
		}
		if below, ok := s.dirSetOf(d.tree); ok && out.has(below) {
			return true
		}
	}
	return false
}

// followBack adds to out all sets that lead to a set in out. It turns all
// references of the others around, and costs nothing but these.
func (s *scan) followBack(out bitset) {
	// The sets that refer to set i are users[first[i]:first[i+1]].
	first := make([]uint32, s.dirSets.all.len()+1)
	s.references(out, func(_, to uint32) { first[to]++ })
	total := uint32(0)
	for i, count := range first {
		first[i] = total
		total += count
	}
	users := make([]uint32, total)
	var queue []uint32
	s.references(out, func(from, to uint32) {
		users[first[to]] = from
		first[to]++
		if out.has(to) {
			queue = append(queue, to)
		}
	})
	// Filling has moved each first to its end, which is the next one's first.
	for len(queue) > 0 {
		to := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		begin := uint32(0)
		if to > 0 {
			begin = first[to-1]
		}
		for _, from := range users[begin:first[to]] {
			if !out.has(from) {
				out.put(from)
				queue = append(queue, from)
			}
		}
	}
}

// references calls refer for each reference of a set that is not in done to another.
func (s *scan) references(done bitset, refer func(from, to uint32)) {
	for i := range uint32(s.dirSets.all.len()) {
		if done.has(i) {
			continue
		}
		if base, ok := s.dirSets.base(i); ok {
			refer(i, base)
		}
		for _, d := range s.dirSets.own(i) {
			if d.tree == None {
				continue
			}
			if set, ok := s.dirSetOf(d.tree); ok {
				refer(i, set)
			}
		}
	}
}
