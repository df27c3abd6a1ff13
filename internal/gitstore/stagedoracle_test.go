package gitstore

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// rawChanges is what `git diff --cached --raw` says: "path old new", with an
// empty name where there is no text.
func rawChanges(t *testing.T, r *repo) []string {
	t.Helper()
	fields := strings.Split(r.git("diff", "--cached", "--raw", "--no-renames", "--ita-invisible-in-index", "--no-abbrev", "-z"), "\x00")
	var out []string
	for i := 0; i+1 < len(fields); i += 2 {
		f := strings.Fields(fields[i])
		old, id := textID(f[0][1:], f[2]), textID(f[1], f[3])
		if (old != "" || id != "") && old != id {
			out = append(out, fields[i+1]+" "+old+" "+id)
		}
	}
	slices.Sort(out)
	return out
}

func textID(mode, id string) string {
	if strings.HasPrefix(mode, "100") || mode == "120000" {
		return id
	}
	return ""
}

func ourChanges(t *testing.T, r *repo) []string {
	t.Helper()
	s := r.open()
	indexes, err := s.indexes()
	must(t, err)
	head, err := s.headTree()
	must(t, err)
	d := stagedDiff{r: s, x: indexes[0], trees: newTreeCache(s), y: &blobYielder{r: s}}
	d.compared = newComparison(s, d.trees, func(id scanner.ObjectID, path string, err error) { t.Error(path, err) })
	d.run(head)
	var out []string
	for _, c := range d.changes {
		out = append(out, c.path+" "+c.old.String()+" "+c.id.String())
	}
	slices.Sort(out)
	if len(d.y.coverage.Skipped) > 0 {
		t.Errorf("skipped: %v", d.y.coverage.Skipped)
	}
	return out
}

// TestStagedChangesAreThoseOfGit makes random commits and random changes, with
// files that become folders, links and modes, and compares with Git after each.
func TestStagedChangesAreThoseOfGit(t *testing.T) {
	prepare := map[string]func(*repo){
		"plain":         func(*repo) {},
		"version 4":     func(r *repo) { r.git("update-index", "--index-version", "4") },
		"split":         func(r *repo) { r.git("config", "core.splitIndex", "true"); r.git("update-index", "--split-index") },
		"no cache tree": func(r *repo) { r.git("config", "index.threads", "1") },
	}
	for name, with := range prepare {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			random := rand.New(rand.NewPCG(1, uint64(len(name))))
			for i := range 40 {
				scribble(r, random, i)
			}
			r.git("add", "-A")
			with(r)
			r.git("commit", "-qm", "start")
			for round := range 12 {
				for range 1 + random.IntN(4) {
					scribble(r, random, 100+round)
				}
				r.git("add", "-A")
				if name == "no cache tree" {
					r.git("read-tree", r.git("write-tree"))
					r.git("update-index", "--force-remove", "a/none")
				}
				got, want := ourChanges(t, r), rawChanges(t, r)
				if !slices.Equal(got, want) {
					t.Fatalf("round %d: got\n%s\nwant\n%s", round, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				if random.IntN(3) > 0 {
					r.git("commit", "-q", "--allow-empty", "-m", "next")
				}
			}
		})
	}
}

// scribble changes the work tree somewhere.
func scribble(r *repo, random *rand.Rand, n int) {
	names := []string{"a", "b", "a.b", "a-b", "a0", "c"}
	path := r.dir
	for depth := range 1 + random.IntN(4) {
		path = filepath.Join(path, names[random.IntN(len(names))])
		if info, err := os.Lstat(path); err == nil && !info.IsDir() && depth < 3 {
			break
		}
	}
	switch random.IntN(8) {
	case 0:
		must(r.t, os.RemoveAll(path))
		return
	case 1:
		must(r.t, os.RemoveAll(path))
		_ = os.MkdirAll(filepath.Dir(path), 0o755)
		_ = os.Symlink(fmt.Sprint("target", n), path)
		return
	case 2:
		_ = os.Chmod(path, 0o755)
		return
	case 3:
		must(r.t, os.RemoveAll(path)) // a folder becomes a file
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "file")
	}
	_ = os.MkdirAll(filepath.Dir(path), 0o755)
	_ = os.WriteFile(path, []byte(fmt.Sprint("text ", n, random.IntN(5))), 0o644)
}

func TestStagedReadsFewTreesOfALargeRepository(t *testing.T) {
	r := newRepo(t)
	for i := range 400 {
		r.write(fmt.Sprintf("d%02d/e%02d/f%d.py", i%20, i%10, i), fmt.Sprint(i))
	}
	r.git("add", "-A")
	r.git("commit", "-qm", "one")
	r.write("d03/e03/new.py", "new")
	r.git("add", "d03")
	s := r.open()
	x, err := readIndex(s.indexPath, 20, false)
	must(t, err)
	head, err := s.headTree()
	must(t, err)
	trees := newTreeCache(s)
	d := stagedDiff{r: s, x: x, trees: trees, y: &blobYielder{r: s}}
	d.run(head)
	if read := s.trees.Len(); len(d.changes) != 1 || read > 3 {
		t.Errorf("%d changes, %d trees read; want 1 and at most 3", len(d.changes), read)
	}
}

