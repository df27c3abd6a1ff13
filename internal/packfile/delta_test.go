package packfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// slowOp is NextOp as the format's documentation describes it.
func slowOp(ops []byte) (op Op, n int) {
	c := ops[0]
	if c < 0x80 {
		return Op{Base: -1, Len: int(c)}, min(int(c), 1)
	}
	var word [8]byte
	n = 1
	for i := range 7 {
		if c&(1<<i) != 0 {
			if n == len(ops) {
				return Op{}, 0
			}
			word[i] = ops[n]
			n++
		}
	}
	op.Base = int(min(binary.LittleEndian.Uint32(word[:4]), 1<<31-1))
	if op.Len = int(binary.LittleEndian.Uint32(word[4:])); op.Len == 0 {
		op.Len = 0x10000
	}
	return op, n
}

func TestEveryInstructionIsReadAsDocumented(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for c := range 256 {
		for length := 1; length < 12; length++ {
			ops := []byte{byte(c)}
			for len(ops) < length {
				ops = append(ops, byte(random.Uint32()>>(8*random.IntN(2)))&byte(random.Uint32()))
			}
			op, n := NextOp(ops)
			wantOp, want := slowOp(ops)
			if n != want || n > 0 && op != wantOp {
				t.Errorf("% x: %+v, %d; want %+v, %d", ops, op, n, wantOp, want)
			}
		}
	}
}

func TestWrongDeltasAreErrors(t *testing.T) {
	base := []byte("0123456789")
	for name, c := range map[string]struct {
		delta string
		want  error
	}{
		"empty":                   {"", ErrCorrupt},
		"no result size":          {"\x0a", ErrCorrupt},
		"endless size":            {"\x8a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", ErrCorrupt},
		"another base":            {"\x0b\x01\x01x", ErrCorrupt},
		"reserved":                {"\x0a\x01\x00", ErrCorrupt},
		"cut insertion":           {"\x0a\x03\x03ab", ErrCorrupt},
		"cut copy":                {"\x0a\x03\x91\x00", ErrCorrupt},
		"copy after the base":     {"\x0a\x05\x91\x08\x05", ErrCorrupt},
		"copy far after it":       {"\x0a\x05\x98\x80\x05", ErrCorrupt},
		"longer than declared":    {"\x0a\x02\x03abc", ErrCorrupt},
		"shorter than declared":   {"\x0a\x04\x03abc", ErrTruncated},
		"declares more than able": {"\x0a\xff\xff\x7f\x03abc", ErrTruncated},
		"too large":               {"\x0a\xff\xff\xff\xff\x7f\x03abc", ErrTooLarge},
	} {
		if got, err := ApplyDelta([]byte("x"), base, []byte(c.delta), MaxObject); !errors.Is(err, c.want) || string(got) != "x" {
			t.Errorf("%s: %q, %v, want %v", name, got, err, c.want)
		}
	}
	got, err := ApplyDelta([]byte("x"), base, []byte("\x0a\x08\x03abc\x91\x05\x05"), MaxObject)
	if err != nil || string(got) != "xabc56789" {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzDelta(f *testing.F) {
	f.Add([]byte("0123456789"), []byte("\x0a\x08\x03abc\x91\x05\x05"))
	f.Add([]byte("base"), []byte("\x04\x04\x90\x04"))
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		got, err := ApplyDelta(nil, base, delta, 1<<20)
		want, ok := slowDelta(base, delta)
		if (err == nil) != ok || ok && !bytes.Equal(got, want) {
			t.Errorf("%q, %v; want %q, %v", got, err, want, ok)
		}
	})
}

// slowDelta applies a delta one instruction at a time, up to 1 MiB.
func slowDelta(base, delta []byte) (out []byte, ok bool) {
	baseSize, size, ops, err := DeltaSizes(delta)
	if err != nil || baseSize != int64(len(base)) || size > 1<<20 {
		return nil, false
	}
	for len(ops) > 0 {
		op, n := slowOp(ops)
		if n == 0 {
			return nil, false
		}
		ops = ops[n:]
		from := base
		if op.Base < 0 {
			if op.Len > len(ops) {
				return nil, false
			}
			op.Base, from, ops = 0, ops[:op.Len], ops[op.Len:]
		}
		if op.Base+op.Len > len(from) || int64(len(out)+op.Len) > size {
			return nil, false
		}
		out = append(out, from[op.Base:op.Base+op.Len]...)
	}
	return out, int64(len(out)) == size
}

func TestEveryCopyInstructionIsReadByteByByte(t *testing.T) {
	for c := 0x80; c < 0x100; c++ {
		for _, rest := range []string{"\x11\x22\x33\x44\x55\x66\x77\x88", "\x11\x22\x33\x44\x55\x66\x77", "\x00\x00\x00\x00\x00\x00\x00\x01\x02", "\xff\xff\xff\x7f\xff\xff\xff"} {
			ops := append([]byte{byte(c)}, rest...)
			base, size, used := 0, 0, 1
			for bit := range 7 {
				if c>>bit&1 == 0 {
					continue
				}
				if bit < 4 {
					base |= int(ops[used]) << (8 * bit)
				} else {
					size |= int(ops[used]) << (8 * (bit - 4))
				}
				used++
			}
			if size == 0 {
				size = 0x10000
			}
			base = min(base, math.MaxInt32)
			if op, n := NextOp(ops); n != used || op.Base != base || op.Len != size {
				t.Errorf("%#x %x: %+v in %d bytes, want %d bytes from %d in %d", c, rest, op, n, size, base, used)
			}
			if used == 1 {
				continue
			}
			if _, n := NextOp(ops[:used-1]); n != 0 {
				t.Errorf("%#x %x: cut off, and %d bytes used", c, rest, n)
			}
		}
	}
}
