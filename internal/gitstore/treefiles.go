package gitstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// TreeFiles yields the files of one tree.
type TreeFiles struct {
	// Only, if it is set, says which files are read, by their path.
	Only func(path string) bool

	r     *Repository
	tree  scanner.ObjectID
	paths []string
}

// TreeFiles returns the source of the files that a revision's tree has, all of
// them or those that are one of paths or below one. Paths are relative to the
// top level; one that the tree does not have is named in the coverage.
func (r *Repository) TreeFiles(rev string, paths ...string) (*TreeFiles, error) {
	id, err := r.Resolve(rev)
	if err != nil {
		return nil, fmt.Errorf("tree: %w", err)
	}
	tree, err := r.peelTo(id, "tree")
	if err != nil {
		return nil, fmt.Errorf("tree: %w", err)
	}
	return &TreeFiles{r: r, tree: tree, paths: r.topPaths(paths)}, nil
}

// FirstFile returns the first blob below a tree, folders last; ok is false if there
// is none, or if it is not here.
func (r *Repository) FirstFile(tree scanner.ObjectID) (blob scanner.ObjectID, ok bool) {
	for range maxFolders {
		data, err := r.objectOfType(tree, packfile.Tree)
		if err != nil {
			return "", false
		}
		var folder scanner.ObjectID
		entries := newTreeReader(data, r.idSize)
		for e, more := entries.next(); more; e, more = entries.next() {
			switch {
			case isText(e.mode):
				return scanner.ObjectID(e.id), true
			case isTree(e.mode) && folder == "":
				folder = scanner.ObjectID(e.id)
			}
		}
		if folder == "" {
			return "", false
		}
		tree = folder
	}
	return "", false
}

// maxFolders is how deep FirstFile goes.
const maxFolders = 1000

// Chunks implements scanner.Source.
func (s *TreeFiles) Chunks(ctx context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	y := &blobYielder{r: s.r, yield: yield, counted: map[scanner.ObjectID]bool{}}
	err := s.chunks(ctx, y)
	return y.finish(), err
}

func (s *TreeFiles) chunks(ctx context.Context, y *blobYielder) error {
	trees := newTreeCache(s.r)
	if len(s.paths) == 0 || s.paths[0] == "" {
		return s.below(ctx, y, trees, "", s.tree)
	}
	for i, path := range s.paths {
		if i > 0 && strings.HasPrefix(path, s.paths[i-1]+"/") {
			s.paths[i] = s.paths[i-1] // it was read with its folder
			continue
		}
		mode, id, err := trees.find(s.tree, path)
		if err == nil && isText(mode) && (s.Only == nil || s.Only(path)) {
			if err := y.blob(scanner.Chunk{ID: id, Path: path}); err != nil {
				return err
			}
			continue
		}
		dir, err2 := trees.findTree(s.tree, path)
		switch {
		case err != nil || err2 != nil:
			y.skip("", path, "tree: cannot be read")
		case dir == "":
			y.skip("", path, "not in the tree")
		default:
			if err := s.below(ctx, y, trees, path+"/", dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// below yields all files below a directory.
func (s *TreeFiles) below(ctx context.Context, y *blobYielder, trees *treeCache, prefix string, tree scanner.ObjectID) (err error) {
	c := newComparison(s.r, trees, func(id scanner.ObjectID, path string, cause error) {
		y.skip(id, path, "tree: "+s.r.whyMissing(0, cause))
	})
	left := maxFiles
	whole := c.below(prefix, tree, "", func(path string, id, _ scanner.ObjectID) bool {
		if err = ctx.Err(); err == nil && (s.Only == nil || s.Only(path)) {
			err = y.blob(scanner.Chunk{ID: id, Path: path})
		}
		left--
		return err == nil && left > 0
	})
	if !whole && err == nil {
		y.skip(tree, prefix, errTooManyFiles.Error())
	}
	return err
}

// maxFiles is how many files of a tree are listed or read.
const maxFiles = 1 << 20

var errTooManyFiles = errors.New("more files than can be listed")
