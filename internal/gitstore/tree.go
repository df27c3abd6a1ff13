package gitstore

import (
	"bytes"
	"fmt"

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

// treeEntry is one line of a tree. Name and ID are parts of the tree's bytes.
type treeEntry struct {
	mode uint32
	name []byte // any bytes but NUL; never empty
	id   []byte
}

// treeReader iterates over the entries of a raw tree. Names that Git would not
// check out (".git", "..", control characters) are entries like all others.
type treeReader struct {
	rest   []byte
	idSize int
	err    error
}

// newTreeReader reads a tree whose object names are idSize bytes long.
func newTreeReader(data []byte, idSize int) treeReader {
	return treeReader{rest: data, idSize: idSize}
}

// next returns the next entry; ok is false at the end, and at the first byte that
// is malformed: then failure says what is wrong.
func (t *treeReader) next() (e treeEntry, ok bool) {
	if len(t.rest) == 0 {
		return e, false
	}
	i := 0
	for ; i < len(t.rest) && '0' <= t.rest[i] && t.rest[i] <= '7' && i < 11; i++ {
		e.mode = e.mode<<3 | uint32(t.rest[i]-'0')
	}
	if i == 0 || i == len(t.rest) || t.rest[i] != ' ' {
		t.fail("mode")
		return treeEntry{}, false
	}
	t.rest = t.rest[i+1:]
	n := bytes.IndexByte(t.rest, 0)
	if n <= 0 {
		t.fail("name")
		return treeEntry{}, false
	}
	if len(t.rest) < n+1+t.idSize {
		t.fail("object name")
		return treeEntry{}, false
	}
	e.name = t.rest[:n]
	e.id = t.rest[n+1 : n+1+t.idSize]
	t.rest = t.rest[n+1+t.idSize:]
	return e, true
}

// nextLen is the length of the next entry in bytes; 0 if there is no complete one.
func (t *treeReader) nextLen() int {
	n := bytes.IndexByte(t.rest, 0)
	if n < 0 || len(t.rest) < n+1+t.idSize {
		return 0
	}
	return n + 1 + t.idSize
}

// fail ends the reading of a tree that is damaged.
func (t *treeReader) fail(what string) {
	t.err = fmt.Errorf("tree: wrong %s %d bytes before its end", what, len(t.rest))
	t.rest = nil
}

// failure is the reason why Next ended early, or nil.
func (t *treeReader) failure() error { return t.err }

// The names of the empty tree, which Git reads without storing it.
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
	// One name may continue after the slash of the other.
	return len(a) - len(b)
}
