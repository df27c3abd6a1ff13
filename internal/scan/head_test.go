package scan

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// TestHeadIsReadAheadAsOneByOne reads a commit in one pass, where its files are deltas
// of older ones in a pack, and file by file: both say the same.
func TestHeadIsReadAheadAsOneByOne(t *testing.T) {
	dir := t.TempDir()
	var commits []testkit.Commit
	for version := range 3 {
		files := map[string]string{"app/settings.py": "INSTALLED_APPS = []\n", "requirements.txt": "Django==4.2\n"}
		for i := range 40 {
			text := fmt.Sprintf("from django.core import signing\n\ndef f%d():\n    return signing.dumps(%d)\n%s", i, version, strings.Repeat("# a line\n", 20+i))
			files[fmt.Sprintf("app/f%02d.py", i)] = text
			files[fmt.Sprintf("same/f%02d.py", i)] = text // the same blob at another path
		}
		commits = append(commits, testkit.Commit{Message: "version", Files: files})
	}
	testkit.Git(t, dir, "", "init", "-q", "-b", "main", ".")
	testkit.Git(t, dir, testkit.History("main", "", commits...), "fast-import", "--quiet")
	testkit.Git(t, dir, "", "repack", "-adfq")
	repo, err := gitstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	walk, err := packwalk.Open(context.Background(), packwalk.Options{Dirs: []string{filepath.Join(dir, ".git", "objects")}, IDSize: repo.IDSize(), Jobs: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer walk.Close()
	read := func(walk *packwalk.Walk) *project.Project {
		return headProject(context.Background(), &history{Walk: walk, repo: repo, jobs: 2}, nil)
	}
	want, got := read(nil), read(walk)
	if len(got.Code) != 81 || !reflect.DeepEqual(got.Code, want.Code) || !reflect.DeepEqual(got.Settings, want.Settings) || len(got.Unread) > 0 {
		t.Errorf("in one pass: %d files, %v; one by one: %d files, %v", len(got.Code), got.Unread, len(want.Code), want.Unread)
	}
	files, err := repo.Listing("HEAD")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]scanner.ObjectID{}
	for _, f := range files {
		ids[f.Path] = f.ID
	}
	plain := slices.DeleteFunc(slices.Sorted(maps.Keys(ids)), func(path string) bool { return !project.IsPlain(path) })
	for most, blobs := range map[int64]int{passBytes: 40, 1: 0} {
		r := headReader{history: &history{Walk: walk, repo: repo, jobs: 2}, ids: ids, most: most}
		r.readAhead(context.Background(), append(plain, "app/gone.py"))
		if len(r.ahead) != blobs {
			t.Errorf("of at most %d bytes %d blobs were read ahead, want %d", most, len(r.ahead), blobs)
		}
		if facts, err := r.facts("same/f02.py"); err != nil || facts.Python == nil || facts.Python.Path != "same/f02.py" {
			t.Errorf("of at most %d bytes: %v, %v", most, facts, err)
		}
	}
}
