package packfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
)

// Inflater inflates zlib streams, one after the other. It is not safe for
// concurrent use; every worker has its own. The zero value is ready.
type Inflater struct {
	src  bytes.Reader
	zlib io.ReadCloser
}

// Inflate inflates the zlib stream at the head of src into dst, all of it,
// and returns how many bytes of src it took. A stream that holds more or less
// than len(dst) bytes, or whose checksum does not match, is an error.
func (f *Inflater) Inflate(dst, src []byte) (used int, err error) {
	if err := f.reset(src); err != nil {
		return 0, err
	}
	if _, err := io.ReadFull(f.zlib, dst); err != nil {
		return 0, inflateError(err)
	}
	if err := ExpectEnd(f.zlib); err != nil {
		return 0, err
	}
	return len(src) - f.src.Len(), nil
}

func (f *Inflater) reset(src []byte) (err error) {
	f.src.Reset(src)
	if f.zlib == nil {
		f.zlib, err = zlib.NewReader(&f.src)
	} else {
		err = f.zlib.(zlib.Resetter).Reset(&f.src, nil)
	}
	return inflateError(err)
}

// InflateSome inflates the stream of src until dst is full or the stream
// ends, whichever comes first. It does not check the rest of the stream.
func (f *Inflater) InflateSome(dst, src []byte) (n int, err error) {
	if err := f.reset(src); err != nil {
		return 0, err
	}
	n, err = io.ReadFull(f.zlib, dst)
	if err == io.EOF || err == io.ErrUnexpectedEOF && f.src.Len() > 0 {
		err = nil
	}
	return n, inflateError(err)
}

// ExpectEnd checks that a stream has ended and that its checksum matches. r is
// a zlib reader, or one that NewReader or OpenLoose returned.
func ExpectEnd(r io.Reader) error {
	var more [1]byte
	for {
		n, err := r.Read(more[:])
		if n > 0 {
			return fmt.Errorf("longer than declared: %w", ErrCorrupt)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return inflateError(err)
		}
	}
}

// inflateError says in our words what a zlib reader found.
func inflateError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrTruncated
	case errors.Is(err, zlib.ErrChecksum):
		return ErrChecksum
	case errors.Is(err, zlib.ErrHeader), errors.Is(err, zlib.ErrDictionary):
		return fmt.Errorf("zlib header: %w", ErrCorrupt)
	}
	return fmt.Errorf("deflate: %w", ErrCorrupt)
}

// maxRatio is how many bytes one byte of a deflate stream can stand for: at
// best 258 for two bits (zlib, "Technical Details", maximum compression
// factor 1032:1).
const maxRatio = 1032

// plausible reports whether a stream of packed bytes can hold size bytes, so
// that no buffer is made for a size that is only claimed.
func plausible(size int64, packed int) bool {
	return size <= int64(packed)*maxRatio+64
}

// newZlib returns a reader of one zlib stream.
func newZlib(r io.Reader) (io.ReadCloser, error) {
	z, err := zlib.NewReader(r)
	return z, inflateError(err)
}

// NewReader returns a reader of the size bytes that the zlib stream at the head
// of src stands for. It ends with io.EOF only if the stream holds no more than
// that and its checksum is right.
func NewReader(src []byte, size int64) (io.Reader, error) {
	z, err := newZlib(bytes.NewReader(src))
	if err != nil {
		return nil, err
	}
	return &looseFile{zlib: z, left: size}, nil
}
