package fleet

import (
	"testing"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

func TestARecordHasTheWorstPlaceAndTheFirstCommit(t *testing.T) {
	commit := func(id string, day int) scanner.Commit {
		return scanner.Commit{Commit: id, Date: time.Date(2024, 1, day, 0, 0, 0, 0, time.UTC)}
	}
	k := scanner.Key{Severity: scanner.High, Occurrences: []scanner.Occurrence{
		{Path: "demo/settings.py", Line: 3, Severity: scanner.Low, Refs: []string{"HEAD", "refs/heads/main"}, Introduced: []scanner.Commit{commit("b", 5)}},
		{Path: "shop/settings.py", Line: 7, Severity: scanner.High, Refs: []string{"refs/heads/main", "FETCH_HEAD"}, Introduced: []scanner.Commit{commit("c", 2), commit("a", 2)}},
		{Path: "shop/other.py", Line: 9, Severity: scanner.High},
	}}
	got := keyOf(&k)
	if got.Path != "shop/settings.py" || got.Line != 7 || got.Places != 3 || got.Refs != 2 || got.Since != "2024-01-02" || got.Commit != "a" {
		t.Errorf("%+v", got)
	}
	if got := keyOf(&scanner.Key{}); got.Path != "" || got.Since != "" {
		t.Errorf("of a key without places: %+v", got)
	}
}
