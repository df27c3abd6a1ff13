package gitstore

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// forest is a store of made trees. The name of an object is what it holds, cut
// to the length of a name.
type forest map[scanner.ObjectID][]byte

func (f forest) get(id scanner.ObjectID) (*packfile.Text, error) {
	tree, ok := f[id]
	if !ok && id != "" {
		return nil, errors.New("not here")
	}
	return &packfile.Text{Data: tree}, nil
}

func fakeID(format string, args ...any) scanner.ObjectID {
	return scanner.ObjectID(fmt.Sprintf("%-20.20s", fmt.Sprintf(format, args...)))
}

// plant makes the tree of some files, path → blob, and returns its name.
func (f forest) plant(files map[string]scanner.ObjectID) scanner.ObjectID {
	entries, folders := map[string]string{}, map[string]map[string]scanner.ObjectID{}
	for path, blob := range files {
		folder, rest, deeper := strings.Cut(path, "/")
		if !deeper {
			entries[path] = "100644 " + path + "\x00" + string(blob)
			continue
		}
		if folders[folder] == nil {
			folders[folder] = map[string]scanner.ObjectID{}
		}
		folders[folder][rest] = blob
	}
	for name, inside := range folders {
		entries[name+"/"] = "40000 " + name + "\x00" + string(f.plant(inside))
	}
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		text.WriteString(entries[key])
	}
	for id, tree := range f {
		if string(tree) == text.String() {
			return id
		}
	}
	id := fakeID("tree %d", len(f))
	f[id] = []byte(text.String())
	return id
}

func (f forest) comparison(missing func(scanner.ObjectID, string, error)) *comparison {
	return &comparison{read: f.get, missing: missing, idSize: 20}
}

// changesOf is what a comparison says: "path: old old → new".
func changesOf(c *comparison, diff uint32) (out []string) {
	c.each(diff, nil, func(folder uint32, ch *change) bool {
		var olds []string
		for _, old := range c.oldsOf(ch) {
			olds = append(olds, string(c.blobs.all[old]))
		}
		sort.Strings(olds)
		out = append(out, fmt.Sprintf("%s: %q → %q", c.pathName(c.paths.number(pathStep{folder, ch.name})), olds, string(c.blobs.all[ch.to])))
		return true
	})
	slices.Sort(out)
	return out
}

// TestTreesAreComparedAsTheirFilesAre compares random trees, one with none to
// three others, with a comparison path by path.
func TestTreesAreComparedAsTheirFilesAre(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	files := func() map[string]scanner.ObjectID {
		out := map[string]scanner.ObjectID{}
		for range random.IntN(12) {
			path := fmt.Sprint("f", random.IntN(3))
			for range random.IntN(4) {
				path = fmt.Sprint("d", random.IntN(2), "/") + path
			}
			out[path] = fakeID("blob %d", random.IntN(3))
		}
		return out
	}
	forest := forest{}
	c := forest.comparison(func(id scanner.ObjectID, path string, err error) { t.Error(id, path, err) })
	for range 1500 {
		now := files()
		var olds []map[string]scanner.ObjectID
		var ids []scanner.ObjectID
		for range random.IntN(4) {
			old := files()
			if random.IntN(2) == 0 { // much alike
				old = maps.Clone(now)
				delete(old, fmt.Sprint("d0/f", random.IntN(3)))
				old[fmt.Sprint("d1/f", random.IntN(3))] = fakeID("blob %d", random.IntN(3))
			}
			olds, ids = append(olds, old), append(ids, forest.plant(old))
		}
		var want []string
		paths := maps.Clone(now)
		for _, old := range olds {
			maps.Copy(paths, old)
		}
		for path := range paths {
			var froms []string
			taken, everywhere := false, len(olds) > 0
			for _, old := range olds {
				id, there := old[path]
				taken = taken || there && id == now[path]
				everywhere = everywhere && there
				if !slices.Contains(froms, string(id)) {
					froms = append(froms, string(id))
				}
			}
			if _, there := now[path]; taken || !there && !everywhere {
				continue
			}
			sort.Strings(froms)
			want = append(want, fmt.Sprintf("%s: %q → %q", path, froms, string(now[path])))
		}
		slices.Sort(want)
		if got := changesOf(c, c.compare(forest.plant(now), ids)); !slices.Equal(got, want) {
			t.Fatalf("%v against %v\n got %q\nwant %q", now, olds, got, want)
		}
	}
}

