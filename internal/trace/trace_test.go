package trace_test

import (
	"slices"
	"testing"

	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

type files = map[string]string

// cases are histories, the refs in them, and the presences of item 1.
var cases = []struct {
	name string
	h    history
	tips string
	want string
}{
	{"a key that is there from the first commit on", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "k1", "x": "x"}},
	}, "refs/heads/main=c2", "s.py +c1 - @refs/heads/main"},

	{"a key that is removed", history{
		"c1": {files: files{"a/b/s.py": "k1"}},
		"c2": {parents: "c1", files: files{"a/b/s.py": "none"}},
	}, "refs/heads/main=c2", "a/b/s.py +c1 -c2"},

	{"a key that is edited around", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "k1 more"}},
		"c3": {parents: "c2", files: files{"s.py": "k1 even more"}},
	}, "HEAD=c3", "s.py +c1 - @HEAD"},

	{"a key that is replaced by another", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "k2"}},
	}, "HEAD=c2", "s.py +c1 -c2"},

	{"a key that moves", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"conf/s.py": "k1"}},
	}, "HEAD=c2", "conf/s.py +c2 - @HEAD\ns.py +c1 -c2"},

	{"a key that is removed and brought back", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "x"}},
		"c3": {parents: "c2", files: files{"s.py": "k1"}},
		"c4": {parents: "c3", files: files{}},
	}, "HEAD=c4", "s.py +c1,c3 -c2,c4"},

	{"a merge that keeps what one side brought", history{
		"c1": {files: files{"x": "x"}},
		"c2": {parents: "c1", files: files{"x": "x", "s.py": "k1"}},
		"c3": {parents: "c1", files: files{"x": "y"}},
		"c4": {parents: "c3 c2", files: files{"x": "y", "s.py": "k1"}},
	}, "HEAD=c4", "s.py +c2 - @HEAD"},

	{"a merge that takes over a removal", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "x"}},
		"c3": {parents: "c1", files: files{"s.py": "k1", "y": "y"}},
		"c4": {parents: "c3 c2", files: files{"s.py": "x", "y": "y"}},
	}, "HEAD=c4", "s.py +c1 -c2"},

	{"a merge that brings a key of its own", history{
		"c1": {files: files{"s.py": "x"}},
		"c2": {parents: "c1", files: files{"s.py": "y"}},
		"c3": {parents: "c1", files: files{"s.py": "z"}},
		"c4": {parents: "c2 c3", files: files{"s.py": "k1"}},
	}, "HEAD=c4", "s.py +c4 - @HEAD"},

	{"a merge that removes what both sides have", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "k1 y"}},
		"c3": {parents: "c1", files: files{"s.py": "k1 z"}},
		"c4": {parents: "c2 c3", files: files{"s.py": "x"}},
	}, "HEAD=c4", "s.py +c1 -c4"},

	{"an octopus", history{
		"c1": {files: files{"x": "x"}},
		"c2": {parents: "c1", files: files{"x": "x", "a": "k1"}},
		"c3": {parents: "c1", files: files{"x": "x", "b": "k1"}},
		"c4": {parents: "c1", files: files{"x": "x", "c": "c"}},
		"c5": {parents: "c4 c2 c3", files: files{"x": "x", "a": "k1", "b": "k1", "c": "c", "d": "k1"}},
	}, "HEAD=c5", "a +c2 - @HEAD\nb +c3 - @HEAD\nd +c5 - @HEAD"},

	{"a criss-cross", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "x"}},
		"c3": {parents: "c1", files: files{"s.py": "k1", "y": "y"}},
		"c4": {parents: "c2 c3", files: files{"s.py": "x", "y": "y"}},
		"c5": {parents: "c3 c2", files: files{"s.py": "k1", "y": "y"}},
		"c6": {parents: "c4 c5", files: files{"s.py": "x", "y": "z"}},
	}, "HEAD=c6", "s.py +c1 -c2"},

	{"two roots with the same key", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {files: files{"s.py": "k1", "y": "y"}},
		"c3": {parents: "c1 c2", files: files{"s.py": "k1", "y": "y"}},
	}, "HEAD=c3", "s.py +c1,c2 - @HEAD"},

	{"the same root tree again", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{}},
		"c3": {parents: "c2", files: files{"s.py": "k1"}},
	}, "HEAD=c3", "s.py +c1,c3 -c2 @HEAD"},

	{"the same tree at two paths", history{
		"c1": {files: files{"a/conf/s.py": "k1", "b/conf/s.py": "k1"}},
		"c2": {parents: "c1", files: files{"b/conf/s.py": "k1"}},
	}, "HEAD=c2", "a/conf/s.py +c1 -c2\nb/conf/s.py +c1 - @HEAD"},

	{"a file that becomes a folder", history{
		"c1": {files: files{"s": "k1"}},
		"c2": {parents: "c1", files: files{"s/s": "k1"}},
	}, "HEAD=c2", "s +c1 -c2\ns/s +c2 - @HEAD"},

	{"submodules, links and empty trees", history{
		"c1": {files: files{"lib": "module", "s": "link k1", "e/": ""}},
		"c2": {parents: "c1", files: files{"lib": "module", "e/": ""}},
	}, "HEAD=c2", "s +c1 -c2"},

	{"a key that only an unreachable commit holds", history{
		"c1": {files: files{"x": "x"}},
		"c2": {parents: "c1", files: files{"s.py": "k1"}},
	}, "HEAD=c1", "s.py +c2 - unreachable"},

	{"a key on a branch and a tag", history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "x"}},
		"c3": {parents: "c1", files: files{"s.py": "k1 y"}},
	}, "refs/tags/v1=c1 refs/heads/main=c2 refs/heads/dev=c3", "s.py +c1 -c2 @refs/heads/dev,refs/tags/v1"},

	{"dates that are not in the order of the history", history{
		"c1": {files: files{"s.py": "k1"}, date: 50},
		"c2": {parents: "c1", files: files{}, date: 10},
		"c3": {parents: "c2", files: files{"s.py": "k1"}, date: 20},
	}, "HEAD=c3", "s.py +c3,c1 -c2 @HEAD"},
}

