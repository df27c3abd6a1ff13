package packwalk

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
	"github.com/djleaks/djleaks/scanner"
)

// searchNew returns the anchors of everything that a search shows.
func searchNew(t testing.TB, w *Walk, known func(id []byte) bool) (shown map[scanner.ObjectID][]int32, cov scanner.Coverage, done *Searched) {
	t.Helper()
	var mu sync.Mutex
	shown = map[scanner.ObjectID][]int32{}
	set := testAnchors()
	cov, done, err := w.SearchNew(context.Background(), set, sized(known), func(_ int, o *Object) error {
		mu.Lock()
		defer mu.Unlock()
		id := o.ID()
		if idOf(o.Kind, o.Text, w.opt.IDSize) != id {
			t.Errorf("%s: content is another's", id)
		}
		if want := set.Append(nil, o.Text, 0, len(o.Text)); !slices.Equal(want, o.Anchors) {
			t.Errorf("%s: anchors %v, want %v", id, o.Anchors, want)
		}
		if o.Base != None {
			if base := w.ID(o.Base); known([]byte(base)) {
				t.Errorf("%s: has a base that was never shown", id)
			}
		}
		shown[id] = slices.Clone(o.Anchors)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return shown, cov, done
}

// sizeOf is a size that a test can tell of an object by its name.
func sizeOf(id []byte) uint32 { return uint32(id[5]) << 4 }

// sized gives what is known sizes.
func sized(known func(id []byte) bool) Known {
	return func(id []byte) (uint32, bool) { return sizeOf(id), known(id) }
}

func namesOf(t testing.TB, done *Searched) map[scanner.ObjectID]uint32 {
	t.Helper()
	out := map[scanner.ObjectID]uint32{}
	if err := done.Each(func(id []byte, size uint32) {
		if _, twice := out[scanner.ObjectID(id)]; twice {
			t.Errorf("%x is shown twice", id)
		}
		out[scanner.ObjectID(id)] = size
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func nothing([]byte) bool { return false }

func TestWhatIsKnownIsLeftOutAndTheRestIsSearchedAsEver(t *testing.T) {
	for format, size := range map[string]int{"sha1": 20, "sha256": 32} {
		for _, jobs := range []int{1, 4} {
			w := open(t, Options{Dirs: []string{objects(repository(t, format))}, IDSize: size, Jobs: jobs})
			for _, described := range []int{minRope, 1} {
				w.minRope, w.bytesPerPiece = described, min(described, bytesPerPiece)
				all, cov, done := searchNew(t, w, nothing)
				everyName := namesOf(t, done)
				if done.Known != 0 || len(all) < 50 || len(everyName) < len(all) {
					t.Fatalf("%d known, %d of %d shown", done.Known, len(all), len(everyName))
				}
				for share := range 9 {
					known := func(id []byte) bool {
						_, searched := everyName[scanner.ObjectID(id)]
						return int(id[3]%8) < share && searched
					}
					t.Run(fmt.Sprint(format, jobs, described, share), func(t *testing.T) {
						want := map[scanner.ObjectID][]int32{}
						for id, anchors := range all {
							if !known([]byte(id)) {
								want[id] = anchors
							}
						}
						left, bytes := int64(0), int64(0)
						for id := range everyName {
							if known([]byte(id)) {
								left++
								bytes += int64(sizeOf([]byte(id)))
							}
						}
						got, c, done := searchNew(t, w, known)
						if len(got) != len(want) {
							t.Errorf("%d shown, want %d", len(got), len(want))
						}
						for id := range want {
							if got[id] == nil {
								t.Errorf("%s was not shown", id)
							}
						}
						if done.Known != left || share == 8 && c.Blobs != 0 || share == 0 && c.Blobs != cov.Blobs {
							t.Errorf("%d known, %d blobs searched", done.Known, c.Blobs)
						}
						if done.KnownBlobs != left || done.KnownBytes != bytes {
							t.Errorf("%d known blobs of %d bytes, want %d of %d", done.KnownBlobs, done.KnownBytes, left, bytes)
						}
						again := namesOf(t, done)
						if len(again) != len(everyName) {
							t.Errorf("%d names, want %d", len(again), len(everyName))
						}
						for id, size := range again {
							want := everyName[id]
							if known([]byte(id)) {
								want = sizeOf([]byte(id))
							}
							if size != want {
								t.Errorf("%s: size %d, want %d", id, size, want)
							}
						}
					})
				}
			}
		}
	}
}

func TestTheSizesOfWhatWasSearchedAreThoseOfTheBlobs(t *testing.T) {
	w := open(t, Options{Dirs: []string{objects(repository(t, "sha1"))}})
	_, cov, done := searchNew(t, w, nothing)
	blobs, bytes := int64(0), int64(0)
	for id, size := range namesOf(t, done) {
		n, _ := w.Ordinal([]byte(id))
		if isBlob := w.Kind(n) == packfile.Blob; isBlob != (size != NoBlob) {
			t.Errorf("%s is a %s of size %d", id, w.Kind(n), size)
		} else if isBlob {
			blobs, bytes = blobs+1, bytes+int64(size)
		}
	}
	if blobs != cov.Blobs || bytes != cov.Bytes {
		t.Errorf("%d blobs of %d bytes, searched were %d of %d", blobs, bytes, cov.Blobs, cov.Bytes)
	}
}

// deltaTree is a pack with a base, a copy of it as a delta, and deltas of
// that delta which inherit an anchor and add one of their own.
func deltaTree(t *testing.T, size int) (dir string, base, same, over, own scanner.ObjectID) {
	text := bytes.Repeat([]byte("nothing to see in this line\n"), size/28)
	text = append(text, "here is a needle in it\n"...)
	more := append(bytes.Clone(text), "and one more secret_key at the end\n"...)
	insert := func(s string) *packtest.Delta {
		var d packtest.Delta
		d.Copy(0, len(text))
		if s != "" {
			d.Insert([]byte(s))
		}
		return &d
	}
	var p packtest.Pack
	root := p.Whole(packfile.Blob, text)
	second := append(bytes.Clone(text), "a line\n"...)
	var d packtest.Delta
	d.Copy(0, len(text))
	d.Insert([]byte("a line\n"))
	middle := p.Ofs(root, packtest.ID(packfile.Blob, second), d.Bytes(len(text)))
	third := append(bytes.Clone(text), "another line\n"...)
	a := p.Ofs(middle, packtest.ID(packfile.Blob, third), insert("another line\n").Bytes(len(second)))
	b := p.Ref(middle.ID, packtest.ID(packfile.Blob, more), insert("and one more secret_key at the end\n").Bytes(len(second)))
	dir = t.TempDir()
	p.Write(t, dir, "a", packtest.Version2)
	return dir, scanner.ObjectID(root.ID), scanner.ObjectID(middle.ID), scanner.ObjectID(a.ID), scanner.ObjectID(b.ID)
}

func TestANewDeltaOfAKnownBaseIsSearchedWhole(t *testing.T) {
	for _, size := range []int{1000, 300_000} {
		dir, base, same, over, own := deltaTree(t, size)
		w := open(t, Options{Dirs: []string{dir}, Jobs: 1})
		for _, new := range [][]scanner.ObjectID{{over}, {own}, {over, own}, {same}, {same, own}, {base, own}, {base}} {
			shown, cov, done := searchNew(t, w, func(id []byte) bool { return !slices.Contains(new, scanner.ObjectID(id)) })
			if len(shown) != len(new) || cov.Blobs != int64(len(new)) || done.Known != int64(4-len(new)) {
				t.Errorf("%d bytes, new %v: %d shown, %d known, %+v", size, new, len(shown), done.Known, cov)
			}
			for _, id := range new {
				want := 1
				if id == own {
					want = 2
				}
				if len(shown[id]) != want {
					t.Errorf("%d bytes: %s: %d anchors, want %d", size, id, len(shown[id]), want)
				}
			}
		}
	}
}

func TestWhatIsNotNeededIsNotInflated(t *testing.T) {
	var p packtest.Pack
	broken := p.Raw(packtest.ID(packfile.Blob, []byte("broken")), packfile.Blob, nil, 6, []byte("no zlib stream"))
	var d packtest.Delta
	d.Insert([]byte("x"))
	child := binary.BigEndian.AppendUint32(make([]byte, 16), 7)
	p.Ofs(broken, child, d.Bytes(6))
	dir := t.TempDir()
	p.Write(t, dir, "a", packtest.Version2)
	w := open(t, Options{Dirs: []string{dir}, Jobs: 1})
	everything := func([]byte) bool { return true }
	if _, cov, done := searchNew(t, w, everything); len(cov.Skipped) != 0 || done.Known != 2 {
		t.Errorf("all is known, and yet: %+v", cov)
	}
	// Of a damaged object, and of what is made from it, the name is not given.
	_, cov, done := searchNew(t, w, func(id []byte) bool { return bytes.Equal(id, broken.ID) })
	if len(cov.Skipped) != 2 || len(namesOf(t, done)) != 1 {
		t.Errorf("a new child of a damaged base: %+v", cov)
	}
	_, cov, done = searchNew(t, w, nothing)
	if len(cov.Skipped) != 2 || len(namesOf(t, done)) != 0 {
		t.Errorf("a damaged base: %+v", cov)
	}
}
