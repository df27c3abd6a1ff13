package gitstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/say"
)

// opens checks that a path leads to a repository with a certain first line of
// a file at HEAD, and to the directories that Git says.
func opens(t *testing.T, r *repo, text string) *Repository {
	t.Helper()
	s := r.open()
	if want := r.git("rev-parse", "--absolute-git-dir"); s.GitDir() != want {
		t.Errorf("git dir is %s, Git says %s", s.GitDir(), want)
	}
	if want := r.git("rev-parse", "--path-format=absolute", "--git-common-dir"); s.CommonDir() != want {
		t.Errorf("common dir is %s, Git says %s", s.CommonDir(), want)
	}
	if want, err := r.try("rev-parse", "--show-toplevel"); err == nil && s.WorkTree() != want {
		t.Errorf("work tree is %s, Git says %s", s.WorkTree(), want)
	}
	holds(t, s, text)
	return s
}

// holds checks that f at HEAD can be read.
func holds(t *testing.T, s *Repository, text string) {
	t.Helper()
	got, err := s.File("HEAD", "f")
	must(t, err)
	if strings.TrimSpace(string(got)) != text {
		t.Errorf("f is %q, want %q", got, text)
	}
}

func TestOpenFromEveryPlaceInARepository(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "text", "sub/dir/g", "x")
	opens(t, r, "text")
	opens(t, r.in("sub/dir"), "text")
	s, err := Open(filepath.Join(r.dir, ".git"))
	must(t, err)
	if s.WorkTree() != r.dir {
		t.Errorf("work tree of .git is %s", s.WorkTree())
	}
	if s, err = Open(filepath.Join(r.dir, "sub/dir/g")); err != nil || s.WorkTree() != r.dir {
		t.Errorf("opening by a file: %v", err)
	}
	t.Chdir(r.dir)
	if s, err = Open("sub"); err != nil || s.GitDir() != filepath.Join(r.dir, ".git") {
		t.Errorf("opening by a relative path: %v", err)
	}
}

func TestOpenBareRepository(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "text")
	r.git("clone", "-q", "--bare", r.dir, "../bare.git")
	s := opens(t, r.in("../bare.git"), "text")
	if s.WorkTree() != "" {
		t.Errorf("a bare repository has the work tree %s", s.WorkTree())
	}
	opens(t, r.in("../bare.git/objects"), "text")
}

