package scan

import (
	"context"
	"sync"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/scanner"
)

// prefilterFrom is the number of blobs from which on a walk is cheaper: 46 blobs
// took 0.92 of the time, 110 took 0.82, 236 took 0.71.
const prefilterFrom = 24

// prefilter makes long ranges cheap: the first push of a whole repository, or a
// server that is sent thousands of commits. Their blobs are walked as an audit walks
// those of a pack, where each version of a file costs what its delta costs. Only
// those are read one by one that hold a key, or that the walk could not read, so
// that what is said of a blob does not depend on it.
type prefilter struct {
	detector scanner.Detector
	jobs     int
	repo     *gitstore.Repository
	walks    int // number of walks that were made; tests count them
}

// keyless is what gitstore asks before it reads some blobs: it returns what says
// which of them hold no key, or nil if nothing does.
func (f *prefilter) keyless(ctx context.Context, blobs []scanner.ObjectID) gitstore.Keyless {
	if len(blobs) < prefilterFrom {
		return nil
	}
	walk, err := packwalk.OpenSome(ctx, packwalk.Options{Dirs: f.repo.ObjectDirs(), IDSize: f.repo.IDSize(), Jobs: f.jobs}, blobs)
	if err != nil {
		return nil // one by one, then
	}
	defer walk.Close()
	f.walks++
	sizes, ok := f.search(ctx, walk, blobs)
	if !ok {
		return nil
	}
	return func(id scanner.ObjectID) (int64, bool) {
		size, keyless := sizes[id]
		return int64(size), keyless
	}
}

// search returns the sizes of the blobs that were searched and hold no key; ok is
// false if it is not known what was missed.
func (f *prefilter) search(ctx context.Context, walk *packwalk.Walk, blobs []scanner.ObjectID) (sizes map[scanner.ObjectID]uint32, ok bool) {
	var mu sync.Mutex
	holds := map[scanner.ObjectID]bool{} // blobs with a key or a remark, and those that cannot be read
	set := f.detector.Anchors().Taking(gitstore.PointerSize, gitstore.IsPointer)
	nothing := func([]byte) (uint32, bool) { return 0, false }
	coverage, done, err := walk.SearchNew(ctx, set, nothing, func(_ int, o *packwalk.Object) error {
		found, cut := f.detector.Search(o.Text, o.Anchors)
		if len(found) > 0 || cut > 0 || len(f.detector.Remarks(o.Text, o.Anchors, nil)) > 0 || gitstore.IsPointer(o.Text) {
			mu.Lock()
			holds[o.ID()] = true
			mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return nil, false
	}
	for _, skip := range coverage.Skipped {
		id, ok := scanner.ParseObjectID(skip.ID)
		if !ok {
			return nil, false
		}
		holds[id] = true
	}
	sizes = make(map[scanner.ObjectID]uint32, len(blobs))
	for _, id := range blobs {
		if size, searched := done.Size([]byte(id)); searched && !holds[id] {
			sizes[id] = size
		}
	}
	return sizes, true
}
