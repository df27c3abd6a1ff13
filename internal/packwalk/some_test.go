package packwalk

import (
	"context"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
	"github.com/djleaks/djleaks/scanner"
)

func openSome(t testing.TB, opt Options, ids ...scanner.ObjectID) *Walk {
	t.Helper()
	opt.IDSize = len(ids[0])
	w, err := OpenSome(context.Background(), opt, ids, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func TestAWalkOfSomeObjectsShowsThemAsOneOfAllDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for format, size := range map[string]int{"sha1": 20, "sha256": 32} {
		opt := Options{Dirs: []string{objects(repository(t, format))}, IDSize: size, Jobs: 2}
		all, _, done := searchNew(t, open(t, opt), nothing)
		sizes := namesOf(t, done)
		names := make([]scanner.ObjectID, 0, len(sizes))
		for id := range sizes {
			names = append(names, id)
		}
		slices.Sort(names)
		for range 6 {
			var some []scanner.ObjectID
			share := 1 << random.IntN(6)
			for _, id := range names {
				if random.IntN(share) == 0 {
					some = append(some, id)
				}
			}
			absent := scanner.ObjectID(strings.Repeat("\x07", size))
			shown, cov, done := searchNew(t, openSome(t, opt, append(some, absent)...), nothing)
			if len(cov.Skipped) != 1 || cov.Skipped[0].ID != absent.String() {
				t.Errorf("skipped: %+v", cov.Skipped)
			}
			searched := namesOf(t, done)
			if len(searched) != len(some) {
				t.Errorf("%d of %d objects are searched", len(searched), len(some))
			}
			for _, id := range some {
				if anchors, ok := all[id]; !slices.Equal(anchors, shown[id]) || ok != (shown[id] != nil) {
					t.Errorf("%s: anchors %v, want %v", id, shown[id], anchors)
				}
				if got, ok := searched[id]; !ok || got != sizes[id] {
					t.Errorf("%s: %d bytes (%v), want %d", id, got, ok, sizes[id])
				}
				delete(shown, id)
			}
			if len(shown) != 0 {
				t.Errorf("%d objects are shown that were not asked for", len(shown))
			}
		}
	}
}

// A base that is damaged is read elsewhere, by a name that only its place in the
// pack tells.
func TestAWalkOfSomeObjectsReadsADamagedBaseElsewhere(t *testing.T) {
	base := []byte("here is a needle in it\n")
	text := append(slices.Clone(base), "and more\n"...)
	var p packtest.Pack
	broken := p.Raw(packtest.ID(packfile.Blob, base), packfile.Blob, nil, int64(len(base)), []byte("no zlib stream"))
	var d packtest.Delta
	d.Copy(0, len(base))
	d.Insert([]byte("and more\n"))
	child := p.Ofs(broken, packtest.ID(packfile.Blob, text), d.Bytes(len(base)))
	dir := t.TempDir()
	p.Write(t, dir, "a", packtest.Version2)
	id := scanner.ObjectID(child.ID)
	shown, cov, _ := searchNew(t, openSome(t, Options{Dirs: []string{dir}, Jobs: 1}, id), nothing)
	if len(shown) != 0 || len(cov.Skipped) != 1 || cov.Skipped[0].ID != id.String() {
		t.Errorf("without another copy: %v, %+v", shown, cov)
	}
	var q packtest.Pack
	q.Whole(packfile.Blob, base)
	q.Write(t, dir, "b", packtest.Version2)
	shown, cov, _ = searchNew(t, openSome(t, Options{Dirs: []string{dir}, Jobs: 1}, id), nothing)
	if len(shown) != 1 || len(cov.Skipped) != 0 {
		t.Errorf("with another copy: %v, %+v", shown, cov)
	}
}

func TestAWalkOfSomeObjectsIsNotStoppedByOthers(t *testing.T) {
	var p packtest.Pack
	whole := p.Whole(packfile.Blob, []byte("a needle\n"))
	for n := range uint32(2) { // a circle of deltas
		id := binary.BigEndian.AppendUint32(make([]byte, 16), n+1)
		p.Raw(id, packfile.RefDelta, binary.BigEndian.AppendUint32(make([]byte, 16), 2-n), 3, packtest.Deflate([]byte("abc")))
	}
	dir := t.TempDir()
	p.Write(t, dir, "a", packtest.Version2)
	if err := os.WriteFile(filepath.Join(dir, "pack", "pack-0.idx"), []byte("no index"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pack", "pack-0.pack"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	circle := scanner.ObjectID(binary.BigEndian.AppendUint32(make([]byte, 16), 1))
	shown, cov, _ := searchNew(t, openSome(t, Options{Dirs: []string{dir}, Jobs: 1}, circle, scanner.ObjectID(whole.ID)), nothing)
	if len(shown) != 1 || len(cov.Skipped) != 1 || cov.Skipped[0].ID != circle.String() {
		t.Errorf("%v, %+v", shown, cov)
	}
}

// Optional objects are those that are inflated for others, or are made from them. Until
// they are asked for they cost nothing.
func TestAWalkShowsOptionalObjectsOnceItIsAskedTo(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	opt := Options{Dirs: []string{objects(repository(t, "sha1"))}, IDSize: 20, Jobs: 2}
	all, _, done := searchNew(t, open(t, opt), nothing)
	sizes := namesOf(t, done)
	names := slices.Sorted(maps.Keys(sizes))
	more, extra := 0, int64(0)
	for range 12 {
		var some, optional []scanner.ObjectID
		for _, id := range names {
			switch random.IntN(6) {
			case 0:
				some = append(some, id)
			case 1, 2, 3:
				optional = append(optional, id)
			}
		}
		search := func(optional []scanner.ObjectID, asked bool) (*Walk, map[scanner.ObjectID][]int32, map[scanner.ObjectID]uint32) {
			w, err := OpenSome(context.Background(), opt, some, optional)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = w.Close() })
			if asked {
				w.WalkOptional()
			}
			shown, cov, done := searchNew(t, w, nothing)
			if len(cov.Skipped) > 0 {
				t.Errorf("skipped: %+v", cov.Skipped)
			}
			return w, shown, namesOf(t, done)
		}
		plain, shown, searched := search(nil, false)
		idle, same, searchedToo := search(optional, false)
		if !maps.Equal(searched, searchedToo) || !maps.EqualFunc(shown, same, slices.Equal) || plain.inflated.Load() != idle.inflated.Load() {
			t.Error("optional objects are walked, and nobody asked")
		}
		asked, shown, searched := search(append(optional, some[0]), true)
		for id, size := range searched {
			if !slices.Contains(some, id) && !slices.Contains(optional, id) || size != sizes[id] || !slices.Equal(shown[id], all[id]) {
				t.Errorf("%s: %d bytes, anchors %v, want %d, %v", id, size, shown[id], sizes[id], all[id])
			}
		}
		for _, id := range some {
			if _, ok := searched[id]; !ok {
				t.Errorf("%s is not searched", id)
			}
		}
		more += len(searched) - len(some)
		extra += asked.inflated.Load() - plain.inflated.Load()
	}
	if more < 20 || extra <= 0 {
		t.Errorf("%d optional objects for %d bytes", more, extra)
	}
}