// Ten small trees, each ten times in the next: git itself lists them in no time.
func TestATreeBombIsComparedInAFewSteps(t *testing.T) {
	r := newRepo(t)
	r.commit("base", "f", "1")
	bomb := func(text string, levels int) scanner.ObjectID {
		blob := r.input(text, "hash-object", "-w", "--stdin")
		entry := "100644 blob " + blob + "\tf%d\n"
		tree := ""
		for range levels {
			var list strings.Builder
			for i := range 10 {
				fmt.Fprintf(&list, entry, i)
			}
			tree = r.input(list.String(), "mktree")
			entry = "040000 tree " + tree + "\td%d\n"
		}
		return r.id(r.git("commit-tree", "-p", "HEAD", "-m", "bomb", tree))
	}
	source := r.open().RangeOf(RangeSpec{Include: []scanner.ObjectID{bomb("harmless", 10)}, Exclude: []scanner.ObjectID{r.id("HEAD")}})
	var got []string
	coverage, err := source.Chunks(t.Context(), func(c *scanner.Chunk) error {
		if c.Kind == scanner.File && !c.Known {
			got = append(got, string(c.Text))
		}
		return nil
	})
	must(t, err)
	if !coverage.Complete || !slices.Equal(got, []string{"harmless"}) || coverage.Blobs != 1 {
		t.Errorf("%q, %+v", got, coverage)
	}
	if used := freeSteps - source.compared.steps; used > 1000 || len(source.compared.diffs) > 12 {
		t.Errorf("%d steps for %d diffs", used, len(source.compared.diffs))
	}
	// A key in it is found, and its places are cut off.
	id := r.id(r.input("harmless", "hash-object", "--stdin"))
	places, whole := source.Places(map[scanner.ObjectID][]int32{id: {0}}, 1)
	if whole || len(places[0]) == 0 || len(places[0]) > maxPlaces || !strings.HasPrefix(places[0][0].Path, "d0/d0/d0/d0/d0/d0/d0/d0/d0/f") {
		t.Errorf("%d places, whole: %v", len(places[0]), whole)
	}
	// Three levels are a thousand places, all of which are listed.
	source = r.open().RangeOf(RangeSpec{Include: []scanner.ObjectID{bomb("small", 3)}, Exclude: []scanner.ObjectID{r.id("HEAD")}})
	if lines, _ := texts(t, source); len(lines) != 1000+1 || !slices.Contains(lines, "d9/d9/f9: small") {
		t.Errorf("%d texts", len(lines))
	}
}

// Few trees can be compared with each other in many pairs.
func TestPairsOfTreesAreBounded(t *testing.T) {
	forest := forest{}
	const levels, trees, entries = 6, 300, 40
	for level := range levels {
		for i := range trees {
			var text strings.Builder
			for k := range entries {
				fmt.Fprintf(&text, "40000 d%02d\x00%s", k, string(fakeID("%d %d", level+1, (i*31+k*k*17+i*k)%trees)))
			}
			forest[fakeID("%d %d", level, i)] = []byte(text.String())
		}
	}
	for i := range trees {
		forest[fakeID("%d %d", levels, i)] = []byte("100644 f\x00" + string(fakeID("blob %d", i)))
	}
	reads := 0
	var reasons []string
	c := forest.comparison(func(_ scanner.ObjectID, _ string, err error) { reasons = append(reasons, err.Error()) })
	c.read = func(id scanner.ObjectID) (*packfile.Text, error) { reads++; return forest.get(id) }
	c.start()
	c.steps = 1 << 18
	for i := range trees {
		c.compare(fakeID("0 %d", i), []scanner.ObjectID{fakeID("0 %d", (i+1)%trees)})
	}
	if !slices.Equal(reasons, []string{errTooManyPaths.Error()}) {
		t.Errorf("%q after %d reads", reasons, reads)
	}
	// There are 600,000 pairs of the 1,800 trees.
	if reads > 200_000 || len(c.changes) > 2_000_000 {
		t.Errorf("%d reads, %d changes", reads, len(c.changes))
	}
}

func TestATreeThatContainsItselfIsReported(t *testing.T) {
	one, two := fakeID("one"), fakeID("two")
	forest := forest{
		one: []byte("40000 a\x00" + string(two) + "100644 f\x00" + string(fakeID("blob"))),
		two: []byte("40000 b\x00" + string(one)),
	}
	var reasons []string
	c := forest.comparison(func(_ scanner.ObjectID, path string, err error) { reasons = append(reasons, path+": "+err.Error()) })
	got := changesOf(c, c.compare(one, nil))
	if want := []string{`f: [] → "blob                "`}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if want := []string{"a/b/: " + errContainsSelf.Error()}; !slices.Equal(reasons, want) {
		t.Errorf("%q, want %q", reasons, want)
	}
}

func TestATreeThatIsNotHereIsReportedOnce(t *testing.T) {
	forest := forest{}
	for i := range 50 {
		forest[fakeID("tree %d", i)] = []byte("40000 gone\x00" + string(fakeID("gone")) + "100644 f\x00" + string(fakeID("blob %d", i)))
	}
	missing := 0
	c := forest.comparison(func(id scanner.ObjectID, _ string, _ error) {
		if missing++; id != fakeID("gone") {
			t.Errorf("%q is missing", id)
		}
	})
	for i := range 49 {
		c.compare(fakeID("tree %d", i), []scanner.ObjectID{fakeID("tree %d", i+1)})
		c.compare(fakeID("tree %d", i), nil)
	}
	if missing != 1 {
		t.Errorf("reported %d times", missing)
	}
}
