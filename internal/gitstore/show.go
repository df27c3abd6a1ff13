package gitstore

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// File returns the content of a file in the tree of a revision. A file that is
// not there is fs.ErrNotExist, and so is every file before the first commit.
func (r *Repository) File(rev, path string) ([]byte, error) {
	id, err := r.resolveCommit(rev)
	if err != nil {
		if head, headErr := r.Head(); rev == "HEAD" && headErr == nil && head.Commit == "" {
			return nil, fs.ErrNotExist
		}
		return nil, err
	}
	at, err := r.EntryAt(id, path)
	if err != nil {
		return nil, err
	}
	if at == "" {
		return nil, fs.ErrNotExist
	}
	t, data, err := r.Object(at)
	if err == nil && t != packfile.Blob {
		err = fmt.Errorf("%s:%s is a %s, not a file", rev, path, t)
	}
	return data, err
}

// EntryAt returns the object that a commit's tree has at a path, which is
// relative to the top level and has slashes; empty if there is none.
func (r *Repository) EntryAt(commit scanner.ObjectID, path string) (scanner.ObjectID, error) {
	c, err := r.Commit(commit)
	if err != nil {
		return "", err
	}
	at := c.Tree
	for _, name := range strings.Split(path, "/") {
		tree, err := r.tree(at)
		if err != nil {
			return "", err
		}
		if at = entryNamed(tree, r.idSize, name); at == "" {
			return "", nil
		}
	}
	return at, nil
}

func entryNamed(tree []byte, idSize int, name string) scanner.ObjectID {
	entries := NewTreeReader(tree, idSize)
	for {
		e, ok := entries.Next()
		if !ok {
			return ""
		}
		if string(e.Name) == name {
			return scanner.ObjectID(e.ID)
		}
	}
}
