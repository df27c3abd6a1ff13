package regular

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Skip(err) // Windows asks for a privilege
	}
}

func TestARegularFileIsReadWhole(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"", "a", "four"} {
		testkit.Write(t, filepath.Join(dir, "f"), text)
		if data, err := Read(filepath.Join(dir, "f"), 4); string(data) != text || err != nil {
			t.Errorf("%q: read %q, %v", text, data, err)
		}
		f, size, err := Open(filepath.Join(dir, "f"), 4)
		if err != nil || size != int64(len(text)) {
			t.Fatalf("%q: size %d, %v", text, size, err)
		}
		f.Close()
	}
}

func TestTheNamesInAFolderAreListed(t *testing.T) {
	dir := t.TempDir()
	testkit.Write(t, filepath.Join(dir, "b"), "")
	testkit.Write(t, filepath.Join(dir, "a", "c"), "")
	names, err := Names(dir)
	slices.Sort(names)
	if err != nil || !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("%q, %v", names, err)
	}
	if _, err := Names(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestWhatIsNotAFileOfABoundedSizeIsAnError(t *testing.T) {
	dir := t.TempDir()
	testkit.Write(t, filepath.Join(dir, "five"), "five!")
	holes, err := os.Create(filepath.Join(dir, "holes"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(holes.Truncate(1<<40), holes.Close()); err != nil {
		t.Skip(err) // no files with holes here
	}
	for name, want := range map[string]error{"five": ErrTooLarge, "holes": ErrTooLarge, ".": ErrNotRegular, "none": fs.ErrNotExist} {
		if _, err := Read(filepath.Join(dir, name), 4); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if _, err := ReadIn(dir, name, 4); !errors.Is(err, want) {
			t.Errorf("%s in its folder: %v, want %v", name, err, want)
		}
	}
}

func TestALinkMayNotLeaveTheFolder(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "work")
	testkit.Write(t, filepath.Join(top, "secret"), "out")
	testkit.Write(t, filepath.Join(dir, "sub", "file"), "in")
	link(t, filepath.Join("sub", "file"), filepath.Join(dir, "inside"))
	link(t, filepath.Join("..", "secret"), filepath.Join(dir, "up"))
	link(t, filepath.Join(top, "secret"), filepath.Join(dir, "absolute"))
	link(t, top, filepath.Join(dir, "folder"))
	link(t, "circle", filepath.Join(dir, "circle"))
	if data, err := ReadIn(dir, "inside", 9); string(data) != "in" || err != nil {
		t.Errorf("a link inside of the folder: %q, %v", data, err)
	}
	for _, name := range []string{"up", "absolute", "folder/secret", "../secret"} {
		if data, err := ReadIn(dir, name, 9); !errors.Is(err, ErrOutside) {
			t.Errorf("%s: read %q, %v, want %v", name, data, err, ErrOutside)
		}
	}
	if _, err := ReadIn(dir, "circle", 9); err == nil {
		t.Error("a link to itself was read")
	}
}
