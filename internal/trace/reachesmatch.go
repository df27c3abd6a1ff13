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

// reachingMatch finds the directory sets that may lead to a matched file: those
// with a sub-directory that holds one or has such a set, and those that take
// anything from a set that leads there. It follows the references backwards, so
// that a set that leads nowhere costs nothing but its references.
func (s *scan) reachingMatch() bitset {
	n := s.dirSets.all.len()
	out := newBitset(n)
	var queue []uint32
	reach := func(set uint32) {
		if !out.has(set) {
			out.put(set)
			queue = append(queue, set)
		}
	}
	// The sets that refer to set i are users[first[i]:first[i+1]].
	first := make([]uint32, n+1)
	s.references(func(_, to uint32) { first[to]++ }, reach)
	total := uint32(0)
	for i, count := range first {
		first[i] = total
		total += count
	}
	users := make([]uint32, total)
	s.references(func(from, to uint32) {
		users[first[to]] = from
		first[to]++
	}, func(uint32) {})
	// Filling has moved each first to its end, which is the next one's first.
	for len(queue) > 0 {
		to := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		begin := uint32(0)
		if to > 0 {
			begin = first[to-1]
		}
		for _, from := range users[begin:first[to]] {
			reach(from)
		}
	}
	return out
}

// references calls refer for each reference between directory sets, and seed for
// each set with a sub-directory that holds a matched file itself.
func (s *scan) references(refer func(from, to uint32), seed func(set uint32)) {
	for i := range uint32(s.dirSets.all.len()) {
		if base, ok := s.dirSets.base(i); ok {
			refer(i, base)
		}
		for _, d := range s.dirSets.own(i) {
			if d.tree == None {
				continue
			}
			if s.holds.has(d.tree) {
				seed(i)
			}
			if set, ok := s.dirSetOf(d.tree); ok {
				refer(i, set)
			}
		}
	}
}
