package forms

import "sort"

// offsetMap says where the bytes of a text that was taken out of another one
// are there. Its pieces are ascending in both texts.
type offsetMap struct {
	text []byte
	runs []run
}

// run is a run of bytes: each byte of the inner text takes ratio bytes of the
// outer one; with ratio 0 all of them are at one place.
type run struct {
	inner, outer, ratio int
}

// add appends bytes of the inner text that begin at outer.
func (l *offsetMap) add(outer, ratio int, bytes ...byte) {
	if n := len(l.runs) - 1; n < 0 || l.runs[n].ratio != ratio || l.runs[n].outer+(len(l.text)-l.runs[n].inner)*ratio != outer {
		l.runs = append(l.runs, run{len(l.text), outer, ratio})
	}
	l.text = append(l.text, bytes...)
}

// place gives the offset in the outer text of an offset in the inner one.
func (l *offsetMap) place(inner int) int {
	n := sort.Search(len(l.runs), func(i int) bool { return l.runs[i].inner > inner }) - 1
	if n < 0 {
		return 0
	}
	p := l.runs[n]
	return p.outer + (inner-p.inner)*p.ratio
}

// end is place for the end of a range: the offset after the byte before it.
func (l *offsetMap) end(inner int) int {
	n := sort.Search(len(l.runs), func(i int) bool { return l.runs[i].inner >= inner }) - 1
	if n < 0 {
		return l.place(inner)
	}
	p := l.runs[n]
	return p.outer + (inner-p.inner)*p.ratio
}
