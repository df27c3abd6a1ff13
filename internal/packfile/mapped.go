package packfile

import (
	"math"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/regular"
)

// file is the content of a whole file, mapped if the system can.
type file struct {
	data   []byte
	unmap  func() error
	closed atomic.Bool

	crowded func() bool // there is no room for all of it
}

func openFile(path string) (*file, error) {
	f, size, err := regular.Open(path, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, unmap, err := mapFile(f, size)
	if err != nil {
		return nil, err
	}
	total := mapped.Add(size)
	isCrowded := func() bool { return total > roomOf(total) }
	return &file{data: data, unmap: unmap, crowded: sync.OnceValue(isCrowded)}, nil
}

func (f *file) close() error {
	if f == nil || f.closed.Swap(true) {
		return nil
	}
	mapped.Add(-int64(len(f.data)))
	return f.unmap()
}

// readAhead says whether what is read next is in the order of the file. A file that
// there is room for is left to the system, and so is one of which that is never said.
func (f *file) readAhead(ordered bool) {
	if f != nil && !f.closed.Load() && f.crowded() {
		advise(f.data, ordered)
	}
}

// mapped is how many bytes of files are mapped, and room what SetRoom was told.
var (
	mapped atomic.Int64
	room   atomic.Pointer[func(mapped int64) (bytes int64)]
)

// SetRoom makes the package ask, before much of a file is read, how many bytes of files
// the system can keep in memory; mapped is how many were mapped with it. If that is
// more, the file is read page by page, but for what is read in order: the trees of
// deltas are spread over a pack, and what the system would read ahead is gone again
// before it is needed, which took more time than an audit does itself. Without a call
// there is room for everything.
func SetRoom(ask func(mapped int64) (bytes int64)) { room.Store(&ask) }

// Room is how many bytes of files the system can keep in memory.
func Room() int64 { return roomOf(mapped.Load()) }

func roomOf(mapped int64) int64 {
	ask := room.Load()
	if ask == nil {
		return math.MaxInt64
	}
	return (*ask)(mapped)
}

// forget may be called at any time before close.
func (f *file) forget() {
	if f != nil && !f.closed.Load() {
		forget(f.data)
	}
}

// Guard turns a fault, the read of a mapped file that has shrunk, into an error
// of the function that defers it:
//
//	func read() (err error) {
//		defer packfile.Guard(&err)()
//
// Any other panic continues.
func Guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		Caught(recover(), err)
	}
}

// Caught turns what recover returned into ErrChanged if it is a memory fault,
// and panics with it again if it is anything else but nil. The goroutine must
// have called debug.SetPanicOnFault.
func Caught(panicked any, err *error) {
	if panicked == nil {
		return
	}
	// The runtime documents Addr as the mark of a fault.
	if fault, ok := panicked.(interface{ Addr() uintptr }); ok && fault != nil {
		*err = ErrChanged
		return
	}
	panic(panicked)
}
