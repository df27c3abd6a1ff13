package gitstore

import (
	"slices"
	"strings"
	"testing"
)

// The files that are wanted come folder by folder, the nearest first; a folder
// that is not entered, and those beyond the limit, are not looked into.
func TestTheFilesNearestToTheRootAreListedFirst(t *testing.T) {
	r := newRepo(t)
	for _, file := range []string{"a/b/c/settings.py", "a/settings.py", "settings.py", "static/settings.py", "z/settings.py", "z/other.txt"} {
		r.write(file, file)
	}
	r.git("add", ".")
	r.git("commit", "-qm", "start")
	repo := r.open()
	paths := func(rev string, limit int) (list []string) {
		enter := func(folder []byte) bool { return string(folder) != "static" }
		want := func(file []byte) bool { return strings.HasSuffix(string(file), ".py") }
		for _, f := range repo.NearFiles(rev, limit, enter, want) {
			if want := r.id("HEAD:" + f.Path); f.ID != want {
				t.Errorf("%s is %s, want %s", f.Path, f.ID, want)
			}
			list = append(list, f.Path)
		}
		return list
	}
	if got, want := paths("HEAD", 100), []string{"settings.py", "a/settings.py", "z/settings.py", "a/b/c/settings.py"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := paths("HEAD", 2), []string{"settings.py", "a/settings.py"}; !slices.Equal(got, want) {
		t.Errorf("of two folders: %q, want %q", got, want)
	}
	if got := paths("nowhere", 100); got != nil {
		t.Errorf("of no revision: %q", got)
	}
}
