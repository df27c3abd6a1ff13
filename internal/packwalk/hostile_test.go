package packwalk

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
	"github.com/djleaks/djleaks/scanner"
)

// shown runs a search and returns the texts with an anchor, by id, and the
// coverage.
func shown(t testing.TB, w *Walk) (map[string]string, scanner.Coverage) {
	t.Helper()
	texts := map[string]string{}
	var mu sync.Mutex
	cov, err := w.Search(context.Background(), testAnchors(), func(_ int, o *Object) error {
		mu.Lock()
		defer mu.Unlock()
		texts[o.ID().String()] = string(o.Text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts, cov
}

func hexID(id []byte) string { return scanner.ObjectID(id).String() }

// reasons are the reasons for which objects were skipped, by id or path.
func reasons(cov scanner.Coverage) map[string]string {
	out := map[string]string{}
	for _, s := range cov.Skipped {
		out[s.ID+s.Path] = s.Reason
	}
	return out
}

// numbered is the n-th of many texts with an anchor.
func numbered(n int) []byte { return fmt.Appendf(nil, "needle in text %d\n", n) }

func TestEveryLayoutOfAnIndexIsRead(t *testing.T) {
	for name, layout := range map[string]packtest.Layout{"1": packtest.Version1, "2": packtest.Version2, "64": packtest.LongOffsets} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var p packtest.Pack
			for n := range 300 {
				p.Whole(packfile.Blob, numbered(n))
			}
			p.Write(t, dir, "a", layout)
			texts, cov := shown(t, open(t, Options{Dirs: []string{dir}}))
			if len(texts) != 300 || cov.Blobs != 300 || len(cov.Skipped) > 0 {
				t.Errorf("%d shown, %d counted, skipped %v", len(texts), cov.Blobs, cov.Skipped)
			}
			for n := range 300 {
				if id := hexID(packtest.ID(packfile.Blob, numbered(n))); texts[id] != string(numbered(n)) {
					t.Errorf("%s: got %q", id, texts[id])
				}
			}
		})
	}
}

// chain adds length deltas, each of the one before, that put one line in front
// of the text.
func chain(p *packtest.Pack, length int, ref bool) (last []byte) {
	text := numbered(0)
	base := p.Whole(packfile.Blob, text)
	size := len(text)
	for n := 1; n <= length; n++ {
		var d packtest.Delta
		d.Insert(binary.BigEndian.AppendUint32(nil, uint32(n)))
		d.Copy(min(size-len(text), 4), len(text))
		delta := d.Bytes(size)
		size = 4 + len(text)
		id := binary.BigEndian.AppendUint32(make([]byte, 16), uint32(n))
		id[0], id[1] = byte(n*7), byte(n>>3)
		if ref {
			base = p.Ref(base.ID, id, delta)
		} else {
			base = p.Ofs(base, id, delta)
		}
	}
	return base.ID
}

func TestEachDeltaOfAChainOf200000IsInflatedOnce(t *testing.T) {
	for ref, deltas := range map[bool]int{false: 200_000, true: 20_000} { // a base named by its offset, by its id
		dir := t.TempDir()
		var p packtest.Pack
		last := chain(&p, deltas, ref)
		p.Write(t, dir, "a", packtest.Version2)
		w := open(t, Options{Dirs: []string{dir}})
		n := 0
		cov, err := w.Search(context.Background(), testAnchors(), func(int, *Object) error { n++; return nil })
		if err != nil || n != deltas+1 || cov.Blobs != int64(deltas)+1 || len(cov.Skipped) > 0 {
			t.Errorf("%d shown, %d counted, %v, skipped %v", n, cov.Blobs, err, cov.Skipped)
		}
		// Each of the deltas has at most 10 bytes.
		if got, most := w.inflated.Load(), int64(len(numbered(0))+deltas*10); got > most || got < most/2 {
			t.Errorf("inflated %d bytes, the chain has %d", got, most)
		}
		ordinal, _ := w.Ordinal(last)
		if text, err := w.Read(ordinal, nil); err != nil || !bytes.HasSuffix(text, numbered(0)) {
			t.Errorf("last of the chain: %v", err)
		}
	}
}

