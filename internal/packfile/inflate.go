package packfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
)

// Inflater inflates zlib streams, one at a time, from slices into slices.
// It is not safe for concurrent use; every worker has its own. The zero value
// is ready.
type Inflater struct {
	decoder  decoder
	inflated int64
	scratch  []byte // of Pack.inflateScratch
}

// Inflated is the number of bytes that were inflated so far: the cost of the work
// without a clock.
func (f *Inflater) Inflated() int64 { return f.inflated }

// Inflate inflates the zlib stream at the head of src into dst, all of it,
// and returns how many bytes of src it took. A stream that holds more or less
// than len(dst) bytes, or whose checksum does not match, is an error. The bytes
// between the length and the capacity of dst may be overwritten.
func (f *Inflater) Inflate(dst, src []byte) (used int, err error) {
	used, err = f.inflate(dst, src, false)
	if err == nil && f.decoder.out < len(dst) {
		return 0, ErrTruncated
	}
	return used, err
}

// InflateSome inflates the stream of src until dst is full or the stream ends,
// whichever comes first. whole is true if it has ended and its checksum matches.
// Of a stream that is cut off n is 0.
func (f *Inflater) InflateSome(dst, src []byte) (n int, whole bool, err error) {
	_, err = f.inflate(dst, src, true)
	n = min(f.decoder.out, len(dst))
	if n == len(dst) && err != nil && !errors.Is(err, ErrChecksum) {
		return n, false, nil
	}
	return n, err == nil, err
}

func (f *Inflater) inflate(dst, src []byte, some bool) (used int, err error) {
	d := &f.decoder
	d.out = 0
	if len(src) < zlibHead+zlibTail {
		return 0, ErrTruncated
	}
	// RFC 1950: the method is 8, the window at most 32 KiB, there is no preset
	// dictionary, and the two bytes are a multiple of 31.
	if head := uint(src[0])<<8 | uint(src[1]); head>>8&15 != 8 || head>>12 > 7 || head&0x20 != 0 || head%31 != 0 {
		return 0, fmt.Errorf("zlib header: %w", ErrCorrupt)
	}
	d.start(dst, src[zlibHead:], some)
	err = d.blocks()
	f.inflated += int64(d.out)
	used = f.used()
	switch {
	case used-zlibTail > len(src):
		// What was decoded after the end came from bytes that are not src's.
		d.out = 0
		return 0, ErrTruncated
	case used > len(src) && (err != errLonger || !some):
		return 0, ErrTruncated
	case err != nil:
		return 0, err
	case checksum(dst[:d.out]) != binary.BigEndian.Uint32(src[used-zlibTail:]):
		return 0, ErrChecksum
	}
	return used, nil
}

// used is the number of bytes that the last stream took.
func (f *Inflater) used() int { return zlibHead + f.decoder.used() + zlibTail }

// What a zlib stream has around a deflate stream: two bytes before it, and
// the Adler-32 of its contents.
const (
	zlibHead = 2
	zlibTail = 4
)

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

// inflateError turns the error of a zlib reader into one of this package.
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

// maxRatio is the largest number of bytes that one byte of a deflate stream can
// make: 258 for two bits (zlib, "Technical Details", maximum compression factor
// 1032:1).
const maxRatio = 1032

// plausible reports whether a stream of packed bytes can make size bytes, so that
// no buffer is made for a size that is only claimed.
func plausible(size int64, packed int) bool {
	return size <= int64(packed)*maxRatio+64
}

// newZlib returns a reader of one zlib stream.
func newZlib(r io.Reader) (io.ReadCloser, error) {
	z, err := zlib.NewReader(r)
	return z, inflateError(err)
}

// NewReader returns a reader of the size bytes that the zlib stream at the head
// of src makes. It ends with io.EOF only if the stream makes no more than that
// and its checksum matches.
func NewReader(src []byte, size int64) (io.Reader, error) {
	z, err := newZlib(bytes.NewReader(src))
	if err != nil {
		return nil, err
	}
	return &looseFile{zlib: z, left: size}, nil
}
