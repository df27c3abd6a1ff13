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

// A first pass reads only the head of a tree. What happens to the file before the
// second one reads it is reported, whatever is left of its head.
func TestALooseTreeThatIsDamagedBetweenPassesIsReported(t *testing.T) {
	text := []byte("100644 f\x00" + strings.Repeat("\x07", 20))
	whole := packtest.Deflate(fmt.Appendf(nil, "tree %d\x00%s", len(text), text))
	damages := [][]byte{packtest.Deflate([]byte("blob 2\x00ab")), packtest.Deflate([]byte("tre"))}
	for n := range whole {
		damages = append(damages, whole[:n])
	}
	for _, damage := range damages {
		dir := t.TempDir()
		id := packtest.Loose(t, dir, packfile.Tree, text)
		w := open(t, Options{Dirs: []string{dir}})
		if _, cov := shown(t, w); len(cov.Skipped) > 0 {
			t.Fatalf("before: %v", cov.Skipped)
		}
		packtest.WriteFile(t, packtest.LoosePath(dir, id), damage)
		cov, err := w.Trees(context.Background(), func(int, *Object) error { return nil })
		if got := reasons(cov); err != nil || len(got) != 1 || got[hexID(id)] == "" {
			t.Errorf("%d bytes: skipped %v, %v", len(damage), got, err)
		}
	}
}

// The buffer of a worker holds the end of the file before.
func TestALooseTreeThatIsCutOffIsReportedAfterALongerFile(t *testing.T) {
	text := []byte("100644 f\x00" + strings.Repeat("\x07", 20))
	whole := packtest.Deflate(fmt.Appendf(nil, "tree %d\x00%s", len(text), text))
	for n := range whole {
		dir := t.TempDir()
		for i := range 8 {
			packtest.Loose(t, dir, packfile.Blob, fmt.Appendf(nil, "needle %d %s", i, strings.Repeat("x", 90)))
		}
		id := packtest.ID(packfile.Tree, text)
		packtest.WriteFile(t, packtest.LoosePath(dir, id), whole[:n])
		w := open(t, Options{Dirs: []string{dir}})
		_, first := shown(t, w)
		second, err := w.Trees(context.Background(), func(int, *Object) error { return nil })
		first.Add(second)
		if got := reasons(first); err != nil || len(got) != 1 || got[hexID(id)] == "" {
			t.Errorf("%d bytes: skipped %v, %v", n, got, err)
		}
	}
}