func TestABrokenChainOf200000DeltasIsReportedWithoutReadingIt(t *testing.T) {
	dir := t.TempDir()
	var p packtest.Pack
	chain(&p, 200_000, false)
	p.Data[p.Entries[0].Data+5] ^= 0x55
	p.Write(t, dir, "a", packtest.Version2)
	w := open(t, Options{Dirs: []string{dir}})
	texts, cov := shown(t, w)
	if len(texts) > 0 || cov.SkippedCount() != 200_001 {
		t.Errorf("%d shown, %d skipped", len(texts), cov.SkippedCount())
	}
	if w.inflated.Load() > 0 || w.retries.Load() > 0 {
		t.Errorf("inflated %d bytes, looked for %d objects elsewhere", w.inflated.Load(), w.retries.Load())
	}
}

func TestACycleOfDeltasEnds(t *testing.T) {
	dir := t.TempDir()
	var p packtest.Pack
	good := p.Whole(packfile.Blob, numbered(1))
	var d packtest.Delta
	d.Copy(0, 10)
	delta := d.Bytes(10)
	a, b, c := bytes.Repeat([]byte{1}, 20), bytes.Repeat([]byte{2}, 20), bytes.Repeat([]byte{3}, 20)
	p.Ref(b, a, delta)
	p.Ref(a, b, delta)
	p.Ref(b, c, delta) // hangs on the cycle
	self := bytes.Repeat([]byte{4}, 20)
	p.Ref(self, self, delta)
	p.Write(t, dir, "a", packtest.Version2)
	w := open(t, Options{Dirs: []string{dir}})
	texts, cov := shown(t, w)
	if len(texts) != 1 || texts[hexID(good.ID)] == "" {
		t.Errorf("shown: %q", texts)
	}
	why := reasons(cov)
	for _, id := range [][]byte{a, b, c, self} {
		if !strings.Contains(why[hexID(id)], "cycle") {
			t.Errorf("%x: reason %q", id, why[hexID(id)])
		}
		ordinal, _ := w.Ordinal(id)
		if _, err := w.Read(ordinal, nil); !errors.Is(err, packfile.ErrCycle) {
			t.Errorf("%x: read: %v", id, err)
		}
	}
}

