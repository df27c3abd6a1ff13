package gitstore

import (
	"slices"
	"strings"
	"testing"
)

// asGit is the repository as if its refs could not be read here.
func asGit(t *testing.T, r *repo) *Repository {
	t.Helper()
	s := r.open()
	s.reftable = true
	s.warn(warnRefs, s.commonDir, "refs are stored as reftable and cannot be read")
	s.UseGit(func(args ...string) (string, error) {
		out, err := r.try(args...)
		return out + "\n", err
	})
	if len(s.Warnings()) > 0 {
		t.Errorf("warnings: %v", s.Warnings())
	}
	return s
}

func TestUseGitFindsTheSameRefs(t *testing.T) {
	r := conflict(t)
	r.git("tag", "-a", "-m", "m", "v1")
	r.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/side")
	r.git("worktree", "add", "-q", "--detach", "../other", "HEAD~1")
	got, want := refLines(t, asGit(t, r)), refLines(t, r.open())
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, rev := range []string{"HEAD", "@", "main", "v1", "v1^{commit}", "HEAD~1", "origin", "nothing", "", "-q"} {
		a, errA := asGit(t, r).Resolve(rev)
		b, errB := r.open().Resolve(rev)
		if a != b || (errA == nil) != (errB == nil) {
			t.Errorf("%q: %s, %v; without git %s, %v", rev, a, errA, b, errB)
		}
	}
}

func TestUseGitFindsTheSameHead(t *testing.T) {
	r := newRepo(t)
	head := func() {
		t.Helper()
		got, err := asGit(t, r).Head()
		want, _ := r.open().Head()
		if err != nil || got.Name != want.Name || got.Target != want.Target || got.Commit != want.Commit {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	head()
	r.write("f", "1")
	r.git("add", "f")
	expect(t, asGit(t, r).Staged(StagedOptions{}), "f: 1")
	r.git("commit", "-qm", "one")
	head()
	r.git("checkout", "-q", "--detach")
	head()
}