func TestAPresenceHasItsIntroductionsRemovalsAndRefs(t *testing.T) {
	for _, c := range cases {
		s := build(c.h)
		out := ask(t, s, func(in *trace.Input) { in.Tips = s.tips(c.tips) })
		if got := s.lines(out.Presences[1]); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
		if missing(out) != 0 || out.Broken.Count != 0 || len(out.Unplaced) != 0 || out.Commits != int64(len(c.h)) {
			t.Errorf("%s: %+v", c.name, out)
		}
	}
}

func TestTheVersionAtATipComesFirst(t *testing.T) {
	s := build(history{
		"c1": {files: files{"s.py": "k1 one"}},
		"c2": {parents: "c1", files: files{"s.py": "k1 two"}},
		"c3": {parents: "c2", files: files{"s.py": "k1 three"}},
		"c4": {parents: "c3", files: files{"s.py": "none"}},
	})
	for tips, want := range map[string][]string{
		"HEAD=c4": {"k1 three", "k1 two", "k1 one"},
		"refs/heads/b=c2 HEAD=c1 refs/heads/a=c3": {"k1 one", "k1 three", "k1 two"},
		"refs/heads/b=c2 refs/heads/c=c3":         {"k1 two", "k1 three", "k1 one"},
	} {
		out := ask(t, s, func(in *trace.Input) { in.Tips = s.tips(tips) })
		var got []string
		for _, id := range out.Presences[1][0].Blobs {
			got = append(got, string(s.texts[s.numbers[id]]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", tips, got, want)
		}
	}
}

func TestACutHistoryIsAtOrBefore(t *testing.T) {
	h := history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "k1", "y": "y"}},
		"c3": {parents: "c2", files: files{"y": "y"}},
	}
	s := build(h)
	s.hidden[s.commits["c1"]] = true
	tips := func(in *trace.Input) { in.Tips = s.tips("HEAD=c3") }
	out := ask(t, s, tips)
	if got := s.lines(out.Presences[1]); got != "s.py +≤c2 -c3" {
		t.Error(got)
	}
	if out.Missing.Commits.Count != 1 || out.Missing.Commits.First[0] != s.commits["c1"] {
		t.Errorf("missing: %+v", out.Missing)
	}
	out = ask(t, s, func(in *trace.Input) {
		tips(in)
		in.Shallow = map[scanner.ObjectID]bool{s.commits["c2"]: true}
	})
	if got := s.lines(out.Presences[1]); got != "s.py +≤c2 -c3" || missing(out) != 0 {
		t.Error("shallow:", got, out.Missing)
	}
}

