package trace_test

import (
	"fmt"
	"math/rand"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

// randomHistory makes a history of n commits that moves a few keys and a lot
// of other files around in a few folders.
func randomHistory(r *rand.Rand, n int) history {
	h := history{}
	dirs := []string{"", "a/", "a/b/", "a/b/c/", "d/", "d/e/", "f/a/", "g/", "g/h/i/j/"}
	for i := range n {
		name := fmt.Sprintf("c%d", i+1)
		c := commit{files: files{}, date: int64(r.Intn(3 * n))}
		var parents []string
		for range []int{0, 1, 1, 1, 1, 2, 2, 3}[r.Intn(8)] {
			if i == 0 {
				break
			}
			p := fmt.Sprintf("c%d", 1+max(0, i-1-r.Intn(6)))
			if !slices.Contains(parents, p) {
				parents = append(parents, p)
			}
		}
		for _, p := range parents {
			for path, text := range h[p].files {
				if r.Intn(10) > 0 || len(parents) == 1 {
					c.files[path] = text
				}
			}
		}
		for range r.Intn(4) {
			dir := dirs[r.Intn(len(dirs))]
			path := dir + "f" + string(rune('0'+r.Intn(8)))
			switch r.Intn(8) {
			case 0:
				delete(c.files, path)
			case 1:
				c.files[path] = fmt.Sprintf("k%d", r.Intn(4))
			case 2:
				c.files[path] = fmt.Sprintf("k%d k%d %d", r.Intn(4), r.Intn(4), r.Intn(3))
			case 3:
				for p := range c.files {
					if strings.HasPrefix(p, dir) && dir != "" {
						delete(c.files, p)
					}
				}
			case 5: // many folders at once
				for i := range r.Intn(12) {
					p := fmt.Sprintf("%sn%d/f", dir, r.Intn(12))
					if c.files[p] == "" {
						c.files[p] = fmt.Sprint("text ", i)
					} else {
						delete(c.files, p)
					}
				}
				c.files[fmt.Sprintf("%sn%d/k", dir, r.Intn(12))] = fmt.Sprintf("k%d", r.Intn(4))
			case 4: // the folder moves
				to := dirs[1+r.Intn(len(dirs)-1)]
				for p, text := range c.files {
					if rest, ok := strings.CutPrefix(p, dir); ok && dir != "" && to != dir && !strings.HasPrefix(to, dir) {
						delete(c.files, p)
						c.files[to+rest] = text
					}
				}
			default:
				c.files[path] = fmt.Sprint("text ", r.Intn(20))
			}
		}
		if len(c.files) == 0 {
			c.files["f0"] = "text"
		}
		c.parents = strings.Join(parents, " ")
		h[name] = c
	}
	return h
}

// naive answers for one item from the files of every commit.
func naive(h history, tips map[string]string, item int32) string {
	holds := func(commit, path string) bool {
		return slices.Contains(itemsOf(h[commit].files[path]), item)
	}
	reached := map[string]bool{}
	for _, tip := range tips {
		for queue := []string{tip}; len(queue) > 0; queue = queue[1:] {
			if !reached[queue[0]] {
				reached[queue[0]] = true
				queue = append(queue, strings.Fields(h[queue[0]].parents)...)
			}
		}
	}
	paths := map[string]bool{}
	for _, c := range h {
		for path := range c.files {
			paths[path] = true
		}
	}
	var out []string
	for path := range paths {
		var in, gone, refs []string
		reachable := false
		for name, c := range h {
			parents := strings.Fields(c.parents)
			held := 0
			for _, p := range parents {
				if holds(p, path) {
					held++
				}
			}
			switch here := holds(name, path); {
			case here && held == 0:
				in = append(in, name)
			case !here && held == len(parents) && held > 0:
				gone = append(gone, name)
			}
			reachable = reachable || reached[name] && holds(name, path)
		}
		if in == nil {
			continue
		}
		for ref, tip := range tips {
			if holds(tip, path) {
				refs = append(refs, ref)
			}
		}
		sort.Strings(refs)
		sort.Strings(in)
		sort.Strings(gone)
		line := path + " +" + strings.Join(in, ",") + " -" + strings.Join(gone, ",")
		if refs != nil {
			line += " @" + strings.Join(refs, ",")
		}
		if !reachable {
			line += " unreachable"
		}
		out = append(out, line)
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

// missing is the number of objects that are named and not held.
func missing(out *trace.Result) int64 {
	return out.Missing.Blobs.Count + out.Missing.Trees.Count + out.Missing.Commits.Count
}

func TestRunAgreesWithTheNaiveAnswer(t *testing.T) {
	for seed := range int64(150) {
		r := rand.New(rand.NewSource(seed))
		h := randomHistory(r, 2+r.Intn(60))
		s := build(h)
		if seed%5 > 0 {
			s.deltas(r)
		}
		s.jobs = 1 + int(seed%3)
		tips := map[string]string{}
		for i := range r.Intn(4) {
			tips[fmt.Sprintf("refs/heads/b%d", i)] = fmt.Sprintf("c%d", 1+r.Intn(len(h)))
		}
		out := ask(t, s, func(in *trace.Input) {
			for ref, name := range tips {
				in.Tips = append(in.Tips, trace.Tip{Ref: ref, Object: s.commits[name]})
			}
		})
		if missing(out) != 0 || out.Broken.Count != 0 || out.Truncated {
			t.Fatalf("seed %d: %+v", seed, out.Missing)
		}
		for item := range int32(4) {
			for _, p := range out.Presences[item] {
				for i := range p.Introduced[1:] {
					if p.Introduced[i].Date.After(p.Introduced[i+1].Date) {
						t.Errorf("seed %d: %s: introductions are not by date", seed, p.Path)
					}
				}
				s.checkBlobs(t, h, p.Path, item, p.Blobs)
			}
			want := naive(h, tips, item)
			if got := s.sortedLines(out.Presences[item]); got != want {
				t.Fatalf("seed %d, item %d:\n%s\nwant\n%s", seed, item, got, want)
			}
		}
	}
}

// sortedLines is lines with each list by name.
func (s *store) sortedLines(places []scanner.Presence) string {
	var out []string
	for _, p := range places {
		byName := func(a, b scanner.Commit) int { return strings.Compare(s.names[a.Commit], s.names[b.Commit]) }
		p.Introduced, p.Removed = slices.Clone(p.Introduced), slices.Clone(p.Removed)
		slices.SortFunc(p.Introduced, byName)
		slices.SortFunc(p.Removed, byName)
		out = append(out, s.lines([]scanner.Presence{p}))
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

// checkBlobs compares the versions of a presence with those of all commits.
func (s *store) checkBlobs(t *testing.T, h history, path string, item int32, blobs []scanner.ObjectID) {
	t.Helper()
	want := map[string]bool{}
	for _, c := range h {
		if text := c.files[path]; slices.Contains(itemsOf(text), item) {
			want[text] = true
		}
	}
	for _, id := range blobs {
		if text := string(s.texts[s.numbers[id]]); !want[text] {
			t.Errorf("%s: version %q is wrong or given twice", path, text)
		} else {
			delete(want, text)
		}
	}
	if len(want) > 0 {
		t.Errorf("%s: versions %v are not given", path, want)
	}
}
