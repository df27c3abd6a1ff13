package gitstore

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPackedRefsInAnyOrder has what other programs may have written: no order, a name
// twice, files that hide what is packed.
func TestPackedRefsInAnyOrder(t *testing.T) {
	r := newRepo(t)
	one := r.commit("one", "f", "1").String()
	two := r.commit("two", "f", "2").String()
	store := r.open()
	var want []string
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(store.GitDir(), filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o644))
	}
	write("HEAD", "ref: refs/heads/main\n")
	write("packed-refs", strings.Join([]string{
		two + " refs/tags/z", one + " refs/heads/a", two + " refs/heads/a", one + " refs/heads/hidden", one + " refs/heads/loose", "nonsense", one + " refs/heads/b", "",
	}, "\n"))
	write("refs/heads/hidden", "nonsense\n")
	write("refs/heads/loose", two+"\n")
	write("refs/heads/main", two+"\n")
	write("refs/heads/symbolic", "ref: refs/tags/z\n")
	write("refs/heads/dangling", "ref: refs/heads/hidden\n")
	for _, ref := range []string{"HEAD " + two, "refs/heads/a " + one, "refs/heads/b " + one, "refs/heads/loose " + two, "refs/heads/main " + two, "refs/heads/symbolic " + two, "refs/tags/z " + two} {
		_, id, _ := strings.Cut(ref, " ")
		want = append(want, ref+" "+id)
	}
	if got := refLines(t, store); !slices.Equal(got, want) {
		t.Errorf("%s\ninstead of\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := len(store.Warnings()); n != 2 {
		t.Errorf("%d warnings: %v", n, store.Warnings())
	}
	id, err := store.lookupRef("refs/heads/a")
	if err != nil || id.String() != one {
		t.Errorf("refs/heads/a alone is %s, %v", id, err)
	}
}