func TestOpenLinkedWorktrees(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "text")
	r.git("worktree", "add", "-q", "-b", "other", "../linked")
	linked := r.in("../linked")
	linked.commit("two", "f", "text2")
	s := opens(t, linked, "text2")
	if !s.linked() {
		t.Error("it is a linked worktree")
	}
	// As `git worktree add --relative-paths` of Git 2.48 writes it.
	must(t, os.WriteFile(filepath.Join(linked.dir, ".git"), []byte("gitdir: ../r/.git/worktrees/linked\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(s.GitDir(), "gitdir"), []byte("../../../../linked/.git\n"), 0o644))
	r.git("config", "core.repositoryformatversion", "1")
	r.git("config", "extensions.relativeWorktrees", "true")
	s = linked.open()
	holds(t, s, "text2")
	if len(s.Warnings()) > 0 {
		t.Error(s.Warnings())
	}
	s, err := Open(s.GitDir())
	must(t, err)
	if s.WorkTree() != linked.dir {
		t.Errorf("work tree is %s, want %s", s.WorkTree(), linked.dir)
	}

	other := newRepo(t)
	other.commit("one", "f", "text")
	other.git("clone", "-q", "--bare", other.dir, "../bare.git")
	bare := other.in("../bare.git")
	bare.git("worktree", "add", "-q", "../frombare", "main")
	opens(t, other.in("../frombare"), "text")
}

func TestOpenSubmodule(t *testing.T) {
	inner := newRepo(t)
	inner.commit("one", "f", "text")
	outer := newRepo(t)
	outer.git("submodule", "add", "-q", inner.dir, "sub")
	s := opens(t, outer.in("sub"), "text")
	if s.CommonDir() != filepath.Join(outer.dir, ".git/modules/sub") {
		t.Errorf("common dir %s", s.CommonDir())
	}
	if s, err := Open(s.GitDir()); err != nil || s.WorkTree() != filepath.Join(outer.dir, "sub") {
		t.Errorf("by its git dir: %v", err)
	}
}

func TestOpenSeparateGitDirAndLinkedGitDir(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "text")
	r.git("init", "-q", "--separate-git-dir", "../elsewhere")
	opens(t, r, "text")

	other := newRepo(t)
	other.commit("one", "f", "text")
	must(t, os.Rename(filepath.Join(other.dir, ".git"), filepath.Join(other.dir, "../moved")))
	must(t, os.Symlink("../moved", filepath.Join(other.dir, ".git")))
	s := other.open()
	holds(t, s, "text")
	if s.WorkTree() != other.dir {
		t.Errorf("work tree %s", s.WorkTree())
	}
	// As Android's `repo` and git-new-workdir do it: links inside .git.
	must(t, os.Rename(filepath.Join(other.dir, "../moved/objects"), filepath.Join(other.dir, "../objects")))
	must(t, os.Symlink("../objects", filepath.Join(other.dir, "../moved/objects")))
	holds(t, other.open(), "text")
}

func TestOpenTakesExtensionsAndOddConfiguration(t *testing.T) {
	for name, config := range map[string]string{
		"worktreeConfig in version 0": "[extensions]\n\tworktreeConfig = true\n",
		"worktreeConfig":              "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n",
		"partial clone":               "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n",
		"precious objects":            "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpreciousObjects\n",
		"odd values":                  "[a.b]\n\tc = 1\n[pack]\n\twindow = 10k\n[branch \"x\"]\n\trebase = merges\n\tmerge = topic\n[remote \"o\"]\n\tfetch = ^refs/heads/x\n",
		"not UTF-8":                   "[user]\n\tname = \xff\xfe\n",
		"broken":                      "[core\nnonsense\n[]\n= =\n[x \"y\n",
	} {
		r := newRepo(t)
		r.commit("one", "f", "text")
		path := filepath.Join(r.dir, ".git/config")
		old, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path, append(append([]byte("\xef\xbb\xbf"), old...), config...), 0o644))
		s, err := Open(r.dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		holds(t, s, "text")
		if len(s.Warnings()) > 0 {
			t.Errorf("%s: %v", name, s.Warnings())
		}
	}
}

func TestOpenWarnsOfWhatItDoesNotKnow(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "text")
	r.git("config", "extensions.fromTheFuture", "1")
	s := r.open()
	holds(t, s, "text")
	if w := s.Warnings(); len(w) != 1 || w[0].kind != warnExtension || w[0].Incomplete() {
		t.Errorf("warnings: %v", w)
	}
	r.git("config", "--unset", "extensions.fromTheFuture")
	r.git("config", "extensions.refStorage", "reftable")
	s = r.open()
	if w := s.Warnings(); len(w) != 1 || !w[0].Incomplete() {
		t.Errorf("warnings: %v", w)
	}
	if _, err := s.Refs(); err == nil || hintOf(err) == "" {
		t.Errorf("refs of another storage: %v", err)
	}
	if _, err := s.Head(); err == nil {
		t.Error("HEAD of another storage was read")
	}
}

func TestOpenOutsideOfARepositoryIsATypedError(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(dir))
	_, err = Open(dir)
	var not *notRepositoryError
	if !errors.Is(err, ErrNotRepository) || !errors.As(err, &not) || not.path != dir || hintOf(err) == "" {
		t.Errorf("got %v", err)
	}
	if _, err = Open(filepath.Join(dir, "nowhere")); !errors.Is(err, ErrNotRepository) {
		t.Errorf("a path that is not there: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(dir, ".git"), []byte("gitdir: gone\n"), 0o644))
	if _, err = Open(dir); !errors.Is(err, ErrNotRepository) || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a dead .git file: %v", err)
	}
}

