package packfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// looseHead is an upper bound, in bytes, of the header of a loose object: type,
// size and a zero byte.
const looseHead = 32

// LoosePath returns the file of a loose object below an objects directory.
func LoosePath(dir string, id scanner.ObjectID) string {
	hex := id.String()
	return filepath.Join(dir, hex[:2], hex[2:])
}

// LooseID returns the id of the object in a file of the folder "xx". It is false
// for names other than the right number of lower-case hexadecimal digits, such as
// the tmp_obj_ files of an interrupted Git.
func LooseID(folder, name string, idSize int) (scanner.ObjectID, bool) {
	if len(folder) != 2 || len(name) != 2*idSize-2 {
		return "", false
	}
	for _, s := range [2]string{folder, name} {
		for i := 0; i < len(s); i++ {
			if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return "", false
			}
		}
	}
	return scanner.ParseObjectID(folder + name)
}

// ParseLooseHead reads the head of an inflated loose object: n is its length
// with the zero byte.
func ParseLooseHead(b []byte) (t Type, size int64, n int, err error) {
	word, rest, ok := bytes.Cut(b[:min(len(b), looseHead)], []byte{' '})
	digits, _, zero := bytes.Cut(rest, []byte{0})
	if !ok || !zero || len(digits) == 0 || len(digits) > 18 {
		return 0, 0, 0, fmt.Errorf("loose head: %w", ErrCorrupt)
	}
	switch string(word) {
	case "commit":
		t = Commit
	case "tree":
		t = Tree
	case "blob":
		t = Blob
	case "tag":
		t = Tag
	default:
		return 0, 0, 0, fmt.Errorf("loose head: unknown type: %w", ErrCorrupt)
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, 0, 0, fmt.Errorf("loose head: size: %w", ErrCorrupt)
		}
		size = size*10 + int64(c-'0')
	}
	return t, size, len(word) + len(digits) + 2, nil
}

// LooseHead reads type and size of a loose object from the bytes of its file.
func (f *Inflater) LooseHead(src []byte) (t Type, size int64, err error) {
	var head [looseHead + Slack]byte
	n, _, err := f.InflateSome(head[:looseHead], src)
	if err != nil && n == 0 {
		return 0, 0, err
	}
	t, size, _, err = ParseLooseHead(head[:n])
	return t, size, err
}

// Loose reads a whole loose object from the bytes of its file. It overwrites dst
// if that is large enough; the text may begin anywhere in it.
func (f *Inflater) Loose(dst, src []byte) (t Type, text []byte, err error) {
	// Most objects are small: they are inflated before their size is known.
	dst = grow(dst[:0], max(looseHead, min(3*len(src), 1<<20)))
	dst = dst[:cap(dst)]
	n, whole, err := f.InflateSome(dst, src)
	if err != nil && n == 0 {
		return 0, nil, err
	}
	t, size, skip, headErr := ParseLooseHead(dst[:n])
	switch {
	case headErr != nil:
		return 0, nil, headErr
	case err != nil:
		return t, nil, err
	case whole && int64(n-skip) > size:
		return t, nil, errLonger
	case whole && int64(n-skip) < size:
		return t, nil, ErrTruncated
	case whole && f.used() != len(src):
		return t, nil, errGarbage
	case whole:
		return t, dst[skip:n], nil
	case size > MaxObject:
		return t, nil, ErrTooLarge
	case !plausible(size, len(src)):
		return t, nil, ErrTruncated
	}
	dst = grow(dst[:0], skip+int(size))[:skip+int(size)]
	used, err := f.Inflate(dst, src)
	if err == nil && used != len(src) {
		err = errGarbage
	}
	return t, dst[skip:], err
}

// looseStart is how many bytes of a loose file are read before its header says
// how many the rest may have.
const looseStart = 4 << 10

// readLoose reads the file of a loose object of at most limit bytes. At
// most two bytes are read for each byte that its header declares: no encoder
// needs more.
func (f *Inflater) readLoose(path string, limit int64) ([]byte, error) {
	file, size, err := regular.Open(path, 2*MaxObject)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	src := make([]byte, min(size, looseStart))
	if err := readFull(file, src); err != nil || size == int64(len(src)) {
		return src, err
	}
	_, declared, err := f.LooseHead(src)
	switch {
	case err != nil:
		return nil, err
	case declared > limit:
		return nil, ErrTooLarge
	case size > looseStart+2*declared:
		return nil, errGarbage
	}
	src = append(make([]byte, 0, size), src...)[:size]
	return src, readFull(file, src[looseStart:])
}

func readFull(r io.Reader, dst []byte) error {
	_, err := io.ReadFull(r, dst)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return err
}

var errGarbage = fmt.Errorf("garbage after the object: %w", ErrCorrupt)

// looseFile is an open loose object whose head has been read.
type looseFile struct {
	file *os.File
	zlib io.ReadCloser
	left int64 // bytes of the text that are not read yet
	head []byte
}

// OpenLoose opens a loose object file for streaming. Read returns exactly the
// declared number of bytes, or an error; io.EOF only if the checksum matches.
func OpenLoose(path string) (t Type, size int64, r io.ReadCloser, err error) {
	file, _, err := regular.Open(path, math.MaxInt64)
	if err != nil {
		return 0, 0, nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	z, err := newZlib(file)
	if err != nil {
		return 0, 0, nil, err
	}
	head := make([]byte, looseHead)
	n, err := io.ReadFull(z, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, 0, nil, inflateError(err)
	}
	t, size, skip, err := ParseLooseHead(head[:n])
	if err != nil {
		return 0, 0, nil, err
	}
	if size < int64(n-skip) {
		return 0, 0, nil, fmt.Errorf("longer than declared: %w", ErrCorrupt)
	}
	return t, size, &looseFile{file: file, zlib: z, left: size, head: head[skip:n]}, nil
}

func (l *looseFile) Read(p []byte) (n int, err error) {
	if l.left == 0 {
		if err := ExpectEnd(l.zlib); err != nil {
			return 0, err
		}
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), l.left)]
	if len(l.head) > 0 {
		n = copy(p, l.head)
		l.head = l.head[n:]
	} else if n, err = l.zlib.Read(p); n > 0 {
		err = nil
	}
	l.left -= int64(n)
	return n, inflateError(err)
}

func (l *looseFile) Close() error { return l.file.Close() }
