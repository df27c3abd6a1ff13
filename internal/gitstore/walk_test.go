package gitstore

import (
	"strconv"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// Two commits that are each other's parents have no order. They are examined all
// the same, and the range is not called whole.
func TestCommitsAmongTheirOwnAncestorsAreNotLeftOut(t *testing.T) {
	ids := []scanner.ObjectID{"a", "b", "c"}
	parents := map[scanner.ObjectID][]scanner.ObjectID{"a": {"b"}, "b": {"c"}, "c": {"b"}}
	w := &walk{nodes: map[scanner.ObjectID]*node{}}
	var found []*node
	for _, id := range ids {
		n := &node{id: id, commit: &Commit{Parents: parents[id]}}
		w.nodes[id] = n
		found = append(found, n)
	}
	if out := w.order(found); len(out) != 3 || out[0].id != "a" {
		t.Errorf("%d commits, want all three", len(out))
	}
	if len(w.missing) != 2 {
		t.Errorf("%d commits are said to be damaged, want b and c", len(w.missing))
	}
}

// Old commits are read only where a clock could hide that one of the new ones is old.
func TestNoOldCommitsAreReadWhereAllNewOnesLeadToTheBase(t *testing.T) {
	r := newRepo(t)
	var commits []testkit.Commit
	for n := range 30 {
		commits = append(commits, testkit.Commit{Message: "c", Files: map[string]string{"f": strconv.Itoa(n)}})
	}
	r.input(testkit.History("main", "", commits...), "fast-import", "--quiet")
	side := testkit.Commit{Message: "side", Files: map[string]string{"s": "s"}}
	r.input(testkit.History("side", "refs/heads/main~3", side), "fast-import", "--quiet")
	for _, c := range []struct {
		base, head string
		commits    int
		all        bool // only the new commits and their parents are read
	}{
		{"main~1", "main", 1, true},
		{"main~4", "main", 4, true},
		{"main", "side", 1, false}, // the base could be a child of the head
		{"side", "main", 3, false},
	} {
		w := &walk{r: r.open()}
		found := w.commits([]scanner.ObjectID{r.id(c.head)}, []scanner.ObjectID{r.id(c.base)})
		if len(found) != c.commits || (len(w.nodes) == c.commits+1) != c.all {
			t.Errorf("%s..%s: %d commits, %d read", c.base, c.head, len(found), len(w.nodes))
		}
	}
}
