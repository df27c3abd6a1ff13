package gitstore

import (
	"fmt"
	"slices"
)

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
