package packwalk

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// git runs the real git in dir, without anybody's settings.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	return testkit.Git(t, dir, "", args...)
}

// commitVersions commits versions of three files that change in many places,
// move lines around and gain and lose anchors.
func commitVersions(t testing.TB, dir string, from, to int) {
	t.Helper()
	var commits []testkit.Commit
	for v := from; v < to; v++ {
		var a, b strings.Builder
		for line := range 200 {
			fmt.Fprintf(&a, "line %d of version %d\n", line, max(0, v-line%37))
			if (line+v)%29 == 0 {
				fmt.Fprintf(&a, "SECRET_KEY = %d\n", line*v)
			}
			fmt.Fprintf(&b, "%d needle %d\n", (line*7+v)%200, line)
		}
		commits = append(commits, testkit.Commit{Message: fmt.Sprint("version ", v, " has a secret_key"), Files: map[string]string{
			"a.txt": a.String(), fmt.Sprintf("b/%d/c.txt", v%5): b.String(), "d.txt": strings.Repeat("no such thing ", v),
		}})
	}
	tip := ""
	if from > 0 {
		tip = testkit.Tip("main")
	}
	testkit.Git(t, dir, testkit.History("main", tip, commits...), "-c", "fastimport.unpackLimit=1000", "fast-import", "--quiet")
}

// repository has packs with deltas, loose objects and a tag. It is made once
// and must not be changed.
func repository(t testing.TB, format string) string {
	t.Helper()
	repositoriesMu.Lock()
	defer repositoriesMu.Unlock()
	dir := filepath.Join(repositories, format)
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "-q", "-b", "main", "--object-format="+format, ".")
	commitVersions(t, dir, 0, 20)
	git(t, dir, "tag", "-m", "a tag with a needle", "half")
	git(t, dir, "repack", "-dq", "--depth=50")
	commitVersions(t, dir, 20, 30)
	git(t, dir, "repack", "-dq", "--depth=50")
	commitVersions(t, dir, 30, 34)
	return dir
}

var (
	repositories   string // folder of the repositories that all tests read
	repositoriesMu sync.Mutex
)

