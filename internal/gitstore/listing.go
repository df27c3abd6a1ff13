package gitstore

import (
	"fmt"

	"github.com/djleaks/djleaks/scanner"
)

// TreeFile is a file in the tree of a commit.
type TreeFile struct {
	Path string
	ID   scanner.ObjectID
}

// Listing returns the files that a revision's tree has, in Git's order, without
// reading them; links and submodules are left out. A directory that cannot be
// read is an error together with the rest of the list.
func (r *Repository) Listing(rev string) (files []TreeFile, err error) {
	id, err := r.Resolve(rev)
	if err != nil {
		return nil, fmt.Errorf("listing: %w", err)
	}
	tree, err := r.peelTo(id, "tree")
	if err != nil {
		return nil, fmt.Errorf("listing: %w", err)
	}
	c := newComparison(r, newTreeCache(r), func(_ scanner.ObjectID, path string, cause error) {
		if err == nil {
			err = fmt.Errorf("listing: %s: %w", path, cause)
		}
	})
	whole := c.each(c.compare(tree, nil), nil, func(folder uint32, ch *change) bool {
		if !ch.link {
			files = append(files, TreeFile{c.pathName(c.paths.number(pathStep{folder, ch.name})), c.blobs.all[ch.to]})
		}
		return len(files) < maxFiles
	})
	if !whole && err == nil {
		err = fmt.Errorf("listing: %w", errTooManyFiles)
	}
	return files, err
}

// NearFiles returns the files of a revision's tree whose paths are wanted, those
// of the folders nearest to the top first. It looks into the folders that enter
// allows, and into no more than limit of them. What cannot be read is left out.
func (r *Repository) NearFiles(rev string, limit int, enter, want func(path []byte) bool) (files []TreeFile) {
	id, err := r.Resolve(rev)
	if err != nil {
		return nil
	}
	top, err := r.peelTo(id, "tree")
	if err != nil {
		return nil
	}
	trees, folders := newTreeCache(r), []TreeFile{{"", top}}
	var path []byte
	for n := 0; n < len(folders) && n < limit; n++ {
		tree, err := trees.borrow(folders[n].ID)
		if err != nil {
			continue
		}
		if path = append(path[:0], folders[n].Path...); len(path) > 0 {
			path = append(path, '/')
		}
		inFolder := len(path)
		entries := newTreeReader(tree.Data, r.idSize)
		for e, more := entries.next(); more; e, more = entries.next() {
			path = append(path[:inFolder], e.name...)
			switch {
			case isTree(e.mode) && enter(path):
				folders = append(folders, TreeFile{string(path), scanner.ObjectID(e.id)})
			case isText(e.mode) && want(path):
				files = append(files, TreeFile{string(path), scanner.ObjectID(e.id)})
			}
		}
		tree.Release()
	}
	return files
}
