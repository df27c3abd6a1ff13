//go:build unix

package packfile

import (
	"fmt"
	"os"
	"syscall"
)

// Outside returns memory that is not a part of the heap, so that a large buffer does
// not count in how far the heap may grow until garbage is collected.
func Outside(size int) (data []byte, free func() error, err error) {
	data, err = syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	return data, func() error { return syscall.Munmap(data) }, err
}

// mapFile maps size bytes of f for reading.
func mapFile(f *os.File, size int64) ([]byte, func() error, error) {
	if size == 0 {
		return nil, func() error { return nil }, nil
	}
	if int64(int(size)) != size {
		return nil, nil, fmt.Errorf("%s: %w", f.Name(), ErrTooLarge)
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: map: %w", f.Name(), err)
	}
	return data, func() error { return syscall.Munmap(data) }, nil
}