func TestDamagedEntriesAreNamedAndTheOthersShown(t *testing.T) {
	dir := t.TempDir()
	var p packtest.Pack
	good := p.Whole(packfile.Blob, numbered(1))
	flipped := p.Whole(packfile.Blob, bytes.Repeat(numbered(2), 50))
	p.Data[flipped.Data+7] ^= 4
	sum := p.Whole(packfile.Blob, numbered(3))
	p.Data[len(p.Data)-1] ^= 1 // of the Adler-32
	text := numbered(4)
	short := p.Raw(bytes.Repeat([]byte{4}, 20), packfile.Blob, nil, int64(len(text)+1), packtest.Deflate(text))
	long := p.Raw(bytes.Repeat([]byte{5}, 20), packfile.Blob, nil, int64(len(text)-1), packtest.Deflate(text))
	bomb := p.Raw(bytes.Repeat([]byte{6}, 20), packfile.Blob, nil, 1<<33, packtest.Deflate(text))
	kind := p.Raw(bytes.Repeat([]byte{7}, 20), 5, nil, int64(len(text)), packtest.Deflate(text))
	far := p.Raw(bytes.Repeat([]byte{8}, 20), packfile.OfsDelta, packtest.Back(1<<40), 3, packtest.Deflate(text))
	lost := p.Ref(bytes.Repeat([]byte{99}, 20), bytes.Repeat([]byte{9}, 20), []byte{1, 1, 1, 'x'})
	var d packtest.Delta
	d.Copy(0, len(numbered(1)))
	d.Copy(5, len(numbered(1)))
	outside := p.Ofs(good, bytes.Repeat([]byte{10}, 20), d.Bytes(len(numbered(1))))
	other := p.Ofs(good, bytes.Repeat([]byte{11}, 20), d.Bytes(3))
	claims := p.Ofs(good, bytes.Repeat([]byte{12}, 20), append(packtest.Number(int64(len(numbered(1)))), append(packtest.Number(1<<29), 1, 'x')...))
	huge := p.Ofs(good, bytes.Repeat([]byte{13}, 20), append(packtest.Number(int64(len(numbered(1)))), append(packtest.Number(1<<40), 1, 'x')...))
	var copyAll packtest.Delta
	copyAll.Copy(0, len(numbered(3)))
	child := p.Ofs(sum, bytes.Repeat([]byte{14}, 20), copyAll.Bytes(len(numbered(3))))
	last := p.Whole(packfile.Blob, numbered(15))
	p.Write(t, dir, "a", packtest.Version2)

	texts, cov := shown(t, open(t, Options{Dirs: []string{dir}}))
	if len(texts) != 2 || texts[hexID(good.ID)] == "" || texts[hexID(last.ID)] == "" {
		t.Errorf("shown: %q", texts)
	}
	why := reasons(cov)
	for _, c := range []struct {
		name  string
		entry packtest.Entry
		want  string
	}{
		{"flipped byte", flipped, ""}, {"checksum", sum, "checksum"}, {"short", short, "truncated"},
		{"long", long, "corrupt"}, {"bomb", bomb, ""}, {"type", kind, "corrupt"}, {"base before the pack", far, "base"},
		{"unknown base", lost, "base"}, {"copy outside", outside, "corrupt"}, {"another base", other, "corrupt"},
		{"claims too much", claims, "truncated"}, {"huge", huge, "too large"}, {"child of a damaged one", child, "base"},
	} {
		if got, ok := why[hexID(c.entry.ID)]; !ok || !strings.Contains(got, c.want) {
			t.Errorf("%s: reason %q, want %q", c.name, got, c.want)
		}
	}
	if len(cov.Skipped) != 13 {
		t.Errorf("%d skipped, want 13", len(cov.Skipped))
	}
}

func TestATruncatedPackGivesWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	var p packtest.Pack
	for n := range 100 {
		p.Whole(packfile.Blob, numbered(n))
	}
	p.Write(t, dir, "a", packtest.Version2)
	path := filepath.Join(dir, "pack", "pack-a.pack")
	if err := os.Truncate(path, p.Entries[60].Data+20+4); err != nil {
		t.Fatal(err)
	}
	texts, cov := shown(t, open(t, Options{Dirs: []string{dir}}))
	if len(texts) != 60 || len(cov.Skipped) != 40 {
		t.Errorf("%d shown, %d skipped", len(texts), len(cov.Skipped))
	}
}

// checkShrunk walks over a pack that is cut off once it is open: each of its blobs is
// shown or named as skipped.
func checkShrunk(t *testing.T) (w *Walk, dir string) {
	t.Helper()
	dir = t.TempDir()
	var p packtest.Pack
	for n := range 2000 {
		p.Whole(packfile.Blob, numbered(n))
	}
	p.Write(t, dir, "a", packtest.Version2)
	w = open(t, Options{Dirs: []string{dir}})
	if err := os.Truncate(filepath.Join(dir, "pack", "pack-a.pack"), 100); err != nil {
		t.Fatal(err)
	}
	texts, cov := shown(t, w)
	if len(cov.Skipped) == 0 || int64(len(texts))+cov.SkippedCount() != 2000 {
		t.Errorf("%d shown, %d skipped", len(texts), cov.SkippedCount())
	}
	return w, dir
}

