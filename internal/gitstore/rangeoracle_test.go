package gitstore

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/djleaks/djleaks/scanner"
)

// graph is a random history, made in one go by git fast-import.
type graph struct {
	*repo
	ids     []scanner.ObjectID
	parents [][]int
	files   []map[string]string
	blobs   map[string]scanner.ObjectID
}

// newGraph makes n commits. date gives the committer date of each. A merge
// takes each file from one of its parents, and now and then has one of its own.
func newGraph(t testing.TB, seed uint64, n int, date func(i int) int64) *graph {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	g := &graph{repo: newRepo(t)}
	var in strings.Builder
	for i := range n {
		var parents []int
		for range min(i, 1+random.IntN(2)*random.IntN(3)) {
			if p := max(0, i-1-random.IntN(5)); !slices.Contains(parents, p) {
				parents = append(parents, p)
			}
		}
		if random.IntN(25) == 0 {
			parents = nil
		}
		files := map[string]string{}
		for _, p := range parents {
			for path, text := range g.files[p] {
				if _, ok := files[path]; !ok || random.IntN(2) == 0 {
					files[path] = text
				}
			}
		}
		for range random.IntN(3) {
			files[fmt.Sprintf("d%d/f%d", random.IntN(3), random.IntN(4))] = fmt.Sprint("text ", random.IntN(3*n))
		}
		if random.IntN(4) == 0 { // moved, copied or deleted
			from, to := fmt.Sprintf("d%d/f%d", random.IntN(3), random.IntN(4)), fmt.Sprintf("g%d", random.IntN(3))
			if text, ok := files[from]; ok {
				files[to] = text
				if random.IntN(2) == 0 {
					delete(files, from)
				}
			}
			delete(files, fmt.Sprintf("d%d/f%d", random.IntN(3), random.IntN(4)))
		}
		fmt.Fprintf(&in, "commit refs/heads/c%d\nmark :%d\ncommitter C <c@example.org> %d +0000\ndata 4\n%04d\n", i, i+1, date(i), i)
		for k, p := range parents {
			fmt.Fprintf(&in, "%s :%d\n", []string{"from", "merge"}[min(k, 1)], p+1)
		}
		in.WriteString("deleteall\n")
		for path, text := range files {
			fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n%s\n", path, len(text), text)
		}
		g.parents, g.files = append(g.parents, parents), append(g.files, files)
	}
	g.input(in.String(), "fast-import", "--quiet", "--force")
	for i := range n {
		g.ids = append(g.ids, "")
		_ = i
	}
	for line := range strings.Lines(g.git("for-each-ref", "--format=%(objectname) %(refname:short)", "refs/heads/c*")) {
		var hex string
		var i int
		if _, err := fmt.Sscanf(line, "%s c%d", &hex, &i); err == nil {
			g.ids[i], _ = scanner.ParseObjectID(hex)
		}
	}
	return g
}

// reach is the set of commits that can be reached from some.
func (g *graph) reach(from ...int) map[int]bool {
	set := map[int]bool{}
	for len(from) > 0 {
		i := from[0]
		from = from[1:]
		if !set[i] {
			set[i] = true
			from = append(from, g.parents[i]...)
		}
	}
	return set
}

// between is what is reachable from include and not from exclude.
func (g *graph) between(include, exclude []int) map[int]bool {
	set, old := g.reach(include...), g.reach(exclude...)
	for i := range old {
		delete(set, i)
	}
	return set
}

func (g *graph) idsOf(list []int) []scanner.ObjectID {
	var out []scanner.ObjectID
	for _, i := range list {
		out = append(out, g.ids[i])
	}
	return out
}

func pick(random *rand.Rand, n, count int) []int {
	var out []int
	for range count {
		out = append(out, random.IntN(n))
	}
	return out
}

func TestRangeHasTheCommitsOfRevList(t *testing.T) {
	clocks := map[string]func(i int) int64{
		"right clocks": func(i int) int64 { return 1_600_000_000 + int64(i)*600 },
		"equal dates":  func(int) int64 { return 1_600_000_000 },
		"wrong clocks": func(i int) int64 { return 1_600_000_000 + int64(i)*600 + int64(i*7919%13-6)*20_000 },
		"backwards":    func(i int) int64 { return 1_600_000_000 - int64(i)*600 },
		"random":       func(i int) int64 { return 1 + int64(i)*2654435761%2_000_000_000 },
	}
	for name, date := range clocks {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(2) {
				g := newGraph(t, seed, 120, date)
				s := g.open()
				random := rand.New(rand.NewPCG(seed, 2))
				for range 60 {
					include, exclude := pick(random, 120, 1+random.IntN(2)), pick(random, 120, random.IntN(4))
					w := &walk{r: s}
					var got []scanner.ObjectID
					position := map[scanner.ObjectID]int{}
					for _, n := range w.commits(g.idsOf(include), g.idsOf(exclude)) {
						position[n.id] = len(got)
						got = append(got, n.id)
					}
					var want []scanner.ObjectID
					for i := range g.between(include, exclude) {
						want = append(want, g.ids[i])
						for _, p := range g.parents[i] {
							if at, ok := position[g.ids[p]]; ok && at < position[g.ids[i]] {
								t.Fatal("a parent comes before its child")
							}
						}
					}
					slices.Sort(got)
					slices.Sort(want)
					if !slices.Equal(got, want) {
						t.Fatalf("seed %d, %v not %v: %d commits, want %d", seed, include, exclude, len(got), len(want))
					}
				}
			}
		})
	}
}

