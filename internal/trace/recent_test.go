package trace

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
)

// dirTree makes a tree of directories in Git's order, or in the order given.
func dirTree(dirs map[string]string, sorted bool, names []string) []byte {
	if sorted {
		names = slices.Clone(names)
		slices.SortFunc(names, func(a, b string) int {
			if a+"/" < b+"/" {
				return -1
			}
			return 1
		})
	}
	var text []byte
	for _, n := range names {
		if id, ok := dirs[n]; ok {
			text = fmt.Appendf(text, "40000 %s\x00%s", n, id)
			text = fmt.Appendf(text, "100644 %s_file\x00%s", n, someID)
		}
	}
	return text
}

func TestTreesOfDirectoriesAreComparedByNameAndID(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	f := &folder{numbers: map[string]uint32{}}
	var ids []string
	for i := range 5 {
		id, _ := f.add('t', fmt.Appendf(nil, "100644 %d\x00%s", i, someID))
		ids = append(ids, id)
	}
	s := newScan(f, &Input{IDSize: 20, Jobs: 1}, newMatched(nil))
	names := []string{"a", "a-b", "a.b", "a0", "ab", "abc", "b", "b.", "b!", "c", "ca", "c.d", "\xff", "0"}
	for range 2000 {
		old, now := map[string]string{}, map[string]string{}
		for _, n := range names {
			if r.Intn(3) > 0 {
				old[n] = ids[r.Intn(5)]
			}
			if now[n] = old[n]; now[n] == "" || r.Intn(4) == 0 {
				now[n] = ids[r.Intn(5)]
			}
			if r.Intn(4) == 0 {
				delete(now, n)
			}
		}
		w := &s.workers[0]
		ok, err := s.compareDirs(w, dirTree(old, true, names), dirTree(now, true, names), 100)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		got := map[string]string{}
		for n, id := range old {
			got[n] = id
		}
		for _, d := range w.own {
			name := string(s.names.name(d.name))
			if d.tree == None {
				delete(got, name)
				continue
			}
			if got[name] == f.ids[d.tree] {
				t.Errorf("%s has not changed", name)
			}
			got[name] = f.ids[d.tree]
		}
		if fmt.Sprint(got) != fmt.Sprint(now) {
			t.Fatalf("%q, want %q", got, now)
		}
		if ok, _ := s.compareDirs(w, dirTree(old, true, names), dirTree(now, true, names), len(w.own)-1); ok && len(w.own) > 0 {
			t.Fatal("the limit is not respected")
		}
	}
}

func TestTreesThatAreNotInOrderAreNotCompared(t *testing.T) {
	f := &folder{numbers: map[string]uint32{}}
	s := newScan(f, &Input{IDSize: 20, Jobs: 1}, newMatched(nil))
	good := map[string]string{"a": someID, "b": someID, "c": someID}
	for _, names := range [][]string{{"b", "a"}, {"a", "a"}, {"a", "c", "b"}} {
		unsorted := dirTree(good, false, names)
		for _, pair := range [][2][]byte{{unsorted, dirTree(good, true, []string{"a", "b"})}, {dirTree(good, true, []string{"a", "b"}), unsorted}} {
			if ok, _ := s.compareDirs(&s.workers[0], pair[0], pair[1], 100); ok {
				t.Errorf("%q is compared", names)
			}
		}
	}
	slash := []byte("40000 a/x\x00" + someID)
	if ok, _ := s.compareDirs(&s.workers[0], []byte("40000 a\x00"+someID), slash, 100); ok {
		t.Error("a name with a slash is compared")
	}
	cut := []byte("40000 a\x00short")
	if ok, _ := s.compareDirs(&s.workers[0], cut, cut, 100); ok {
		t.Error("a damaged tree is compared")
	}
}