func TestAPackThatShrinksWhileItIsReadIsAnError(t *testing.T) {
	w, dir := checkShrunk(t)
	if err := os.Truncate(filepath.Join(dir, "pack", "pack-a.idx"), 0); err != nil {
		t.Fatal(err)
	}
	if texts, cov := shown(t, w); len(texts) > 0 || len(cov.Skipped) == 0 {
		t.Errorf("without an index: %d shown, skipped %v", len(texts), cov.Skipped)
	}
}

func TestStrayFilesAreWarnedOfOrIgnored(t *testing.T) {
	dir := t.TempDir()
	var p packtest.Pack
	p.Whole(packfile.Blob, numbered(1))
	p.Write(t, dir, "a", packtest.Version2)
	packtest.WriteFile(t, filepath.Join(dir, "pack", "pack-b.pack"), p.Bytes())
	packtest.WriteFile(t, filepath.Join(dir, "pack", "pack-c.idx"), p.Index(packtest.Version2))
	packtest.WriteFile(t, filepath.Join(dir, "pack", "pack-d.idx"), []byte("no index"))
	packtest.WriteFile(t, filepath.Join(dir, "pack", "pack-d.pack"), p.Bytes())
	packtest.WriteFile(t, filepath.Join(dir, "pack", "tmp_pack_x"), nil)
	id := packtest.Loose(t, dir, packfile.Blob, numbered(2))
	packtest.WriteFile(t, filepath.Join(filepath.Dir(packtest.LoosePath(dir, id)), "tmp_obj_abcdef"), nil)
	packtest.WriteFile(t, filepath.Join(dir, "ab", strings.Repeat("G", 38)), nil)
	empty := bytes.Repeat([]byte{0xee}, 20)
	packtest.WriteFile(t, packtest.LoosePath(dir, empty), nil)

	texts, cov := shown(t, open(t, Options{Dirs: []string{dir}}))
	if len(texts) != 2 {
		t.Errorf("shown: %q", texts)
	}
	notes := strings.Join(cov.Notes, "\n")
	if len(cov.Notes) != 2 || !strings.Contains(notes, "pack-b.pack") || !strings.Contains(notes, "pack-c.idx") {
		t.Errorf("notes: %q", notes)
	}
	why := reasons(cov)
	if len(why) != 2 || why[hexID(empty)] == "" || why[filepath.Join(dir, "pack", "pack-d.pack")] == "" {
		t.Errorf("skipped: %q", why)
	}
}

func TestAnObjectThatIsStoredSeveralTimesIsShownOnce(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	text := numbered(1)
	var delta packtest.Delta
	delta.Copy(0, len(text))
	delta.Insert([]byte("more needles"))
	child := append(bytes.Clone(text), "more needles"...)
	for i, name := range []string{"a", "b", "c"} {
		var p packtest.Pack
		base := p.Whole(packfile.Blob, text)
		p.Whole(packfile.Blob, numbered(100+i))
		if name != "a" {
			p.Ofs(base, packtest.ID(packfile.Blob, child), delta.Bytes(len(text)))
		}
		p.Write(t, dir, name, packtest.Version2)
	}
	packtest.Loose(t, dir, packfile.Blob, text)
	packtest.Loose(t, other, packfile.Blob, child)
	alone := packtest.Loose(t, other, packfile.Blob, numbered(7))
	packtest.Loose(t, dir, packfile.Blob, numbered(8))
	packtest.Loose(t, other, packfile.Blob, numbered(8))

	w := open(t, Options{Dirs: []string{dir, other, filepath.Join(other, "no", "such", "folder")}})
	texts := map[string]int{}
	var mu sync.Mutex
	cov, err := w.Search(context.Background(), testAnchors(), func(_ int, o *Object) error {
		mu.Lock()
		defer mu.Unlock()
		texts[string(o.Text)]++
		if o.Base != None {
			t.Errorf("%s: its base is another pack's to show", o.ID())
		}
		if got, ok := w.Ordinal([]byte(o.ID())); !ok || got != o.Ordinal || w.ID(got) != o.ID() {
			t.Errorf("%s: ordinal %d, by id %d", o.ID(), o.Ordinal, got)
		}
		return nil
	})
	if err != nil || w.Count() != 7 || len(texts) != 7 || cov.Blobs != 7 || len(cov.Skipped) > 0 {
		t.Errorf("count %d, shown %v, coverage %+v, %v", w.Count(), texts, cov, err)
	}
	for text, n := range texts {
		if n != 1 {
			t.Errorf("%q: shown %d times", text, n)
		}
	}
	if _, ok := w.Ordinal(alone); !ok {
		t.Error("the alternate's object has no ordinal")
	}
}

