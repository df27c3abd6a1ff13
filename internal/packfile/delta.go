package packfile

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
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

// Op is one instruction of a delta: a copy takes the Len bytes at Base of the
// base; an insertion has Base -1 and takes the Len bytes that follow it.
type Op struct {
	Base int // offset in the base, or -1
	Len  int
}

// NextOp reads the instruction at the head of ops, which is not empty, and
// returns its length in bytes without those that it inserts; 0 says that it is
// cut off, or reserved. The caller checks the sizes: that a copy is within the
// base, that all inserted bytes follow, and that the result has room.
func NextOp(ops []byte) (op Op, n int) {
	c := ops[0]
	if c < 0x80 {
		if c == 0 {
			return op, 0
		}
		return Op{Base: -1, Len: int(c)}, 1
	}
	var word uint64
	if len(ops) >= 9 {
		word = binary.LittleEndian.Uint64(ops[1:])
	} else {
		for i, b := range ops[1:] {
			word |= uint64(b) << (8 * i)
		}
	}
	// Seven bits say which bytes of offset and length follow; the others are
	// zero. Almost always that is the first few bytes of both.
	low, high := c&15, c>>4&7
	var base, size uint64
	var used uint
	if low&(low+1) == 0 && high&(high+1) == 0 {
		n := 8 * uint(bits.Len8(low))
		m := 8 * uint(bits.Len8(high))
		base = word & (1<<(n&63) - 1)
		size = word >> (n & 63) & (1<<(m&63) - 1)
		used = (n + m) / 8
	} else {
		base, used = scattered(word, low)
		var more uint
		size, more = scattered(word>>(8*used&63), high)
		used += more
	}
	if size == 0 {
		size = 0x10000
	}
	if int(used) >= len(ops) {
		return op, 0
	}
	// No base is longer than MaxInt32; an int may have 32 bits.
	return Op{Base: int(min(base, math.MaxInt32)), Len: int(size)}, int(used) + 1
}

// scattered puts the first bytes of word where which has a bit, and zeros in
// between. It returns the number of bytes that it took.
func scattered(word uint64, which byte) (n uint64, used uint) {
	for i := range uint(4) {
		bit := uint(which) >> i & 1
		n |= word >> (8 * used & 63) & (0xff * uint64(bit)) << (8 * i)
		used += bit
	}
	return n, used
}

// ApplyDelta appends to dst what delta makes from base. limit is the size of the
// largest result, in bytes.
func ApplyDelta(dst, base, delta []byte, limit int64) ([]byte, error) {
	baseSize, size, ops, err := DeltaSizes(delta)
	if err != nil {
		return dst, err
	}
	if baseSize != int64(len(base)) {
		return dst, fmt.Errorf("delta: made from another base: %w", ErrCorrupt)
	}
	if size > limit {
		return dst, ErrTooLarge
	}
	if size > MaxResult(len(ops), len(base)) {
		return dst, fmt.Errorf("delta: %w", ErrTruncated)
	}
	start := len(dst)
	dst = grow(dst, int(size))
	for len(ops) > 0 {
		op, n := NextOp(ops)
		if n == 0 {
			return dst[:start], errDelta
		}
		ops = ops[n:]
		from := base
		if op.Base < 0 {
			op.Base, from, ops = 0, ops, ops[min(op.Len, len(ops)):]
		}
		if op.Base > len(from) || op.Len > len(from)-op.Base || int64(len(dst)-start+op.Len) > size {
			return dst[:start], errDelta
		}
		dst = append(dst, from[op.Base:op.Base+op.Len]...)
	}
	if int64(len(dst)-start) != size {
		return dst[:start], fmt.Errorf("delta: %w", ErrTruncated)
	}
	return dst, nil
}

// MaxResult is the size of the largest result that ops bytes of instructions can
// make from a base of base bytes.
func MaxResult(ops, base int) int64 { return int64(ops) * int64(max(base, 127)) }

// grow returns b with room for n more bytes.
func grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	return append(make([]byte, 0, len(b)+n), b...)
}
