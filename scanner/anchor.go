package scanner

import (
	"encoding/binary"
	"slices"
)

// An Anchor is a literal that a text must contain before a detector looks at
// it. It is compared without regard to ASCII case.
type Anchor struct {
	Text string // at least MinAnchor bytes
	// Accept, if set, says whether the occurrence that ends before text[end]
	// counts. The text is cut off Lookahead bytes after end.
	Accept    func(text []byte, end int) bool
	Lookahead int // what Accept needs of the text after the literal, in bytes
}

// MinAnchor is the shortest literal that an AnchorSet takes, in bytes.
const MinAnchor = 4

// AnchorSet finds all its anchors in one pass over a text. It is immutable and
// safe for concurrent use.
//
// It probes the text at every stride-th place only: a literal of n bytes holds
// n-3 groups of four bytes, so that exactly one of them is at a probed
// place if the stride is n-3 or less. A table says which literals hold such a
// group. Unlike the steps of Wu and Manber's algorithm, each of which depends
// on what was read before, the probes are independent, and the processor does
// several at a time: 3 times as fast on source code. Groups of three bytes
// allow longer strides, and lose that again on "cre" and "ret" of every
// "create" and "return".
type AnchorSet struct {
	anchors []Anchor
	stride  int
	extent  int // longest literal with its Lookahead
	table   [1 << tableBits]uint8
	groups  [][]group // by the number that table has; 0 for no group
	whole   func(text []byte) bool
	longest int // text that whole is asked about, in bytes
}

// group says that a literal has some four bytes at an offset.
type group struct {
	offset int // less than stride
	anchor int // index
}

const (
	tableBits = 13
	// maxStride is what the unrolled loop is made for.
	maxStride = 3
	// spread is the golden ratio of 32 bits, which scatters groups of letters
	// well over the table (Knuth, The Art of Computer Programming, 6.4).
	spread = 0x9E3779B1
	// folded makes ASCII letters lower case, and maps some other bytes to each
	// other, which the comparison sorts out.
	folded = 0x20202020_20202020
)

// slot is the place in the table of four bytes that are folded.
func slot(four uint32) uint32 { return four * spread >> (32 - tableBits) }

// slotOf is the place in the table of the four bytes of text at i.
func slotOf[T string | []byte](text T, i int) uint32 {
	four := uint32(text[i]) | uint32(text[i+1])<<8 | uint32(text[i+2])<<16 | uint32(text[i+3])<<24
	return slot(four | folded&0xffffffff)
}

// NewAnchorSet builds the search table. It panics if a literal is shorter than
// MinAnchor, which is a mistake in this program.
func NewAnchorSet(anchors ...Anchor) *AnchorSet {
	s := &AnchorSet{anchors: anchors, stride: maxStride, groups: make([][]group, 1)}
	for _, a := range anchors {
		if len(a.Text) < MinAnchor {
			panic("scanner: anchor " + a.Text + " is too short")
		}
		s.stride = min(s.stride, len(a.Text)-3)
		s.extent = max(s.extent, len(a.Text)+a.Lookahead)
	}
	for n, a := range anchors {
		for i := range s.stride {
			at := &s.table[slotOf(a.Text, i)]
			if *at == 0 {
				if len(s.groups) > 255 {
					panic("scanner: too many anchors")
				}
				*at = uint8(len(s.groups))
				s.groups = append(s.groups, nil)
			}
			s.groups[*at] = append(s.groups[*at], group{i, n})
		}
	}
	for _, g := range s.groups {
		// The literal that begins first comes first.
		slices.SortStableFunc(g, func(a, b group) int { return b.offset - a.offset })
	}
	return s
}

// Extent is the number of bytes, from its first one on, that decide whether an
// anchor is at a place: the longest literal and its lookahead. A place
// whose Extent bytes are unchanged need not be searched again.
func (s *AnchorSet) Extent() int { return s.extent }

