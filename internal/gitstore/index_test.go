package gitstore

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gogitindex "github.com/go-git/go-git/v5/plumbing/format/index"

	"github.com/djleaks/djleaks/scanner"
)

// listing is what `git ls-files -s -z` prints of this index.
func listing(x *index) string {
	var b strings.Builder
	for i := range x.len() {
		e := x.entry(i)
		fmt.Fprintf(&b, "%06o %s %d\t%s\x00", e.mode, scanner.ObjectID(e.id), e.stage, e.path)
	}
	return b.String()
}

// sameIndex compares our reading of an index with Git's.
func sameIndex(t *testing.T, r *repo, args ...string) *index {
	t.Helper()
	s := r.open()
	x, err := readIndex(s.indexPath, s.IDSize(), true, s.GitDir(), s.CommonDir())
	must(t, err)
	want := r.git(append([]string{"ls-files", "-s", "-z"}, args...)...)
	if got := listing(x); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	return x
}

// fill makes a repository with unusual names in several folders.
func fill(r *repo, n int) {
	for i := range n {
		r.write(fmt.Sprintf("dir%d/sub%d/file%d.py", i%7, i%3, i), fmt.Sprint("text ", i))
	}
	r.write(strings.Repeat("deep/", 30)+"x", "deep")
	r.write("ümlaut "+string([]byte{0xff})+" \t\"quoted\"", "odd")
	r.write("a", "a")
	r.write("a.b", "ab")
	r.write("a0", "a0")
	r.write("b/c", "bc")
	r.git("add", "-A")
}

func TestIndexOfEveryVersionIsReadAsGitReadsIt(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		for _, version := range []string{"2", "3", "4"} {
			t.Run(format+" version "+version, func(t *testing.T) {
				r := newRepo(t, "--object-format="+format)
				fill(r, 60)
				r.git("update-index", "--index-version", version)
				r.git("commit", "-qm", "one")
				if version != "2" {
					r.write("intent", "later")
					r.git("add", "-N", "intent")
					r.git("update-index", "--skip-worktree", "a")
				}
				x := sameIndex(t, r)
				if x.cache == nil {
					t.Error("the cache tree was not read")
				}
				if got := x.files[0].version; fmt.Sprint(got) != version {
					t.Errorf("version %d", got)
				}
				if i := x.find([]byte("a")); version != "2" && !x.entry(i).skipWorktree {
					t.Error("skip-worktree was not seen")
				}
				if i := x.find([]byte("intent")); version != "2" && !x.entry(i).intentToAdd {
					t.Error("intent-to-add was not seen")
				}
			})
		}
	}
}

func TestIndexAgreesWithGoGit(t *testing.T) {
	for _, version := range []string{"2", "3", "4"} {
		r := newRepo(t)
		fill(r, 50)
		r.git("update-index", "--index-version", version)
		file, err := os.Open(filepath.Join(r.dir, ".git/index"))
		must(t, err)
		defer file.Close()
		var theirs gogitindex.Index
		must(t, gogitindex.NewDecoder(file).Decode(&theirs))
		ours, err := readIndex(file.Name(), 20, true)
		must(t, err)
		if ours.len() != len(theirs.Entries) {
			t.Fatalf("%d entries, go-git has %d", ours.len(), len(theirs.Entries))
		}
		for i, want := range theirs.Entries {
			got := ours.entry(i)
			if string(got.path) != want.Name || !bytes.Equal(got.id, want.Hash[:]) || got.mode != uint32(want.Mode) ||
				int64(got.modTime[0]) != want.ModifiedAt.Unix() || got.size != want.Size {
				t.Errorf("entry %d: %s, go-git has %s", i, got.path, want.Name)
			}
		}
	}
}

func TestIndexWithLongNames(t *testing.T) {
	for _, version := range []string{"2", "4"} {
		r := newRepo(t)
		id := r.git("hash-object", "-w", "-t", "blob", "/dev/null")
		for _, length := range []int{4093, 4094, 4095, 4096, 4097, 5000} {
			r.git("update-index", "--add", "--cacheinfo", "100644,"+id+","+strings.Repeat("x/", length/2)+strings.Repeat("y", 1+length%2))
		}
		r.git("update-index", "--index-version", version)
		sameIndex(t, r)
	}
}

