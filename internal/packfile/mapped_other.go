//go:build !unix

package packfile

import (
	"fmt"
	"io"
	"os"
)

// Outside returns memory.
func Outside(size int) (data []byte, free func() error, err error) {
	return make([]byte, size), func() error { return nil }, nil
}

// mapFile reads size bytes of f: a mapped pack would keep Git from replacing
// it here.
func mapFile(f *os.File, size int64) ([]byte, func() error, error) {
	if int64(int(size)) != size {
		return nil, nil, fmt.Errorf("%s: %w", f.Name(), ErrTooLarge)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return data, func() error { return nil }, nil
}