func TestOpenStopsAtCeilings(t *testing.T) {
	r := newRepo(t)
	r.write("a/b/c", "x")
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Join(r.dir, "a"))
	if _, err := Open(filepath.Join(r.dir, "a/b")); !errors.Is(err, ErrNotRepository) {
		t.Errorf("it went beyond the ceiling: %v", err)
	}
	if _, err := Open(filepath.Join(r.dir, "a")); err != nil {
		t.Errorf("the ceiling itself does not bound a search that begins there: %v", err)
	}
}

func TestOpenEnvironmentFollowsGitsVariables(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "text")
	elsewhere := r.in("..")
	s := elsewhere.openEnv("GIT_DIR=r/.git", "GIT_WORK_TREE=r", "GIT_INDEX_FILE=some/index")
	holds(t, s, "text")
	if s.WorkTree() != r.dir || s.indexPath != filepath.Join(elsewhere.dir, "some/index") && s.indexPath != filepath.Join(filepath.Dir(r.dir), "some/index") {
		t.Errorf("work tree %s, index %s", s.WorkTree(), s.indexPath)
	}
	s = r.openEnv("GIT_DIR=" + filepath.Join(r.dir, ".git"))
	if s.WorkTree() != r.dir {
		t.Errorf("with GIT_DIR alone the work tree is %q, not the current directory", s.WorkTree())
	}
	if _, err := openEnvironment(r.dir, []string{"GIT_DIR=/nonexistent"}); !errors.Is(err, ErrNotRepository) {
		t.Errorf("a dead GIT_DIR: %v", err)
	}
	must(t, os.Rename(filepath.Join(r.dir, ".git/objects"), filepath.Join(r.dir, "objs")))
	must(t, os.MkdirAll(filepath.Join(r.dir, ".git/objects"), 0o755))
	holds(t, r.openEnv("GIT_OBJECT_DIRECTORY=objs"), "text")
	holds(t, r.openEnv("GIT_ALTERNATE_OBJECT_DIRECTORIES=nowhere:\"ob\\152s\""), "text")
}

func TestObjectDirsFollowsAlternates(t *testing.T) {
	r := newRepo(t)
	id := r.commit("one", "f", "text")
	r.git("clone", "-q", "-s", r.dir, "../absolute")
	opens(t, r.in("../absolute"), "text")

	relative := newRepo(t)
	objects := filepath.Join(relative.dir, ".git/objects")
	target, err := filepath.Rel(objects, filepath.Join(filepath.Dir(r.dir), "absolute/.git/objects"))
	must(t, err)
	quoted := `"` + strings.Replace(target, "objects", `ob\152ects`, 1) + `"`
	for name, lines := range map[string]string{
		"relative": target + "\n", "quoted": quoted + "\n", "with comments": "# comment\n\n" + target,
		"beside a dead line": "/nonexistent/objects\n" + target + "\n",
	} {
		must(t, os.WriteFile(filepath.Join(objects, "info/alternates"), []byte(lines), 0o644))
		s := relative.open()
		if !s.Has(id) {
			t.Errorf("%s: the object of an alternate's alternate is not found in %v", name, s.ObjectDirs())
		}
		if warned := len(s.Warnings()) > 0; warned != strings.Contains(lines, "nonexistent") {
			t.Errorf("%s: warnings %v", name, s.Warnings())
		}
	}
	must(t, os.WriteFile(filepath.Join(objects, "info/alternates"), []byte(objects+"\n.\n"), 0o644))
	if dirs := relative.open().ObjectDirs(); len(dirs) != 1 {
		t.Errorf("a circle of alternates gives %v", dirs)
	}
}

func TestOpenSHA256Repository(t *testing.T) {
	r := newRepo(t, "--object-format=sha256")
	r.commit("one", "f", "text")
	s := opens(t, r, "text")
	if s.IDSize() != 32 {
		t.Errorf("id size %d", s.IDSize())
	}
	r.write("f", "text2")
	r.git("add", "f")
	expect(t, s.Staged(StagedOptions{}), "f: text2", "known f: text")
	r.git("commit", "-qm", "two")
	source, err := s.Range("HEAD~1", "HEAD")
	must(t, err)
	expect(t, source, "f: text2", "known f: text")
	if _, err := s.testStorer(); err == nil {
		t.Error("go-git cannot hold these names")
	}
}

