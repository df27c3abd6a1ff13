package report

import (
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestWhatTakesAKeyOutOfAPushFitsWhereItIs(t *testing.T) {
	commit := func(name string, tip, root bool) scanner.Commit {
		return scanner.Commit{Commit: object(name), Tip: tip, Root: root}
	}
	a := short(object("a"))
	for _, c := range []struct {
		name   string
		merges bool
		at     scanner.Occurrence
		want   string
	}{
		{"a file of the last commit", true, scanner.Occurrence{Path: "f", Introduced: []scanner.Commit{commit("a", true, false)}}, "git commit --amend"},
		{"a file of an older commit", false, scanner.Occurrence{Path: "f", Introduced: []scanner.Commit{commit("a", false, false)}}, "git rebase -i " + a + "~1"},
		{"a file of two commits", true, scanner.Occurrence{Path: "f", Introduced: []scanner.Commit{commit("a", false, false), commit("b", true, false)}}, "git rebase -i --rebase-merges " + a + "~1"},
		{"a file of the first commit", false, scanner.Occurrence{Path: "f", Introduced: []scanner.Commit{commit("a", false, true)}}, "git rebase -i --root"},
		{"a message", false, scanner.Occurrence{Commit: object("a"), Introduced: []scanner.Commit{commit("a", true, false)}}, "git commit --amend"},
		{"an author", false, scanner.Occurrence{Commit: object("a"), Part: scanner.PartHeaders, Introduced: []scanner.Commit{commit("a", true, false)}}, "git commit --amend --reset-author"},
		{"a tag", false, scanner.Occurrence{Commit: object("a"), Tag: "v1"}, "git tag --force --annotate v1 'v1^{}'"},
		{"a tagger", false, scanner.Occurrence{Commit: object("a"), Tag: "v2", Part: scanner.PartHeaders}, "git tag --force --annotate v2 'v2^{}'"},
		{"the name of a tag", false, scanner.Occurrence{Commit: object("a"), Tag: "v1", Part: scanner.PartRef}, "git tag NEW " + a},
		{"the name of a branch", false, scanner.Occurrence{Commit: object("a"), Part: scanner.PartRef}, "git branch --move NEW"},
		{"the first note", false, scanner.Occurrence{Path: object("n"), Introduced: []scanner.Commit{commit("a", true, true)}}, "git update-ref -d refs/notes/commits"},
		{"a note in folders", false, scanner.Occurrence{Path: object("n")[:2] + "/" + object("n")[2:], Introduced: []scanner.Commit{commit("a", true, false)}}, "git update-ref refs/notes/commits " + a + "~1"},
		{"a tree without a commit", false, scanner.Occurrence{Path: "f"}, "git commit --amend"},
	} {
		r := &scanner.Report{Scope: scanner.Scope{Merges: c.merges}}
		if got, note := takeOut(r, &scanner.Key{Occurrences: []scanner.Occurrence{c.at}}); got != c.want || note == "" {
			t.Errorf("%s: %s (%s), want %s", c.name, got, note, c.want)
		}
	}
}
