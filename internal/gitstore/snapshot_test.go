package gitstore

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func snapshot(t *testing.T, r *repo) Snapshot {
	t.Helper()
	s, err := r.open().Snapshot()
	must(t, err)
	return s
}

// TestASnapshotChangesWithWhateverAnAuditReads makes one change after the other.
func TestASnapshotChangesWithWhateverAnAuditReads(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	objects := filepath.Join(r.dir, ".git", "objects")
	last, stamp := snapshot(t, r), r.open().Stamp()
	if again := snapshot(t, r); again != last || r.open().Stamp() != stamp {
		t.Fatalf("two looks at one repository differ: %v, %v", last, again)
	}
	for _, step := range []struct {
		name string
		refs bool // change too
		do   func()
	}{
		{"a commit", true, func() { r.commit("two", "f", "2") }},
		{"a branch", true, func() { r.git("branch", "side") }},
		{"a branch that is gone", true, func() { r.git("branch", "-D", "side") }},
		{"another HEAD", true, func() { r.git("checkout", "-q", "-b", "other") }},
		{"an object that nothing names", false, func() { r.write("loose", "x"); r.git("hash-object", "-w", "loose") }},
		{"a pack", false, func() { r.git("repack", "-adq") }},
		{"a pack of the same size with other bytes", false, func() {
			packs, _ := filepath.Glob(filepath.Join(objects, "pack", "*.pack"))
			must(t, os.Chmod(packs[0], 0o600))
			must(t, os.Chtimes(packs[0], time.Time{}, time.Unix(1, 0)))
		}},
		{"a note of a fetch", false, func() {
			must(t, os.WriteFile(filepath.Join(r.dir, ".git", "FETCH_HEAD"), []byte(r.git("rev-parse", "HEAD")+"\n"), 0o600))
		}},
		{"the configuration", false, func() { r.git("config", "remote.origin.url", "x") }},
		{"the tip of another worktree", true, func() {
			r.git("worktree", "add", "-q", "--detach", filepath.Join(t.TempDir(), "w"))
		}},
		{"a reflog of the same size", false, func() {
			must(t, os.Chtimes(filepath.Join(r.dir, ".git", "logs", "HEAD"), time.Time{}, time.Unix(1, 0)))
		}},
		{"a reflog", false, func() { r.git("reflog", "expire", "--expire=now", "--all") }},
		{"where the history is cut off", false, func() { must(t, os.WriteFile(filepath.Join(r.dir, ".git", "shallow"), []byte("x\n"), 0o600)) }},
	} {
		step.do()
		now := snapshot(t, r)
		if now.Inputs == last.Inputs {
			t.Errorf("%s does not count", step.name)
		}
		if (now.Refs != last.Refs) != step.refs {
			t.Errorf("%s: have the refs changed? %v", step.name, now.Refs != last.Refs)
		}
		last = now
		if again := r.open().Stamp(); again == stamp {
			t.Errorf("%s does not change the stamp", step.name)
		} else {
			stamp = again
		}
	}
	if last.PackBytes == 0 {
		t.Error("the pack has no size")
	}
}

func TestARepositoryIsItselfAndNothingInsideOfIt(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "d/f", "1")
	s := r.open()
	for name, want := range map[string]bool{"": true, ".git": true, "d": false, "d/f": false, ".git/objects": false, "absent": false} {
		if got := s.Is(filepath.Join(r.dir, name)); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
