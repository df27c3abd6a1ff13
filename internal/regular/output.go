package regular

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrLink is the error of a link on the way to a file that is to be written.
var ErrLink = errors.New("is a link, and nothing is written through one")

// CheckOutput makes sure that what is written at path goes there and not to
// where a repository leads it: path must not be a link, and neither must a folder
// on the way to it, as far as that is relative or below the current folder. What
// an absolute path outside of it goes through is the system's. Below /dev and
// /proc links are how open files are named.
//
// It is nil for a path that is not there yet. Whoever can change files while the
// program runs can still put a link there afterwards.
func CheckOutput(path string) error {
	path = filepath.Clean(path)
	folder := ""
	if filepath.IsAbs(path) {
		slashed := filepath.ToSlash(path)
		if strings.HasPrefix(slashed, "/dev/") || strings.HasPrefix(slashed, "/proc/") {
			return nil
		}
		folder = filepath.Dir(path)
		if here, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(rel) {
				folder = here
			}
		}
		path = strings.TrimPrefix(path[len(folder):], string(filepath.Separator))
	}
	for _, name := range strings.Split(path, string(filepath.Separator)) {
		folder = filepath.Join(folder, name)
		if name == ".." {
			continue
		}
		info, err := os.Lstat(folder)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && info.Mode().Type()&fs.ModeSymlink != 0 {
			return &fs.PathError{Op: "write", Path: folder, Err: ErrLink}
		}
	}
	return nil
}