func TestMain(m *testing.M) {
	var err error
	if repositories, err = os.MkdirTemp("", "packwalk"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(repositories)
	os.Exit(code)
}

func objects(dir string) string { return filepath.Join(dir, ".git", "objects") }

// testAnchors uses all that an anchor may depend on: the longest one decides by
// the last byte of its lookahead.
func testAnchors() *scanner.AnchorSet {
	const lookahead = 24
	far := func(text []byte, end int) bool {
		end += lookahead - 1
		return end >= len(text) || text[end] != '_'
	}
	return scanner.NewAnchorSet(scanner.Anchor{Text: "secret_key", Accept: far, Lookahead: lookahead}, scanner.Anchor{Text: "needle", Accept: far, Lookahead: lookahead},
		scanner.Anchor{Text: "version 1"})
}

func open(t testing.TB, opt Options) *Walk {
	t.Helper()
	if opt.IDSize == 0 {
		opt.IDSize = 20
	}
	w, err := Open(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// everything runs a pass over all objects of all types.
func everything(t testing.TB, w *Walk, set *scanner.AnchorSet, visit Visit) scanner.Coverage {
	t.Helper()
	p := &pass{walk: w, set: set, visit: visit, untyped: true}
	for i := range p.kinds {
		p.kinds[i] = true
	}
	cov, err := p.run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return cov
}

func idOf(kind packfile.Type, text []byte, size int) scanner.ObjectID {
	head := fmt.Sprintf("%s %d\x00", kind, len(text))
	if size == 32 {
		sum := sha256.Sum256(append([]byte(head), text...))
		return scanner.ObjectID(sum[:])
	}
	h := sha1.New()
	io.WriteString(h, head)
	h.Write(text)
	return scanner.ObjectID(h.Sum(nil))
}

// checkAgainstGit compares the objects of a walk with what Git lists, and
// their contents with their names.
func checkAgainstGit(t testing.TB, dir string, w *Walk) {
	t.Helper()
	want := map[scanner.ObjectID]string{}
	out := git(t, dir, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
	for s := bufio.NewScanner(strings.NewReader(out)); s.Scan(); {
		hex, kind, _ := strings.Cut(s.Text(), " ")
		id, _ := scanner.ParseObjectID(hex)
		want[id] = kind
	}
	if w.Count() != len(want) {
		t.Errorf("Count is %d, git has %d objects", w.Count(), len(want))
	}
	var mu sync.Mutex
	seen := make([]bool, w.Count())
	n := 0
	cov := everything(t, w, nil, func(_ int, o *Object) error {
		id := o.ID()
		sum := idOf(o.Kind, o.Text, w.opt.IDSize)
		mu.Lock()
		defer mu.Unlock()
		if id != sum {
			t.Errorf("%s: content is that of %s", id, sum)
		}
		if want[id] != o.Kind.String() {
			t.Errorf("%s: is a %s, git says %q", id, o.Kind, want[id])
		}
		if o.Base != None && !seen[o.Base] {
			t.Errorf("%s: shown before its base", id)
		}
		if seen[o.Ordinal] {
			t.Errorf("%s: shown twice", id)
		}
		seen[o.Ordinal] = true
		n++
		if got, ok := w.Ordinal([]byte(id)); !ok || got != o.Ordinal || w.ID(got) != id {
			t.Errorf("%s: ordinal %d, by id %d %v", id, o.Ordinal, got, ok)
		}
		return nil
	})
	if n != len(want) || len(cov.Skipped) != 0 {
		t.Errorf("%d of %d objects shown; skipped: %v", n, len(want), cov.Skipped)
	}
}

func TestWalkShowsWhatGitHas(t *testing.T) {
	for format, size := range map[string]int{"sha1": 20, "sha256": 32} {
		for _, jobs := range []int{1, 3} {
			t.Run(fmt.Sprint(format, jobs), func(t *testing.T) {
				dir := repository(t, format)
				checkAgainstGit(t, dir, open(t, Options{Dirs: []string{objects(dir)}, IDSize: size, Jobs: jobs}))
			})
		}
	}
}

// extraRepositories are named by DJLEAKS_TEST_REPOS: git directories, with the
// separator of PATH between them.
func extraRepositories() []string {
	return filepath.SplitList(os.Getenv("DJLEAKS_TEST_REPOS"))
}

func TestWalkShowsWhatGitHasInGivenRepositories(t *testing.T) {
	for _, dir := range extraRepositories() {
		t.Run(filepath.Base(filepath.Dir(dir)), func(t *testing.T) {
			checkAgainstGit(t, dir, open(t, Options{Dirs: []string{filepath.Join(dir, "objects")}}))
		})
	}
}

// checkSearch compares the anchors that are inherited with those of a search
// over the whole text, and says what was inherited is what is in the base.
func checkSearch(t testing.TB, w *Walk, set *scanner.AnchorSet) (shown, inherited int) {
	t.Helper()
	var mu sync.Mutex
	texts := map[uint32][]byte{}
	everything(t, w, nil, func(_ int, o *Object) error {
		anchors := set.Append(nil, o.Text, 0, len(o.Text))
		if len(anchors) > 0 {
			mu.Lock()
			defer mu.Unlock()
			texts[o.Ordinal] = bytes.Clone(o.Text)
		}
		return nil
	})
	everything(t, w, set, func(_ int, o *Object) error {
		mu.Lock()
		defer mu.Unlock()
		if !bytes.Equal(o.Text, texts[o.Ordinal]) {
			t.Errorf("%s: other text", o.ID())
		}
		delete(texts, o.Ordinal)
		if want := set.Append(nil, o.Text, 0, len(o.Text)); !slices.Equal(want, o.Anchors) {
			t.Errorf("%s: anchors %v, want %v", o.ID(), o.Anchors, want)
		}
		shown++
		if o.Base != None {
			inherited++
		}
		return nil
	})
	if len(texts) > 0 {
		t.Errorf("%d objects with anchors were not shown", len(texts))
	}
	return shown, inherited
}

func TestSearchingWhatDeltasAddFindsTheSameAsSearchingEverything(t *testing.T) {
	dir := repository(t, "sha1")
	for _, jobs := range []int{1, 4} {
		w := open(t, Options{Dirs: []string{objects(dir)}, Jobs: jobs})
		// Described from the first byte on, as chosen, and never.
		for _, size := range []int{1, minRope, 1 << 30} {
			w.minRope, w.bytesPerPiece = size, min(size, bytesPerPiece)
			if shown, inherited := checkSearch(t, w, testAnchors()); shown < 50 || inherited < 20 {
				t.Errorf("only %d objects with anchors, %d of them deltas", shown, inherited)
			}
		}
	}
	for _, dir := range extraRepositories() {
		w := open(t, Options{Dirs: []string{filepath.Join(dir, "objects")}})
		for _, size := range []int{minRope, 1} {
			w.minRope, w.bytesPerPiece = size, min(size, bytesPerPiece)
			shown, inherited := checkSearch(t, w, testAnchors())
			t.Logf("%s: %d objects with anchors, %d of them deltas", dir, shown, inherited)
		}
	}
}

func TestASearchShowsEveryCommitOnce(t *testing.T) {
	for _, jobs := range []int{1, 4} {
		w := open(t, Options{Dirs: []string{objects(repository(t, "sha1"))}, Jobs: jobs})
		var mu sync.Mutex
		texts := map[uint32]string{}
		note := func(_ int, o *Object) error {
			mu.Lock()
			defer mu.Unlock()
			if _, twice := texts[o.Ordinal]; twice || o.Kind != packfile.Commit {
				t.Errorf("%s %s is shown, and was before: %v", o.Kind, o.ID(), twice)
			}
			texts[o.Ordinal] = string(o.Text)
			return nil
		}
		if _, err := w.Commits(context.Background(), note); err != nil {
			t.Fatal(err)
		}
		want := texts
		texts = map[uint32]string{}
		nothing := func(int, *Object) error { return nil }
		if _, err := w.SearchAndCommits(context.Background(), testAnchors(), nothing, note); err != nil {
			t.Fatal(err)
		}
		if len(want) < 10 || !maps.Equal(texts, want) {
			t.Errorf("%d commits, want %d", len(texts), len(want))
		}
		mine := errors.New("mine")
		if _, err := w.SearchAndCommits(context.Background(), testAnchors(), nothing, func(int, *Object) error { return mine }); err != mine {
			t.Errorf("error %v", err)
		}
	}
}
