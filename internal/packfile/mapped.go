package packfile

import (
	"math"
	"runtime/debug"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/regular"
)

// file is the content of a whole file, mapped if the system can.
type file struct {
	data   []byte
	unmap  func() error
	closed atomic.Bool
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
	return &file{data: data, unmap: unmap}, nil
}

func (f *file) close() error {
	if f == nil || f.closed.Swap(true) {
		return nil
	}
	return f.unmap()
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
