package gitstore

import (
	"fmt"
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// IndexFiles returns the files of the index whose paths are wanted, in its order.
func (r *Repository) IndexFiles(want func(path []byte) bool) (files []TreeFile, err error) {
	indexes, err := r.indexes()
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	for _, x := range indexes {
		for i := range x.len() {
			if path := x.path(i); want(path) {
				files = append(files, TreeFile{string(path), scanner.ObjectID(x.entry(i).id)})
			}
		}
	}
	return files, nil
}

// IndexPaths returns the paths of the index, sorted, each once. They are below
// the top level of the work tree, with slashes. Without an index there are
// none.
func (r *Repository) IndexPaths() ([]string, error) {
	indexes, err := r.indexes()
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	var paths []string
	for _, x := range indexes {
		for i := range x.len() {
			paths = append(paths, string(x.path(i)))
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}
