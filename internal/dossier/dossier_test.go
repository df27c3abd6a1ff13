package dossier

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// day is noon on a day of 2024.
func day(n int) time.Time { return time.Date(2024, 1, n, 12, 0, 0, 0, time.UTC) }

// commits makes "c3 c5" commits of the days 3 and 5.
func commits(names string) []scanner.Commit {
	var out []scanner.Commit
	for name := range strings.FieldsSeq(names) {
		n := 0
		fmt.Sscanf(name, "c%d", &n)
		out = append(out, scanner.Commit{Commit: name, Author: "Ada", Date: day(n)})
	}
	return out
}

// at is a place of a key: introduced, removed, refs.
func at(path, name, introduced, removed, refs string) scanner.Occurrence {
	return scanner.Occurrence{
		Path: path, Name: name, Form: "python-assign", Rule: "django-secret-key", Severity: scanner.Critical,
		Introduced: commits(introduced), Removed: commits(removed), Refs: strings.Fields(refs), Status: statusOf(refs),
	}
}

func statusOf(refs string) scanner.Status {
	if refs != "" {
		return scanner.StatusLive
	}
	return scanner.StatusHistory
}

func key(fp scanner.Fingerprint, places ...scanner.Occurrence) scanner.Key {
	k := scanner.Key{Fingerprint: fp, Class: scanner.ClassDjango, Occurrences: places}
	k.Summarize()
	return k
}

func complete(f Facts, keys ...scanner.Key) []scanner.Key {
	r := &scanner.Report{Keys: keys}
	if f.Now.IsZero() {
		f.Now = day(31)
	}
	Complete(r, &f)
	return r.Keys
}

func TestEveryKeyHasADecisionAndItsReasons(t *testing.T) {
	head := at("settings.py", "SECRET_KEY", "c1", "", "HEAD refs/heads/main refs/remotes/origin/main")
	localHead := at("settings.py", "SECRET_KEY", "c1", "", "HEAD refs/heads/main")
	history := at("settings.py", "SECRET_KEY", "c1", "c2", "")
	history.Pushed = true
	fallback := at("settings.py", "SECRET_KEY_FALLBACKS", "c2", "", "HEAD refs/remotes/origin/main")
	standard := head
	standard.Form = "python-env-default"
	test := head
	test.Path, test.Severity = "tests/settings.py", scanner.Low
	weak := head
	weak.Severity = scanner.Medium
	live := func(use Use) Live { return Live{map[scanner.Fingerprint]Use{"k": use}, true} }
	others := Live{map[scanner.Fingerprint]Use{"other": {}}, true}
	rotated := &scanner.Acceptance{By: scanner.ByConfig, Reason: "gone", Rotated: "2024-01-20"}

	for _, c := range []struct {
		name     string
		places   []scanner.Occurrence
		facts    Facts
		accepted *scanner.Acceptance
		want     string
	}{
		{"at HEAD and pushed", []scanner.Occurrence{head}, Facts{}, nil, "rotate-now live-unknown pushed at-head"},
		{"at HEAD, and it runs", []scanner.Occurrence{head}, Facts{Live: live(Use{Where: []string{"SECRET_KEY"}})}, nil, "rotate-now live pushed at-head"},
		{"at HEAD, and others run", []scanner.Occurrence{head}, Facts{Live: others}, nil, "already-rotated not-live pushed at-head"},
		{"at HEAD of a bare repository", []scanner.Occurrence{localHead}, Facts{PushUnknown: "bare"}, nil, "rotate live-unknown pushed-unknown at-head"},
		{"at HEAD, never pushed", []scanner.Occurrence{localHead}, Facts{}, nil, "clean-up-locally live-unknown not-pushed at-head"},
		{"never pushed, and it runs", []scanner.Occurrence{localHead}, Facts{Live: live(Use{})}, nil, "rotate live not-pushed at-head"},
		{"a default at HEAD", []scanner.Occurrence{standard}, Facts{}, nil, "rotate live-unknown pushed default-at-head"},
		{"only in history", []scanner.Occurrence{history}, Facts{}, nil, "rotate live-unknown pushed in-history"},
		{"only in history, and it runs", []scanner.Occurrence{history}, Facts{Live: live(Use{})}, nil, "rotate-now live pushed in-history"},
		{"moved to a file that is not committed", []scanner.Occurrence{history}, Facts{Live: Live{Keys: map[scanner.Fingerprint]Use{"k": {Local: true}}}}, nil, "rotate-now in-worktree pushed in-history"},
		{"a fallback at HEAD", []scanner.Occurrence{history, fallback}, Facts{}, nil, "revoke-fallback live-unknown pushed in-fallbacks"},
		{"a fallback at HEAD that runs as one", []scanner.Occurrence{history, fallback}, Facts{Live: live(Use{Fallback: true})}, nil, "revoke-fallback live-fallback pushed in-fallbacks"},
		{"a fallback that HEAD signs with as well", []scanner.Occurrence{head, fallback}, Facts{}, nil, "rotate-now live-unknown pushed at-head in-fallbacks"},
		{"a fallback at HEAD while others run", []scanner.Occurrence{fallback}, Facts{Live: others}, nil, "revoke-fallback not-live pushed in-fallbacks"},
		{"a test", []scanner.Occurrence{test}, Facts{}, nil, " live-unknown pushed at-head"},
		{"a test's key that runs", []scanner.Occurrence{test}, Facts{Live: live(Use{})}, nil, "rotate-now live pushed at-head"},
		{"a guessable key at HEAD", []scanner.Occurrence{weak}, Facts{}, nil, "rotate live-unknown pushed at-head"},
		{"rotated", []scanner.Occurrence{head}, Facts{}, rotated, "already-rotated rotated live-unknown pushed at-head"},
		{"accepted", []scanner.Occurrence{head}, Facts{}, &scanner.Acceptance{Reason: "a test site"}, "accepted accepted live-unknown pushed at-head"},
	} {
		k := key("k", slices.Clone(c.places)...)
		k.Accepted = c.accepted
		got := complete(c.facts, k)[0]
		words := string(got.Decision)
		for _, reason := range got.Because {
			words += " " + string(reason)
		}
		if words != c.want {
			t.Errorf("%s: %q, want %q", c.name, words, c.want)
		}
	}
}

