package packfile

import (
	"encoding/binary"
	"fmt"
)

// DeltaSizes reads the head of an inflated delta: the size of its base and of
// its result in bytes, and the instructions that follow.
func DeltaSizes(delta []byte) (base, result int64, ops []byte, err error) {
	b, n := deltaSize(delta)
	if n == 0 {
		return 0, 0, nil, errDelta
	}
	r, m := deltaSize(delta[n:])
	if m == 0 {
		return 0, 0, nil, errDelta
	}
	return b, r, delta[n+m:], nil
}

var errDelta = fmt.Errorf("delta: %w", ErrCorrupt)

// deltaSize reads one little-endian base-128 number; n is 0 if it is not one.
func deltaSize(b []byte) (size int64, n int) {
	for shift := 0; n < len(b) && shift < 62; shift += 7 {
		c := b[n]
		n++
		size |= int64(c&0x7f) << shift
		if c < 0x80 {
			return size, n
		}
	}
	return 0, 0
}

// Op is one instruction of a delta. A copy takes Len bytes from Base on of the
// base; an insertion has Base -1 and its bytes at the head of the
// instructions that NextOp was given, from Len bytes before their rest.
type Op struct {
	Base int // offset in the base, or -1
	Len  int
}

// NextOp reads one instruction and returns the instructions behind it, and
// the bytes to insert if it is an insertion. It does not know the sizes: the
// caller checks that a copy lies in the base and that the result has room.
func NextOp(ops []byte) (op Op, insert, rest []byte, err error) {
	c := ops[0]
	ops = ops[1:]
	if c < 0x80 {
		n := int(c)
		if n == 0 || n > len(ops) {
			return op, nil, nil, errDelta
		}
		return Op{Base: -1, Len: n}, ops[:n], ops[n:], nil
	}
	var word [8]byte
	used := 0
	for i := range 7 {
		if c&(1<<i) != 0 {
			if used == len(ops) {
				return op, nil, nil, errDelta
			}
			word[i] = ops[used]
			used++
		}
	}
	op.Base = int(binary.LittleEndian.Uint32(word[:]))
	op.Len = int(binary.LittleEndian.Uint32(word[4:]) & 0xffffff)
	if op.Len == 0 {
		op.Len = 0x10000
	}
	return op, nil, ops[used:], nil
}

// ApplyDelta appends to dst what delta makes of base. limit is the largest
// result that it makes, in bytes.
func ApplyDelta(dst, base, delta []byte, limit int64) ([]byte, error) {
	baseSize, size, ops, err := DeltaSizes(delta)
	if err != nil {
		return dst, err
	}
	if baseSize != int64(len(base)) {
		return dst, fmt.Errorf("delta: made for another base: %w", ErrCorrupt)
	}
	if size > limit {
		return dst, ErrTooLarge
	}
	if size > MostOf(len(ops), len(base)) {
		return dst, fmt.Errorf("delta: %w", ErrTruncated)
	}
	start := len(dst)
	dst = grow(dst, int(size))
	for len(ops) > 0 {
		op, insert, rest, err := NextOp(ops)
		if err != nil {
			return dst[:start], err
		}
		if op.Base >= 0 {
			if op.Base > len(base) || op.Len > len(base)-op.Base {
				return dst[:start], errDelta
			}
			insert = base[op.Base : op.Base+op.Len]
		}
		if int64(len(dst)-start+len(insert)) > size {
			return dst[:start], errDelta
		}
		dst = append(dst, insert...)
		ops = rest
	}
	if int64(len(dst)-start) != size {
		return dst[:start], fmt.Errorf("delta: %w", ErrTruncated)
	}
	return dst, nil
}

// MostOf is the most that so many bytes of instructions can make from a base of
// this size, all in bytes.
func MostOf(ops, base int) int64 { return int64(ops) * int64(max(base, 127)) }

// grow returns b with room for n more bytes.
func grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	return append(make([]byte, 0, len(b)+n), b...)
}
