package packwalk

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
)

// openMade is Open for one pack that is in memory: files would take nine tenths
// of the time of a fuzz test.
func openMade(data, index []byte) (*Walk, error) {
	p := &pack{path: "made"}
	var err error
	if p.idx, err = packfile.ParseIndex(index, 20); err != nil {
		return nil, err
	}
	if p.data, err = packfile.ParsePack(data, 20); err != nil {
		return nil, err
	}
	ctx := context.Background()
	if err := errors.Join(p.sort(ctx), p.link(ctx)); err != nil {
		return nil, err
	}
	w, err := Open(ctx, Options{IDSize: 20, Jobs: 1})
	if err != nil {
		return nil, err
	}
	w.packs, w.packBytes = []*pack{p}, p.data.Size()
	return w, w.assignOrdinals(ctx)
}

// madeTexts are what deltas of the fuzz test insert: pieces of anchors, so that
// anchors come and go at seams.
var madeTexts = []string{"needle", "need", "le", "_", "secret_key", "SECRET", "_key", "version 1", "\n", "x", "ver", "sion 1"}

// FuzzInheritedAnchors makes a tree of deltas from data and compares the
// walk with a search over each text.
func FuzzInheritedAnchors(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Add(bytes.Repeat([]byte{0x80, 0x0a, 0x31, 0x02, 0x84, 0x01}, 20))
	f.Fuzz(checkFamily)
}

// TestAnchorsOfMadeFamilies is FuzzInheritedAnchors with a few hundred inputs.
func TestAnchorsOfMadeFamilies(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		data := make([]byte, 50+random.IntN(800))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		checkFamily(t, data)
	}
}

// checkFamily makes a tree of deltas from data and walks it.
func checkFamily(t *testing.T, data []byte) {
	if len(data) > 4096 {
		return
	}
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b)
	}
	set := testAnchors()
	var p packtest.Pack
	type made struct {
		entry packtest.Entry
		text  []byte
	}
	var all []made
	for len(data) > 0 && len(all) < 200 {
		id := binary.BigEndian.AppendUint32(make([]byte, 16), uint32(len(all)))
		if len(all) == 0 || next() > 250 {
			var text []byte
			for range next() {
				text = append(text, madeTexts[next()%len(madeTexts)]...)
			}
			e := p.Raw(id, packfile.Blob, nil, int64(len(text)), packtest.Deflate(text))
			all = append(all, made{e, text})
			continue
		}
		base := all[next()%len(all)]
		var d packtest.Delta
		var text []byte
		for range next() % 16 {
			if op := next(); op < 128 || len(base.text) == 0 {
				piece := []byte(madeTexts[op%len(madeTexts)])
				d.Insert(piece)
				text = append(text, piece...)
			} else {
				from := (op<<8 | next()) % len(base.text)
				n := min(next()*4+1, len(base.text)-from)
				d.Copy(from, n)
				text = append(text, base.text[from:from+n]...)
			}
		}
		all = append(all, made{p.Ofs(base.entry, id, d.Bytes(len(base.text))), text})
	}
	w, err := openMade(p.Bytes(), p.Index(packtest.Version2))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 100, minRope} {
		w.minRope, w.bytesPerPiece = size, min(size, 4)
		got := map[int][]int32{}
		cov, err := w.Search(context.Background(), set, func(_ int, o *Object) error {
			n := int(binary.BigEndian.Uint32([]byte(o.ID())[16:]))
			if !bytes.Equal(o.Text, all[n].text) {
				t.Errorf("text %d: %q, want %q", n, o.Text, all[n].text)
			}
			if o.Base != None {
				base := all[binary.BigEndian.Uint32([]byte(w.ID(o.Base))[16:])].text
				for _, c := range o.Copies {
					if !bytes.Equal(o.Text[c.At:c.At+c.Len], base[c.From:c.From+c.Len]) {
						t.Errorf("text %d: copy %v is not in the base", n, c)
					}
				}
			}
			got[n] = slices.Clone(o.Anchors)
			return nil
		})
		if err != nil || len(cov.Skipped) > 0 || int(cov.Blobs) != len(all) {
			t.Fatalf("%v, %+v", err, cov)
		}
		for n, m := range all {
			if want := set.Append(nil, m.text, 0, len(m.text)); !slices.Equal(got[n], want) {
				t.Errorf("text %d %q: anchors %v, want %v", n, m.text, got[n], want)
			}
		}
	}
}

// FuzzWalk changes bytes of a pack and of its index. Whatever is in them, the
// walk ends, and every object is shown or named.
func FuzzWalk(f *testing.F) {
	f.Add([]byte{20, 0, 0xff, 30, 0, 1})
	f.Add([]byte{0x10, 0x84, 0xff, 0x08, 0x84, 0x7f})
	f.Fuzz(func(t *testing.T, data []byte) {
		var p packtest.Pack
		base := p.Whole(packfile.Blob, numbered(1))
		size := len(numbered(1))
		var d packtest.Delta
		d.Copy(0, size)
		d.Insert([]byte("needle"))
		for n := range 5 {
			base = p.Ofs(base, bytes.Repeat([]byte{byte(n + 1)}, 20), d.Bytes(size+n*6))
			p.Ref(base.ID, bytes.Repeat([]byte{byte(n + 100)}, 20), d.Bytes(size))
			p.Whole(packfile.Tree, []byte("not a tree"))
		}
		pack, index := p.Bytes(), p.Index(packtest.Version2)
		for ; len(data) >= 3; data = data[3:] {
			at := int(data[0]) | int(data[1])&0x7f<<8
			if data[1]&0x80 == 0 {
				pack[at%len(pack)] ^= data[2]
			} else {
				index[at%len(index)] ^= data[2]
			}
		}
		w, err := openMade(pack, index)
		if err != nil {
			return // Open names such a pack in the coverage
		}
		n := int64(0)
		cov := everything(t, w, nil, func(int, *Object) error { n++; return nil })
		if n+cov.SkippedCount() < int64(w.Count()) {
			t.Errorf("%d shown and %d skipped of %d", n, cov.SkippedCount(), w.Count())
		}
	})
}