func TestStagedNamesBlobsThatAreNotHere(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1")
	r.write("a.py", "a2")
	r.write("b.py", "b1")
	r.git("add", "-A")
	id := r.git("rev-parse", ":a.py")
	must(t, os.Remove(filepath.Join(r.dir, ".git/objects", id[:2], id[2:])))
	b := r.git("rev-parse", ":b.py")
	file := filepath.Join(r.dir, ".git/objects", b[:2], b[2:])
	must(t, os.Chmod(file, 0o644))
	must(t, os.WriteFile(file, []byte("junk"), 0o644))
	got, coverage := texts(t, r.open().Staged(StagedOptions{}))
	if coverage.Complete || len(coverage.Skipped) != 2 || coverage.Skipped[0].Path != "a.py" || coverage.Skipped[0].ID != id {
		t.Errorf("coverage: %+v", coverage)
	}
	if !slices.Equal(got, []string{"known a.py: a1"}) {
		t.Errorf("texts: %q", got)
	}
}

func TestStagedReadsLinksAndLeavesOutSubmodulesAndModes(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1")
	must(t, os.Symlink("target text", filepath.Join(r.dir, "link")))
	must(t, os.Chmod(filepath.Join(r.dir, "a.py"), 0o755))
	r.git("add", "-A")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+r.git("rev-parse", "HEAD")+",module")
	expect(t, r.open().Staged(StagedOptions{}), "link: target text")
}

func TestStagedOfNamedFilesOutsideOfACommitExaminesThemAll(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "b.py", "b1", "dir/c.py", "c1", "dir/d.py", "d1", "e.py", "e1")
	r.write("a.py", "a2")
	r.git("add", "a.py")
	r.write("dir/d.py", "d in the work tree")
	r.write("stray.py", "s")
	expect(t, r.open().Staged(StagedOptions{Paths: []string{"a.py", "b.py", "dir", "./stray.py"}}),
		"a.py: a2", "b.py: b1", "dir/c.py: c1", "dir/d.py: d1", "worktree dir/d.py: d in the work tree", "worktree stray.py: s")
	expect(t, r.open().Staged(StagedOptions{Paths: []string{"."}}),
		"a.py: a2", "b.py: b1", "dir/c.py: c1", "dir/d.py: d1", "e.py: e1", "worktree dir/d.py: d in the work tree")
}

func TestStagedOfNamedFilesInACommitIsWhatIsNewInThem(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "b.py", "b1", "c.py", "c1", "d.py", "d1")
	r.write("a.py", "a2")
	r.write("c.py", "c2")
	r.git("add", "-A")
	r.write("b.py", "b in the work tree")
	s := r.openEnv("GIT_INDEX_FILE=.git/index")
	expect(t, s.Staged(StagedOptions{Paths: []string{"a.py", "b.py", "d.py"}}),
		"a.py: a2", "worktree b.py: b in the work tree", "known a.py: a1", "known b.py: b1", "known c.py: c1")
}

func TestStagedOfNamesThatAreNothingIsIncomplete(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "gone.py", "g1")
	r.git("rm", "-q", "gone.py")
	got, coverage := texts(t, r.open().Staged(StagedOptions{Paths: []string{"a.py", "nowhere.py", "gone.py"}}))
	if !slices.Equal(got, []string{"a.py: a1"}) || len(coverage.Skipped) != 1 || coverage.Skipped[0].Path != "nowhere.py" {
		t.Errorf("%q, %+v", got, coverage)
	}
}

func TestStagedOfNamedFilesFindsThemInASparseIndex(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "in/a.py", "a1", "out/x/b.py", "b1", "out/c.py", "c1")
	r.git("sparse-checkout", "init", "--cone", "--sparse-index")
	r.git("sparse-checkout", "set", "in")
	expect(t, r.open().Staged(StagedOptions{Paths: []string{"out/x/b.py"}}), "out/x/b.py: b1")
	expect(t, r.open().Staged(StagedOptions{Paths: []string{"."}}), "in/a.py: a1", "out/c.py: c1", "out/x/b.py: b1")
}

func TestStagedAsksForTheOldSideOnlyIfItIsWanted(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1")
	r.write("a.py", "a2")
	r.git("add", "-A")
	asked := 0
	expect(t, r.open().Staged(StagedOptions{WantKnown: func() bool { asked++; return false }}), "a.py: a2")
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestStagedLargeBlobComesInWindows(t *testing.T) {
	r := newRepo(t)
	line := strings.Repeat("x", 99) + "\n"
	marked := strings.Repeat(line, wholeText/100+1000)
	at := wholeText - 5000
	marked = marked[:at] + "HERE" + marked[at+4:]
	r.write("big", marked)
	r.git("-c", "core.compression=1", "add", "big")
	wantLine, wantColumn := scanner.Position([]byte(marked), at)
	var size, found int
	coverage, err := r.open().Staged(StagedOptions{}).Chunks(t.Context(), func(c *scanner.Chunk) error {
		size = max(size, len(c.Text))
		if n := strings.Index(string(c.Text), "HERE"); n >= 0 {
			found++
			l, column := scanner.Position(c.Text, n)
			if l+c.LinesBefore != wantLine || column != wantColumn {
				t.Errorf("found at %d:%d, want %d:%d", l+c.LinesBefore, column, wantLine, wantColumn)
			}
		}
		return nil
	})
	must(t, err)
	if found == 0 || size > windowSize || !coverage.Complete || coverage.Blobs != 1 || coverage.Bytes != int64(len(marked)) {
		t.Errorf("found %d times, largest window %d, %+v", found, size, coverage)
	}
}
