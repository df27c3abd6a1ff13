package packfile

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
)

func TestStoreThatKeepsBasesReadsTheSame(t *testing.T) {
	dir := repository(t, "sha1")
	git(t, dir, "repack", "-adfq")
	all := allObjects(t, dir)
	for _, limit := range []int64{0, 20_000, 1 << 20} { // nothing fits, some do, all do
		s, err := OpenStore([]string{filepath.Join(dir, ".git", "objects")}, 20)
		if err != nil {
			t.Fatal(err)
		}
		s.CacheBases(limit)
		for range 2 {
			for _, o := range all {
				typ, data, err := s.Get(o.id)
				if err != nil || typ.String() != o.typ || !bytes.Equal(data, o.data) {
					t.Fatalf("limit %d: %s: got %s of %d bytes, %v; want %s of %d", limit, o.id, typ, len(data), err, o.typ, len(o.data))
				}
			}
		}
		kept := int64(0)
		for _, half := range []map[baseKey]baseText{s.bases.recent, s.bases.older} {
			for _, b := range half {
				kept += int64(len(b.text))
			}
		}
		if kept > limit {
			t.Errorf("limit %d: %d bytes are kept", limit, kept)
		}
		if limit == 1<<20 && kept == 0 {
			t.Error("nothing is kept")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStoreThatKeepsBasesEndsOnACycle(t *testing.T) {
	// One delta that is its own base.
	data := append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01\x74"), bytes.Repeat([]byte{7}, 20+5000)...)
	p, err := ParsePack(data, 20)
	if err != nil {
		t.Fatal(err)
	}
	b := &bases{recent: map[baseKey]baseText{}, limit: 1 << 20}
	itself := func([]byte) (int64, bool) { return packHead, true }
	if _, _, err := b.resolve(p, new(Inflater), packHead, MaxObject, itself); !errors.Is(err, ErrCycle) {
		t.Errorf("got %v", err)
	}
}
