package policy

import (
	"slices"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestAnAcceptedKeyStaysAccepted(t *testing.T) {
	at := func(path string, refs ...string) scanner.Occurrence {
		o := placed(path, scanner.Critical, scanner.StatusHistory)
		if o.Refs = refs; len(refs) > 0 {
			o.Status = scanner.StatusLive
		}
		o.Blob, o.Introduced = "b-"+path, []scanner.Commit{{Commit: "c"}}
		o.Versions = []scanner.Version{{Blob: o.Blob}}
		return o
	}
	never := scanner.Occurrence{Blob: "lost", Severity: scanner.Critical, Status: scanner.StatusUnreachable}
	message := scanner.Occurrence{Commit: "c", Severity: scanner.High, Status: scanner.StatusHistory}
	for name, c := range map[string]struct {
		places              []scanner.Occurrence
		entries             []Entry
		bare, strict        bool
		open, accepted, own int // keys in each list
		stretches           []string
	}{
		"at a tip, and in older versions under another name": {places: []scanner.Occurrence{allowed(at("a.py", "HEAD")), at("a.py")}, accepted: 1, stretches: []string{"b-a.py"}},
		"in another file":            {places: []scanner.Occurrence{allowed(at("a.py", "HEAD")), at("b.py")}, open: 1},
		"open at another tip":        {places: []scanner.Occurrence{allowed(at("a.py", "HEAD")), at("a.py", "refs/heads/x"), at("a.py")}, open: 1},
		"in a message":               {places: []scanner.Occurrence{allowed(at("a.py", "HEAD")), message}, open: 1},
		"left behind by git add":     {places: []scanner.Occurrence{allowed(at("a.py", "HEAD")), never}, accepted: 1, stretches: []string{"lost"}},
		"the same in a bare one":     {places: []scanner.Occurrence{allowed(at("a.py", "HEAD")), never}, bare: true, accepted: 1, stretches: []string{"lost"}},
		"by an entry with a path":    {places: []scanner.Occurrence{at("a.py", "HEAD"), never}, entries: []Entry{{Fingerprint: fp1, Path: "a.py", Reason: "r"}}, accepted: 1, stretches: []string{"lost"}},
		"open where it is committed": {places: []scanner.Occurrence{at("a.py", "HEAD"), never}, open: 1, own: 1},
		"never committed at all":     {places: []scanner.Occurrence{never}, own: 1},
		"in a bare repository":       {places: []scanner.Occurrence{never}, bare: true, open: 1},
		"strict":                     {places: []scanner.Occurrence{never}, strict: true, open: 1},
	} {
		d := Review{Policy: &Policy{Accept: c.entries}, Now: today, Clone: !c.bare, Strict: c.strict}
		out := d.Apply(&scanner.Report{FailOn: scanner.High, Keys: []scanner.Key{openKey(fp1, c.places...)}})
		if len(out.Keys) != c.open || len(out.Accepted) != c.accepted || len(out.NeverCommitted) != c.own {
			t.Errorf("%s: %d open, %d accepted, %d never committed", name, len(out.Keys), len(out.Accepted), len(out.NeverCommitted))
			continue
		}
		if c.accepted == 1 && !slices.Equal(out.Accepted[0].Accepted.Stretches, c.stretches) {
			t.Errorf("%s: stretches to %q", name, out.Accepted[0].Accepted.Stretches)
		}
		if (out.Verdict == scanner.KeysFound) != (c.open > 0) {
			t.Errorf("%s: %s", name, out.Verdict)
		}
	}
}
