package gitstore

import (
	"testing"
)

func TestStagedYieldsWhatTheCommitAddsAndWhatWasThere(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "b.py", "b1", "dir/c.py", "c1", "dir/d.py", "d1", "gone.py", "g1")
	r.write("a.py", "a2")
	r.write("dir/new.py", "n1")
	r.git("rm", "-q", "gone.py")
	r.git("add", "-A")
	r.write("b.py", "not staged")
	expect(t, r.open().Staged(StagedOptions{}),
		"a.py: a2", "dir/new.py: n1", "known a.py: a1", "known gone.py: g1")
}

func TestStagedBeforeTheFirstCommitIsEverything(t *testing.T) {
	r := newRepo(t)
	r.write("a.py", "a1")
	r.write("dir/b.py", "b1")
	r.git("add", "-A")
	expect(t, r.open().Staged(StagedOptions{}), "a.py: a1", "dir/b.py: b1")
}

func TestStagedRenameIsYieldedWithItsOldPath(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "b.py", "b1")
	r.git("mv", "a.py", "moved.py")
	r.write("copy.py", "b1")
	r.git("add", "-A")
	expect(t, r.open().Staged(StagedOptions{}), "copy.py: b1", "known a.py: a1", "moved.py: a1")
}