func TestADamagedObjectIsReadFromAnotherCopy(t *testing.T) {
	dir := t.TempDir()
	text := bytes.Repeat(numbered(1), 20)
	var bad, good packtest.Pack
	base := bad.Whole(packfile.Blob, text)
	var d packtest.Delta
	d.Copy(0, len(text))
	d.Insert([]byte("needle"))
	child := bad.Ofs(base, bytes.Repeat([]byte{1}, 20), d.Bytes(len(text)))
	bad.Data[base.Data+6] ^= 0x10
	lost := bad.Ref(bytes.Repeat([]byte{77}, 20), packtest.ID(packfile.Blob, numbered(2)), []byte{1, 1, 1, 'x'})
	good.Whole(packfile.Blob, text)
	good.Write(t, dir, "b", packtest.Version2)
	bad.Write(t, dir, "a", packtest.Version2)
	packtest.Loose(t, dir, packfile.Blob, numbered(2))
	texts, cov := shown(t, open(t, Options{Dirs: []string{dir}}))
	if len(cov.Skipped) > 0 || texts[hexID(base.ID)] != string(text) ||
		texts[hexID(child.ID)] != string(text)+"needle" || texts[hexID(lost.ID)] != string(numbered(2)) {
		t.Errorf("%d shown, skipped %v", len(texts), cov.Skipped)
	}
}

func TestAStoppedWalkSaysWhatIsLeft(t *testing.T) {
	dir := t.TempDir()
	var p packtest.Pack
	for n := range 3000 {
		p.Whole(packfile.Blob, numbered(n))
	}
	p.Write(t, dir, "a", packtest.Version2)
	w := open(t, Options{Dirs: []string{dir}, Jobs: 2})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	var mu sync.Mutex
	search := &pass{walk: w, set: testAnchors(), untyped: true} // as Search makes it
	search.kinds[packfile.Blob] = true
	search.visit = func(int, *Object) error {
		mu.Lock()
		defer mu.Unlock()
		if n++; n == 100 {
			cancel()
			for !search.stop.Load() { // the halt runs beside us
				runtime.Gosched()
			}
		}
		return nil
	}
	cov, err := search.run(ctx)
	if !errors.Is(err, context.Canceled) || n > 101 { // the other worker may be at its visit
		t.Errorf("%v after %d objects", err, n)
	}
	if left := cov.SkippedCount(); left != int64(3000-n) {
		t.Errorf("%d shown, %d left", n, left)
	}
}

func TestAVisitorsErrorEndsTheWalk(t *testing.T) {
	dir := repository(t, "sha1")
	w := open(t, Options{Dirs: []string{objects(dir)}, Jobs: 3})
	mine := errors.New("enough")
	if _, err := w.Search(context.Background(), testAnchors(), func(int, *Object) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("got %v", err)
	}
}