// blob is a place whose file is of one version.
func blob(name string, o scanner.Occurrence) scanner.Occurrence {
	o.Blob = name
	o.Versions = []scanner.Version{{Blob: name, Line: 1, Column: 1}}
	return o
}

func TestTheTimelineTellsMovesCopiesAndReplacements(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []scanner.Key
		want string // of the first key
	}{
		{"moved, then removed", []scanner.Key{key("k", at("a", "SECRET_KEY", "c1", "c2", ""), at("b", "SECRET_KEY", "c2", "c3", ""))},
			"c1 introduced a; c2 moved b from a; c3 removed b"},
		{"copied", []scanner.Key{key("k", at("a", "SECRET_KEY", "c1", "", "HEAD"), at("b", "SECRET_KEY", "c2", "", "HEAD"))},
			"c1 introduced a; c2 copied b from a"},
		{"two at once", []scanner.Key{key("k", at("a", "SECRET_KEY", "c1", "", "HEAD"), at("b", "SECRET_KEY", "c1", "", "HEAD"))},
			"c1 introduced a; c1 introduced b"},
		{"taken away and brought again", []scanner.Key{key("k", at("a", "SECRET_KEY", "c1 c3", "c2", "HEAD"))},
			"c1 introduced a; c2 removed a; c3 introduced a"},
		{"replaced, and kept as a fallback", []scanner.Key{
			key("k", at("a", "SECRET_KEY", "c1", "c2", ""), at("a", "SECRET_KEY_FALLBACKS", "c2", "", "HEAD")),
			key("new", at("a", "SECRET_KEY", "c2", "", "HEAD")),
		}, "c1 introduced a; c2 fallback a; c2 replaced a by new"},
		{"replaced under another name is removed", []scanner.Key{
			key("k", at("a", "SECRET_KEY", "c1", "c2", "")), key("new", at("a", "JWT_KEY", "c2", "", "HEAD")),
		}, "c1 introduced a; c2 removed a"},
		{"several files move at once", []scanner.Key{key("k",
			blob("1", at("a/settings.py", "SECRET_KEY", "c1", "c2", "")), blob("2", at("b/settings.py", "SECRET_KEY", "c1", "c2", "")),
			blob("3", at("b/local.py", "SECRET_KEY", "c1", "c2", "")), blob("4", at("c.env", "SECRET_KEY", "c1", "c2", "")),
			blob("4", at("src/a.env", "SECRET_KEY", "c2", "", "HEAD")), blob("5", at("src/b/local.py", "SECRET_KEY", "c2", "", "HEAD")),
			blob("6", at("src/b/settings.py", "SECRET_KEY", "c2", "", "HEAD")), blob("7", at("src/e/settings.py", "SECRET_KEY", "c2", "", "HEAD")))},
			"c1 introduced a/settings.py; c1 introduced b/local.py; c1 introduced b/settings.py; c1 introduced c.env; " +
				"c2 moved src/a.env from c.env; c2 moved src/b/local.py from b/local.py; c2 moved src/b/settings.py from b/settings.py; c2 moved src/e/settings.py from a/settings.py"},
		{"one moves, the others go", []scanner.Key{key("k",
			at("a.py", "SECRET_KEY", "c1", "c2", ""), at("b.py", "SECRET_KEY", "c1", "c2", ""), at("x/b.py", "SECRET_KEY", "c2", "", "HEAD"))},
			"c1 introduced a.py; c1 introduced b.py; c2 moved x/b.py from b.py; c2 removed a.py"},
		{"a copy of the same content", []scanner.Key{key("k",
			blob("1", at("a.py", "SECRET_KEY", "c1", "", "HEAD")), blob("2", at("b.py", "SECRET_KEY", "c1", "", "HEAD")),
			blob("2", at("x.py", "SECRET_KEY", "c2", "", "HEAD")), blob("2", at("y.py", "SECRET_KEY", "c2", "", "HEAD")))},
			"c1 introduced a.py; c1 introduced b.py; c2 copied x.py from b.py; c2 copied y.py from b.py"},
		{"a setting of one file is renamed", []scanner.Key{key("k", at("a", "JWT_KEY", "c1", "c2", ""), at("a", "SECRET_KEY", "c2", "", "HEAD"))},
			"c1 introduced a; c2 renamed a"},
		{"renamed here, moved there", []scanner.Key{key("k", at("a", "KEY", "c1", "c2", ""), at("b", "KEY", "c1", "c2", ""), at("a", "SECRET_KEY", "c2", "", "HEAD"), at("d", "SECRET_KEY", "c2", "", "HEAD"))},
			"c1 introduced a; c1 introduced b; c2 renamed a; c2 moved d from b"},
	} {
		keys := complete(Facts{}, c.keys...)
		first := keys[slices.IndexFunc(keys, func(k scanner.Key) bool { return k.Fingerprint == "k" })]
		var parts []string
		for _, x := range first.Timeline {
			part := x.Commit.Commit + " " + string(x.Kind) + " " + x.Path
			if x.From != "" {
				part += " from " + x.From
			}
			if x.By != "" {
				part += " by " + string(x.By)
			}
			parts = append(parts, part)
		}
		if got := strings.Join(parts, "; "); got != c.want {
			t.Errorf("%s:\n %s, want\n %s", c.name, got, c.want)
		}
	}
}

