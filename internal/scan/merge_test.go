package scan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// What a change brings is seen from two sides. A key is as bad as it is from either.
func TestAKeyThatIsOpenFromOneSideIsOpen(t *testing.T) {
	accepted := &scanner.Acceptance{}
	place := func(path string, severity scanner.Severity, a *scanner.Acceptance) scanner.Occurrence {
		return scanner.Occurrence{Path: path, Severity: severity, Accepted: a}
	}
	key := func(places ...scanner.Occurrence) []scanner.Key {
		k := scanner.Key{Fingerprint: "f", Occurrences: places}
		k.Summarize()
		return []scanner.Key{k}
	}
	for name, c := range map[string]struct {
		r    scanner.Report
		open []scanner.Key
		want string // severity, and the places in order
	}{
		"new":                      {scanner.Report{}, key(place("a", scanner.High, nil)), "high: a high"},
		"known":                    {scanner.Report{Known: key(place("a", scanner.High, nil))}, key(place("a", scanner.High, nil)), "high: a high"},
		"accepted":                 {scanner.Report{Accepted: key(place("a", scanner.High, accepted))}, key(place("a", scanner.High, nil)), "high: a high"},
		"another place":            {scanner.Report{Keys: key(place("tests/a", scanner.Medium, nil))}, key(place("a", scanner.High, nil)), "high: tests/a medium, a high"},
		"the same place":           {scanner.Report{Keys: key(place("a", scanner.High, nil))}, key(place("a", scanner.High, nil)), "high: a high"},
		"the place is worse":       {scanner.Report{Keys: key(place("a", scanner.Medium, nil))}, key(place("a", scanner.High, nil)), "high: a high"},
		"the place is better":      {scanner.Report{Keys: key(place("a", scanner.High, nil))}, key(place("a", scanner.Medium, nil)), "high: a high"},
		"the place is accepted":    {scanner.Report{Keys: key(place("b", scanner.Low, nil), place("a", scanner.High, accepted))}, key(place("a", scanner.Medium, nil)), "medium: b low, a medium"},
		"accepted there, not here": {scanner.Report{Keys: key(place("a", scanner.Medium, nil))}, key(place("b", scanner.Low, nil), place("a", scanner.High, accepted)), "medium: a medium, b low"},
	} {
		r := c.r
		r.FailOn = scanner.Low
		addOpen(&r, c.open)
		if len(r.Keys) != 1 || len(r.Known)+len(r.Accepted) > 0 || r.Verdict != scanner.KeysFound {
			t.Errorf("%s: %d open, %d known, %d accepted: %s", name, len(r.Keys), len(r.Known), len(r.Accepted), r.Verdict)
			continue
		}
		var places []string
		for _, o := range r.Keys[0].Occurrences {
			places = append(places, fmt.Sprint(o.Path, " ", o.Severity))
		}
		if got := fmt.Sprint(r.Keys[0].Severity, ": ", strings.Join(places, ", ")); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// What is accepted in the index will be accepted in the merge; what is accepted in the
// merged side alone is listed.
func TestAKeyThatIsAcceptedWhereItIsStagedIsAccepted(t *testing.T) {
	key := func(f scanner.Fingerprint) scanner.Key { return scanner.Key{Fingerprint: f, Severity: scanner.High} }
	r := join(&scanner.Report{FailOn: scanner.High, Accepted: []scanner.Key{key("a")}},
		&scanner.Report{Keys: []scanner.Key{key("a")}, Accepted: []scanner.Key{key("a"), key("b")}})
	var got []scanner.Fingerprint
	for _, k := range r.Accepted {
		got = append(got, k.Fingerprint)
	}
	if r.Verdict != scanner.Clean || !slices.Equal(got, []scanner.Fingerprint{"a", "b"}) {
		t.Errorf("%s, and accepted is %q", r.Verdict, got)
	}
}
