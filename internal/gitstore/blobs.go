package gitstore

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// The sizes of texts, in bytes. A blob larger than wholeText is yielded in
// windows of windowSize. A window begins at a line if it can. No key is longer
// than windowOverlap together with its name, so each is whole in some window.
const (
	wholeText     = 64 << 20
	windowSize    = 8 << 20
	windowOverlap = 64 << 10
)

// PointerSize is the size that all pointers of Git LFS are below, in bytes.
const PointerSize = 1024

// blobYielder yields blobs to a scan and keeps its coverage.
type blobYielder struct {
	r          *Repository
	yield      func(*scanner.Chunk) error
	coverage   scanner.Coverage
	counted    map[scanner.ObjectID]bool // nil: every blob counts
	pointers   int64                     // number of Git LFS pointers
	submodules int                       // number of commits of other repositories
	keyless    Keyless                   // nil: every blob must be read
}

// isKeyless counts a blob that need not be read, and reports whether it is one.
func (y *blobYielder) isKeyless(chunk *scanner.Chunk) bool {
	if y.keyless == nil {
		return false
	}
	size, keyless := y.keyless(chunk.ID)
	if keyless {
		y.count(chunk, size)
	}
	return keyless
}

// blobs yields some blobs in the order of the packs. The error is that of yield or
// of ctx.
func (y *blobYielder) blobs(ctx context.Context, chunks []scanner.Chunk) error {
	sortForReading(y.r, chunks, func(c scanner.Chunk) scanner.ObjectID { return c.ID })
	for _, chunk := range chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := y.blob(chunk); err != nil {
			return err
		}
	}
	return nil
}

// blob yields a blob as chunk, which has everything but its text. What cannot
// be read is skipped; the error is that of yield.
func (y *blobYielder) blob(chunk scanner.Chunk) error {
	store, err := y.r.objects()
	if err != nil {
		return err
	}
	t, text, err := store.GetUpTo(chunk.ID, wholeText)
	if err != nil || t != packfile.Blob {
		return y.unusual(store, chunk)
	}
	y.count(&chunk, int64(len(text)))
	if chunk.Text = text; IsPointer(text) {
		y.pointers++
	}
	return y.yield(&chunk)
}

// unusual yields a blob that is too large to be held, or skips it.
func (y *blobYielder) unusual(store *packfile.Store, chunk scanner.Chunk) error {
	t, size, err := store.Header(chunk.ID)
	if err != nil || t != packfile.Blob {
		y.skip(chunk.ID, chunk.Path, y.r.whyMissing(t, err))
		return nil
	}
	y.count(&chunk, size)
	if size > wholeText {
		return y.yieldWindows(store, chunk)
	}
	if _, chunk.Text, err = store.Get(chunk.ID); err != nil {
		y.skip(chunk.ID, chunk.Path, y.r.whyMissing(t, err))
		return nil
	}
	return y.yield(&chunk) // it was being written a moment ago
}

func (y *blobYielder) count(chunk *scanner.Chunk, size int64) {
	if chunk.Known || y.counted[chunk.ID] {
		return
	}
	if y.counted != nil {
		y.counted[chunk.ID] = true
	}
	y.coverage.Blobs++
	y.coverage.Bytes += size
}

func (y *blobYielder) skip(id scanner.ObjectID, path, reason string) {
	s := scanner.Skip{Path: path, Reason: reason}
	if id != "" {
		s.ID = id.String()
	}
	y.coverage.Skip(s)
}

// skipTree notes a tree that cannot be read.
func (y *blobYielder) skipTree(id scanner.ObjectID, path string, err error) {
	y.skip(id, path, "tree: "+y.r.whyMissing(0, err))
}

// finish completes the coverage.
func (y *blobYielder) finish() scanner.Coverage {
	if y.pointers > 0 {
		note := "1 file is a Git LFS pointer: its content is not in Git"
		if y.pointers > 1 {
			note = strconv.FormatInt(y.pointers, 10) + " files are Git LFS pointers: their content is not in Git"
		}
		y.coverage.Notes = append(y.coverage.Notes, note)
	}
	if y.submodules > 0 {
		y.coverage.Notes = append(y.coverage.Notes, say.Counted(y.submodules, "submodule is", "submodules are")+" set to a commit of another repository, which was not read")
	}
	for _, w := range y.r.warnings {
		if w.kind == warnConfig {
			y.skip("", w.Path, w.Text)
		}
	}
	y.coverage.Complete = len(y.coverage.Skipped) == 0
	return y.coverage
}

// whyMissing says in a few words why an object of type t could not be read.
func (r *Repository) whyMissing(t packfile.Type, err error) string {
	switch {
	case err == nil:
		return "is a " + t.String() + ", not a blob"
	case errors.Is(err, packfile.ErrNotFound) || errors.Is(err, ErrObjectMissing):
		if r.PartialClone() {
			return "not fetched by this partial clone"
		}
		return "object is missing"
	case errors.Is(err, packfile.ErrTooLarge):
		return "too large to be held in memory"
	}
	return "damaged: " + rootCause(err)
}

// rootCause is the last error of a chain, which names no path or id again.
func rootCause(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}

// IsPointer recognises what Git LFS stores in place of a file.
func IsPointer(text []byte) bool {
	return len(text) < PointerSize && bytes.HasPrefix(text, []byte("version https://git-lfs.github.com/spec/"))
}

// yieldWindows streams a blob that is too large to be held.
func (y *blobYielder) yieldWindows(store *packfile.Store, chunk scanner.Chunk) error {
	t, _, stream, err := store.Open(chunk.ID)
	if err != nil {
		y.skip(chunk.ID, chunk.Path, y.r.whyMissing(t, err))
		return nil
	}
	defer stream.Close()
	buffer := make([]byte, windowSize)
	kept := 0 // bytes of the previous window
	for {
		n, err := io.ReadFull(stream, buffer[kept:])
		text := buffer[:kept+n]
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			y.skip(chunk.ID, chunk.Path, y.r.whyMissing(t, err))
			return nil
		}
		if n > 0 {
			chunk.Text = text
			if err := y.yield(&chunk); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
		start := windowStart(text)
		lines, _ := scanner.Position(text[:start], start)
		chunk.LinesBefore += lines - 1
		kept = copy(buffer, text[start:])
	}
}

// windowStart is where the window after this one begins: at a line, or anywhere
// if lines are longer than the overlap.
func windowStart(text []byte) int {
	start := len(text) - windowOverlap
	if n := bytes.LastIndexByte(text[:start], '\n'); n >= 0 && start-n <= windowOverlap {
		return n + 1
	}
	return start
}

// sortForReading sorts things by where their blobs are in the packs, so that the
// base of a delta is read shortly before it. Bases may be newer or older than
// what is made from them, so no order of commits does that.
func sortForReading[T any](r *Repository, things []T, id func(T) scanner.ObjectID) {
	store, err := r.objects()
	if err != nil || len(things) < 8 {
		return
	}
	type place struct {
		pack   int
		offset int64
	}
	places := map[scanner.ObjectID]place{}
	for _, t := range things {
		if _, ok := places[id(t)]; !ok {
			pack, offset := store.Place(id(t))
			places[id(t)] = place{pack, offset}
		}
	}
	slices.SortStableFunc(things, func(a, b T) int {
		x, y := places[id(a)], places[id(b)]
		return cmp.Or(cmp.Compare(x.pack, y.pack), cmp.Compare(x.offset, y.offset))
	})
}