func TestCommitsAndTreesShowOnlyThese(t *testing.T) {
	dir := repository(t, "sha1")
	w := open(t, Options{Dirs: []string{objects(dir)}, Jobs: 2})
	count := func(kind string) (n int64) {
		out := git(t, dir, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
		for _, line := range strings.Fields(out) {
			if line == kind {
				n++
			}
		}
		return n
	}
	var mu sync.Mutex
	kinds := map[packfile.Type]int64{}
	visit := func(_ int, o *Object) error {
		mu.Lock()
		defer mu.Unlock()
		kinds[o.Kind]++
		return nil
	}
	cov, err := w.Commits(context.Background(), visit)
	if want := count("commit"); err != nil || len(kinds) != 1 || kinds[packfile.Commit] != want || cov.Commits != want {
		t.Errorf("commits: %v, %v, coverage %d, want %d", err, kinds, cov.Commits, want)
	}
	clear(kinds)
	_, err = w.Trees(context.Background(), visit)
	if want := count("tree"); err != nil || len(kinds) != 1 || kinds[packfile.Tree] != want {
		t.Errorf("trees: %v, %v, want %d", err, kinds, want)
	}
}

func TestALargeBlobIsSearchedInWindows(t *testing.T) {
	dir := t.TempDir()
	var text bytes.Buffer
	for n := 0; text.Len() < 3<<20; n++ {
		fmt.Fprintf(&text, "line %d\r\n", n)
		if n%9000 == 0 {
			text.WriteString("here is a needle\n")
		}
	}
	var p packtest.Pack
	p.Whole(packfile.Blob, text.Bytes())
	p.Write(t, dir, "a", packtest.Version2)
	packtest.Loose(t, dir, packfile.Blob, append(text.Bytes(), "end needle"...))
	w := open(t, Options{Dirs: []string{dir}, StreamLimit: 1 << 20, Jobs: 1})
	found := map[scanner.ObjectID][]int32{}
	cov, err := w.Search(context.Background(), testAnchors(), func(_ int, o *Object) error {
		if !o.Windowed {
			t.Errorf("%s: whole", o.ID())
		}
		for _, a := range o.Anchors {
			at := int(o.Offset) + int(a)
			found[o.ID()] = append(found[o.ID()], int32(at))
			line, column := scanner.Position(o.Text, int(a))
			wantLine, wantColumn := 1+bytes.Count(text.Bytes()[:min(at, text.Len())], []byte("\n")), column
			if line+o.LinesBefore != wantLine || column != wantColumn {
				t.Fatalf("offset %d: line %d, want %d", at, line+o.LinesBefore, wantLine)
			}
		}
		return nil
	})
	if err != nil || len(cov.Skipped) > 0 || cov.Blobs != 2 {
		t.Fatalf("%v, %+v", err, cov)
	}
	want := testAnchors().Append(nil, text.Bytes(), 0, text.Len())
	if len(found) != 2 {
		t.Errorf("%d blobs shown", len(found))
	}
	for id, got := range found {
		if n := len(want); len(got) < n || fmt.Sprint(got[:n]) != fmt.Sprint(want) || len(got) > n+1 {
			t.Errorf("%s: %d anchors, want %d", id, len(got), n)
		}
	}
}

func TestALargeBlobWithAFlippedByteIsReported(t *testing.T) {
	dir := t.TempDir()
	var p packtest.Pack
	text := []byte(strings.Repeat("lines without end\n", 200_000))
	e := p.Whole(packfile.Blob, text)
	p.Data[len(p.Data)-2] ^= 1
	p.Write(t, dir, "a", packtest.Version2)
	_, cov := shown(t, open(t, Options{Dirs: []string{dir}, StreamLimit: 1 << 20}))
	if reasons(cov)[hexID(e.ID)] == "" {
		t.Errorf("skipped: %v", cov.Skipped)
	}
}

func TestTextsAreMadeAgainWhenMemoryIsShort(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "clone", "-q", "--bare", "--no-local", repository(t, "sha1"), ".git")
	git(t, dir, "repack", "-adfq", "--depth=50", "--window=50")
	for _, jobs := range []int{1, 3} {
		w := open(t, Options{Dirs: []string{objects(dir)}, MemoryLimit: 1, Jobs: jobs})
		checkAgainstGit(t, dir, w)
		checkSearch(t, w, testAnchors())
	}
}
