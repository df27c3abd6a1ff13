package worktree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// MaxFile is the size in bytes of the largest file that is read. Settings are
// a thousand times smaller.
const MaxFile = 8 << 20

// ErrLink is the reason why a path is not read or written: it is a link, or
// leads through one.
var ErrLink = errors.New("a link")

// Tree is a work tree.
type Tree struct {
	top     string
	paths   []string
	tracked map[string]bool
}

// Open lists the files of the work tree at top: those that are tracked, and
// those that are not and that no .gitignore of the tree hides. Paths are below
// the top level, with slashes.
func Open(top string, tracked []string) (*Tree, error) {
	t := &Tree{top: top, tracked: make(map[string]bool, len(tracked))}
	for _, p := range tracked {
		t.tracked[p] = true
		if info, err := os.Lstat(t.full(p)); err == nil && info.Mode().IsRegular() {
			t.paths = append(t.paths, p)
		}
	}
	if err := t.untracked("", nil); err != nil {
		return nil, err
	}
	slices.Sort(t.paths)
	t.paths = slices.Compact(t.paths)
	return t, nil
}

// untracked walks a folder; above are the patterns of the .gitignore files
// above it.
func (t *Tree) untracked(folder string, above []pattern) error {
	entries, err := os.ReadDir(t.full(folder))
	if err != nil {
		return fmt.Errorf("work tree: %w", err)
	}
	if text, err := t.Read(path.Join(folder, ".gitignore")); err == nil {
		above = append(slices.Clip(above), patterns(text, folder)...)
	}
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		switch {
		case e.Name() == ".git", e.Type()&fs.ModeSymlink != 0, ignores(above, name, e.IsDir()):
		case e.IsDir():
			if t.isOther(name) {
				continue
			}
			if err := t.untracked(name, above); err != nil {
				return err
			}
		case e.Type().IsRegular() && !t.tracked[name]:
			t.paths = append(t.paths, name)
		}
	}
	return nil
}

// isOther reports whether a folder is not the project's: a repository of its
// own, or a virtual environment.
func (t *Tree) isOther(folder string) bool {
	for _, sign := range []string{".git", "pyvenv.cfg"} {
		if _, err := os.Lstat(t.full(path.Join(folder, sign))); err == nil {
			return true
		}
	}
	return path.Base(folder) == "node_modules"
}

// At is the tree at top without a list of its files: for one that is named.
func At(top string) *Tree { return &Tree{top: top} }

func (t *Tree) full(p string) string { return filepath.Join(t.top, filepath.FromSlash(p)) }

// Paths returns the files of the project, sorted.
func (t *Tree) Paths() []string { return t.paths }

// Tracked reports whether the index has the path.
func (t *Tree) Tracked(p string) bool { return t.tracked[p] }

// Ignored reports whether a path is ignored, if the .gitignore of the name list
// had this text. The user's own ignore files do not count: what hides a key must
// be in the repository, for all who clone it.
func (t *Tree) Ignored(p, list string, text []byte) bool {
	var all []pattern
	folder := ""
	for _, part := range strings.Split(p, "/") {
		name := path.Join(folder, ".gitignore")
		if name == list {
			all = append(all, patterns(text, folder)...)
		} else if text, err := t.Read(name); err == nil {
			all = append(all, patterns(text, folder)...)
		}
		folder = path.Join(folder, part)
	}
	return ignores(all, p, false)
}

// Read returns a file's bytes. Errors say fs.ErrNotExist or ErrLink where that
// is the reason.
func (t *Tree) Read(p string) ([]byte, error) {
	if err := t.regular(p); err != nil {
		return nil, err
	}
	file, err := os.Open(t.full(p))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err == nil && len(text) > MaxFile {
		err = fmt.Errorf("%s is larger than %d MiB", p, MaxFile>>20)
	}
	return text, err
}

// regular makes sure that a path is a regular file and leads through no link.
func (t *Tree) regular(p string) error {
	if !filepath.IsLocal(filepath.FromSlash(p)) {
		return fmt.Errorf("%s: %w", p, ErrLink)
	}
	for at := path.Dir(p); at != "."; at = path.Dir(at) {
		if info, err := os.Lstat(t.full(at)); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s: %s is %w", p, at, ErrLink)
		}
	}
	info, err := os.Lstat(t.full(p))
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is %w", p, ErrLink)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", p)
	}
	return nil
}

// Change is a file's new text.
type Change struct {
	Path     string
	Old, New []byte // Old is nil if the file is to be made, New if it is to be removed
	Private  bool   // a file that is made gets the mode 0600, not 0644

	mode fs.FileMode // of the file that is there
}

// Write makes all changes, or none.
func (t *Tree) Write(changes []Change) (err error) {
	temporary := make([]string, len(changes))
	defer func() {
		for _, name := range temporary {
			if name != "" {
				os.Remove(name)
			}
		}
	}()
	for i := range changes {
		if temporary[i], err = t.prepare(&changes[i]); err != nil {
			return fmt.Errorf("%s: %w", changes[i].Path, say.Cause(err))
		}
	}
	for i, c := range changes {
		if c.New == nil {
			err = os.Remove(t.full(c.Path))
		} else {
			err = os.Rename(temporary[i], t.full(c.Path))
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", c.Path, say.Cause(err))
			return errors.Join(err, t.restore(changes[:i]))
		}
	}
	return nil
}

// prepare writes a file's new text, if it has one, under a temporary name beside
// it.
func (t *Tree) prepare(c *Change) (name string, err error) {
	c.mode = 0o644
	if c.Private {
		c.mode = 0o600
	}
	now, err := t.Read(c.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.Old == nil:
		err = os.MkdirAll(filepath.Dir(t.full(c.Path)), 0o755)
	case err == nil && c.Old == nil, err == nil && !bytes.Equal(now, c.Old):
		err = errors.New("it has changed since it was read")
	case err == nil:
		var info fs.FileInfo
		if info, err = os.Lstat(t.full(c.Path)); err == nil {
			c.mode = info.Mode().Perm()
		}
		if err == nil && c.mode&0o200 == 0 {
			err = errors.New("it is read-only")
		}
	}
	if err != nil || c.New == nil {
		return "", err
	}
	return writeTemporary(t.full(c.Path), c.New, c.mode)
}

func writeTemporary(final string, text []byte, mode fs.FileMode) (name string, err error) {
	file, err := os.CreateTemp(filepath.Dir(final), ".djleaks-*")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err != nil {
		os.Remove(file.Name())
		return "", err
	}
	return file.Name(), nil
}

// restore gives files their old bytes back.
func (t *Tree) restore(changes []Change) error {
	var all error
	for _, c := range changes {
		if c.Old == nil {
			all = errors.Join(all, os.Remove(t.full(c.Path)))
			continue
		}
		name, err := writeTemporary(t.full(c.Path), c.Old, c.mode)
		if err == nil {
			err = os.Rename(name, t.full(c.Path))
		}
		if err != nil {
			all = errors.Join(all, fmt.Errorf("%s could not be restored: %w", c.Path, say.Cause(err)))
		}
	}
	return all
}