func TestIndexWithoutChecksumIsRead(t *testing.T) {
	r := newRepo(t)
	fill(r, 20)
	want := r.git("ls-files", "-s", "-z")
	path := filepath.Join(r.dir, ".git/index")
	data, err := os.ReadFile(path)
	must(t, err)
	copy(data[len(data)-20:], make([]byte, 20)) // what index.skipHash writes
	must(t, os.WriteFile(path, data, 0o644))
	x, err := readIndex(path, 20, true)
	must(t, err)
	if got := listing(x); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestIndexThatIsSplitIsPutTogether(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		r := newRepo(t, "--object-format="+format)
		fill(r, 300)
		r.git("commit", "-qm", "one")
		r.git("update-index", "--split-index")
		sameIndex(t, r)
		r.git("rm", "-q", "--cached", "dir0/sub0/file0.py", "a0", "-r", "b")
		r.write("a", "changed")
		r.write("dir1/sub1/file1.py", "changed")
		r.write("0 first", "new")
		r.write("dir1/sub1/middle", "new")
		r.write("zz last", "new")
		r.git("add", "a", "dir1", "0 first", "zz last")
		x := sameIndex(t, r)
		if x.rows == nil {
			t.Fatal("the index is not split")
		}
		if x.cache == nil {
			t.Error("the cache tree was not read")
		}
		expect(t, r.open().Staged(StagedOptions{WantKnown: func() bool { return false }}),
			"0 first: new", "a: changed", "dir1/sub1/file1.py: changed", "dir1/sub1/middle: new", "zz last: new")
	}
}

func TestIndexThatIsSplitAndLostItsOtherHalfSaysSo(t *testing.T) {
	r := newRepo(t)
	fill(r, 20)
	r.git("update-index", "--split-index")
	shared, err := filepath.Glob(filepath.Join(r.dir, ".git/sharedindex.*"))
	must(t, err)
	for _, path := range shared {
		must(t, os.Remove(path))
	}
	_, err = r.open().Staged(StagedOptions{}).Chunks(t.Context(), func(*scanner.Chunk) error { return nil })
	if err == nil {
		t.Fatal("half an index was taken for a whole one")
	}
	if !strings.Contains(hintOf(err), "git ") {
		t.Errorf("no hint: %v", err)
	}
}

func TestIndexWithConflictsHasAllStages(t *testing.T) {
	r := conflict(t)
	sameIndex(t, r)
	expect(t, r.open().Staged(StagedOptions{}), "known c.py: c-main", "known c.py: c-side")
}

// conflict is a merge that stopped at c.py.
func conflict(t *testing.T) *repo {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "c.py", "c1")
	r.git("checkout", "-qb", "side")
	r.commit("side", "c.py", "c-side")
	r.git("checkout", "-q", "main")
	r.commit("main", "c.py", "c-main")
	if _, err := r.try("merge", "-q", "side"); err == nil {
		t.Fatal("the merge should conflict")
	}
	return r
}

func TestIndexThatIsSparseIsComparedByItsTrees(t *testing.T) {
	r := newRepo(t)
	fill(r, 60)
	r.git("commit", "-qm", "one")
	r.git("sparse-checkout", "init", "--cone", "--sparse-index")
	r.git("sparse-checkout", "set", "b")
	x := sameIndex(t, r, "--sparse")
	sparse := false
	for i := range x.len() {
		sparse = sparse || isTree(x.entry(i).mode)
	}
	if !sparse {
		t.Fatal("the index is not sparse")
	}
	expect(t, r.open().Staged(StagedOptions{}))
	r.write("b/c", "changed")
	r.git("add", "b/c")
	expect(t, r.open().Staged(StagedOptions{}), "b/c: changed", "known b/c: bc")

	// HEAD moves, the index stays: now whole directories differ.
	r.git("update-ref", "HEAD", r.git("commit-tree", "-m", "empty", r.git("mktree", "--missing", "-z")))
	got, coverage := texts(t, r.open().Staged(StagedOptions{}))
	if len(got) < 60 || !coverage.Complete || !slices.Contains(got, "dir1/sub0/file15.py: text 15") {
		t.Errorf("%d texts, %v", len(got), coverage.Skipped)
	}
}

