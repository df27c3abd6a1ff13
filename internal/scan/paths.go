package scan

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/internal/gitstore"
)

// Paths turns the names that a user gives into paths below the top level of the
// work tree, as the index has them.
func Paths(repo *gitstore.Repository, names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	top := repo.WorkTree()
	if top == "" {
		return nil, Mistake{errors.New("a bare repository has no staged files"), ""}
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	top, here = resolved(top), resolved(here)
	paths := make([]string, len(names))
	for i, name := range names {
		full := name
		if !filepath.IsAbs(name) {
			full = filepath.Join(here, name)
		}
		path, err := filepath.Rel(top, full)
		if err != nil || path == ".." || strings.HasPrefix(path, ".."+string(filepath.Separator)) {
			return nil, Mistake{fmt.Errorf("%s is outside of the repository at %s", name, top), ""}
		}
		paths[i] = filepath.ToSlash(path)
	}
	return paths, nil
}

// resolved follows links, so that two names of one folder compare equal.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
