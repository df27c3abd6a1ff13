package packfile

import (
	"encoding/binary"
	"fmt"
	"os"
)

// Pack is one mapped .pack file.
type Pack struct {
	file   *file
	data   []byte
	idSize int
}

// packHead is the size in bytes of the header: "PACK", the version and the count.
// The last entry is followed by the checksum of the pack, which has the size of an
// id.
const packHead = 12

// OpenPack maps the .pack file of this path.
func OpenPack(path string, idSize int) (*Pack, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	p, err := ParsePack(f.data, idSize)
	if err != nil {
		f.close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p.file = f
	return p, nil
}

// ParsePack reads a pack that is in memory.
func ParsePack(data []byte, idSize int) (p *Pack, err error) {
	defer Guard(&err)()
	if len(data) < packHead {
		return nil, fmt.Errorf("pack: %w", ErrTruncated)
	}
	if string(data[:4]) != "PACK" {
		return nil, fmt.Errorf("pack: no PACK at its head: %w", ErrCorrupt)
	}
	if v := binary.BigEndian.Uint32(data[4:]); v != 2 && v != 3 {
		return nil, fmt.Errorf("pack version %d is not supported", v)
	}
	return &Pack{data: data, idSize: idSize}, nil
}

// Close unmaps the file.
func (p *Pack) Close() error { return p.file.close() }

// Forget releases the memory that the file takes in this process, if the system
// can. Pages that are read again come back.
func (p *Pack) Forget() { p.file.forget() }

// ReadAhead says whether the next reads are in the order of the file, from either
// end. They are not taken to be so where there is no room for the file in memory;
// see SetRoom.
func (p *Pack) ReadAhead(ordered bool) { p.file.readAhead(ordered) }

// IsCrowded reports whether there is no room for the file in memory; see SetRoom.
func (p *Pack) IsCrowded() bool { return p.file != nil && p.file.crowded() }

// ReadOnce calls use with the bytes of the pack from from to to, which are read at
// once and released afterwards.
func (p *Pack) ReadOnce(from, to int64, use func(part []byte)) {
	page := from - from%int64(os.Getpagesize())
	expect(p.data[page:to])
	use(p.data[from:to])
	forget(p.data[page:to])
}

// Size is the length of the file in bytes.
func (p *Pack) Size() int64 { return int64(len(p.data)) }

// Entry is the head of a pack entry.
type Entry struct {
	Type Type  // of the entry: a delta has its own types
	Size int64 // of the inflated stream in bytes: of a delta, not of its result
	Data int64 // offset of the zlib stream in the pack
	Base int64 // of an OfsDelta: offset of its base
	// BaseID is, of a RefDelta, the id of its base, in the mapped file.
	BaseID []byte
}

// Entry reads the head of the entry at offset.
func (p *Pack) Entry(offset int64) (e Entry, err error) {
	if offset < packHead || offset >= int64(len(p.data)) {
		return e, fmt.Errorf("entry outside the pack: %w", ErrTruncated)
	}
	return ReadEntry(p.data[offset:], offset, p.idSize)
}

// ReadEntry reads the head of an entry. data begins with the entry, offset is
// where that is in the pack.
func ReadEntry(data []byte, offset int64, idSize int) (e Entry, err error) {
	n := 0
	size, shift := uint64(0), 0
	for {
		if n == len(data) {
			return e, fmt.Errorf("entry head: %w", ErrTruncated)
		}
		c := data[n]
		n++
		if n == 1 {
			e.Type = Type(c >> 4 & 7)
			size, shift = uint64(c&15), 4
		} else {
			if shift > 53 {
				return e, fmt.Errorf("entry size: %w", ErrCorrupt)
			}
			size |= uint64(c&0x7f) << shift
			shift += 7
		}
		if c < 0x80 {
			break
		}
	}
	e.Size = int64(size)
	switch e.Type {
	case Commit, Tree, Blob, Tag:
	case OfsDelta:
		back, m := ofsBase(data[n:])
		if m == 0 || back <= 0 || back > offset-packHead {
			return e, fmt.Errorf("offset of delta base: %w", ErrBase)
		}
		e.Base = offset - back
		n += m
	case RefDelta:
		if len(data)-n < idSize {
			return e, fmt.Errorf("entry head: %w", ErrTruncated)
		}
		e.BaseID = data[n : n+idSize : n+idSize]
		n += idSize
	default:
		return e, fmt.Errorf("entry type %d: %w", e.Type, ErrCorrupt)
	}
	e.Data = offset + int64(n)
	return e, nil
}

// ofsBase reads the distance to a base: big-endian base 128 with one added at
// every continuation; n is 0 if it is not one.
func ofsBase(b []byte) (back int64, n int) {
	for n < len(b) && n < 9 {
		c := b[n]
		n++
		back |= int64(c & 0x7f)
		if c < 0x80 {
			return back, n
		}
		back = (back + 1) << 7
	}
	return 0, 0
}

// stream returns the bytes of the pack from the entry's zlib stream to end,
// or to the end of the entries if end is 0.
func (p *Pack) stream(e Entry, end int64) []byte {
	if last := int64(len(p.data)) - int64(p.idSize); end <= 0 || end > last {
		end = max(last, e.Data)
	}
	if e.Data >= end {
		return nil
	}
	return p.data[e.Data:end]
}

// Checked returns the zlib stream of an entry as Stream does, if what the entry
// declares can be in it and can be held.
func (p *Pack) Checked(e Entry, end int64) ([]byte, error) {
	src := p.stream(e, end)
	if e.Size > MaxObject {
		return src, ErrTooLarge
	}
	if !plausible(e.Size, len(src)) {
		return src, fmt.Errorf("declared size: %w", ErrTruncated)
	}
	return src, nil
}

// inflate returns the inflated stream of an entry, in a buffer of its own.
func (p *Pack) inflate(f *Inflater, e Entry) ([]byte, error) {
	if e.Size <= keptScratch {
		text, err := p.inflateScratch(f, e)
		return append(make([]byte, 0, len(text)), text...), err
	}
	src, err := p.Checked(e, 0)
	if err != nil {
		return nil, err
	}
	text := make([]byte, e.Size, e.Size+Slack)
	_, err = f.Inflate(text, src)
	return text, err
}

// inflateScratch is inflate into a buffer of the inflater, which the next call
// overwrites.
func (p *Pack) inflateScratch(f *Inflater, e Entry) ([]byte, error) {
	src, err := p.Checked(e, 0)
	if err != nil {
		return nil, err
	}
	if need := int(e.Size) + Slack; cap(f.scratch) < need || cap(f.scratch) > keptScratch+Slack {
		f.scratch = make([]byte, max(need, firstScratch))
	}
	text := f.scratch[:e.Size]
	_, err = f.Inflate(text, src)
	return text, err
}

// The sizes in bytes of the buffer of an inflater: the first one, and the largest one
// that is kept for the next stream. What is not larger is inflated there and copied:
// near the end of a buffer without Slack decoding is slow, and most objects are small.
const (
	firstScratch = 16 << 10
	keptScratch  = 64 << 10
)

// Lookup finds the offset of an object, for the deltas that name their base by
// id.
type Lookup func(id []byte) (offset int64, ok bool)

// Resolve reads the whole object at offset, through its chain of deltas.
// lookup finds bases in the same pack. If one is missing, Resolve fails with
// ErrBase.
func (p *Pack) Resolve(f *Inflater, offset int64, lookup Lookup) (t Type, data []byte, err error) {
	chain, root, err := p.chain(nil, offset, lookup, nil)
	if err != nil {
		return 0, nil, err
	}
	data, err = p.inflate(f, root)
	if err != nil {
		return 0, nil, err
	}
	data, err = p.applyChain(f, data, chain)
	return root.Type, data, err
}

// chain appends to deltas those from the object at offset down, and returns the entry
// at the end of the chain: one that is not a delta, or for whose Entry.Data isKnown is
// true, if that is not nil.
func (p *Pack) chain(deltas []Entry, offset int64, lookup Lookup, isKnown func(data int64) bool) (_ []Entry, root Entry, err error) {
	// A walk that has seen more entries than fit into the pack has met one
	// twice. Every entry takes at least ten bytes: head and empty stream.
	most := len(p.data)/10 + 1
	for range most {
		e, err := p.Entry(offset)
		if err != nil {
			return nil, e, err
		}
		if isKnown != nil && isKnown(e.Data) {
			return deltas, e, nil
		}
		switch e.Type {
		case OfsDelta:
			offset = e.Base
		case RefDelta:
			var ok bool
			if offset, ok = lookup(e.BaseID); !ok {
				return append(deltas, e), e, ErrBase
			}
		default:
			return deltas, e, nil
		}
		deltas = append(deltas, e)
		if n := len(deltas); n&(n-1) == 0 && n >= 1024 && repeats(deltas) {
			return nil, e, ErrCycle
		}
	}
	return nil, root, ErrCycle
}

// repeats reports whether the last entry is in the chain twice.
func repeats(chain []Entry) bool {
	last := chain[len(chain)-1].Data
	for _, e := range chain[:len(chain)-1] {
		if e.Data == last {
			return true
		}
	}
	return false
}

// applyChain applies deltas, the last one first, to data.
func (p *Pack) applyChain(f *Inflater, data []byte, deltas []Entry) ([]byte, error) {
	var spare []byte
	for i := len(deltas) - 1; i >= 0; i-- {
		delta, err := p.inflateScratch(f, deltas[i])
		if err != nil {
			return nil, err
		}
		if spare, err = ApplyDelta(spare[:0], data, delta, MaxObject); err != nil {
			return nil, err
		}
		data, spare = spare, data
	}
	return data, nil
}

// header returns the type and the size in bytes of the object at offset.
func (p *Pack) header(f *Inflater, offset int64, lookup Lookup) (Type, int64, error) {
	deltas, root, err := p.chain(nil, offset, lookup, nil)
	if err != nil {
		return 0, 0, err
	}
	if len(deltas) == 0 {
		return root.Type, root.Size, nil
	}
	var head [20 + Slack]byte
	n, _, err := f.InflateSome(head[:min(20, deltas[0].Size)], p.stream(deltas[0], 0))
	if err != nil {
		return 0, 0, err
	}
	_, size, _, err := DeltaSizes(head[:n])
	return root.Type, size, err
}
