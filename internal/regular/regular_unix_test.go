//go:build unix

package regular

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// To open a pipe would wait for somebody who writes to it, and the test would
// not end.
func TestPipesSocketsAndDevicesAreNotOpened(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	link(t, os.DevNull, filepath.Join(dir, "null"))
	link(t, "/dev/zero", filepath.Join(dir, "zero"))
	for _, name := range []string{"pipe", "null", "zero"} {
		if _, err := Read(filepath.Join(dir, name), 1<<20); !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s: %v, want %v", name, err, ErrNotRegular)
		}
		if data, err := ReadIn(dir, name, 1<<20); err == nil {
			t.Errorf("%s in its folder: %d bytes were read", name, len(data))
		}
		if _, err := Names(filepath.Join(dir, name)); !errors.Is(err, ErrNotFolder) {
			t.Errorf("%s as a folder: %v, want %v", name, err, ErrNotFolder)
		}
	}
}

// A pipe may have taken the place of the file that was looked at.
func TestAPipeThatTookAFilesPlaceIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	testkit.Write(t, filepath.Join(dir, "file"), "text")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	exchanged := opener{
		stat: func(string) (os.FileInfo, error) { return os.Stat(filepath.Join(dir, "file")) },
		open: os.OpenFile,
	}
	if _, err := exchanged.read(filepath.Join(dir, "pipe"), 9); !errors.Is(err, ErrNotRegular) {
		t.Errorf("%v, want %v", err, ErrNotRegular)
	}
}
