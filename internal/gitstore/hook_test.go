package gitstore

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// TestMain makes this test binary a pre-commit hook: with this variable set it
// writes what Staged yields to the file that it names.
const hookOutput = "GITSTORE_TEST_HOOK"

func TestMain(m *testing.M) {
	if file := os.Getenv(hookOutput); file != "" {
		if err := hook(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func hook(file string) error {
	r, err := OpenEnvironment()
	if err != nil {
		return err
	}
	var source scanner.Source = r.Staged(StagedOptions{Paths: os.Args[1:]})
	if len(os.Args) == 2 && os.Args[1] == receiving {
		if source, err = received(r); err != nil {
			return err
		}
	}
	lines, coverage, err := readTexts(source)
	if err != nil {
		return err
	}
	if !coverage.Complete {
		lines = append(lines, fmt.Sprint("skipped ", coverage.Skipped))
	}
	slices.Sort(lines)
	return os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644)
}

// receiving, as the only argument, makes the hook a pre-receive hook.
const receiving = "--receiving"

// received is the range that a pre-receive hook is asked about.
func received(r *Repository) (scanner.Source, error) {
	refs, err := r.Refs()
	if err != nil {
		return nil, err
	}
	var spec RangeSpec
	for _, ref := range refs {
		spec.Exclude = append(spec.Exclude, ref.Commit)
	}
	var old, now, name string
	for {
		if _, err := fmt.Scanln(&old, &now, &name); err != nil {
			return r.RangeOf(spec), nil
		}
		id, _ := scanner.ParseObjectID(now)
		spec.Include = append(spec.Include, id)
	}
}

// withHook installs a pre-commit hook that runs commands and then this test
// binary; seen returns what the hook saw since it was last asked.
func (r *repo) withHook(before string, args ...string) (seen func() string) {
	r.t.Helper()
	self, err := os.Executable()
	must(r.t, err)
	out := filepath.Join(r.t.TempDir(), "seen")
	hooks := filepath.Join(r.git("rev-parse", "--path-format=absolute", "--git-common-dir"), "hooks")
	script := fmt.Sprintf("#!/bin/sh\n%s\n%s='%s' exec '%s' %s\n", before, hookOutput, out, self, strings.Join(args, " "))
	must(r.t, os.MkdirAll(hooks, 0o755))
	for _, name := range []string{"pre-commit", "pre-merge-commit", "pre-receive"} {
		must(r.t, os.WriteFile(filepath.Join(hooks, name), []byte(script), 0o755))
	}
	return func() string {
		r.t.Helper()
		data, err := os.ReadFile(out)
		if err != nil {
			return "the hook did not run"
		}
		must(r.t, os.Remove(out))
		return string(data)
	}
}

func sees(t *testing.T, got string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got != strings.Join(want, "\n") {
		t.Errorf("the hook saw\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// base is a repository with three files, a changed and staged, b changed only.
func hookBase(t *testing.T) *repo {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "b.py", "b1", "sub/c.py", "c1")
	r.write("a.py", "a2")
	r.git("add", "a.py")
	r.write("b.py", "b2")
	return r
}

func TestStagedInPlainCommit(t *testing.T) {
	r := hookBase(t)
	seen := r.withHook("")
	r.git("commit", "-qm", "two")
	sees(t, seen(), "a.py: a2", "known a.py: a1")
}

func TestStagedSeesCommitDashA(t *testing.T) {
	r := hookBase(t)
	seen := r.withHook("")
	r.git("commit", "-qam", "two")
	sees(t, seen(), "a.py: a2", "b.py: b2", "known a.py: a1", "known b.py: b1")
}

func TestStagedSeesOnlyThePathOfCommitOnly(t *testing.T) {
	r := hookBase(t)
	seen := r.withHook("")
	r.git("commit", "-qm", "two", "--", "b.py")
	sees(t, seen(), "b.py: b2", "known b.py: b1")
}

func TestStagedSeesCommitInclude(t *testing.T) {
	r := hookBase(t)
	seen := r.withHook("")
	r.git("commit", "-qm", "two", "-i", "b.py")
	sees(t, seen(), "a.py: a2", "b.py: b2", "known a.py: a1", "known b.py: b1")
}

func TestStagedSeesCommitFromSubdirectory(t *testing.T) {
	r := hookBase(t)
	seen := r.withHook("")
	r.write("sub/c.py", "c2")
	r.in("sub").git("commit", "-qam", "two")
	sees(t, seen(), "a.py: a2", "b.py: b2", "sub/c.py: c2", "known a.py: a1", "known b.py: b1", "known sub/c.py: c1")
}

func TestStagedSeesTheFirstCommit(t *testing.T) {
	r := newRepo(t)
	seen := r.withHook("")
	r.write("a.py", "a1")
	r.git("add", "a.py")
	r.git("commit", "-qm", "one")
	sees(t, seen(), "a.py: a1")
}

func TestStagedSeesAnAmend(t *testing.T) {
	r := hookBase(t)
	seen := r.withHook("")
	r.git("commit", "-q", "--amend", "-m", "one again")
	sees(t, seen(), "a.py: a2", "known a.py: a1")
}

func TestStagedSeesTheIndexThatTheUserNames(t *testing.T) {
	r := hookBase(t)
	seen := r.withHook("")
	other := *r
	other.env = append(slices.Clone(r.env), "GIT_INDEX_FILE="+filepath.Join(r.dir, "other-index"))
	other.git("read-tree", "HEAD")
	other.git("add", "b.py")
	other.git("commit", "-qm", "two")
	sees(t, seen(), "b.py: b2", "known b.py: b1")
}

func TestStagedSeesACommitWithGitDirAndWorkTree(t *testing.T) {
	r := hookBase(t)
	seen := r.withHook("")
	r.git("--git-dir=.git", "--work-tree=.", "commit", "-qam", "two")
	sees(t, seen(), "a.py: a2", "b.py: b2", "known a.py: a1", "known b.py: b1")
}

func TestStagedTakesTheUnionWhenARunnerDropsTheIndexVariable(t *testing.T) {
	for _, command := range [][]string{{"commit", "-qam", "two"}, {"commit", "-qm", "two", "--", "b.py"}} {
		r := hookBase(t)
		seen := r.withHook("unset GIT_INDEX_FILE")
		r.git(command...)
		sees(t, seen(), "a.py: a2", "b.py: b2", "known a.py: a1", "known b.py: b1")
	}
}

func TestStagedInALinkedWorktree(t *testing.T) {
	for _, all := range []bool{false, true} {
		r := hookBase(t)
		seen := r.withHook("")
		tree := r.in("../linked")
		r.git("worktree", "add", "-q", tree.dir)
		tree.write("a.py", "a3")
		tree.git("add", "a.py")
		tree.write("b.py", "b3")
		if !all {
			tree.git("commit", "-qm", "two")
			sees(t, seen(), "a.py: a3", "known a.py: a1")
			continue
		}
		tree.git("commit", "-qam", "two")
		sees(t, seen(), "a.py: a3", "b.py: b3", "known a.py: a1", "known b.py: b1")
	}
}

func TestStagedInASubmodule(t *testing.T) {
	inner := newRepo(t)
	inner.commit("one", "a.py", "a1")
	outer := newRepo(t)
	outer.git("submodule", "add", "-q", inner.dir, "sub")
	outer.git("commit", "-qm", "one")
	sub := outer.in("sub")
	seen := sub.withHook("")
	sub.write("a.py", "a2")
	sub.git("commit", "-qam", "two")
	sees(t, seen(), "a.py: a2", "known a.py: a1")

	// The new commit of the submodule is not a text of the outer repository.
	seen = outer.withHook("")
	outer.git("commit", "-qam", "two")
	sees(t, seen())
}

func TestStagedOfAMergeIsWhatTheMergeBringsItself(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "b.py", "b1", "c.py", "c1")
	r.git("checkout", "-qb", "side")
	r.commit("side", "b.py", "b2", "new.py", "n1", "c.py", "c-side")
	r.git("checkout", "-q", "main")
	r.commit("main", "c.py", "c-main")
	seen := r.withHook("")
	if _, err := r.try("merge", "-q", "side"); err == nil {
		t.Fatal("the merge should conflict")
	}
	r.write("c.py", "c-both")
	r.git("add", "c.py")
	r.git("commit", "-qm", "merge")
	sees(t, seen(), "c.py: c-both", "known b.py: b1", "known b.py: b2", "known c.py: c-main", "known c.py: c-side", "known new.py: n1")
}

func TestStagedOfACleanMergeHasNothingNew(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "b.py", "b1")
	r.git("checkout", "-qb", "side")
	r.commit("side", "b.py", "b2")
	r.git("checkout", "-q", "main")
	r.commit("main", "a.py", "a2")
	seen := r.withHook("")
	r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
	// Git writes MERGE_HEAD after this hook, but names the side in a variable.
	sees(t, seen(), "known b.py: b1", "known b.py: b2")
}

func TestStagedWithSplitIndexInDashA(t *testing.T) {
	r := hookBase(t)
	r.git("config", "core.splitIndex", "true")
	r.git("update-index", "--split-index")
	r.write("new.py", "n1")
	r.git("add", "new.py")
	seen := r.withHook("")
	r.git("rm", "-q", "--cached", "sub/c.py")
	r.git("commit", "-qam", "two")
	sees(t, seen(), "a.py: a2", "b.py: b2", "new.py: n1", "known a.py: a1", "known b.py: b1", "known sub/c.py: c1")
}

func TestStagedInAWorktreeWithItsOwnConfiguration(t *testing.T) {
	r := hookBase(t)
	r.git("config", "extensions.worktreeConfig", "true")
	r.git("config", "--worktree", "core.sparseCheckout", "false")
	seen := r.withHook("")
	r.git("commit", "-qam", "two")
	sees(t, seen(), "a.py: a2", "b.py: b2", "known a.py: a1", "known b.py: b1")
}

func TestRangeInAPreReceiveHookReadsWhatIsInQuarantine(t *testing.T) {
	for _, limit := range []string{"1", "1000"} { // received as a pack, and as loose objects
		r := newRepo(t)
		r.commit("one", "a.py", "a1", "b.py", "b1")
		r.git("clone", "-q", "--bare", r.dir, "../server.git")
		server := r.in("../server.git")
		server.git("config", "receive.unpackLimit", limit)
		seen := server.withHook("", receiving)
		r.commit("two", "a.py", "a2", "c.py", "c1")
		r.commit("three", "a.py", "a3")
		r.git("checkout", "-q", "-b", "other", "HEAD~2")
		r.commit("four", "d.py", "d1")
		r.git("push", "-q", server.dir, "main", "other")
		sees(t, seen(), "a.py: a2", "a.py: a3", "c.py: c1", "d.py: d1", "known a.py: a1")
	}
}
