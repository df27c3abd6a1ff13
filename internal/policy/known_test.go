package policy

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// allowed is a place that a comment accepts.
func allowed(o scanner.Occurrence) scanner.Occurrence {
	o.Accepted = &scanner.Acceptance{By: scanner.ByComment, Reason: "r"}
	return o
}

func TestAKeyIsKnownOnlyWhereItFailedBefore(t *testing.T) {
	config := Policy{
		File: ".djleaks.toml", Exclude: []string{"vendor/**"}, Severity: []PathSeverity{{"demo/**", scanner.Note}},
		Accept: []Entry{{Fingerprint: fp1, Reason: "r", Path: "shown/**"}},
	}
	at := func(path string, s scanner.Severity) scanner.Occurrence { return placed(path, s, scanner.StatusStaged) }
	for name, c := range map[string]struct {
		old, now scanner.Occurrence
		open     bool
		reason   string
	}{
		"a move within one level":      {at("a/settings.py", scanner.Critical), at("b/settings.py", scanner.Critical), false, ""},
		"a move to where it is less":   {at("settings.py", scanner.Critical), at("tests/a.py", scanner.Medium), false, ""},
		"an edit beside it":            {at("settings.py", scanner.Critical), at("settings.py", scanner.Critical), false, ""},
		"a move below --fail-on":       {at("tests/a.py", scanner.Medium), at("tests/b.py", scanner.Medium), false, ""},
		"a move to where it is more":   {at("tests/a.py", scanner.Medium), at("mysite/settings.py", scanner.Critical), true, "moved from tests/a.py (medium) to mysite/settings.py"},
		"from one that fails, to more": {at(".env", scanner.High), at("settings.py", scanner.Critical), true, "moved from .env (high) to settings.py"},
		"more in the same file":        {at("settings.py", scanner.Medium), at("settings.py", scanner.Critical), true, "it was medium in this file before"},
		"out of an excluded folder":    {at("vendor/a.py", scanner.Critical), at("app/a.py", scanner.Critical), true, "moved from vendor/a.py (left out by .djleaks.toml) to app/a.py"},
		"out of a [severity] folder":   {at("demo/a.py", scanner.Critical), at("app/a.py", scanner.Critical), true, "moved from demo/a.py (note) to app/a.py"},
		"from an accepted path":        {at("shown/a.py", scanner.Critical), at("app/a.py", scanner.Critical), true, "moved from shown/a.py (accepted by .djleaks.toml) to app/a.py"},
		"without its comment":          {allowed(at("a.py", scanner.Critical)), at("a.py", scanner.Critical), true, "it was accepted by a comment in this file before"},
	} {
		r := &scanner.Report{FailOn: scanner.High, Keys: []scanner.Key{openKey(fp1, c.now)}, Known: []scanner.Key{openKey(fp1, c.old)}}
		out := (&Review{Policy: &config, Now: today}).Apply(r)
		if len(out.Keys)+len(out.Known) != 1 || (len(out.Keys) == 1) != c.open {
			t.Errorf("%s: %d open, %d known", name, len(out.Keys), len(out.Known))
			continue
		}
		if c.open && (len(out.Keys[0].Reasons) == 0 || out.Keys[0].Reasons[0] != c.reason) {
			t.Errorf("%s: reasons %q, want %q", name, out.Keys[0].Reasons, c.reason)
		}
		if len(r.Known) != 1 || len(r.Keys) != 1 || r.Keys[0].Reasons != nil {
			t.Errorf("%s: Apply changed its input", name)
		}
		strict := (&Review{Policy: &config, Now: today, Strict: true}).Apply(r)
		if len(strict.Keys) != 1 || len(strict.Known) != 0 {
			t.Errorf("%s, strict: %d open, %d known", name, len(strict.Keys), len(strict.Known))
		}
	}
}

func TestAKeyThatIsCopiedToWhereItCostsMore(t *testing.T) {
	test, prod := placed("tests/a.py", scanner.Medium, scanner.StatusStaged), placed("settings.py", scanner.Critical, scanner.StatusStaged)
	r := &scanner.Report{FailOn: scanner.High, Keys: []scanner.Key{openKey(fp1, prod, test)}, Known: []scanner.Key{openKey(fp1, test)}}
	out := (&Review{Policy: &Policy{}, Now: today}).Apply(r)
	if len(out.Keys) != 1 || out.Keys[0].Reasons[0] != "copied from tests/a.py (medium) to settings.py" {
		t.Errorf("%+v", out.Keys)
	}
}

func TestAKeyThatTheChangeTakesOutIsKnown(t *testing.T) {
	r := &scanner.Report{FailOn: scanner.High, Known: []scanner.Key{openKey(fp1, placed("a.py", scanner.Critical, scanner.StatusLive))}}
	for _, strict := range []bool{false, true} {
		out := (&Review{Policy: &Policy{}, Now: today, Strict: strict}).Apply(r)
		if len(out.Keys) != 0 || len(out.Known) != 1 || out.Verdict != scanner.Clean {
			t.Errorf("strict %v: %+v", strict, out)
		}
		if k := out.Known[0]; k.Severity != scanner.Critical || k.Status != scanner.StatusLive || len(k.Occurrences) != 1 {
			t.Errorf("strict %v: half filled: %+v", strict, k)
		}
	}
}

func TestAnAcceptedPlaceDoesNotCountBesideAnOpenOne(t *testing.T) {
	r := newReport(openKey(fp1, allowed(placed("settings.py", scanner.Critical, scanner.StatusLive)), placed("tests/a.py", scanner.Medium, scanner.StatusLive)))
	out := (&Review{Policy: &Policy{}, Now: today}).Apply(r)
	if len(out.Keys) != 1 || out.Keys[0].Severity != scanner.Medium || !strings.Contains(strings.Join(out.Keys[0].Reasons, "\n"), "1 other place is accepted") {
		t.Fatalf("%+v", out.Keys)
	}
	r.Keys[0].Occurrences[1] = allowed(r.Keys[0].Occurrences[1])
	if out = (&Review{Policy: &Policy{}, Now: today}).Apply(r); len(out.Accepted) != 1 || out.Accepted[0].Severity != scanner.Critical {
		t.Errorf("%+v", out.Accepted)
	}
}