func TestAMergeWithAMissingParentIsAtOrBefore(t *testing.T) {
	s := build(history{
		"c1": {files: files{"x": "x", "old": "k2"}},
		"c2": {parents: "c1", files: files{"x": "x", "s.py": "k1", "old": "k2"}},
		"c3": {parents: "c1 c2", files: files{"x": "x", "s.py": "k1"}},
	})
	s.hidden[s.commits["c2"]] = true
	out := ask(t, s, nil)
	if got := s.lines(out.Presences[1]); got != "s.py +≤c3 - unreachable" {
		t.Error(got)
	}
	if got := s.lines(out.Presences[2]); got != "old +c1 -≤c3 unreachable" {
		t.Error(got)
	}
}

func TestWhateverIsMissingIsCounted(t *testing.T) {
	for _, matched := range []bool{true, false} {
		s := build(history{
			"c1": {files: files{"a/x": "1", "a/y": "2", "b/z": "3", "m": "module", "l": "link far"}},
			"c2": {parents: "c1", files: files{"a/x": "1", "a/y": "4", "b/z": "3", "b/s.py": "k1"}},
		})
		if !matched {
			s.matched = nil
		}
		gone := []scanner.ObjectID{s.add('b', []byte("2")), s.add('b', []byte("link far")), s.tree(files{"z": "3"})}
		for _, id := range gone {
			s.hidden[id] = true
		}
		ghost := scanner.ObjectID("01234567890123456789")
		out := ask(t, s, func(in *trace.Input) {
			in.Tips = append(s.tips("HEAD=c2"), trace.Tip{Ref: "refs/heads/ghost", Object: ghost})
		})
		blobs := []scanner.ObjectID{gone[0], gone[1]}
		slices.Sort(blobs)
		if out.Missing.Blobs.Count != 2 || !slices.Equal(out.Missing.Blobs.First, blobs) {
			t.Errorf("blobs: %+v", out.Missing.Blobs)
		}
		if out.Missing.Trees.Count != 1 || out.Missing.Trees.First[0] != gone[2] {
			t.Errorf("trees: %+v", out.Missing.Trees)
		}
		if out.Missing.Commits.Count != 1 || out.Missing.Commits.First[0] != ghost {
			t.Errorf("commits: %+v", out.Missing.Commits)
		}
	}
}

func TestACommitWhoseTreeIsMissingIsNeitherARemovalNorTheEnd(t *testing.T) {
	s := build(history{
		"c1": {files: files{"s.py": "k1"}},
		"c2": {parents: "c1", files: files{"s.py": "k1", "y": "y"}},
		"c3": {parents: "c2", files: files{"s.py": "k1", "y": "z"}},
	})
	s.hidden[s.tree(files{"s.py": "k1", "y": "y"})] = true
	out := ask(t, s, func(in *trace.Input) { in.Tips = s.tips("HEAD=c3") })
	if got := s.lines(out.Presences[1]); got != "s.py +c1,≤c3 - @HEAD" {
		t.Error(got)
	}
}

func TestABlobOutsideOfAllCommitsHasItsTreePath(t *testing.T) {
	s := build(history{"c1": {files: files{"s.py": "k1"}}})
	s.tree(files{"conf/local.py": "k2", "s.py": "k1"})
	lost := s.blob("k3")
	out := ask(t, s, nil)
	if got := s.lines(out.Presences[2]); got != "conf/local.py + - unreachable" {
		t.Error(got)
	}
	if got := s.lines(out.Presences[1]); got != "s.py +c1 - unreachable" {
		t.Error(got)
	}
	if !slices.Equal(out.Unplaced, []scanner.ObjectID{lost}) {
		t.Error(out.Unplaced)
	}
}

func TestATipMayBeATree(t *testing.T) {
	s := build(history{"c1": {files: files{"x": "x"}}})
	tree := s.tree(files{"d/s.py": "k1"})
	out := ask(t, s, func(in *trace.Input) { in.Tips = []trace.Tip{{Ref: "refs/tags/t", Object: tree}} })
	if got := s.lines(out.Presences[1]); got != "d/s.py + - @refs/tags/t" || len(out.Unplaced) != 0 {
		t.Error(got, out.Unplaced)
	}
}
