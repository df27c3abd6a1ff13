package forms

import "sort"

// layout says where the bytes of a text that was taken out of another one
// stand there. Its pieces are ascending in both texts.
type layout struct {
	text   []byte
	pieces []piece
}

// piece is a run of bytes: each byte of the inner text takes ratio bytes of the
// outer one; with ratio 0 all of them stand at one place.
type piece struct {
	inner, outer, ratio int
}

// add appends bytes of the inner text that begin at outer.
func (l *layout) add(outer, ratio int, bytes ...byte) {
	if n := len(l.pieces) - 1; n < 0 || l.pieces[n].ratio != ratio || l.pieces[n].outer+(len(l.text)-l.pieces[n].inner)*ratio != outer {
		l.pieces = append(l.pieces, piece{len(l.text), outer, ratio})
	}
	l.text = append(l.text, bytes...)
}

// place gives the offset in the outer text of an offset in the inner one.
func (l *layout) place(inner int) int {
	n := sort.Search(len(l.pieces), func(i int) bool { return l.pieces[i].inner > inner }) - 1
	if n < 0 {
		return 0
	}
	p := l.pieces[n]
	return p.outer + (inner-p.inner)*p.ratio
}

// end is place for the end of a range: the offset behind the byte before it.
func (l *layout) end(inner int) int {
	n := sort.Search(len(l.pieces), func(i int) bool { return l.pieces[i].inner >= inner }) - 1
	if n < 0 {
		return l.place(inner)
	}
	p := l.pieces[n]
	return p.outer + (inner-p.inner)*p.ratio
}
