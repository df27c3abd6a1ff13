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
