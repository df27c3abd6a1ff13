// Package packtest writes packs entry by entry, right ones and wrong ones, for
// the tests of the packages that read them.
package packtest

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"hash/adler32"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
)

// Pack is a pack in the making, with SHA-1 names. The zero value is empty.
type Pack struct {
	Data    []byte // what is written so far; may be changed by the test
	Entries []Entry
}

// Entry is one object of a Pack.
type Entry struct {
	ID     []byte
	Offset int64
	Data   int64 // offset of the zlib stream
}

// ID is the name of an object with SHA-1.
func ID(kind packfile.Type, text []byte) []byte {
	h := sha1.New()
	fmt.Fprintf(h, "%s %d\x00", kind, len(text))
	h.Write(text)
	return h.Sum(nil)
}

// Deflate returns the zlib stream of data.
func Deflate(data []byte) []byte {
	if len(data) < 64 {
		return Stored(data)
	}
	z := writers.Get().(*zlib.Writer)
	defer writers.Put(z)
	var b bytes.Buffer
	z.Reset(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// Stored returns a zlib stream of data that is not compressed, which takes no
// time. data is shorter than 64 KiB.
func Stored(data []byte) []byte {
	out := binary.LittleEndian.AppendUint16([]byte{0x78, 1, 1}, uint16(len(data)))
	out = binary.LittleEndian.AppendUint16(out, ^uint16(len(data)))
	return binary.BigEndian.AppendUint32(append(out, data...), adler32.Checksum(data))
}

// writers are used again: a new one costs a megabyte.
var writers = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

// Whole adds an object that is not a delta.
func (p *Pack) Whole(kind packfile.Type, text []byte) Entry {
	return p.Raw(ID(kind, text), kind, nil, int64(len(text)), Deflate(text))
}

// Ofs adds a blob as a delta of an entry written before.
func (p *Pack) Ofs(base Entry, id, delta []byte) Entry {
	return p.Raw(id, packfile.OfsDelta, Back(p.next()-base.Offset), int64(len(delta)), Deflate(delta))
}

// Ref adds a blob as a delta of the object with this name.
func (p *Pack) Ref(base, id, delta []byte) Entry {
	return p.Raw(id, packfile.RefDelta, base, int64(len(delta)), Deflate(delta))
}

// Raw adds an entry of these parts, whether they make sense or not.
func (p *Pack) Raw(id []byte, kind packfile.Type, base []byte, size int64, stream []byte) Entry {
	e := Entry{ID: id, Offset: p.next()}
	p.Data = append(p.Data, Head(kind, size)...)
	p.Data = append(p.Data, base...)
	e.Data = int64(len(p.Data))
	p.Data = append(p.Data, stream...)
	p.Entries = append(p.Entries, e)
	return e
}

func (p *Pack) next() int64 {
	if p.Data == nil {
		p.Data = append(p.Data, "PACK\x00\x00\x00\x02\x00\x00\x00\x00"...)
	}
	return int64(len(p.Data))
}

// Head is type and size as an entry begins with.
func Head(kind packfile.Type, size int64) []byte {
	out := []byte{byte(kind)<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		out[len(out)-1] |= 0x80
		out = append(out, byte(size&0x7f))
	}
	return out
}

// Back is the distance to a base as an OfsDelta has it.
func Back(n int64) []byte {
	out := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		out = append([]byte{byte(n&0x7f) | 0x80}, out...)
	}
	return out
}

// Layout is how an index is written.
type Layout int

// The layouts.
const (
	Version2 Layout = iota
	Version1
	LongOffsets // version 2, every offset in the table of 64 bits
)

// Index returns the index of the pack.
func (p *Pack) Index(layout Layout) []byte {
	p.next()
	sorted := append([]Entry(nil), p.Entries...)
	sort.Slice(sorted, func(i, j int) bool { return bytes.Compare(sorted[i].ID, sorted[j].ID) < 0 })
	var out []byte
	if layout != Version1 {
		out = append(out, "\xfftOc\x00\x00\x00\x02"...)
	}
	n := 0
	for i := range 256 {
		for n < len(sorted) && int(sorted[n].ID[0]) <= i {
			n++
		}
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	if layout == Version1 {
		for _, e := range sorted {
			out = binary.BigEndian.AppendUint32(out, uint32(e.Offset))
			out = append(out, e.ID...)
		}
	} else {
		var crc, offsets, long []byte
		for i, e := range sorted {
			out = append(out, e.ID...)
			crc = append(crc, 0, 0, 0, 0) // nobody reads the CRC of an entry
			if layout == LongOffsets {
				offsets = binary.BigEndian.AppendUint32(offsets, uint32(i)|1<<31)
				long = binary.BigEndian.AppendUint64(long, uint64(e.Offset))
			} else {
				offsets = binary.BigEndian.AppendUint32(offsets, uint32(e.Offset))
			}
		}
		out = append(append(append(out, crc...), offsets...), long...)
	}
	sum := sha1.Sum(p.Bytes())
	out = append(out, sum[:]...)
	sum = sha1.Sum(out)
	return append(out, sum[:]...)
}

// Bytes returns the finished pack.
func (p *Pack) Bytes() []byte {
	p.next()
	out := bytes.Clone(p.Data)
	binary.BigEndian.PutUint32(out[8:], uint32(len(p.Entries)))
	sum := sha1.Sum(out)
	return append(out, sum[:]...)
}

// Write writes the pack and its index into the pack folder of an objects
// directory.
func (p *Pack) Write(t testing.TB, objects, name string, layout Layout) {
	t.Helper()
	WriteFile(t, filepath.Join(objects, "pack", "pack-"+name+".pack"), p.Bytes())
	WriteFile(t, filepath.Join(objects, "pack", "pack-"+name+".idx"), p.Index(layout))
}

// Loose writes a loose object.
func Loose(t testing.TB, objects string, kind packfile.Type, text []byte) []byte {
	t.Helper()
	id := ID(kind, text)
	head := fmt.Sprintf("%s %d\x00", kind, len(text))
	WriteFile(t, LoosePath(objects, id), Deflate(append([]byte(head), text...)))
	return id
}

// LoosePath is the file of a loose object.
func LoosePath(objects string, id []byte) string {
	return filepath.Join(objects, fmt.Sprintf("%x", id[:1]), fmt.Sprintf("%x", id[1:]))
}

// WriteFile writes a file and the folders above it.
func WriteFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Delta is a delta in the making.
type Delta struct {
	ops  []byte
	size int
}

// Insert adds bytes of the delta's own.
func (d *Delta) Insert(text []byte) {
	d.size += len(text)
	for len(text) > 0 {
		n := min(len(text), 127)
		d.ops = append(append(d.ops, byte(n)), text[:n]...)
		text = text[n:]
	}
}

// Copy adds bytes of the base.
func (d *Delta) Copy(from, n int) {
	d.size += n
	for n > 0 {
		part := min(n, 0xffffff)
		code, at := byte(0x80), len(d.ops)
		d.ops = append(d.ops, 0)
		for i := range 4 {
			if b := byte(from >> (8 * i)); b != 0 {
				code |= 1 << i
				d.ops = append(d.ops, b)
			}
		}
		for i := range 3 {
			if b := byte(part >> (8 * i)); b != 0 && part != 0x10000 {
				code |= 1 << (4 + i)
				d.ops = append(d.ops, b)
			}
		}
		d.ops[at] = code
		from, n = from+part, n-part
	}
}

// Bytes returns the delta for a base of this size.
func (d *Delta) Bytes(base int) []byte {
	return append(append(Number(int64(base)), Number(int64(d.size))...), d.ops...)
}

// Number is a size as a delta has it.
func Number(n int64) []byte {
	var out []byte
	for ; n >= 0x80; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(out, byte(n))
}
