package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// Paths turns the names that a user gives into paths below the top level of the
// work tree, as the index has them.
func Paths(repo *gitstore.Repository, names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	top := repo.WorkTree()
	if top == "" {
		return nil, Mistake{errors.New("a bare repository has no staged files"), "djleaks audit, for its whole history"}
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
			return nil, Mistake{fmt.Errorf("%s is outside of the repository at %s", name, top), "djleaks files " + say.Quote(name)}
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

// projectRoot is the folder that the paths of files are relative to: between the
// current folder and the top level of its repository the nearest one with a
// configuration, else the top level. Outside of a repository it is the current
// folder: what is above belongs to anybody.
func projectRoot() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	configured := ""
	for folder := here; ; folder = filepath.Dir(folder) {
		if configured == "" {
			if p, err := policy.Load(Folder(folder).Root); err != nil || p.File != "" {
				configured = folder // one with a mistake is read again, and the mistake reported
			}
		}
		if _, err := os.Lstat(filepath.Join(folder, ".git")); err == nil {
			return cmp.Or(configured, folder), nil
		}
		if folder == filepath.Dir(folder) {
			return here, nil
		}
	}
}

// below is a source of files whose paths are made relative to a folder. Those
// that are not in it stay as they are.
type below struct {
	root   string
	source scanner.Source
}

// Chunks implements scanner.Source.
func (b below) Chunks(ctx context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	root := resolved(b.root)
	coverage, err := b.source.Chunks(ctx, func(c *scanner.Chunk) error {
		moved := *c
		moved.Path = relativeTo(root, c.Path)
		return yield(&moved)
	})
	for i := range coverage.Skipped {
		if s := &coverage.Skipped[i]; s.Path != "" {
			s.Path = relativeTo(root, s.Path)
		}
	}
	return coverage, err
}

// relativeTo is the path of a file below root, with slashes. Links are followed
// on the way to the file, not of the file itself.
func relativeTo(root, name string) string {
	file, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil || strings.HasPrefix(name, "<") {
		return name
	}
	file = filepath.Join(resolved(filepath.Dir(file)), filepath.Base(file))
	path, err := filepath.Rel(root, file)
	if err != nil || path == ".." || strings.HasPrefix(path, ".."+string(filepath.Separator)) {
		return name
	}
	return filepath.ToSlash(path)
}
