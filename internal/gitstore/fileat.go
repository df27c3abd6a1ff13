package gitstore

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// maxFile bounds what File returns, in bytes: configurations and lists of
// accepted keys.
const maxFile = 16 << 20

// File returns the content of a file in the tree of a revision. The error for a
// missing file is fs.ErrNotExist, and so it is for every file before the first
// commit. Links are followed as in a work tree, but not out of the tree.
func (r *Repository) File(rev, path string) ([]byte, error) {
	id, err := r.resolveCommit(rev)
	if err != nil {
		if head, headErr := r.Head(); rev == "HEAD" && headErr == nil && head.Commit == "" {
			return nil, fs.ErrNotExist
		}
		return nil, err
	}
	c, err := r.Commit(id)
	if err != nil {
		return nil, err
	}
	trees := newTreeCache(r)
	for range maxSymbolic {
		mode, at, err := trees.find(c.Tree, path)
		if err != nil {
			return nil, err
		}
		if !isText(mode) {
			return nil, fs.ErrNotExist
		}
		data, err := r.smallBlob(at, rev+":"+path)
		if err != nil || mode&modeType != modeSymlink {
			return data, err
		}
		if path, err = follow(path, string(data)); err != nil {
			return nil, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: rev + ":" + path, Err: errors.New("too many links")}
}

// smallBlob returns a blob of at most maxFile bytes.
func (r *Repository) smallBlob(id scanner.ObjectID, name string) ([]byte, error) {
	store, err := r.objects()
	if err != nil {
		return nil, err
	}
	_, size, err := store.Header(id)
	if err != nil {
		return nil, objectError(id, err)
	}
	if size > maxFile {
		return nil, &fs.PathError{Op: "open", Path: name, Err: regular.ErrTooLarge}
	}
	return r.objectOfType(id, packfile.Blob)
}

// follow returns the path in a tree that a link at a path leads to.
func follow(link, target string) (string, error) {
	to := path.Join(path.Dir(link), target)
	if path.IsAbs(target) || to == ".." || strings.HasPrefix(to, "../") {
		return "", &fs.PathError{Op: "open", Path: link, Err: regular.ErrOutside}
	}
	return to, nil
}

// EntryAt returns the object that a commit's tree has at a path, which is
// relative to the top level and has slashes; empty if there is none.
func (r *Repository) EntryAt(commit scanner.ObjectID, path string) (scanner.ObjectID, error) {
	c, err := r.Commit(commit)
	if err != nil {
		return "", err
	}
	trees, at := newTreeCache(r), c.Tree
	for _, name := range strings.Split(path, "/") {
		tree, err := trees.get(at)
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
	entries := newTreeReader(tree, idSize)
	for {
		e, ok := entries.next()
		if !ok {
			return ""
		}
		if string(e.name) == name {
			return scanner.ObjectID(e.id)
		}
	}
}
