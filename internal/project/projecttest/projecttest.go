// Package projecttest makes projects from texts, for the tests of the packages that
// judge them.
package projecttest

import (
	"io/fs"
	"maps"
	"slices"

	"github.com/djleaks/djleaks/internal/project"
)

// Of reads a project from the texts of its files, by their paths.
func Of(files map[string]string) *project.Project {
	var reader project.Reader
	return project.Of(slices.Sorted(maps.Keys(files)), nil, func(path string) (*project.Facts, error) {
		text, ok := files[path]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return reader.Facts(path, []byte(text)), nil
	})
}