// TestRangeBringsWhatNoParentHas compares the texts of random ranges with what
// the model of the history says.
func TestRangeBringsWhatNoParentHas(t *testing.T) {
	for seed := range uint64(6) {
		g := newGraph(t, seed, 80, func(i int) int64 { return 1_600_000_000 + int64(i)*600 })
		s := g.open()
		random := rand.New(rand.NewPCG(seed, 3))
		for range 25 {
			include, exclude := pick(random, 80, 1+random.IntN(2)), pick(random, 80, random.IntN(3))
			inside := g.between(include, exclude)
			brought, old := map[string]bool{}, map[string]bool{} // "path: text", text
			touched := map[string]bool{}
			for i := range inside {
				for path, text := range g.files[i] {
					taken := false
					for _, p := range g.parents[i] {
						taken = taken || g.files[p][path] == text
					}
					if !taken {
						brought[path+": "+text] = true
						touched[path] = true
					}
				}
				for _, p := range g.parents[i] {
					for path := range g.files[p] {
						everywhere := true
						for _, q := range g.parents[i] {
							_, ok := g.files[q][path]
							everywhere = everywhere && ok
						}
						if _, still := g.files[i][path]; !still && everywhere {
							touched[path] = true
						}
					}
				}
			}
			source := s.RangeOf(RangeSpec{Include: g.idsOf(include), Exclude: g.idsOf(exclude)})
			got, coverage := texts(t, source)
			if !coverage.Complete || coverage.Commits != int64(len(inside)) {
				t.Fatalf("%d commits, want %d: %v", coverage.Commits, len(inside), coverage.Skipped)
			}
			outside := g.reach(append(slices.Clone(include), exclude...)...)
			for _, line := range got {
				if known, ok := strings.CutPrefix(line, "known "); ok {
					path, text, _ := strings.Cut(known, ": ")
					before := false
					for i := range outside {
						before = before || !inside[i] && g.files[i][path] == text
					}
					if !before || !touched[path] {
						t.Fatalf("seed %d: %s is known, but was not there before or not changed", seed, known)
					}
					old[text] = true
				} else if !brought[line] {
					t.Fatalf("seed %d: %s is not new", seed, line)
				}
			}
			g.checkPlaces(t, source, inside, got)
			for line := range brought {
				_, text, _ := strings.Cut(line, ": ")
				if !slices.Contains(got, line) && !old[text] {
					t.Fatalf("seed %d, %v not %v: %s is missing", seed, include, exclude, line)
				}
			}
			for _, e := range exclude {
				for path, text := range g.files[e] {
					if touched[path] && !slices.Contains(got, "known "+path+": "+text) {
						t.Fatalf("seed %d: %s of the base is not known", seed, path)
					}
				}
			}
		}
	}
}

// checkPlaces compares where each text was brought in and taken out, and which
// heads have it, with what the model of the history says.
func (g *graph) checkPlaces(t *testing.T, source *Range, inside map[int]bool, yielded []string) {
	t.Helper()
	var items []string
	matched := map[scanner.ObjectID][]int32{}
	for _, line := range yielded {
		_, text, _ := strings.Cut(strings.TrimPrefix(line, "known "), ": ")
		if !slices.Contains(items, text) {
			n := source.compared.blobs.numbers[g.blobID(text)]
			matched[source.compared.blobs.all[n]] = []int32{int32(len(items))}
			items = append(items, text)
		}
	}
	places, whole := source.Places(matched, len(items))
	if !whole {
		t.Fatal("not all places are listed")
	}
	for item, list := range places {
		text := items[item]
		for _, p := range list {
			has := func(i int) bool { return g.files[i][p.Path] == text }
			var introduced, removed []string
			for i := range inside {
				everywhere, anywhere := len(g.parents[i]) > 0, false
				for _, parent := range g.parents[i] {
					everywhere, anywhere = everywhere && has(parent), anywhere || has(parent)
				}
				switch {
				case has(i) && !anywhere:
					introduced = append(introduced, g.ids[i].String())
				case !has(i) && everywhere:
					removed = append(removed, g.ids[i].String())
				}
			}
			var heads []string
			for _, id := range source.Head() {
				if has(slices.Index(g.ids, id)) {
					heads = append(heads, id.String())
				}
			}
			for what, lists := range map[string][2][]string{
				"introduced": {namesOf(p.Introduced), introduced}, "removed": {namesOf(p.Removed), removed}, "heads": {p.Refs, heads},
			} {
				slices.Sort(lists[0])
				slices.Sort(lists[1])
				if !slices.Equal(lists[0], lists[1]) {
					t.Fatalf("%s: %s: %s %v, want %v", p.Path, text, what, lists[0], lists[1])
				}
			}
		}
	}
}

func namesOf(commits []scanner.Commit) (names []string) {
	for _, c := range commits {
		names = append(names, c.Commit)
	}
	return names
}

// blobID is the name of a text's blob, which fast-import ends with a line break
// only if it was told to.
func (g *graph) blobID(text string) scanner.ObjectID {
	if g.blobs == nil {
		g.blobs = map[string]scanner.ObjectID{}
	}
	if g.blobs[text] == "" {
		hash := plumbing.ComputeHash(plumbing.BlobObject, []byte(text))
		g.blobs[text] = scanner.ObjectID(hash[:])
	}
	return g.blobs[text]
}
