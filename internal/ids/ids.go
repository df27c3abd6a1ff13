// Package ids keeps the raw names of objects one after another in slices of bytes, which
// takes less memory than any list of separate names.
package ids

import (
	"bytes"
	"encoding/binary"
	"sort"
)

// Rows are rows of one length, each of which begins with the raw name of an object.
type Rows struct {
	Bytes  []byte
	Length int // of a row, in bytes
	ID     int // of a name, in bytes; at least 4
}

// Len is the number of rows.
func (r Rows) Len() int { return len(r.Bytes) / r.Length }

// At is a row, counted from 0.
func (r Rows) At(i int) []byte { return r.Bytes[i*r.Length : (i+1)*r.Length] }

// Name is the name of a row, counted from 0.
func (r Rows) Name(i int) []byte { return r.At(i)[:r.ID] }

// Compact sorts the rows by name, and returns the bytes of the first of each name.
func (r Rows) Compact() []byte {
	if by := (byName{r, make([]byte, r.Length)}); !sort.IsSorted(by) {
		sort.Sort(by)
	}
	kept := 0
	for i := range r.Len() {
		if kept == 0 || !bytes.Equal(r.Name(i), r.Name(kept-1)) {
			copy(r.At(kept), r.At(i))
			kept++
		}
	}
	return r.Bytes[:kept*r.Length]
}

// Find is the number of the row of a name, from 0, among rows that Compact has made;
// ok is false if there is none. Names are evenly spread: each guess by their first
// bytes leaves about the root of what there was to search.
func (r Rows) Find(id []byte) (i int, ok bool) {
	if len(id) != r.ID {
		return 0, false
	}
	from, to := 0, r.Len()
	low, want, high := uint64(0), leading(id), uint64(1)<<32
	for guess := 0; guess < 3 && to-from > 8 && low <= want && want < high; guess++ {
		middle := from + int(uint64(to-from)*(want-low)/(high-low))
		switch here := r.Name(middle); bytes.Compare(here, id) {
		case 0:
			return middle, true
		case -1:
			from, low = middle+1, leading(here)
		default:
			to, high = middle, leading(here)+1
		}
	}
	n := from + sort.Search(to-from, func(i int) bool { return bytes.Compare(r.Name(from+i), id) >= 0 })
	return n, n < to && bytes.Equal(r.Name(n), id)
}

func leading(id []byte) uint64 { return uint64(binary.BigEndian.Uint32(id)) }

// byName sorts rows.
type byName struct {
	Rows
	spare []byte
}

func (b byName) Less(i, j int) bool { return bytes.Compare(b.Name(i), b.Name(j)) < 0 }

func (b byName) Swap(i, j int) {
	copy(b.spare, b.At(i))
	copy(b.At(i), b.At(j))
	copy(b.At(j), b.spare)
}
