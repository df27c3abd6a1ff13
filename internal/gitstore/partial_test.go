package gitstore

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestPartialCloneSaysWhatItHasNotFetched(t *testing.T) {
	r := newRepo(t)
	r.git("config", "uploadpack.allowFilter", "true")
	r.commit("one", "f", "1", "g", "1")
	r.commit("two", "f", "2")
	clone := r.in("../partial")
	r.git("clone", "-q", "--no-checkout", "--filter=blob:none", "file://"+r.dir, clone.dir)
	s := clone.open()
	if !s.PartialClone() || r.open().PartialClone() {
		t.Error("the clone is partial, its origin is not")
	}
	source, err := s.Range("HEAD~1", "HEAD")
	must(t, err)
	got, coverage := texts(t, source)
	if len(got) > 0 || coverage.Complete || coverage.Skipped[0].Path != "f" || coverage.Skipped[0].Reason != "not fetched by this partial clone" {
		t.Errorf("%q, %+v", got, coverage)
	}
	clone.git("read-tree", "HEAD")
	clone.write("new", "n")
	clone.git("add", "new")
	expect(t, clone.open().Staged(StagedOptions{}), "new: n")
}

func TestLargeFileStoragePointersAreNoted(t *testing.T) {
	r := newRepo(t)
	for _, name := range []string{"a.bin", "b.bin"} {
		r.write(name, "version https://git-lfs.github.com/spec/v1\noid sha256:"+strings.Repeat("0", 64)+"\nsize 5 "+name+"\n")
		r.git("add", "-A")
		_, coverage := texts(t, r.open().Staged(StagedOptions{}))
		if !coverage.Complete || len(coverage.Notes) != 1 || !strings.Contains(coverage.Notes[0], "Git LFS") {
			t.Errorf("%+v", coverage)
		}
	}
}

func TestFileReadsOneFileOfARevision(t *testing.T) {
	r := newRepo(t)
	if _, err := r.open().File("HEAD", "f"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the first commit: %v", err)
	}
	r.commit("one", "dir/f", "1")
	r.commit("two", "dir/f", "2")
	s := r.open()
	for rev, want := range map[string]string{"HEAD": "2", "HEAD~1": "1"} {
		if got, err := s.File(rev, "dir/f"); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", rev, got, err)
		}
	}
	for _, path := range []string{"f", "dir/f/g", "dir/g"} {
		if _, err := s.File("HEAD", path); err == nil {
			t.Errorf("%s was read", path)
		}
	}
	if _, err := s.File("HEAD", "dir"); err == nil {
		t.Error("a folder was read as a file")
	}
	if id, err := s.EntryAt(r.id("HEAD"), "dir/f"); err != nil || id != r.id("HEAD:dir/f") {
		t.Errorf("%s, %v", id, err)
	}
}

func TestOpenEnvironmentTakesTheCommonDirectory(t *testing.T) {
	r := newRepo(t)
	id := r.commit("one", "f", "1")
	r.git("worktree", "add", "-q", "../linked")
	gitDir := filepath.Join(r.dir, ".git/worktrees/linked")
	s := r.openEnv("GIT_DIR="+gitDir, "GIT_COMMON_DIR="+filepath.Join(r.dir, ".git"))
	if head, err := s.Head(); err != nil || head.Commit != id || s.CommonDir() != filepath.Join(r.dir, ".git") {
		t.Errorf("%+v, %v", head, err)
	}
	if s.WorkTree() != r.dir { // the current directory
		t.Errorf("work tree %s", s.WorkTree())
	}
}

func TestRangeReadsOnlyWhatAPrefilterLeaves(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	long := strings.Repeat("x", PointerSize)
	r.commit("two", "a", "a"+long, "b", "b"+long, "c", "short")
	s, err := r.open().Range("HEAD~1", "HEAD")
	must(t, err)
	asked := 0
	s.Prefilter = func(blobs, _ []scanner.ObjectID) Keyless {
		asked += len(blobs)
		return func(id scanner.ObjectID) (int64, bool) { return int64(1 + len(long)), id == r.id("HEAD:a") }
	}
	got, coverage := texts(t, s)
	if want := []string{"b: b" + long, "c: short"}; !slices.Equal(got, want) || asked != 3 || coverage.Blobs != 3 || coverage.Bytes != int64(len(long)*2+2+len("short")) {
		t.Errorf("%d texts, asked for %d, %+v", len(got), asked, coverage)
	}
}
