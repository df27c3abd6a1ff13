package packfile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
)

func madePack(n int) *packtest.Pack {
	var p packtest.Pack
	for i := range n {
		p.Whole(packfile.Blob, []byte{byte(i), byte(i >> 8), 'x'})
	}
	return &p
}

func TestAnIndexFindsWhatItHoldsAndNothingElse(t *testing.T) {
	for _, layout := range []packtest.Layout{packtest.Version1, packtest.Version2, packtest.LongOffsets} {
		p := madePack(1000)
		x, err := packfile.ParseIndex(p.Index(layout), 20)
		if err != nil || x.Count() != 1000 {
			t.Fatalf("layout %d: %v", layout, err)
		}
		for _, e := range p.Entries {
			pos, ok := x.Find(e.ID)
			if !ok || !bytes.Equal(x.ID(pos), e.ID) {
				t.Fatalf("layout %d: %x: position %d, %v", layout, e.ID, pos, ok)
			}
			if offset, ok := x.Offset(pos); !ok || offset != e.Offset {
				t.Fatalf("layout %d: %x: offset %d, want %d", layout, e.ID, offset, e.Offset)
			}
			other := bytes.Clone(e.ID)
			other[19] ^= 1
			if _, ok := x.Find(other); ok {
				t.Fatalf("layout %d: %x is not there", layout, other)
			}
		}
		for _, id := range [][]byte{nil, {1}, make([]byte, 20), bytes.Repeat([]byte{255}, 20), make([]byte, 32)} {
			if _, ok := x.Find(id); ok {
				t.Errorf("layout %d: %x is not there", layout, id)
			}
		}
	}
}

func TestWrongIndexesAreErrors(t *testing.T) {
	good := madePack(10).Index(packtest.Version2)
	falling := bytes.Clone(good)
	binary.BigEndian.PutUint32(falling[8+4*100:], 1<<20)
	many := bytes.Clone(good)
	for i := range 256 {
		binary.BigEndian.PutUint32(many[8+4*i:], 1<<31)
	}
	version := bytes.Clone(good)
	version[7] = 3
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":          {nil, packfile.ErrTruncated},
		"head only":      {good[:8], packfile.ErrTruncated},
		"half a fan-out": {good[:500], packfile.ErrTruncated},
		"no offsets":     {good[:8+1024+10*24+39], packfile.ErrTruncated},
		"falling":        {falling, packfile.ErrCorrupt},
		"too many":       {many, packfile.ErrTooLarge},
		"version 3":      {version, nil},
		"version 1, cut": {madePack(10).Index(packtest.Version1)[:1024+239], packfile.ErrTruncated},
	} {
		if _, err := packfile.ParseIndex(c.data, 20); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := packfile.ParseIndex(good, 16); err == nil {
		t.Error("ids of 16 bytes are taken")
	}
	long := madePack(10).Index(packtest.LongOffsets)
	x, err := packfile.ParseIndex(long[:len(long)-40-3*8], 20)
	if err != nil {
		t.Fatal(err)
	}
	missing := 0
	for pos := range x.Count() {
		if _, ok := x.Offset(pos); !ok {
			missing++
		}
	}
	if missing == 0 {
		t.Error("an offset that is not there is given")
	}
}

func FuzzIndex(f *testing.F) {
	for _, layout := range []packtest.Layout{packtest.Version1, packtest.Version2, packtest.LongOffsets} {
		f.Add(madePack(5).Index(layout), []byte("12345678901234567890"))
	}
	f.Fuzz(func(t *testing.T, data, id []byte) {
		for _, size := range []int{20, 32} {
			x, err := packfile.ParseIndex(data, size)
			if err != nil {
				continue
			}
			x.Find(id)
			for pos := range x.Count() {
				if offset, ok := x.Offset(pos); ok && offset < 0 {
					t.Errorf("offset %d", offset)
				}
				if len(x.ID(pos)) != size {
					t.Errorf("id of %d bytes", len(x.ID(pos)))
				}
				if at, ok := x.Find(x.ID(pos)); ok && !bytes.Equal(x.ID(at), x.ID(pos)) {
					t.Errorf("found %x for %x", x.ID(at), x.ID(pos))
				}
			}
		}
	})
}

func TestHeadsOfEntriesAreReadAsTheyAreWritten(t *testing.T) {
	for _, size := range []int64{0, 1, 15, 16, 2047, 2048, 1 << 31, 1<<40 + 7} {
		data := append(packtest.Head(packfile.OfsDelta, size), packtest.Back(70000)...)
		e, err := packfile.ReadEntry(data, 100000, 20)
		if err != nil || e.Type != packfile.OfsDelta || e.Size != size || e.Base != 30000 || e.Data != 100000+int64(len(data)) {
			t.Errorf("size %d: %+v, %v", size, e, err)
		}
		id := bytes.Repeat([]byte{9}, 32)
		e, err = packfile.ReadEntry(append(packtest.Head(packfile.RefDelta, size), id...), 12, 32)
		if err != nil || e.Size != size || !bytes.Equal(e.BaseID, id) {
			t.Errorf("size %d: %+v, %v", size, e, err)
		}
	}
	for back := int64(1); back < 1<<40; back = back*3 + 1 {
		data := append(packtest.Head(packfile.OfsDelta, 5), packtest.Back(back)...)
		if e, err := packfile.ReadEntry(data, back+12, 20); err != nil || e.Base != 12 {
			t.Errorf("distance %d: %+v, %v", back, e, err)
		}
		if _, err := packfile.ReadEntry(data, back+11, 20); !errors.Is(err, packfile.ErrBase) {
			t.Errorf("distance %d reaches into the head: %v", back, err)
		}
	}
}

func FuzzEntry(f *testing.F) {
	f.Add([]byte{0x35, 0x78, 0x9c}, int64(12))
	f.Add([]byte{0xe5, 0x81, 0x01, 0x80, 0x05}, int64(1000))
	f.Add(append([]byte{0x75}, make([]byte, 20)...), int64(99))
	f.Fuzz(func(t *testing.T, data []byte, offset int64) {
		if offset < 12 || offset > 1<<60 {
			return
		}
		e, err := packfile.ReadEntry(data, offset, 20)
		if err != nil {
			return
		}
		if e.Size < 0 || e.Data <= offset || e.Data > offset+int64(len(data)) {
			t.Errorf("%+v", e)
		}
		if e.Type == packfile.OfsDelta && (e.Base < 12 || e.Base >= offset) {
			t.Errorf("base %d of the entry at %d", e.Base, offset)
		}
		if (e.Type == packfile.RefDelta) != (len(e.BaseID) == 20) {
			t.Errorf("%+v", e)
		}
	})
}

func FuzzLoose(f *testing.F) {
	f.Add([]byte("blob 5\x00hello"))
	f.Add([]byte("tree 18446744073709551616\x00"))
	f.Add([]byte("commit 3\x00ab"))
	f.Fuzz(func(t *testing.T, inflated []byte) {
		src := packtest.Deflate(inflated)
		var in packfile.Inflater
		kind, size, err := in.LooseHead(src)
		wholeKind, text, wholeErr := in.Loose(nil, src)
		if wholeErr == nil && (err != nil || kind != wholeKind || size != int64(len(text)) || !bytes.HasSuffix(inflated, text)) {
			t.Errorf("%s %d %v; whole: %s, %d bytes", kind, size, err, wholeKind, len(text))
		}
		if _, _, n, err := packfile.ParseLooseHead(inflated); err == nil && (int64(len(inflated)-n) == size) != (wholeErr == nil) {
			t.Errorf("%q: %v", inflated, wholeErr)
		}
	})
}
