package gitstore

import (
	"testing"
)

func TestRangeYieldsWhatIsNewAndWhatWasThere(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1", "b.py", "b1", "c.py", "c1")
	r.git("tag", "base")
	r.commit("two", "a.py", "a2", "dir/n.py", "n1")
	r.commit("three", "a.py", "a3")
	r.git("mv", "b.py", "moved.py")
	r.commit("four")
	s, err := r.open().Range("base", "HEAD")
	must(t, err)
	expect(t, s, "a.py: a2", "a.py: a3", "dir/n.py: n1", "known a.py: a1", "known b.py: b1")
}
