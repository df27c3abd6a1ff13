package packwalk

import (
	"context"
	"runtime"
	"testing"
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
