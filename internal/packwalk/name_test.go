package packwalk

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
)

// misnamed writes a loose object under the name of another text.
func misnamed(t *testing.T, dir string, kind packfile.Type, text []byte) (id []byte) {
	t.Helper()
	id = packtest.ID(kind, append([]byte("not "), text...))
	packtest.WriteFile(t, packtest.LoosePath(dir, id), packtest.Deflate(fmt.Appendf(nil, "%s %d\x00%s", kind, len(text), text)))
	return id
}

func TestALooseObjectUnderAWrongNameIsShownAndNamed(t *testing.T) {
	long := []byte(strings.Repeat("x", 200) + " needle")
	for _, limit := range []int64{0, 100} { // whole, and in windows
		dir := t.TempDir()
		right := packtest.Loose(t, dir, packfile.Blob, []byte("a needle"))
		wrong := misnamed(t, dir, packfile.Blob, long)
		tree := misnamed(t, dir, packfile.Tree, []byte("100644 f\x00"+string(right)))
		w := open(t, Options{Dirs: []string{dir}, StreamLimit: limit})
		texts, cov := shown(t, w)
		want := packfile.ErrName.Error()
		if got := reasons(cov); len(got) != 1 || got[hexID(wrong)] != want {
			t.Errorf("limit %d: skipped %v", limit, got)
		}
		if texts[hexID(right)] == "" || limit == 0 && texts[hexID(wrong)] != string(long) {
			t.Errorf("limit %d: shown %q", limit, texts)
		}
		cov, err := w.Trees(context.Background(), func(int, *Object) error { return nil })
		if got := reasons(cov); err != nil || len(got) != 1 || got[hexID(tree)] != want {
			t.Errorf("trees: skipped %v, %v", got, err)
		}
	}
}
