package trace

import (
	"math/bits"
	"sync/atomic"
)

// claims are, by ordinal, what trees and commits say that an object is, and what
// it was read as. Names alone do not say: the entry of a folder can name a blob,
// which Git then cannot check out and which is in no place here.
type claims struct {
	said [3]bitset // by kind: missingBlob, missingTree, missingCommit
	read [3]bitset // of trees and commits
}

func newClaims(n int) claims {
	var c claims
	for kind := range c.said {
		c.said[kind], c.read[kind] = newBitset(n), newBitset(n)
	}
	return c
}

// share is put, when other goroutines do so too.
func (b bitset) share(i uint32) {
	word, bit := &b[i>>6], uint64(1)<<(i&63)
	if atomic.LoadUint64(word)&bit == 0 {
		atomic.OrUint64(word, bit)
	}
}

// typeNames are the words of History.Type, by kind.
var typeNames = [3]string{missingBlob: "blob", missingTree: "tree", missingCommit: "commit"}

// mistyped are the objects that are not what something says of them. One that
// could not be read is not among them.
func (s *sweep) mistyped() IDs {
	out := idSet{size: s.idSize}
	c := &s.claims
	trees, commits := c.read[missingTree], c.read[missingCommit]
	for w := range trees {
		wrong := [3]uint64{
			missingBlob:   c.said[missingBlob][w] & (trees[w] | commits[w]),
			missingTree:   c.said[missingTree][w] &^ trees[w],
			missingCommit: c.said[missingCommit][w] &^ commits[w],
		}
		for kind, word := range wrong {
			for ; word != 0; word &= word - 1 {
				n := uint32(64*w + bits.TrailingZeros64(word))
				if is := s.history.Type(n); kind == missingBlob || is != "" && is != typeNames[kind] {
					out.add([]byte(s.history.ID(n)))
				}
			}
		}
	}
	return out.ids()
}
