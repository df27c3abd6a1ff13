package packwalk

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// Options say what to walk and what it may cost.
type Options struct {
	Dirs   []string // objects directories: the repository's and its alternates'
	IDSize int      // bytes of an id: 20 with SHA-1, 32 with SHA-256
	Jobs   int      // workers; 0 is one for each processor

	// StreamLimit is the size in bytes above which a blob that is not a delta
	// and has none is searched in windows; 0 is 64 MiB.
	StreamLimit int64
	// MemoryLimit is how many bytes of text may be kept for deltas still to
	// come, in all workers; above it texts are dropped, and made again when
	// they are needed. 0 is 48 MiB.
	MemoryLimit int64

	// LeaveOut, if set, says which packs are not opened, by their paths without
	// an extension, and LeaveOutLoose which loose objects are not listed.
	LeaveOut      func(path string) bool
	LeaveOutLoose func(id scanner.ObjectID) bool

	// Progress, if set, is called ten times a second during a pass, by one
	// goroutine, with the number of bytes of packs that are done.
	Progress func(done, total int64)
}

const (
	defaultStreamLimit = 64 << 20
	defaultMemoryLimit = 48 << 20
)

// Walk is an opened set of objects directories. Its methods are safe for
// concurrent use, except Close.
type Walk struct {
	opt       Options
	packs     []*pack
	packBytes int64 // size of all packs
	loose     *looseList
	count     int
	some      bool           // only some objects are walked: see OpenSome
	optional  atomic.Bool    // so are the optional ones
	skips     []scanner.Skip // packs that cannot be read
	notes     []string

	// When a text becomes a rope; tests change it.
	minRope, bytesPerPiece int
	largeText              int64 // the constant; tests change it
	gathers                int   // what tests want gatherSize to be, if it is not 0

	retries  atomic.Int64
	inflated atomic.Int64 // bytes that the passes have inflated; tests count them
	opened   sync.Once
	objects  *packfile.Store // for single objects
}

// store opens the object store when it is first asked.
func (w *Walk) store() *packfile.Store {
	w.opened.Do(func() {
		// The only error is an unknown length of ids, which Open has refused.
		w.objects, _ = packfile.OpenStore(w.opt.Dirs, w.opt.IDSize)
	})
	return w.objects
}

// Open maps the packs, reads the heads of their entries and lists the loose
// objects. A pack that cannot be read is skipped and named in the Coverage of
// Search. The error is the context's, or says that the walk cannot be made.
func Open(ctx context.Context, opt Options) (*Walk, error) {
	w, err := newWalk(opt)
	if err != nil {
		return nil, err
	}
	if err := w.open(ctx); err != nil {
		w.Close()
		return nil, fmt.Errorf("walk: %w", err)
	}
	return w, nil
}

func newWalk(opt Options) (*Walk, error) {
	if opt.IDSize != 20 && opt.IDSize != 32 {
		return nil, fmt.Errorf("walk: ids of %d bytes: want 20 or 32", opt.IDSize)
	}
	if opt.Jobs <= 0 {
		opt.Jobs = runtime.GOMAXPROCS(0)
	}
	if opt.StreamLimit <= 0 {
		opt.StreamLimit = defaultStreamLimit
	}
	opt.StreamLimit = min(opt.StreamLimit, packfile.MaxObject)
	if opt.MemoryLimit <= 0 {
		opt.MemoryLimit = defaultMemoryLimit
	}
	opt.Dirs = distinct(opt.Dirs)
	return &Walk{opt: opt, minRope: minRope, bytesPerPiece: bytesPerPiece, largeText: min(largeText, opt.StreamLimit)}, nil
}

// largeText is the size, in bytes, above which only one worker at a time has a text
// that is not a delta, what is made from it, or the file of a loose object: two of 60
// MB, each in its file and inflated, did not fit into a container of 256 MB.
const largeText = 16 << 20

func distinct(dirs []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, d := range dirs {
		real, err := filepath.EvalSymlinks(d)
		if err != nil {
			real = filepath.Clean(d)
		}
		if !seen[real] {
			seen[real] = true
			out = append(out, d)
		}
	}
	return out
}