func TestIndexWithIntentToAddIsNotStaged(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "dir/a.py", "a1")
	r.write("dir/later.py", "l1")
	r.write("later", "l1")
	r.git("add", "-N", ".")
	expect(t, r.open().Staged(StagedOptions{}))
	// Taken out and announced again: the commit deletes it.
	r.git("rm", "-q", "--cached", "dir/a.py")
	r.git("add", "-N", "dir/a.py")
	expect(t, r.open().Staged(StagedOptions{}), "known dir/a.py: a1")
}

func TestIndexThatCannotBeUnderstoodIsAnErrorWithAHint(t *testing.T) {
	whole := testIndex(t)
	cut := append(bytes.Clone(whole[:len(whole)-20]), "abcd\x00\x00\x00\x00"...)
	sum := sha1.Sum(cut)
	required := append(cut, sum[:]...)
	wrongVersion := bytes.Clone(whole)
	binary.BigEndian.PutUint32(wrongVersion[4:], 7)
	for name, data := range map[string][]byte{
		"empty": {}, "cut off": whole[:len(whole)-30], "another version": wrongVersion,
		"a required extension": required, "not an index": []byte(strings.Repeat("hello ", 20)),
	} {
		path := filepath.Join(t.TempDir(), "index")
		must(t, os.WriteFile(path, data, 0o644))
		_, err := readIndex(path, 20, false)
		if !errors.Is(err, errIndex) {
			t.Errorf("%s: %v", name, err)
		}
		if hintOf(err) == "" {
			t.Errorf("%s: no hint", name)
		}
	}
}

func TestIndexWithUnknownOptionalExtensionIsRead(t *testing.T) {
	whole := testIndex(t)
	data := append(bytes.Clone(whole[:len(whole)-20]), "ZZZZ\x00\x00\x00\x03abc"...)
	sum := sha1.Sum(data)
	f, err := parseIndex(append(data, sum[:]...), 20, true)
	must(t, err)
	if len(f.starts) == 0 {
		t.Error("no entries")
	}
}

// testIndex is the bytes of a small index.
func testIndex(t testing.TB) []byte {
	r := newRepo(t)
	r.commit("one", "a", "a", "dir/b", "b", "dir/c", "c")
	data, err := os.ReadFile(filepath.Join(r.dir, ".git/index"))
	must(t, err)
	return data
}

func TestIndexCacheTreeThatLiesHidesNothing(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a/x", "1", "b/y", "2")
	r.git("read-tree", "HEAD")
	r.write("b/z", "3")
	r.git("add", "b/z")
	s := r.open()
	x, err := readIndex(s.indexPath, 20, true)
	must(t, err)
	a := x.cache.child(0, []byte("a"))
	if _, entries, ok := x.cache.valid(a); !ok || entries != 1 {
		t.Fatal("the cache tree should know a")
	}
	x.cache.nodes[a].entries = 3 // a/x and all of b
	head, err := s.headTree()
	must(t, err)
	d := stagedDiff{r: s, x: x, trees: newTreeCache(s), y: &blobYielder{r: s}}
	d.run(head)
	if len(d.changes) != 1 || d.changes[0].path != "b/z" {
		t.Errorf("changes: %+v", d.changes)
	}
}

// Git does not look at the checksum when it commits; a bit that is flipped makes
// a new file a side of a merge, or a submodule, and its key would not be read.
func TestStagedOfADamagedIndexIsAnError(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1")
	r.write("b.py", "b1")
	r.git("add", "b.py")
	path := filepath.Join(r.dir, ".git/index")
	data, err := os.ReadFile(path)
	must(t, err)
	at := bytes.Index(data, []byte("b.py")) - 2 // flags
	data[at] ^= flagStage >> 8 & 0x10
	must(t, os.Remove(path))
	must(t, os.WriteFile(path, data, 0o644))
	_, err = r.open().Staged(StagedOptions{}).Chunks(t.Context(), func(*scanner.Chunk) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "its checksum does not match") {
		t.Errorf("an index with a flipped bit: %v", err)
	}
}
