package gitstore

import (
	"bytes"
	"fmt"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// The modes of tree and index entries that matter here, as Git writes them.
const (
	modeType    = 0o170000
	modeTree    = 0o040000
	modeFile    = 0o100000
	modeSymlink = 0o120000
	modeGitlink = 0o160000
)

// isText reports whether an entry of this mode has a blob: a file or the
// target of a symbolic link.
func isText(mode uint32) bool {
	t := mode & modeType
	return t == modeFile || t == modeSymlink
}

func isTree(mode uint32) bool { return mode&modeType == modeTree }

// TreeEntry is one line of a tree. Name and ID are parts of the tree's bytes.
type TreeEntry struct {
	Mode uint32
	Name []byte // any bytes but NUL; never empty
	ID   []byte
}

// TreeReader iterates over the entries of a raw tree. Names that Git would not
// check out (".git", "..", control characters) are entries like all others.
type TreeReader struct {
	rest   []byte
	idSize int
	err    error
}

// NewTreeReader reads a tree whose object names are idSize bytes long.
func NewTreeReader(data []byte, idSize int) TreeReader {
	return TreeReader{rest: data, idSize: idSize}
}

// Next returns the next entry; ok is false at the end and at the first byte
// that does not make sense, which Err tells apart.
func (t *TreeReader) Next() (e TreeEntry, ok bool) {
	if len(t.rest) == 0 {
		return e, false
	}
	i := 0
	for ; i < len(t.rest) && '0' <= t.rest[i] && t.rest[i] <= '7' && i < 11; i++ {
		e.Mode = e.Mode<<3 | uint32(t.rest[i]-'0')
	}
	if i == 0 || i == len(t.rest) || t.rest[i] != ' ' {
		return t.fail("mode")
	}
	t.rest = t.rest[i+1:]
	n := bytes.IndexByte(t.rest, 0)
	if n <= 0 {
		return t.fail("name")
	}
	if len(t.rest) < n+1+t.idSize {
		return t.fail("object name")
	}
	e.Name = t.rest[:n]
	e.ID = t.rest[n+1 : n+1+t.idSize]
	t.rest = t.rest[n+1+t.idSize:]
	return e, true
}

// nextLen is the length of the next entry in bytes; 0 if there is none, or none
// that is whole.
func (t *TreeReader) nextLen() int {
	n := bytes.IndexByte(t.rest, 0)
	if n < 0 || len(t.rest) < n+1+t.idSize {
		return 0
	}
	return n + 1 + t.idSize
}

func (t *TreeReader) fail(what string) (TreeEntry, bool) {
	t.err = fmt.Errorf("tree: wrong %s %d bytes before its end", what, len(t.rest))
	t.rest = nil
	return TreeEntry{}, false
}

// Err is the reason why Next ended early, or nil.
func (t *TreeReader) Err() error { return t.err }

// tree returns the bytes of a tree object. The empty tree need not be stored.
func (r *Repository) tree(id scanner.ObjectID) ([]byte, error) {
	if id == "" || id == r.emptyTree() {
		return nil, nil
	}
	return r.typed(id, packfile.Tree)
}

// The names of the empty tree, which Git knows without storing it.
const (
	emptyTreeSHA1   = "\x4b\x82\x5d\xc6\x42\xcb\x6e\xb9\xa0\x60\xe5\x4b\xf8\xd6\x92\x88\xfb\xee\x49\x04"
	emptyTreeSHA256 = "\x6e\xf1\x9b\x41\x22\x5c\x53\x69\xf1\xc1\x04\xd4\x5d\x8d\x85\xef\xa9\xb0\x57\xb5\x3b\x14\xb4\xb9\xb9\x39\xdd\x74\xde\xcc\x53\x21"
)

func (r *Repository) emptyTree() scanner.ObjectID {
	if r.idSize == 32 {
		return emptyTreeSHA256
	}
	return emptyTreeSHA1
}

// compareNames orders entries as trees and the index do: a directory as if its
// name ended in a slash.
func compareNames(a []byte, aTree bool, b []byte, bTree bool) int {
	n := min(len(a), len(b))
	if c := bytes.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	var x, y byte
	if len(a) > n {
		x = a[n]
	} else if aTree {
		x = '/'
	}
	if len(b) > n {
		y = b[n]
	} else if bTree {
		y = '/'
	}
	switch {
	case x != y && x < y:
		return -1
	case x != y:
		return 1
	}
	// One name may go on behind the slash of the other.
	return len(a) - len(b)
}
