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
	d := treeDiff{
		read: newTreeCache(r).get, idSize: r.idSize,
		missing: func(_ scanner.ObjectID, path string, cause error) {
			if err == nil {
				err = fmt.Errorf("listing: %s: %w", path, cause)
			}
		},
		visit: func(t *treeChange) {
			if isText(t.mode) && t.mode&0o170000 != 0o120000 {
				files = append(files, TreeFile{string(t.path), scanner.ObjectID(t.id)})
			}
		},
	}
	d.run(nil, tree, nil)
	return files, err
}
