package packfile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// flags are what the system remembers of the mapping of a file, two letters each.
func flags(t *testing.T, path string) []string {
	t.Helper()
	return strings.Fields(testkit.Mapping(t, path, "VmFlags"))
}

func TestWhatThereIsNoRoomForIsReadPageByPage(t *testing.T) {
	const size = 1 << 16
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	isScattered := func(path string) bool { return slices.Contains(flags(t, path), "rr") }
	opened := func(name string) (p *Pack, scattered bool) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, append([]byte("PACK\x00\x00\x00\x02"), make([]byte, size-8)...), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := OpenPack(path, 20)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		if isScattered(path) {
			t.Error("it was asked whether there is room before anything was read")
		}
		p.ReadAhead(false)
		return p, isScattered(path)
	}
	if _, scattered := opened("unbounded"); scattered {
		t.Error("read page by page, with room for everything")
	}
	roomFor := func(files int64) {
		most := mapped.Load() + files*size
		SetRoom(func(int64) int64 { return most })
	}
	roomFor(2)
	t.Cleanup(func() { room.Store(nil) })
	first, _ := opened("first")
	if _, scattered := opened("second"); scattered {
		t.Error("read page by page, with room for two")
	}
	third, scattered := opened("third")
	if !scattered {
		t.Error("read ahead, with room for two others")
	}
	if third.ReadAhead(true); isScattered(filepath.Join(dir, "third")) {
		t.Error("read page by page, though it is read in order")
	}
	if third.ReadAhead(false); !isScattered(filepath.Join(dir, "third")) {
		t.Error("read ahead, though it is no longer read in order")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	roomFor(1)
	if _, scattered := opened("fourth"); scattered {
		t.Error("the room of what was closed is not free")
	}
}
