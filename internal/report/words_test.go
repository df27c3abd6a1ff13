package report

import (
	"testing"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// A rebase keeps the date of an author: what removes a key can be older than what
// brings it.
func TestAKeyIsHistoryNoSoonerThanItWasIntroduced(t *testing.T) {
	on := func(day int) []scanner.Commit {
		return []scanner.Commit{{Date: time.Date(2024, 5, day, 12, 0, 0, 0, time.UTC)}}
	}
	for _, c := range []struct {
		introduced, removed []scanner.Commit
		want                string
	}{
		{on(3), on(8), "only in history since 2024-05-08"},
		{on(8), on(3), "only in history since 2024-05-08"},
		{on(8), nil, "only in history"},
	} {
		k := scanner.Key{Status: scanner.StatusHistory, Occurrences: []scanner.Occurrence{{Introduced: c.introduced, Removed: c.removed}}}
		if got := keyStatus(&k); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
