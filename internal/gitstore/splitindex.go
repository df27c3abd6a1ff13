package gitstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sort"

	"github.com/djleaks/djleaks/scanner"
)

// join joins the two parts of a split index: the entries of the shared index
// without the deleted ones, with others for the replaced ones, and the added
// ones.
func (x *index) join(path string, dirs []string) error {
	own := x.files[0]
	if len(own.link) < own.idSize {
		return indexError(path, fmt.Errorf("its link to the shared index is cut off"), "")
	}
	id := scanner.ObjectID(own.link[:own.idSize])
	if id.IsZero() { // split, but with nothing shared
		return nil
	}
	shared, err := readIndexFile(sharedIndexPath(id, path, dirs), own.idSize, true)
	if err != nil {
		return indexError(path, err, unsplit)
	}
	return x.merge(path, shared)
}

// unsplit is the command that joins a split index into one file again.
const unsplit = "git update-index --no-split-index"

// merge is join with the shared index at hand.
func (x *index) merge(path string, shared *indexFile) error {
	own := x.files[0]
	deleted, replaced, err := linkBitmaps(own.link[own.idSize:], len(shared.starts))
	if err != nil {
		return indexError(path, err, unsplit)
	}
	rows := make([]indexRow, 0, len(shared.starts)+len(own.starts))
	next := 0 // in own: first the replaced entries in order, without paths
	for i := range shared.starts {
		n := int32(i)
		isReplaced := replaced.has(i)
		if isReplaced {
			if next >= len(own.starts) || len(own.path(next)) > 0 {
				return indexError(path, fmt.Errorf("it replaces entries that it does not have"), unsplit)
			}
			next++
		}
		switch {
		case deleted.has(i):
		case isReplaced:
			rows = append(rows, indexRow{path: n, pathIn: 0, data: int32(next - 1), dataIn: 1})
		default:
			rows = append(rows, indexRow{path: n, data: n})
		}
	}
	for ; next < len(own.starts); next++ {
		n := int32(next)
		if len(own.path(next)) == 0 {
			return indexError(path, fmt.Errorf("an added entry has no path"), unsplit)
		}
		rows = append(rows, indexRow{path: n, data: n, pathIn: 1, dataIn: 1})
	}
	x.files = []*indexFile{shared, own}
	x.rows = rows
	sort.SliceStable(x.rows, func(a, b int) bool {
		if c := bytes.Compare(x.path(a), x.path(b)); c != 0 {
			return c < 0
		}
		return x.entry(a).stage < x.entry(b).stage
	})
	return nil
}

// linkBitmaps reads the two bitmaps of a link extension: which shared entries
// are deleted, and which are replaced. Both may be absent.
func linkBitmaps(b []byte, n int) (deleted, replaced bitmap, err error) {
	if len(b) == 0 {
		return nil, nil, nil
	}
	if deleted, b, err = parseEWAH(b, n); err != nil {
		return nil, nil, err
	}
	replaced, _, err = parseEWAH(b, n)
	return deleted, replaced, err
}

type bitmap []uint64

func (m bitmap) has(i int) bool { return i/64 < len(m) && m[i/64]>>(i%64)&1 != 0 }

// parseEWAH reads a compressed bitmap as Git serialises it: the number of bits
// and of words (32 bits each), the words, and the position of the last marker. A
// marker word holds a bit, the number of words (32 bits) that are all that bit,
// and the number (31 bits) of plain words that follow. Bits from n on are
// ignored.
func parseEWAH(b []byte, n int) (m bitmap, rest []byte, err error) {
	wrong := fmt.Errorf("a bitmap in it is damaged")
	if len(b) < 8 {
		return nil, nil, wrong
	}
	words := int64(binary.BigEndian.Uint32(b[4:]))
	b = b[8:]
	if words*8+4 > int64(len(b)) {
		return nil, nil, wrong
	}
	body, rest := b[:words*8], b[words*8+4:]
	m = make(bitmap, (n+63)/64)
	at := int64(0) // word of m
	for len(body) > 0 {
		marker := binary.BigEndian.Uint64(body)
		body = body[8:]
		run := int64(marker >> 1 & 0xffffffff)
		plain := int64(marker >> 33)
		if plain > int64(len(body)/8) {
			return nil, nil, wrong
		}
		if marker&1 != 0 {
			for i := at; i < min(at+run, int64(len(m))); i++ {
				m[i] = ^uint64(0)
			}
		}
		at += run
		for range plain {
			if at < int64(len(m)) {
				m[at] = binary.BigEndian.Uint64(body)
			}
			body = body[8:]
			at++
		}
	}
	return m, rest, nil
}
