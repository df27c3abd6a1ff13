package scanner

// An Anchor is a literal that a text must contain before a detector looks at
// it. It is compared without regard to ASCII case.
type Anchor struct {
	Text string // at least MinAnchor bytes
	// Accept, if set, says whether the occurrence that ends before text[end]
	// counts. It may read up to AnchorLookahead bytes from end on.
	Accept func(text []byte, end int) bool
}

// MinAnchor is the shortest literal that an AnchorSet takes, in bytes.
const MinAnchor = 4

// AnchorLookahead is how many bytes behind a literal its Accept may read.
const AnchorLookahead = 24

// AnchorSet finds all its anchors in one pass over a text, by Wu and Manber's
// algorithm with blocks of two bytes: only every fourth byte or so is looked
// at. It is immutable and safe for concurrent use.
type AnchorSet struct {
	anchors []Anchor
	window  int // length of the shortest literal: what the shifts are made for
	extent  int // longest literal + AnchorLookahead
	shift   [1 << 16]uint8
	ending  map[uint16][]uint8 // two-byte block at the window's end → anchors
}

// NewAnchorSet builds the search table. It panics if a literal is shorter than
// MinAnchor, which is a mistake in this program.
func NewAnchorSet(anchors ...Anchor) *AnchorSet {
	s := &AnchorSet{anchors: anchors, window: 255, ending: map[uint16][]uint8{}}
	for _, a := range anchors {
		if len(a.Text) < MinAnchor {
			panic("scanner: anchor " + a.Text + " is too short")
		}
		s.window = min(s.window, len(a.Text))
		s.extent = max(s.extent, len(a.Text)+AnchorLookahead)
	}
	for i := range s.shift {
		s.shift[i] = uint8(s.window - 1)
	}
	for n, a := range anchors {
		for i := 0; i+2 <= s.window; i++ {
			left := uint8(s.window - 2 - i)
			for _, block := range caseVariants(a.Text[i], a.Text[i+1]) {
				s.shift[block] = min(s.shift[block], left)
				if left == 0 {
					s.ending[block] = append(s.ending[block], uint8(n))
				}
			}
		}
	}
	return s
}

func caseVariants(a, b byte) []uint16 {
	var out []uint16
	for _, x := range bothCases(a) {
		for _, y := range bothCases(b) {
			out = append(out, uint16(x)|uint16(y)<<8)
		}
	}
	return out
}

func bothCases(c byte) []byte {
	switch {
	case 'a' <= c && c <= 'z':
		return []byte{c, c - 32}
	case 'A' <= c && c <= 'Z':
		return []byte{c, c + 32}
	}
	return []byte{c}
}

// Extent is the number of bytes, from its first one on, that decide whether an
// anchor stands at a place: the longest literal and its lookahead. A place
// whose Extent bytes are unchanged need not be searched again.
func (s *AnchorSet) Extent() int { return s.extent }

// Append appends to dst the offsets of all anchors of text that begin in
// text[from:to], ascending and each offset once, and returns it.
func (s *AnchorSet) Append(dst []int32, text []byte, from, to int) []int32 {
	last := s.window - 2
	end := min(len(text)-1, to+last)
	for i := from + last; i < end; {
		block := uint16(text[i]) | uint16(text[i+1])<<8
		step := int(s.shift[block])
		if step != 0 {
			i += step
			continue
		}
		if start := i - last; s.at(text, start, block) {
			dst = append(dst, int32(start))
		}
		i++
	}
	return dst
}

func (s *AnchorSet) at(text []byte, start int, block uint16) bool {
	for _, n := range s.ending[block] {
		a := &s.anchors[n]
		end := start + len(a.Text)
		if end <= len(text) && equalFold(text[start:end], a.Text) && (a.Accept == nil || a.Accept(text, end)) {
			return true
		}
	}
	return false
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