func TestLineageGoesBothWays(t *testing.T) {
	a, b, c := key("a", at("s", "SECRET_KEY", "c1", "c2", "")), key("b", at("s", "SECRET_KEY", "c2", "c3", "")), key("c", at("s", "SECRET_KEY", "c3", "", "HEAD"))
	a.Related = []scanner.Relation{{Fingerprint: "y", How: scanner.DiffersInBase64}, {Fingerprint: "z", How: scanner.DiffersInPrefix}}
	for _, k := range complete(Facts{}, a, b, c) {
		want := map[scanner.Fingerprint][2]scanner.Fingerprint{"a": {"", "b"}, "b": {"a", "c"}, "c": {"b", ""}}[k.Fingerprint]
		if k.Lineage.Replaces != want[0] || k.Lineage.ReplacedBy != want[1] {
			t.Errorf("%s replaces %q and is replaced by %q, want %v", k.Fingerprint, k.Lineage.Replaces, k.Lineage.ReplacedBy, want)
		}
		if k.Fingerprint == "a" && !slices.Equal(k.Lineage.SameSymbols, []scanner.Fingerprint{"z"}) {
			t.Errorf("same symbols: %v", k.Lineage.SameSymbols)
		}
	}
}

func TestTheExposureBeginsWhenOthersCouldHaveTheKey(t *testing.T) {
	times := func(all map[string]time.Time) func(string) (time.Time, bool) {
		return func(c string) (time.Time, bool) { at, ok := all[c]; return at, ok }
	}
	sent := at("s", "SECRET_KEY", "c3", "", "refs/remotes/origin/main")
	sent.Pushed = true
	kept := at("t", "SECRET_KEY", "c1", "", "HEAD")
	for _, c := range []struct {
		name     string
		places   []scanner.Occurrence
		facts    Facts
		rotated  string
		want     string
		unpushed bool
	}{
		{"by the author's date", []scanner.Occurrence{sent}, Facts{}, "", "2024-01-03 author-date 2024-01-31 now 27", false},
		{"by the committer's date", []scanner.Occurrence{sent}, Facts{Committed: times(map[string]time.Time{"c3": day(5)})}, "", "2024-01-05 committer-date 2024-01-31 now 25", false},
		{"by the push", []scanner.Occurrence{sent}, Facts{Committed: times(map[string]time.Time{"c3": day(5)}), FirstPush: times(map[string]time.Time{"c3": day(9)})}, "", "2024-01-09 push 2024-01-31 now 21", false},
		{"only what was pushed counts", []scanner.Occurrence{kept, sent}, Facts{}, "", "2024-01-03 author-date 2024-01-31 now 27", false},
		{"until it was rotated", []scanner.Occurrence{sent}, Facts{}, "2024-01-20", "2024-01-03 author-date 2024-01-20 rotated 16", false},
		{"nobody has it", []scanner.Occurrence{kept}, Facts{}, "", "", true},
		{"a rotation before the leak", []scanner.Occurrence{sent}, Facts{}, "2023-01-01", "2024-01-03 author-date 2024-01-03 rotated 0", false},
	} {
		k := key("k", c.places...)
		if c.rotated != "" {
			k.Accepted = &scanner.Acceptance{Rotated: c.rotated}
		}
		got := ""
		if e := complete(c.facts, k)[0].Exposure; e != nil {
			got = fmt.Sprintf("%s %s %s %s %d", e.First.Format(time.DateOnly), e.FirstSource, e.Last.Format(time.DateOnly), e.LastSource, e.Days)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAShallowCloneSaysThatTheKeyMayBeOlder(t *testing.T) {
	for cut, want := range map[string]string{"c1": "shallow", "c2": "author-date"} {
		k := complete(Facts{Cut: func(commit string) bool { return commit == cut }}, key("k", at("a", "SECRET_KEY", "c1", "", "refs/remotes/origin/main")))[0]
		if k.Exposure == nil || k.Exposure.FirstSource != want {
			t.Errorf("cut at %s: %+v", cut, k.Exposure)
		}
	}
}

func TestRefsAreCountedByKindAndOnce(t *testing.T) {
	refs := "HEAD refs/heads/a refs/heads/b refs/remotes/origin/a refs/tags/v1 refs/pull/1/head refs/pull/2/head refs/merge-requests/3/head refs/stash refs/stash@{1} refs/notes/x"
	k := complete(Facts{}, key("k", at("s", "SECRET_KEY", "c1", "", refs), at("t", "SECRET_KEY", "c1", "", refs)))[0]
	want := scanner.Held{Head: true, Branches: 2, Remotes: 1, Tags: 1, PullRequests: 3, Stashes: 2, Others: 1}
	if k.Held != want {
		t.Errorf("%+v, want %+v", k.Held, want)
	}
}

func TestTheExposureOfOneSecretBeginsWithItsFirstKey(t *testing.T) {
	sent := func(fp scanner.Fingerprint, commit string) scanner.Key {
		o := at("s", "SECRET_KEY", commit, "", "HEAD refs/remotes/origin/main")
		o.Pushed = true
		return key(fp, o)
	}
	old, marked, other := sent("old", "c1"), sent("marked", "c2"), sent("other", "c3")
	old.Related = []scanner.Relation{{Fingerprint: "marked", How: scanner.DiffersInPrefix}}
	marked.Related = []scanner.Relation{{Fingerprint: "old", How: scanner.DiffersInPrefix}}
	dates := map[string]time.Time{"c1": day(1), "c2": day(11), "c3": day(21)}
	facts := Facts{Now: day(31), Committed: func(c string) (time.Time, bool) { at, ok := dates[c]; return at, ok }}
	want := map[scanner.Fingerprint]struct {
		days int
		key  scanner.Fingerprint
	}{"old": {29, ""}, "marked": {29, "old"}, "other": {9, ""}}
	for _, k := range complete(facts, old, marked, other) {
		if k.Exposure == nil || k.Exposure.Days != want[k.Fingerprint].days || k.Exposure.Key != want[k.Fingerprint].key {
			t.Errorf("%s: %+v", k.Fingerprint, k.Exposure)
		}
	}
}

// A branch that was deleted on a server leaves its commits in a clone, without a log.
func TestACommitThatNoLogHasMayHaveBeenFetched(t *testing.T) {
	one := commits("c1")
	for _, c := range []struct {
		at   scanner.Occurrence
		want string
	}{
		{scanner.Occurrence{Status: scanner.StatusUnreachable, Introduced: one}, "unknown"},
		{scanner.Occurrence{Status: scanner.StatusUnreachable, Introduced: one, Reflog: true}, "false"},
		{scanner.Occurrence{Status: scanner.StatusUnreachable, Blob: "b"}, "false"}, // never committed
		{scanner.Occurrence{Status: scanner.StatusHistory, Introduced: one}, "false"},
		{scanner.Occurrence{Status: scanner.StatusUnreachable, Introduced: one, Pushed: true}, "true"},
	} {
		got := "unknown"
		if p := pushed(&scanner.Key{Occurrences: []scanner.Occurrence{c.at}}, &Facts{}); p != nil {
			got = strconv.FormatBool(*p)
		}
		if got != c.want {
			t.Errorf("%+v: pushed %s, want %s", c.at, got, c.want)
		}
	}
}
