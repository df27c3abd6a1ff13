package packwalk

import (
	"fmt"
	"slices"

	"github.com/djleaks/djleaks/internal/packfile"
)

// Most versions of a large file differ in a few lines. Copying the file for
// each of them costs more than inflating and searching what is new, so the text
// of such a version is a rope: pieces of a text further up the chain of deltas,
// made into bytes only when a visitor must see it.

// backing is a text in memory, and what the ropes that refer to it add to it.
type backing struct {
	data    []byte
	inserts []byte // of all ropes, concatenated
	refs    int    // number of frames whose text refers to it
}

// piece says where the bytes of a rope from At up to the next piece are: at Off
// of the backing's data, or at ^Off of its inserts.
type piece struct{ At, Off int32 }

const (
	// minRope is the size in bytes from which a text becomes a rope. Below,
	// copying is as cheap.
	minRope = 64 << 10
	// bytesPerPiece is how many bytes pieces must have on average. Making one,
	// and searching around it for anchors, costs about as much as copying a few
	// hundred bytes; with 128 and 512 some repositories were slower than without
	// ropes, with 4096 there was no gain left.
	bytesPerPiece = 1024
	// bytesPerOp is a guess at the length of a delta's instruction, in bytes.
	bytesPerOp = 5
)

// newBacking returns a backing that one frame refers to.
func (k *worker) newBacking(data []byte) *backing {
	k.pass.live.Add(int64(cap(data)))
	text := k.buffers.getBacking()
	text.data = data
	return text
}

// release gives up a frame's text.
func (k *worker) release(f *frame) {
	if f.backing != nil {
		if f.backing.refs--; f.backing.refs == 0 {
			k.pass.live.Add(-int64(cap(f.backing.data)))
			k.buffers.putBacking(f.backing)
		}
		f.backing = nil
	}
	if f.pieces != nil {
		k.buffers.putPieces(f.pieces)
		f.pieces = nil
	}
}

// text returns the whole text of a frame, which is not a rope afterwards.
func (k *worker) text(f *frame) []byte {
	if f.pieces != nil {
		own := k.newBacking(appendPieces(k.buffers.get(f.size)[:0], f, 0, f.size))
		k.release(f)
		f.backing = own
	}
	return f.backing.data
}

// appendPieces appends the bytes from … to-1 of a frame's rope.
func appendPieces(dst []byte, f *frame, from, to int) []byte {
	i, found := slices.BinarySearchFunc(f.pieces, from, func(p piece, at int) int { return int(p.At) - at })
	if !found {
		i--
	}
	for ; from < to; i++ {
		end := to
		if i+1 < len(f.pieces) {
			end = min(end, int(f.pieces[i+1].At))
		}
		skip := from - int(f.pieces[i].At)
		if off := int(f.pieces[i].Off); off >= 0 {
			dst = append(dst, f.backing.data[off+skip:off+skip+end-from]...)
		} else {
			dst = append(dst, f.backing.inserts[^off+skip:^off+skip+end-from]...)
		}
		from = end
	}
	return dst
}

// worthRope reports whether a text of size bytes, made from base by ops bytes of
// instructions, is to be a rope.
func (k *worker) worthRope(size int, base *frame, ops int) bool {
	return k.pass.set != nil && size >= k.walk.minRope &&
		(len(base.pieces)+ops/bytesPerOp)*k.walk.bytesPerPiece <= size &&
		len(base.backing.inserts)+ops <= max(1<<20, len(base.backing.data))
}

// makeRope makes child's rope from the text of base, and k.copies.
func (k *worker) makeRope(child, base *frame, size int, ops []byte) error {
	pieces, copies := k.buffers.getPieces(), k.copies[:0]
	n, cursor := 0, 0
	var err error
	for len(ops) > 0 && err == nil {
		op, used := packfile.NextOp(ops)
		if used == 0 || op.Len > size-n {
			err = errOps
			break
		}
		ops = ops[used:]
		if op.Base >= 0 {
			if op.Base > base.size || op.Len > base.size-op.Base {
				err = errOps
				break
			}
			copies = appendCopy(copies, Copy{int32(n), int32(op.Base), int32(op.Len)})
			pieces, cursor = base.appendRange(pieces, n, op.Base, op.Len, cursor)
		} else {
			if op.Len > len(ops) {
				err = errOps
				break
			}
			pieces = appendPiece(pieces, n, ^len(base.backing.inserts))
			base.backing.inserts = append(base.backing.inserts, ops[:op.Len]...)
			ops = ops[op.Len:]
		}
		n += op.Len
	}
	k.copies = copies
	if err == nil && n != size {
		err = fmt.Errorf("delta: %w", packfile.ErrTruncated)
	}
	if err != nil {
		k.buffers.putPieces(pieces)
		return err
	}
	base.backing.refs++
	child.backing, child.pieces, child.size = base.backing, pieces, size
	return nil
}

var errOps = fmt.Errorf("delta: %w", packfile.ErrCorrupt)

// appendRange appends the pieces that make the bytes from … from+n-1 of f's text
// the bytes from at on of another text. hint is a piece at which the search may
// begin; the piece at which it ended is returned.
func (f *frame) appendRange(pieces []piece, at, from, n, hint int) ([]piece, int) {
	if f.pieces == nil {
		return appendPiece(pieces, at, from), 0
	}
	i := hint
	if int(f.pieces[i].At) > from || i+8 < len(f.pieces) && int(f.pieces[i+8].At) <= from {
		var found bool
		if i, found = slices.BinarySearchFunc(f.pieces, from, func(p piece, at int) int { return int(p.At) - at }); !found {
			i--
		}
	}
	for i+1 < len(f.pieces) && int(f.pieces[i+1].At) <= from {
		i++
	}
	for {
		skip := from - int(f.pieces[i].At)
		off := int(f.pieces[i].Off)
		if off >= 0 {
			off += skip
		} else {
			off -= skip
		}
		pieces = appendPiece(pieces, at, off)
		if i+1 == len(f.pieces) || int(f.pieces[i+1].At) >= from+n {
			return pieces, i
		}
		i++
		step := int(f.pieces[i].At) - from
		at, from, n = at+step, from+step, n-step
	}
}

// appendPiece adds a piece, unless the last one continues just there.
func appendPiece(pieces []piece, at, off int) []piece {
	if n := len(pieces); n > 0 {
		last := pieces[n-1]
		length := int32(at) - last.At
		if last.Off >= 0 && off >= 0 && last.Off+length == int32(off) ||
			last.Off < 0 && off < 0 && last.Off-length == int32(off) {
			return pieces
		}
	}
	return append(pieces, piece{int32(at), int32(off)})
}

// appendCopy adds a copy, or lengthens the last one if it continues it.
func appendCopy(copies []Copy, c Copy) []Copy {
	if n := len(copies); n > 0 {
		if last := &copies[n-1]; last.At+last.Len == c.At && last.From+last.Len == c.From {
			last.Len += c.Len
			return copies
		}
	}
	return append(copies, c)
}
