package packfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"

	"github.com/djleaks/djleaks/internal/regular"
)

// Index finds objects in one pack by their ids. It reads the mapped file at each
// call and decodes nothing in advance.
type Index struct {
	file    *file
	idSize  int
	count   int
	fan     []byte // 256 big-endian counts: objects whose first byte is at most i
	rows    []byte // one row per object, by id
	stride  int    // bytes from one row to the next
	idAt    int    // of the id within a row
	offsets []byte // version 2: 32 bits per object
	large   []byte // version 2: 64 bits for each offset that needs them
}

const fanSize = 256 * 4

// OpenIndex maps the .idx file of this path. idSize is 20 with SHA-1 and 32
// with SHA-256.
func OpenIndex(path string, idSize int) (*Index, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	x, err := ParseIndex(f.data, idSize)
	if err != nil {
		f.close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	x.file = f
	return x, nil
}

// ParseIndex reads an index that is in memory. It checks the layout and the
// counts, not the order of the ids nor the checksum at the end: a wrong order
// makes objects hard to find, it does not make anything unsafe.
func ParseIndex(data []byte, idSize int) (x *Index, err error) {
	defer Guard(&err)()
	if idSize != 20 && idSize != 32 {
		return nil, fmt.Errorf("ids of %d bytes: %w", idSize, ErrCorrupt)
	}
	x = &Index{idSize: idSize}
	if len(data) >= 8 && bytes.Equal(data[:4], []byte("\xfftOc")) {
		if v := binary.BigEndian.Uint32(data[4:]); v != 2 {
			return nil, fmt.Errorf("index version %d is not supported", v)
		}
		return x, x.layout2(data[8:])
	}
	return x, x.layout1(data)
}

// layout1 is the old form: fan-out, then offset and id together.
func (x *Index) layout1(data []byte) error {
	if err := x.counts(data); err != nil {
		return err
	}
	x.stride, x.idAt = 4+x.idSize, 4
	data = data[fanSize:]
	if len(data)/x.stride < x.count {
		return fmt.Errorf("index: %w", ErrTruncated)
	}
	x.rows = data[:x.count*x.stride]
	return nil
}

// layout2 is fan-out, ids, CRCs, offsets, large offsets.
func (x *Index) layout2(data []byte) error {
	if err := x.counts(data); err != nil {
		return err
	}
	x.stride = x.idSize
	data = data[fanSize:]
	if len(data)/(x.idSize+8) < x.count {
		return fmt.Errorf("index: %w", ErrTruncated)
	}
	x.rows, data = data[:x.count*x.idSize], data[x.count*(x.idSize+4):]
	x.offsets, data = data[:x.count*4], data[x.count*4:]
	if len(data) > 2*x.idSize {
		x.large = data[:len(data)-2*x.idSize]
	}
	return nil
}

func (x *Index) counts(data []byte) error {
	if len(data) < fanSize {
		return fmt.Errorf("index: %w", ErrTruncated)
	}
	x.fan = data[:fanSize]
	before := uint32(0)
	for i := range 256 {
		n := binary.BigEndian.Uint32(x.fan[4*i:])
		if n < before {
			return fmt.Errorf("index: fan-out table: %w", ErrCorrupt)
		}
		before = n
	}
	if before > 1<<31-2 {
		return fmt.Errorf("index: %d objects: %w", before, ErrTooLarge)
	}
	x.count = int(before)
	return nil
}

// Count is the number of objects.
func (x *Index) Count() int { return x.count }

// ID returns the id of the object at pos, counted from 0 by id. The bytes are
// those of the mapped file.
func (x *Index) ID(pos int) []byte {
	at := pos*x.stride + x.idAt
	return x.rows[at : at+x.idSize : at+x.idSize]
}

// Offset returns where in the pack the object at pos begins, in bytes. It is
// false if the index does not say.
func (x *Index) Offset(pos int) (int64, bool) {
	if x.offsets == nil {
		return int64(binary.BigEndian.Uint32(x.rows[pos*x.stride:])), true
	}
	offset := binary.BigEndian.Uint32(x.offsets[4*pos:])
	if offset&(1<<31) == 0 {
		return int64(offset), true
	}
	n := int(offset &^ (1 << 31))
	if n >= len(x.large)/8 {
		return 0, false
	}
	long := binary.BigEndian.Uint64(x.large[8*n:])
	return int64(long), long < 1<<62
}

// Find returns the position of an id.
func (x *Index) Find(id []byte) (pos int, ok bool) {
	if len(id) != x.idSize {
		return 0, false
	}
	from, to := x.bucket(id[0])
	// Ids are evenly spread, so guesses by the value of the four bytes after the
	// first come close; what is left is looked for from there on, in steps that
	// double. In a forged index the guesses may not be close: then the steps end in
	// a binary search.
	head := binary.BigEndian.Uint64(id)
	want, low, high := uint64(uint32(head>>24)), uint64(0), uint64(1)<<32
	for guesses, step, c := 2, 1, 0; from < to; {
		mid := int(uint(from+to) >> 1)
		switch {
		case guesses > 0 && to-from > 4 && low <= want && want < high:
			mid = from + int(uint64(to-from)*(want-low)/(high-low))
			guesses--
		case c < 0:
			mid = min(mid, from+step-1)
			step *= 2
		case c > 0:
			mid = max(mid, to-step)
			step *= 2
		}
		at := mid*x.stride + x.idAt
		here := binary.BigEndian.Uint64(x.rows[at:])
		c = cmp.Compare(here, head)
		if c == 0 {
			c = bytes.Compare(x.rows[at+8:at+x.idSize], id[8:])
		}
		switch {
		case c == 0:
			return mid, true
		case c < 0:
			from, low = mid+1, uint64(uint32(here>>24))
		default:
			to, high = mid, uint64(uint32(here>>24))+1
		}
	}
	return 0, false
}

// bucket returns the positions of the ids that begin with this byte.
func (x *Index) bucket(first byte) (from, to int) {
	if first > 0 {
		from = int(binary.BigEndian.Uint32(x.fan[4*int(first)-4:]))
	}
	return from, int(binary.BigEndian.Uint32(x.fan[4*int(first):]))
}

// Forget releases the memory that the file takes in this process, if the system
// can. Pages that are read again come back.
func (x *Index) Forget() { x.file.forget() }

// Size is the length of the file in bytes.
func (x *Index) Size() int64 { return int64(len(x.file.data)) }

// Close unmaps the file.
func (x *Index) Close() error { return x.file.close() }

// Identity names what a pack and its index hold, by their path without an
// extension: the name, the size of the pack, and the checksums at the ends of both
// files. The checksums are not computed.
func Identity(path string, idSize int) (string, error) {
	out := filepath.Base(path)
	for _, extension := range []string{".pack", ".idx"} {
		f, size, err := regular.Open(path+extension, math.MaxInt64)
		if err != nil {
			return "", err
		}
		sum := make([]byte, idSize)
		_, err = f.ReadAt(sum, size-int64(idSize))
		f.Close()
		if err != nil {
			return "", fmt.Errorf("%s: %w", path+extension, ErrTruncated)
		}
		out += fmt.Sprintf(" %d %x", size, sum)
	}
	return out, nil
}
