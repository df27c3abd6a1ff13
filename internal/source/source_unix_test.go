//go:build unix

package source

import (
	"syscall"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

func TestAPipeInAFolderIsNamedAndNotOpened(t *testing.T) {
	t.Chdir(t.TempDir())
	testkit.Write(t, "d/a", "x")
	if err := syscall.Mkfifo("d/pipe", 0o644); err != nil {
		t.Fatal(err)
	}
	texts, c := read(t, Files([]string{"d"}, nil))
	if len(texts) != 1 || len(c.Skipped) != 1 || c.Skipped[0].Path != "d/pipe" {
		t.Errorf("%q, coverage %+v", texts, c)
	}
}
