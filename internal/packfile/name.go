package packfile

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"github.com/djleaks/djleaks/scanner"
)

// namer returns a hash to which Git's header of the object has been written.
func namer(t Type, size int64, idSize int) hash.Hash {
	h := sha1.New()
	if idSize == sha256.Size {
		h = sha256.New()
	}
	fmt.Fprintf(h, "%s %d\x00", t, size)
	return h
}

// CheckName returns ErrName if id is not the name of an object with this type and
// content. It costs about as much as inflating the object.
func CheckName(id []byte, t Type, content []byte) error {
	h := namer(t, int64(len(content)), len(id))
	h.Write(content)
	return sameName(id, h)
}

func sameName(id []byte, h hash.Hash) error {
	if !bytes.Equal(h.Sum(nil), id) {
		return ErrName
	}
	return nil
}

// NamedReader reads the content of an object, of size bytes, from r. In place of
// io.EOF it returns ErrName if the content is not that of id.
func NamedReader(r io.ReadCloser, id []byte, t Type, size int64) io.ReadCloser {
	return &namedReader{r, namer(t, size, len(id)), scanner.ObjectID(id)}
}

type namedReader struct {
	io.ReadCloser
	hash hash.Hash
	id   scanner.ObjectID
}

func (n *namedReader) Read(p []byte) (int, error) {
	read, err := n.ReadCloser.Read(p)
	n.hash.Write(p[:read])
	if err == io.EOF {
		if wrong := sameName([]byte(n.id), n.hash); wrong != nil {
			return read, wrong
		}
	}
	return read, err
}
