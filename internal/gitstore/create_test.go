package gitstore

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

func TestCreatedRepositoryIsSoundForGit(t *testing.T) {
	r := newRepo(t)
	dir := filepath.Join(r.dir, "made.git")
	c, err := Create(dir)
	must(t, err)
	day := time.Date(2024, 3, 4, 9, 30, 0, 0, time.UTC)
	first, err := c.Commit(map[string]string{"a.py": "a1", "a/b.py": "b1", "a-c": "c1", "a/x/y": "y"}, nil, "Ada", day, "one")
	must(t, err)
	second, err := c.Commit(map[string]string{"a.py": "a2"}, []scanner.ObjectID{first}, "Ada", day.AddDate(0, 0, 1), "two")
	must(t, err)
	must(t, c.SetRef("refs/heads/main", second))
	made := r.in(dir)
	if out, err := made.try("fsck", "--strict", "--full"); err != nil || strings.Contains(out, "error") {
		t.Fatal(out, err)
	}
	if got := made.git("rev-parse", "main~1"); got != first.String() {
		t.Errorf("main~1 is %s, want %s", got, first)
	}
	if got := made.git("ls-tree", "-r", "--name-only", "main~1"); got != "a-c\na.py\na/b.py\na/x/y" {
		t.Errorf("files: %q", got)
	}
}
