package scan

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/scanner"
)

// What it costs to look up one blob of a pack and apply its chain of deltas,
// counted in bytes of pack that a walk of the whole pack reads in that time:
// measured 0.5 ms against 60 MB a second, and halved, so that the walk is only
// made where it is surely cheaper.
const packBytesPerBlob = 15_000

// prefilterFrom is the number of blobs below which a walk is never cheaper.
const prefilterFrom = 256

// prefilter makes long ranges cheap: the first push of a whole repository, or a
// server that is sent thousands of commits. The packs are walked once, in which
// each version of a file costs what its delta costs, and of the blobs of the
// range only those are read one by one that hold a key.
//
// A server looks at the packs of the push alone. A blob that is not in what was
// walked is read one by one, so that it is not the packs but the commits that
// define the range.
type prefilter struct {
	detector scanner.Detector
	jobs     int
	dirs     []string // objects directories to walk
	repo     *gitstore.Repository

	walk  *packwalk.Walk // nil if no walk was cheaper
	mu    sync.Mutex
	holds map[scanner.ObjectID]bool // blobs with a key or a remark, and those that cannot be read
}

// keyless is what gitstore asks before it reads this number of blobs: it returns
// what reports whether a blob surely holds no key, or nil if nothing does.
func (f *prefilter) keyless(ctx context.Context, blobs int) func(scanner.ObjectID) bool {
	if blobs < prefilterFrom || int64(blobs)*packBytesPerBlob < packBytes(f.dirs) {
		return nil
	}
	walk, err := packwalk.Open(ctx, packwalk.Options{Dirs: f.dirs, IDSize: f.repo.IDSize(), Jobs: f.jobs})
	if err != nil {
		return nil // one by one, then
	}
	f.walk, f.holds = walk, map[scanner.ObjectID]bool{}
	if !f.search(ctx) {
		return nil
	}
	return func(id scanner.ObjectID) bool {
		_, walked := walk.Ordinal([]byte(id))
		return walked && !f.holds[id]
	}
}

// search reads the packs; false if it is not known what it missed.
func (f *prefilter) search(ctx context.Context) bool {
	coverage, err := f.walk.Search(ctx, f.detector.Anchors(), func(_ int, o *packwalk.Object) error {
		if o.Kind != packfile.Blob {
			return nil
		}
		found, cut := f.detector.Search(o.Text, o.Anchors)
		if len(found) > 0 || cut > 0 || len(f.detector.Remarks(o.Text, o.Anchors, nil)) > 0 {
			f.mu.Lock()
			f.holds[o.ID()] = true
			f.mu.Unlock()
		}
		return nil
	})
	for _, skip := range coverage.Skipped {
		id, ok := scanner.ParseObjectID(skip.ID)
		if !ok {
			return false
		}
		f.holds[id] = true
	}
	return err == nil
}

func (f *prefilter) close() {
	if f.walk != nil {
		_ = f.walk.Close() // only read from
	}
}

// packBytes is the size of all packs in some objects directories.
func packBytes(dirs []string) (sum int64) {
	for _, dir := range dirs {
		entries, err := os.ReadDir(filepath.Join(dir, "pack"))
		if err != nil {
			continue // no packs
		}
		for _, entry := range entries {
			if info, err := entry.Info(); err == nil && strings.HasSuffix(entry.Name(), ".pack") {
				sum += info.Size()
			}
		}
	}
	return sum
}
