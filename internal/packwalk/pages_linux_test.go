package packwalk

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
	"github.com/djleaks/djleaks/internal/testkit"
)

// resident is how many bytes of a mapped file are in the memory of this process.
func resident(t *testing.T, path string) (bytes int) {
	t.Helper()
	kb, err := strconv.Atoi(strings.Fields(testkit.Mapping(t, path, "Rss"))[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

func TestPagesOfLargePacksAreReleased(t *testing.T) {
	var p packtest.Pack
	p.Whole(packfile.Blob, []byte("one"))
	p.Data = append(p.Data, make([]byte, maxResident+1<<20)...) // counts as a part of the first
	p.Whole(packfile.Blob, []byte("two"))
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p.Write(t, dir, "a", packtest.Version2)
	w, err := Open(context.Background(), Options{Dirs: []string{dir}, IDSize: 20, Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	touch := func() (sum int) {
		all, err := w.packs[0].data.Checked(packfile.Entry{Data: 12, Size: 1}, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(all); i += 4096 {
			sum += 1 + int(all[i])
		}
		return sum
	}
	search := func() int {
		if touch() == 0 || resident(t, w.packs[0].path+".pack") < maxResident {
			t.Fatal("the pack has not been read into memory")
		}
		everything(t, w, testAnchors(), func(int, *Object) error { return nil })
		return resident(t, w.packs[0].path+".pack")
	}
	if left := search(); left < maxResident {
		t.Errorf("of a small pack %d bytes are left", left)
	}
	w.packBytes = largePacks
	if left := search(); left > 1<<20 {
		t.Errorf("of a large pack %d bytes are left", left)
	}
}

func TestIndexesStayInMemoryWhereThereIsNoRoom(t *testing.T) {
	dir, err := filepath.EvalSymlinks(repository(t, "sha1"))
	if err != nil {
		t.Fatal(err)
	}
	left := func() int {
		w := open(t, Options{Dirs: []string{objects(dir)}})
		w.packBytes = largePacks
		w.forgetPages()
		return resident(t, w.packs[0].path+".idx")
	}
	if n := left(); n > 0 {
		t.Errorf("%d bytes of an index are left, with room for everything", n)
	}
	noRoom(t)
	if left() == 0 {
		t.Error("an index is released, without room for its pack")
	}
}
