//go:build unix

package cache

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestWhatOthersCanWriteIsRefused(t *testing.T) {
	dir, file := saved(t)
	f := open(t, dir, "rules 1", 20)
	refused := func(what string) {
		t.Helper()
		if _, err := f.Load(noKey); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, mode := range []os.FileMode{0o620, 0o602} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		refused(mode.String())
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Load(noKey); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(t.TempDir(), "moved")
	if err := errors.Join(os.Rename(file, moved), os.Symlink(moved, file)); err != nil {
		t.Fatal(err)
	}
	refused("a link")
	if os.Geteuid() == 0 {
		if err := errors.Join(os.Remove(file), os.Rename(moved, file), os.Chown(file, 12345, -1)); err != nil {
			t.Fatal(err)
		}
		refused("a file of another user")
	}
	for _, mode := range []os.FileMode{0o770, 0o777} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenFolder(dir, "rules 1", 20); !errors.Is(err, ErrForeign) {
			t.Errorf("a folder with the mode %o: %v", mode, err)
		}
	}
}