func TestAShallowCloneSaysWhereItEnds(t *testing.T) {
	r := newRepo(t)
	first := r.commit("one", "f", "1")
	second := r.commit("two", "f", "2")
	r.commit("three", "f", "3")
	clone := r.in("../shallow")
	r.git("clone", "-q", "--depth=2", "file://"+r.dir, clone.dir)
	s := clone.open()
	if !s.Shallow()[second] || len(s.Shallow()) != 1 {
		t.Errorf("shallow: %v", s.Shallow())
	}
	c, err := s.Commit(second)
	must(t, err)
	if !c.Cut || len(c.Parents) > 0 {
		t.Errorf("the commit at the edge has parents: %+v", c)
	}

	source, err := s.Range("HEAD~1", "HEAD")
	must(t, err)
	expect(t, source, "f: 3", "known f: 2")

	_, err = s.Range(first.String(), "HEAD")
	var missing *missingBaseError
	if !errors.Is(err, ErrMissingBase) || !errors.As(err, &missing) || !missing.shallow {
		t.Fatalf("base beyond the edge: %v", err)
	}
	if hintOf(err) != "git fetch --unshallow origin" {
		t.Errorf("hint %q", hintOf(err))
	}
	clone.git(strings.Fields(hintOf(err))[1:]...)
	again := clone.open()
	source, err = again.Range(first.String(), "HEAD")
	must(t, err)
	expect(t, source, "f: 2", "f: 3", "known f: 1")
}

func TestRangeOverTheEdgeOfAShallowCloneIsIncomplete(t *testing.T) {
	r := newRepo(t)
	base := r.commit("one", "f", "1", "same", "s")
	r.commit("two", "f", "2")
	r.commit("three", "f", "3")
	clone := r.in("../shallow")
	r.git("clone", "-q", "--depth=1", "file://"+r.dir, clone.dir)
	clone.git("fetch", "-q", "--depth=1", "origin", base.String())
	source, err := clone.open().Range(base.String(), "HEAD")
	must(t, err)
	got, coverage := texts(t, source)
	if coverage.Complete || len(coverage.Skipped) != 1 || !strings.Contains(coverage.Skipped[0].Reason, "git fetch --unshallow") {
		t.Errorf("coverage: %+v", coverage)
	}
	if strings.Join(got, ", ") != "f: 3, known f: 1" {
		t.Errorf("texts: %q", got)
	}
}

func TestMissingBaseHintsWork(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	r.git("branch", "stable")
	r.git("tag", "v1")
	r.git("config", "uploadpack.allowAnySHA1InWant", "true")
	r.commit("two", "f", "2")
	r.git("branch", "it's")
	loose := r.git("commit-tree", "-m", "loose", "HEAD^{tree}")
	for _, base := range []string{"origin/stable", "stable", "v1", "origin/it's", loose} {
		clone := r.in(filepath.Join(t.TempDir(), "clone"))
		r.git("clone", "-q", "--no-tags", "--single-branch", "file://"+r.dir, clone.dir)
		_, err := clone.open().Range(base, "HEAD")
		if !errors.Is(err, ErrMissingBase) {
			t.Errorf("%s: %v", base, err)
			continue
		}
		shell(t, clone, hintOf(err))
		if _, err := clone.open().Range(base, "HEAD"); err != nil {
			t.Errorf("%s: after %q: %v", base, hintOf(err), err)
		}
	}
	_, err := r.open().Range("HEAD~20", "HEAD")
	if !errors.Is(err, ErrUnknownRevision) {
		t.Errorf("more steps than commits: %v", err)
	}
	if _, err = r.open().Range("main", "nonsense"); !errors.Is(err, ErrUnknownRevision) {
		t.Errorf("unknown head: %v", err)
	}
}

// hintOf is what an error says is to be done, "" if it says nothing.
func hintOf(err error) string {
	if hints := say.Hints(err); len(hints) > 0 {
		return hints[0]
	}
	return ""
}
