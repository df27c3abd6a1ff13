package packwalk

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/testkit"
)

func TestAPassAllocatesNothingForEachObject(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main", ".")
	commitVersions(t, dir, 0, 200)
	git(t, dir, "repack", "-adq", "--depth=50")
	w, err := Open(context.Background(), Options{Dirs: []string{objects(dir)}, IDSize: 20, Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	shown := uint64(0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := w.Trees(context.Background(), func(int, *Object) error { shown++; return nil }); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; shown < 200 || n > shown/2 {
		t.Errorf("%d allocations for %d trees", n, shown)
	}
}

func TestOneWorkerAtATimeHasALargeText(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main", ".")
	commitVersions(t, dir, 0, 5)
	git(t, dir, "repack", "-adq")
	testkit.Git(t, dir, strings.Repeat("loose ", 1000), "hash-object", "-w", "--stdin")
	w, err := Open(context.Background(), Options{Dirs: []string{objects(dir)}, IDSize: 20, Jobs: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.largeText = 2000
	p := &pass{walk: w}
	p.kinds[packfile.Blob] = true
	var packed, loose atomic.Int64
	p.visit = func(_ int, o *Object) error {
		switch {
		case o.Size <= w.largeText || o.Base != None:
			return nil
		case strings.HasPrefix(string(o.Text), "loose"):
			loose.Add(1)
		default:
			packed.Add(1)
		}
		if p.oversized.TryLock() {
			p.oversized.Unlock()
			t.Errorf("another worker may read a large text beside one of %d bytes", o.Size)
		}
		return nil
	}
	if _, err := p.run(context.Background()); err != nil || packed.Load() == 0 || loose.Load() == 0 {
		t.Fatal(err, packed.Load(), loose.Load())
	}
	if !p.oversized.TryLock() {
		t.Error("the lock is not given back")
	}
}
