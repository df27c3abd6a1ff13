package policy

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestNobodyAcceptsTheirOwnKey(t *testing.T) {
	prod := placed("settings.py", scanner.Critical, scanner.StatusStaged)
	test := placed("tests/a.py", scanner.Medium, scanner.StatusStaged)
	moved := placed("base.py", scanner.Critical, scanner.StatusStaged)
	mine := []Source{{scanner.ByConfig, []Entry{{Fingerprint: fp1, Reason: "mine"}}}}
	for name, c := range map[string]struct {
		now, old   []scanner.Occurrence
		change     []Source
		base       []Entry
		open       bool
		onlyChange string
	}{
		"a comment of the change":            {now: []scanner.Occurrence{allowed(prod)}, open: true, onlyChange: "comment: r"},
		"a comment of the base":              {now: []scanner.Occurrence{allowed(prod)}, old: []scanner.Occurrence{allowed(prod)}},
		"that moves with its key":            {now: []scanner.Occurrence{allowed(moved)}, old: []scanner.Occurrence{allowed(prod)}},
		"that is copied to where it is more": {now: []scanner.Occurrence{allowed(prod)}, old: []scanner.Occurrence{allowed(test)}, open: true, onlyChange: "comment: r"},
		"added to a key of the base":         {now: []scanner.Occurrence{allowed(prod)}, old: []scanner.Occurrence{prod}}, // known
		"the configuration of the change":    {now: []scanner.Occurrence{prod}, change: mine, open: true, onlyChange: "config: mine"},
		"of the base":                        {now: []scanner.Occurrence{prod}, base: []Entry{{Fingerprint: fp1, Reason: "theirs"}}},
		"one place only":                     {now: []scanner.Occurrence{allowed(prod), moved}, open: true},
		"nothing":                            {now: []scanner.Occurrence{prod}, open: true},
	} {
		r := &scanner.Report{FailOn: scanner.High, Keys: []scanner.Key{openKey(fp1, c.now...)}}
		if c.old != nil {
			r.Known = []scanner.Key{openKey(fp1, c.old...)}
		}
		out := (&Review{Policy: &Policy{Accept: c.base}, Now: today, FromBase: true, Change: c.change}).Apply(r)
		if (len(out.Keys) == 1) != c.open {
			t.Errorf("%s: %d open, %d accepted, %d known", name, len(out.Keys), len(out.Accepted), len(out.Known))
			continue
		}
		if !c.open {
			continue
		}
		k := out.Keys[0]
		told := ""
		if k.AcceptedByChange != nil {
			told = string(k.AcceptedByChange.By) + ": " + k.AcceptedByChange.Reason
		}
		if told != c.onlyChange || (told != "") != strings.Contains(strings.Join(k.Reasons, "\n"), "accepted only by this change") {
			t.Errorf("%s: waits for %q, want %q; %q", name, told, c.onlyChange, k.Reasons)
		}
	}
}
