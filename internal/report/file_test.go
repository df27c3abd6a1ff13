package report

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func save(t *testing.T, path, text string) *File {
	t.Helper()
	f, err := Create(path, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
	return f
}

func closeFile(t *testing.T, f *File) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func onlyFile(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("the folder holds %v, want %s alone", entries, name)
	}
}

func TestStandardOutputHasManyNamesAndStaysOpen(t *testing.T) {
	for _, path := range []string{"", "-", "/dev/stdout", "/dev/fd/1"} {
		var out bytes.Buffer
		f, err := Create(path, &out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, "x"); err != nil {
			t.Fatal(err)
		}
		closeFile(t, f)
		if out.String() != "x" {
			t.Errorf("%q did not write to standard output", path)
		}
	}
}

func TestARegularFileAppearsAtClose(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	f := save(t, path, "new")
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Error("the file is there before Close")
	}
	closeFile(t, f)
	if content(t, path) != "new" {
		t.Error("wrong content")
	}
	onlyFile(t, dir, "r.json")
}

func TestAnOldReportStaysUntilCloseAndAfterDiscard(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	f := save(t, path, "new")
	if content(t, path) != "old" {
		t.Error("the old report is gone before Close")
	}
	f.Discard()
	if content(t, path) != "old" {
		t.Error("the old report is gone after Discard")
	}
	onlyFile(t, dir, "r.json")

	closeFile(t, save(t, path, "newer"))
	info, err := os.Stat(path)
	if err != nil || content(t, path) != "newer" {
		t.Fatal(err, content(t, path))
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("the mode changed to %v", info.Mode())
	}
	onlyFile(t, dir, "r.json")
}

func TestALinkIsRefusedAndLeadsNowhere(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"link": "target", "dangling": "nothing"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err) // Windows asks for a privilege
		}
		_, err := Create(filepath.Join(dir, name), io.Discard)
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, name)) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	_, err := Create(link, io.Discard)
	var hint interface{ Hint() string }
	if !errors.As(err, &hint) || !strings.Contains(hint.Hint(), "target") {
		t.Errorf("the hint does not say where the link leads: %v", err)
	}
	if content(t, target) != "precious" {
		t.Errorf("the target holds %q", content(t, target))
	}
	if _, err := os.Lstat(filepath.Join(dir, "nothing")); err == nil {
		t.Error("what a link names was created")
	}
}

func TestErrorsNameThePath(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(dir, "file", "r.json")
	for _, path := range []string{dir, below} {
		_, err := Create(path, io.Discard)
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	_, err := Create(below, io.Discard)
	if err == nil || strings.Contains(err.Error(), "..json") || strings.Contains(err.Error(), ".r.json") {
		t.Errorf("the error names the temporary file: %v", err)
	}
}

func TestAFolderThatIsNotThereIsMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test-results", "djleaks", "r.json")
	closeFile(t, save(t, path, "report"))
	if content(t, path) != "report" {
		t.Errorf("the file holds %q", content(t, path))
	}
}

func TestCloseReturnsTheErrorOfAWrite(t *testing.T) {
	f, err := Create("-", failing{errors.New("no space left on device")})
	if err != nil {
		t.Fatal(err)
	}
	_ = Write(f, "text", cleanCase(), Options{})
	if err := f.Close(); err == nil || !strings.Contains(err.Error(), "standard output: no space left") {
		t.Errorf("Close returned %v", err)
	}
}

func TestAnErrorNamesTheFileAndLeavesNothingBeside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	closeFile(t, save(t, path, "old"))
	f, err := Create(path, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	temporary := f.file.Name()
	f.out = failing{&fs.PathError{Op: "write", Path: temporary, Err: errors.New("no space left on device")}}
	_, writing := io.WriteString(f, "new")
	for what, err := range map[string]error{"Write": writing, "Close": f.Close()} {
		if err == nil || err.Error() != "report: "+path+": no space left on device" {
			t.Errorf("%s returned %v", what, err)
		}
	}
	// Some file systems say so only when a file is closed.
	f = save(t, path, "new")
	if err := f.file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err == nil || !strings.HasPrefix(err.Error(), "report: "+path+": ") {
		t.Errorf("Close of a file that cannot be closed returned %v", err)
	}
	onlyFile(t, dir, "r.json")
	if content(t, path) != "old" {
		t.Errorf("the report is %q", content(t, path))
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
