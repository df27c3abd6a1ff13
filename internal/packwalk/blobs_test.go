package packwalk

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
	"github.com/djleaks/djleaks/scanner"
)

// blobsOf returns the names of the blobs that are shown, each as often as it is.
func blobsOf(t *testing.T, w *Walk, ordinals []uint32) (names []scanner.ObjectID) {
	t.Helper()
	var mu sync.Mutex
	err := w.Blobs(context.Background(), ordinals, func(_ int, o *Object) error {
		mu.Lock()
		defer mu.Unlock()
		if o.Kind != packfile.Blob || w.ID(o.Ordinal) != o.ID() {
			t.Errorf("%s (%d) is shown as a %s of %d bytes", o.ID(), o.Ordinal, o.Kind, len(o.Text))
		}
		names = append(names, o.ID())
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	slices.Sort(names)
	return names
}

func TestTheBlobsThatAreAskedForAreShownAndNoOthers(t *testing.T) {
	for format, size := range map[string]int{"sha1": 20, "sha256": 32} {
		w := open(t, Options{Dirs: []string{objects(repository(t, format))}, IDSize: size, Jobs: 3})
		if _, err := w.Search(context.Background(), testAnchors(), func(int, *Object) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for share := range uint32(9) {
			var ask []uint32
			var want []scanner.ObjectID
			for n := range uint32(w.Count()) {
				if n*7%8 < share {
					ask = append(ask, n) // commits and trees too
					if w.Kind(n) == packfile.Blob {
						want = append(want, w.ID(n))
					}
				}
			}
			slices.Sort(want)
			slices.Reverse(ask)
			if got := blobsOf(t, w, ask); !slices.Equal(got, want) {
				t.Errorf("%s, %d of 8: %d shown, want %d", format, share, len(got), len(want))
			}
			if err := w.Blobs(context.Background(), ask, func(_ int, o *Object) error {
				if idOf(o.Kind, o.Text, size) != o.ID() {
					t.Errorf("%s is shown with another's content", o.ID())
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestAllVersionsOfAFileCostNoMoreThanTheLast(t *testing.T) {
	var p packtest.Pack
	const deltas = 5000
	last := chain(&p, deltas, false)
	dir := t.TempDir()
	p.Write(t, dir, "a", packtest.Version2)
	w := open(t, Options{Dirs: []string{dir}, Jobs: 1})
	first, _ := w.Ordinal(p.Entries[0].ID)
	if blobsOf(t, w, []uint32{first}); w.inflated.Swap(0) != int64(len(numbered(0))) {
		t.Error("more than the first is inflated for it")
	}
	n, _ := w.Ordinal(last)
	blobsOf(t, w, []uint32{n})
	one := w.inflated.Swap(0)
	var all []uint32
	for n := range uint32(w.Count()) {
		all = append(all, n)
	}
	if got := blobsOf(t, w, all); len(got) != deltas+1 {
		t.Errorf("%d shown", len(got))
	}
	if all := w.inflated.Load(); all != one || one == 0 {
		t.Errorf("%d bytes are inflated for the last of a chain, and %d for all", one, all)
	}
}

func TestABlobWithoutItsBaseIsReadElsewhere(t *testing.T) {
	dir := t.TempDir()
	var p packtest.Pack
	text := numbered(5)
	id := packtest.ID(packfile.Blob, text)
	p.Ref(bytes.Repeat([]byte{99}, 20), id, []byte{1, 1, 1, 'x'})
	lost := bytes.Repeat([]byte{7}, 20)
	p.Ref(bytes.Repeat([]byte{99}, 20), lost, []byte{1, 1, 1, 'x'})
	p.Write(t, dir, "a", packtest.Version2)
	packtest.Loose(t, dir, packfile.Blob, text)
	w := open(t, Options{Dirs: []string{dir}, Jobs: 1})
	here, _ := w.Ordinal(id)
	gone, _ := w.Ordinal(lost)
	if got := blobsOf(t, w, []uint32{gone, here}); !slices.Equal(got, []scanner.ObjectID{scanner.ObjectID(id)}) {
		t.Errorf("shown: %v", got)
	}
}
