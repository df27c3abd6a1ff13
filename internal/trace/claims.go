package trace

import (
	"math/bits"
	"sync/atomic"
)

// claims are, by ordinal, the types that trees and commits say that an object has,
// and the type that it was read as. A name alone does not say: the entry of a
// folder can name a blob, which Git then cannot check out and which has no path
// here.
type claims struct {
	said byType[bitset]
	read byType[bitset] // of trees and commits
}

func newClaims(n int) claims {
	var c claims
	for _, t := range []Type{Commit, Tree, Blob} {
		c.said[t] = newBitset(n)
	}
	c.read[Commit], c.read[Tree] = newBitset(n), newBitset(n)
	return c
}

// putShared is put that several goroutines may call at a time.
func (b bitset) putShared(i uint32) {
	word, bit := &b[i>>6], uint64(1)<<(i&63)
	if atomic.LoadUint64(word)&bit == 0 {
		atomic.OrUint64(word, bit)
	}
}

// mistyped are the objects whose type is not the one that a tree or a commit says.
// One that could not be read is not among them.
func (s *scan) mistyped() IDs {
	out := idSet{size: s.idSize}
	c := &s.claims
	trees, commits := c.read[Tree], c.read[Commit]
	for w := range trees {
		wrong := byType[uint64]{
			Blob:   c.said[Blob][w] & (trees[w] | commits[w]),
			Tree:   c.said[Tree][w] &^ trees[w],
			Commit: c.said[Commit][w] &^ commits[w],
		}
		for said, word := range wrong {
			for ; word != 0; word &= word - 1 {
				n := uint32(64*w + bits.TrailingZeros64(word))
				if is := s.history.Type(n); said == int(Blob) || is != Unknown && is != Type(said) {
					out.add([]byte(s.history.ID(n)))
				}
			}
		}
	}
	return out.ids()
}