func (w *Walk) open(ctx context.Context) error {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	paths, notes := packfile.ListPacks(w.opt.Dirs)
	w.notes = notes
	for _, path := range paths {
		if w.opt.LeaveOut != nil && w.opt.LeaveOut(path) {
			continue
		}
		p, err := openPack(ctx, path, w.opt.IDSize)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			w.skips = append(w.skips, scanner.Skip{Path: path + ".pack", Reason: reason(err)})
			continue
		}
		p.index = len(w.packs)
		w.packBytes += p.data.Size()
		w.packs = append(w.packs, p)
	}
	loose, skips, err := listLoose(ctx, w.opt.Dirs, w.opt.IDSize, w.opt.LeaveOutLoose)
	if err != nil {
		return err
	}
	w.loose, w.skips = loose, append(w.skips, skips...)
	return w.assignOrdinals(ctx)
}

// Close unmaps the packs. No pass may be under way.
func (w *Walk) Close() error {
	var errs []error
	for _, p := range w.packs {
		errs = append(errs, p.close())
	}
	w.packs = nil
	if w.objects != nil {
		errs = append(errs, w.objects.Close())
	}
	return errors.Join(errs...)
}

// A walk touches every page of the packs, and not in order. The pages belong to
// the system's cache, but they count as memory of the process: so those of
// large packs are released after every maxResident bytes of pack. A tree of
// deltas is spread over a pack, which makes about five times as much resident.
// Releasing costs 3 % of the time of an audit; with half a gigabyte of packs,
// 200 MB are resident instead of 620.
const (
	maxResident = 32 << 20
	largePacks  = 128 << 20
)

// forgetPages releases the pages of all mapped files, but for indexes where there is no
// room for their packs: ids are looked up all the time, and what no process has mapped
// is the first thing that the system takes back.
func (w *Walk) forgetPages() {
	if w.packBytes < largePacks {
		return
	}
	for _, p := range w.packs {
		p.data.Forget()
		if !p.data.IsCrowded() {
			p.idx.Forget()
		}
	}
}

// Packs are the paths of the packs that are walked, without an extension.
func (w *Walk) Packs() (paths []string) {
	for _, p := range w.packs {
		paths = append(paths, p.path)
	}
	return paths
}

// Loose are the raw ids of the loose objects, concatenated.
func (w *Walk) Loose() []byte { return w.loose.ids }

// Count is the number of objects, each counted once however often it is
// stored. Ordinals are less than that.
func (w *Walk) Count() int { return w.count }

// Ordinal returns the number of the object with this id.
func (w *Walk) Ordinal(id []byte) (uint32, bool) {
	if len(id) != w.opt.IDSize {
		return None, false
	}
	for _, p := range w.packs {
		if pos, ok := p.idx.Find(id); ok && !p.duplicates.has(pos) {
			return p.ordinal(pos), true
		}
	}
	if pos, ok := w.loose.find(id); ok && !w.loose.duplicates.has(pos) {
		return w.loose.ordinal(pos), true
	}
	return None, false
}

// Kind returns the type of an object; 0 if no chain of bases leads to one, and of
// a loose object that no pass has read yet.
func (w *Walk) Kind(ordinal uint32) (kind packfile.Type) {
	var fault error // of an index that shrinks: then the type is not known
	defer packfile.Guard(&fault)()
	for _, p := range w.packs {
		if pos, ok := p.position(ordinal); ok {
			if at, ok := p.idx.Offset(pos); ok {
				if e, ok := p.entryAt(at); ok {
					return p.state[e].kind()
				}
			}
			return 0
		}
	}
	if pos, ok := w.loose.position(ordinal); ok {
		return w.loose.kinds[pos]
	}
	return 0
}

// ID returns the id of an object, or the empty one if the ordinal is too
// large.
func (w *Walk) ID(ordinal uint32) scanner.ObjectID {
	for _, p := range w.packs {
		if pos, ok := p.position(ordinal); ok {
			return scanner.ObjectID(p.idx.ID(pos))
		}
	}
	if pos, ok := w.loose.position(ordinal); ok {
		return scanner.ObjectID(w.loose.id(pos))
	}
	return ""
}

// reason says for a report why an object was not read.
func reason(err error) string {
	for _, known := range []error{packfile.ErrChecksum, packfile.ErrTruncated, packfile.ErrTooLarge,
		packfile.ErrCycle, packfile.ErrBase, packfile.ErrChanged, packfile.ErrName} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}
