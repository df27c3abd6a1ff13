//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// gitIn runs Git in a folder and returns what it prints, trimmed.
func gitIn(t *testing.T, dir, stdin string, args ...string) string {
	t.Helper()
	return strings.TrimSpace(testkit.Git(t, dir, stdin, args...))
}

// largeRepository makes a repository of so many tracked files whose work tree
// has none of them, but for FIFOs: whoever opens one waits for ever.
func largeRepository(t *testing.T, files int) string {
	t.Helper()
	dir := t.TempDir()
	gitIn(t, dir, "", "init", "-q")
	blob := gitIn(t, dir, "print('hello')\n", "hash-object", "-w", "--stdin")
	var index strings.Builder
	for i := range files {
		fmt.Fprintf(&index, "100644 %s\tapp%03d/part%02d/file%d.py\n", blob, i%500, i%20, i)
	}
	gitIn(t, dir, index.String(), "update-index", "--index-info")
	gitIn(t, dir, "", "commit", "-q", "-m", "start")
	for _, name := range []string{"app000/part00", "app001/part01"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"app000/part00/file0.py", "app001/part01/file1.py"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestStagedOf50000FilesReadsWhatIsStagedAndNotTheWorkTree(t *testing.T) {
	dir := largeRepository(t, 50_000)
	stage := func(text string) {
		blob := gitIn(t, dir, text, "hash-object", "-w", "--stdin")
		gitIn(t, dir, fmt.Sprintf("100644 %s\tapp007/part07/file7.py\n", blob), "update-index", "--index-info")
	}
	t.Chdir(dir)
	for _, c := range []struct {
		text string
		code int
	}{
		{"print('changed')\n", exitClean},
		{"SECRET_KEY = '" + testkit.Key(1) + "'\n", exitFound},
	} {
		stage(c.text)
		code, stdout, stderr := program("", "staged", "--format", "json")
		var r scanner.Report
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatalf("%v: %s", err, stderr)
		}
		if code != c.code || r.Coverage.Blobs > 2 || r.Coverage.Blobs < 1 {
			t.Errorf("exit %d, %d blobs read; want exit %d and the staged blob", code, r.Coverage.Blobs, c.code)
		}
	}
}
