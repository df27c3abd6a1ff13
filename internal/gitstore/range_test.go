package gitstore

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
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
	expect(t, s, "a.py: a2", "a.py: a3", "dir/n.py: n1", "known a.py: a1", "known b.py: b1", "moved.py: b1")
}

func TestRangeYieldsABlobWithTheNamesThatAreChosen(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "0")
	r.git("tag", "base")
	r.commit("two", "a.txt", "1", "dir/key", "1", "b.txt", "2", "dir/a.txt", "1")
	r.commit("three", "k2", "1")
	s, err := r.open().Range("base", "HEAD")
	must(t, err)
	s.Named = func(blobs int) func(string) bool {
		if blobs != 2 {
			t.Errorf("%d blobs", blobs)
		}
		return func(name string) bool { return name != "b.txt" }
	}
	names := map[string]string{}
	_, err = s.Chunks(t.Context(), func(c *scanner.Chunk) error {
		if c.Kind == scanner.File {
			slices.Sort(c.Names)
			names[string(c.Text)] = strings.Join(c.Names, " ")
		}
		return nil
	})
	must(t, err)
	if names["1"] != "a.txt k2 key" || names["2"] != "" {
		t.Errorf("%q", names)
	}
}

// messages is what a source yields besides files.
func messages(t *testing.T, s scanner.Source) []string {
	t.Helper()
	var out []string
	_, err := s.Chunks(t.Context(), func(c *scanner.Chunk) error {
		switch c.Kind {
		case scanner.CommitMessage:
			out = append(out, "commit "+c.ID.String()[:4]+" "+c.Commits[0].Author+": "+string(c.Text))
		case scanner.TagMessage:
			out = append(out, "tag "+c.ID.String()[:4]+": "+string(c.Text))
		}
		return nil
	})
	must(t, err)
	slices.Sort(out)
	return out
}

func TestRangeYieldsMessagesOfCommitsAndTags(t *testing.T) {
	r := newRepo(t)
	base := r.commit("one", "f", "1")
	two := r.commit("two\n\nwith a body", "f", "2")
	r.git("tag", "-a", "-m", "tag text", "v1")
	tag := r.id("v1")
	got := messages(t, r.open().RangeOf(RangeSpec{Include: []scanner.ObjectID{tag}, Exclude: []scanner.ObjectID{base}}))
	want := []string{"commit " + two.String()[:4] + " Ada Example: two\n\nwith a body\n", "tag " + tag.String()[:4] + ": tag text\n"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRangeOfATagWithoutACommitIsWhatItNames(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1", "dir/g", "2")
	r.git("tag", "-a", "-m", "m", "blob", "HEAD:f")
	r.git("tag", "tree", "HEAD^{tree}")
	expect(t, r.open().RangeOf(RangeSpec{Include: []scanner.ObjectID{r.id("blob")}}), ": 1")
	expect(t, r.open().RangeOf(RangeSpec{Include: []scanner.ObjectID{r.id("tree")}}), "dir/g: 2", "f: 1")
	// What a tag names is new even if the commits have it from before.
	expect(t, r.open().RangeOf(RangeSpec{Include: []scanner.ObjectID{r.id("tree"), r.id("HEAD")}, Exclude: []scanner.ObjectID{r.id("HEAD")}}), "dir/g: 2", "f: 1")
}

func TestRangeSaysWhichCommitBroughtAFileAndWhichTookIt(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	r.git("tag", "base")
	brought := r.commit("two", "f", "key", "g", "key")
	r.commit("three", "f", "key\nmore")
	taken := r.commit("four", "f", "clean")
	s, err := r.open().Range("base", "HEAD")
	must(t, err)
	holds := map[scanner.ObjectID][]int32{}
	coverage, err := s.Chunks(t.Context(), func(c *scanner.Chunk) error {
		if c.Kind == scanner.File && strings.Contains(string(c.Text), "key") {
			holds[c.ID] = []int32{0}
		}
		return nil
	})
	must(t, err)
	if coverage.Commits != 3 || coverage.Blobs != 3 {
		t.Errorf("coverage: %+v", coverage)
	}
	all, whole := s.Places(holds, 1)
	places := all[0]
	if !whole || len(places) != 2 || places[0].Path != "f" || places[1].Path != "g" {
		t.Fatalf("places: %+v", places)
	}
	f := places[0]
	if len(f.Introduced) != 1 || f.Introduced[0].Commit != brought.String() || len(f.Removed) != 1 || f.Removed[0].Commit != taken.String() || len(f.Blobs) != 2 {
		t.Errorf("f: %+v", f)
	}
	if g := places[1]; len(g.Removed) != 0 || len(g.Introduced) != 1 || g.Introduced[0].Author != "Ada Example" || len(g.Refs) != 1 {
		t.Errorf("g: %+v", g)
	}
}

func TestRangeSeesWhatOnlyAMergeBrings(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1", "g", "1")
	r.git("tag", "base")
	r.git("checkout", "-qb", "side")
	r.commit("side", "f", "side")
	r.git("checkout", "-q", "main")
	r.commit("main", "g", "main")
	r.git("merge", "-q", "--no-commit", "side")
	r.write("evil", "only in the merge")
	r.git("add", "-A")
	r.git("commit", "-qm", "merge")
	s, err := r.open().Range("base", "HEAD")
	must(t, err)
	expect(t, s, "evil: only in the merge", "f: side", "g: main", "known f: 1", "known g: 1")
}

func TestRangeThatChangesAndChangesBackBringsNothing(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1", "g", "1g")
	r.git("tag", "base")
	r.commit("away", "f", "2")
	r.commit("other", "g", "2g")
	r.commit("back", "f", "1")
	s, err := r.open().Range("base", "HEAD")
	must(t, err)
	expect(t, s, "f: 2", "g: 2g", "known f: 1", "known g: 1g")
}

func TestRangeNamesWhatIsNotHere(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	r.git("tag", "base")
	r.commit("two", "f", "2", "dir/g", "3")
	r.commit("three", "h", "4")
	for _, rev := range []string{"HEAD~1:dir", "HEAD:h"} {
		id := r.git("rev-parse", rev)
		must(t, os.Remove(filepath.Join(r.dir, ".git/objects", id[:2], id[2:])))
	}
	s, err := r.open().Range("base", "HEAD")
	must(t, err)
	got, coverage := texts(t, s)
	if !slices.Equal(got, []string{"f: 2", "known f: 1"}) || coverage.Complete || len(coverage.Skipped) != 2 {
		t.Errorf("%q, %+v", got, coverage)
	}
	// A commit in the middle is gone: its child is compared with the base.
	id := r.git("rev-parse", "HEAD~1")
	must(t, os.Remove(filepath.Join(r.dir, ".git/objects", id[:2], id[2:])))
	s, err = r.open().Range("base", "HEAD")
	must(t, err)
	if _, coverage = texts(t, s); coverage.Complete || coverage.Skipped[0].ID != id {
		t.Errorf("%+v", coverage)
	}
}

func TestRangeFromNothingIsTheWholeHistory(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	r.commit("two", "f", "2")
	for _, base := range []string{"", strings.Repeat("0", 40), strings.Repeat("0", 64)} {
		s, err := r.open().Range(base, "HEAD")
		must(t, err)
		expect(t, s, "f: 1", "f: 2")
	}
}
