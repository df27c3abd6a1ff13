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

// putShared is put that several goroutines may call at a time.
func (b bitset) putShared(i uint32) {
	word, bit := &b[i>>6], uint64(1)<<(i&63)
	if atomic.LoadUint64(word)&bit == 0 {
		atomic.OrUint64(word, bit)
	}
}

// typeNames are the words of History.Type, by kind.
var typeNames = [3]string{missingBlob: "blob", missingTree: "tree", missingCommit: "commit"}

// mistyped are the objects whose type is not the one that a tree or a commit says.
// One that could not be read is not among them.
func (s *scan) mistyped() IDs {
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
