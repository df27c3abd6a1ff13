package trace_test

import (
	"testing"

	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

func TestAPresenceSaysWhichSetsOfCommitsReachIt(t *testing.T) {
	s := build(history{
		"c1": {files: files{"x": "x"}},
		"c2": {parents: "c1", files: files{"s.py": "k1"}},
		"c3": {parents: "c2", files: files{"x": "x"}},
		"c4": {parents: "c3", files: files{"t.py": "k1"}},
		"c5": {parents: "c1", files: files{"u.py": "k1"}},
	})
	elsewhere := scanner.ObjectID("01234567890123456789")
	out := ask(t, s, func(in *trace.Input) {
		in.Tips = s.tips("HEAD=c4")
		in.Marks = [][]scanner.ObjectID{{s.commits["c3"], elsewhere}, {s.commits["c4"], s.commits["c5"]}, {"short"}}
		in.Order = []scanner.ObjectID{elsewhere, s.commits["c1"], s.commits["c3"], s.commits["c2"], s.commits["c5"]}
	})
	want := map[string]uint32{"s.py": 0b11, "t.py": 0b10, "u.py": 0b10}
	for _, p := range out.Presences[1] {
		if p.Marks != want[p.Path] {
			t.Errorf("%s has the marks %b, want %b", p.Path, p.Marks, want[p.Path])
		}
		delete(want, p.Path)
	}
	if len(want) > 0 {
		t.Errorf("no presences: %v", want)
	}
	for name, first := range map[string]int{"c1": 1, "c2": 2, "c3": 2, "c4": -1, "c5": 4} {
		if got := out.First(s.commits[name]); got != first {
			t.Errorf("the first that reaches %s is %d, want %d", name, got, first)
		}
	}
	if out.Marked(elsewhere) != 0 || out.Marked("x") != 0 || out.First(elsewhere) != -1 {
		t.Error("a commit that is not here is in some history")
	}
}