// TakeWhole makes the set take texts of at most longest bytes without an anchor
// too, if accept says so: files that are nothing but a key.
func (s *AnchorSet) TakeWhole(longest int, accept func(text []byte) bool) {
	s.longest, s.whole = longest, accept
}

// Taking returns a set that takes texts of at most longest bytes that accept takes,
// besides those that s takes.
func (s *AnchorSet) Taking(longest int, accept func(text []byte) bool) *AnchorSet {
	more := *s
	more.TakeWhole(max(longest, s.longest), func(text []byte) bool {
		return len(text) <= longest && accept(text) || s.Takes(text)
	})
	return &more
}

// MayTake reports whether a text of this size, in bytes, can be taken without an
// anchor; Takes then decides.
func (s *AnchorSet) MayTake(size int) bool { return s.whole != nil && 0 < size && size <= s.longest }

// Takes reports whether a text is taken without an anchor.
func (s *AnchorSet) Takes(text []byte) bool { return s.MayTake(len(text)) && s.whole(text) }

// Append appends to dst the offsets of all anchors of text that begin in
// text[from:to], ascending and each offset once, and returns it.
func (s *AnchorSet) Append(dst []int32, text []byte, from, to int) []int32 {
	found := len(dst)
	// The first probe sees the literals that begin up to stride-1 before it.
	i := from + s.stride - 1
	end := min(len(text)-3, to+s.stride-1) // after the last probe
	if s.stride == maxStride {
		// The last round may probe after end: check drops what begins there.
		for i < end {
			i += s.skip(text[i:], end-i)
			if i >= end || i+roundRead > len(text) {
				break
			}
			for range round / maxStride {
				if number := s.table[slotOf(text, i)]; number != 0 {
					dst = s.check(dst, found, text, i, from, to, number)
				}
				i += maxStride
			}
		}
	}
	for ; i < end; i += s.stride {
		if number := s.table[slotOf(text, i)]; number != 0 {
			dst = s.check(dst, found, text, i, from, to, number)
		}
	}
	return dst
}

// round is how many bytes one round of skip probes, and roundRead how many it reads.
const (
	round     = 4 * maxStride
	roundRead = round + 4
)

// skip returns how many bytes of text can be passed over, in whole rounds that begin
// before n: no probe among them finds a group. It is apart so that the loop has the
// registers for itself.
//
//go:noinline
func (s *AnchorSet) skip(text []byte, n int) int {
	at := 0
	for at < n && len(text) >= roundRead {
		low := binary.LittleEndian.Uint64(text) | folded
		high := binary.LittleEndian.Uint64(text[6:]) | folded
		if s.table[slot(uint32(low))]|s.table[slot(uint32(low>>24))]|s.table[slot(uint32(high))]|s.table[slot(uint32(high>>24))] != 0 {
			break
		}
		at += round
		text = text[round:]
	}
	return at
}

// check appends the anchors that have a group of this number at text[at:].
// Those from dst[found] on are of the same search.
func (s *AnchorSet) check(dst []int32, found int, text []byte, at, from, to int, number uint8) []int32 {
	for _, g := range s.groups[number] {
		start := at - g.offset
		if start < from || start >= to || len(dst) > found && dst[len(dst)-1] == int32(start) {
			continue
		}
		a := &s.anchors[g.anchor]
		end := start + len(a.Text)
		if end <= len(text) && equalFold(text[start:end], a.Text) && (a.Accept == nil || a.Accept(text[:min(len(text), end+a.Lookahead)], end)) {
			dst = append(dst, int32(start))
		}
	}
	return dst
}

// equalFold compares two strings of one length without regard to ASCII case.
func equalFold(a []byte, b string) bool {
	for i, c := range a {
		d := b[i]
		if c != d && (c^d != 32 || c|32 < 'a' || c|32 > 'z') {
			return false
		}
	}
	return true
}
