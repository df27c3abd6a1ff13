package gitstore

import (
	"testing"

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
