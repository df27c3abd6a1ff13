package packwalk

import (
	"math/bits"

	"github.com/djleaks/djleaks/internal/packfile"
)

// buffers keeps released buffers for the next text. Small ones have powers of
// two as their sizes; large ones are kept as they are.
type buffers struct {
	small   [bigClass + 1][][]byte
	large   [][]byte
	kept    int // bytes in all of them
	limit   int // of kept, in bytes
	anchors [][]int32
	pieces  [][]piece
	texts   []*backing
}

const (
	smallest = 10       // class of the smallest buffers: 1 KiB
	bigClass = 20       // class of the largest: 1 MiB
	keepMost = 32 << 20 // by all workers
	keepSome = 2 << 20  // by each worker, however many there are
)

// get returns a buffer of n bytes, not cleared, with packfile.Slack bytes of
// capacity after them for the inflater.
func (b *buffers) get(n int) []byte {
	class := max(bits.Len(uint(n+packfile.Slack-1)), smallest)
	if class > bigClass {
		return b.getLarge(n)
	}
	if free := b.small[class]; len(free) > 0 {
		buf := free[len(free)-1]
		b.small[class] = free[:len(free)-1]
		b.kept -= cap(buf)
		return buf[:n]
	}
	return make([]byte, n, 1<<class)
}

// getLarge returns the smallest large buffer that suffices, unless it is more
// than twice as large as needed.
func (b *buffers) getLarge(n int) []byte {
	best := -1
	for i, buf := range b.large {
		if cap(buf) >= n+packfile.Slack && cap(buf) <= 2*n && (best < 0 || cap(buf) < cap(b.large[best])) {
			best = i
		}
	}
	if best < 0 {
		return make([]byte, n, n+n/8+packfile.Slack)
	}
	buf := b.large[best]
	last := len(b.large) - 1
	b.large[best], b.large[last] = b.large[last], nil
	b.large = b.large[:last]
	b.kept -= cap(buf)
	return buf[:n]
}

// put takes a buffer back.
func (b *buffers) put(buf []byte) {
	c := cap(buf)
	if c < 1<<smallest || b.kept+c > b.limit {
		return
	}
	b.kept += c
	if c > 1<<bigClass {
		b.large = append(b.large, buf)
		return
	}
	class := bits.Len(uint(c)) - 1 // the largest class that it suffices for
	b.small[class] = append(b.small[class], buf)
}

// getAnchors returns an empty list.
func (b *buffers) getAnchors() []int32 {
	last := len(b.anchors) - 1
	if last < 0 {
		return nil
	}
	list := b.anchors[last]
	b.anchors = b.anchors[:last]
	return list[:0]
}

// putAnchors takes a list back.
func (b *buffers) putAnchors(list []int32) {
	if c := cap(list); c > 0 && c <= 1<<16 && len(b.anchors) < 64 {
		b.anchors = append(b.anchors, list)
	}
}

// getPieces returns an empty list that is not nil.
func (b *buffers) getPieces() []piece {
	last := len(b.pieces) - 1
	if last < 0 {
		return make([]piece, 0, 64)
	}
	list := b.pieces[last]
	b.pieces = b.pieces[:last]
	return list[:0]
}

// putPieces takes a list back.
func (b *buffers) putPieces(list []piece) {
	if cap(list) <= 1<<14 && len(b.pieces) < 64 {
		b.pieces = append(b.pieces, list)
	}
}

// getBacking returns a backing without data that one frame refers to.
func (b *buffers) getBacking() *backing {
	last := len(b.texts) - 1
	if last < 0 {
		return &backing{refs: 1}
	}
	text := b.texts[last]
	b.texts = b.texts[:last]
	text.refs = 1
	return text
}

// putBacking takes back a backing that no frame refers to, and its data.
func (b *buffers) putBacking(text *backing) {
	b.put(text.data)
	text.data = nil
	if text.inserts = text.inserts[:0]; cap(text.inserts) > 1<<14 {
		text.inserts = nil
	}
	if len(b.texts) < 64 {
		b.texts = append(b.texts, text)
	}
}
