package report

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// dossierCase is an audit with a key of each decision, and with all that a
// dossier can say.
func dossierCase() *scanner.Report {
	yes, no := true, false
	r := newReport(scanner.ScopeAudit)
	r.Scope.Remote = "git@github.com:example/shop.git"
	effects := []scanner.Effect{
		{Effect: scanner.EffectCode, Feature: "pickled signed-cookie sessions", Path: "shop/settings.py", Line: 31, Reason: "SESSION_SERIALIZER is PickleSerializer", Certain: true,
			Attack: "run code with one forged cookie", Rotation: "all sessions end: everybody is logged out", Fallbacks: scanner.Helps},
		{Effect: scanner.EffectIdentity, Feature: "Simple JWT tokens (djangorestframework-simplejwt)", Path: "shop/settings.py", Line: 12, Reason: "rest_framework_simplejwt is in INSTALLED_APPS",
			Attack: "make a token for any user from nothing but the user's number", Rotation: "all tokens die, refresh tokens too", Fallbacks: scanner.HelpsNot},
		{Effect: scanner.EffectData, Feature: "own encryption", Path: "bank/`crypto`|x.py", Line: 4, Reason: "encrypts with a key made from SECRET_KEY", Certain: true,
			Attack: "decrypt the columns of a database dump", Rotation: "every encrypted value becomes unreadable", Fallbacks: scanner.HelpsNot},
		{Effect: scanner.EffectLinks, Feature: "session auth hash", Reason: "Django 1.10 and newer compare it", Certain: true,
			Attack: "nothing by itself", Rotation: "everybody is logged out", Fallbacks: scanner.HelpUnknown},
	}
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	exposure := func(first time.Time, days int) *scanner.Exposure {
		return &scanner.Exposure{First: first, Last: now, Days: days, FirstSource: "push", LastSource: "now"}
	}
	start := commit("start", "2024-04-20T09:30:00Z", "Ada")
	moved := commit("moved", "2025-01-02T09:30:00+01:00", "Gr\x1b[31mace <x@example.org>")

	live := key(1, scanner.ClassDjangoInsecure, scanner.Critical, scanner.StatusLive)
	o := at(&live, "shop/settings/base.py", 6)
	o.Introduced, o.Pushed = []scanner.Commit{moved}, true
	o.Refs = []string{"HEAD", "refs/heads/feature", "refs/heads/main", "refs/remotes/origin/main", "refs/tags/v1"}
	for n := 1; n <= 40; n++ {
		o.Refs = append(o.Refs, fmt.Sprintf("refs/pull/%d/head", n))
	}
	slices.Sort(o.Refs)
	o = at(&live, "shop/settings.py", 23)
	o.Introduced, o.Removed, o.Status, o.Pushed = []scanner.Commit{start}, []scanner.Commit{moved}, scanner.StatusHistory, true
	live.Dossier = &scanner.Dossier{
		Decision: scanner.RotateNow, Because: []scanner.Reason{scanner.BecauseLive, scanner.BecausePushed, scanner.BecauseAtHead}, Pushed: &yes, Live: &yes,
		LiveIn: []string{"SECRET_KEY", "the variable DJANGO_SECRET_KEY"}, Exposure: exposure(start.Date, 741),
		Held: scanner.Held{Head: true, Branches: 2, Remotes: 1, Tags: 1, PullRequests: 40}, BlastRadius: effects,
		Timeline: []scanner.Change{
			{Kind: scanner.ChangeIntroduced, Commit: start, Path: "shop/settings.py"},
			{Kind: scanner.ChangeMoved, Commit: moved, Path: "shop/settings/base.py", From: "shop/settings.py"},
		},
	}

	old := key(2, scanner.ClassDjango, scanner.High, scanner.StatusLive)
	o = at(&old, "shop/settings/base.py", 7)
	o.Name, o.Rule, o.Refs, o.Introduced, o.Pushed = "SECRET_KEY_FALLBACKS", scanner.RuleLeakedFallback, []string{"HEAD", "refs/heads/main"}, []scanner.Commit{moved}, true
	old.Dossier = &scanner.Dossier{
		Decision: scanner.RevokeFallback, Because: []scanner.Reason{scanner.BecauseLiveUnknown, scanner.BecausePushed, scanner.BecauseFallback}, Pushed: &yes,
		Exposure: exposure(moved.Date, 483), Held: scanner.Held{Head: true, Branches: 1}, BlastRadius: effects[:1],
		Timeline: []scanner.Change{{Kind: scanner.ChangeFallback, Commit: moved, Path: "shop/settings/base.py"}},
		Lineage:  scanner.Lineage{ReplacedBy: live.Fingerprint, SameSymbols: []scanner.Fingerprint{"0123456789abcdef"}},
	}
	old.Related = []scanner.Relation{{Fingerprint: "0123456789abcdef", How: scanner.DiffersInPrefix}}

	local := key(3, scanner.ClassDjango, scanner.High, scanner.StatusUnreachable)
	o = at(&local, "shop/<b>`local`</b>.py", 1)
	o.Introduced, o.Reflog = []scanner.Commit{moved}, true
	local.Dossier = &scanner.Dossier{
		Decision: scanner.CleanUpLocally, Because: []scanner.Reason{scanner.BecauseLiveUnknown, scanner.BecauseNotPushed, scanner.BecauseUnreachable}, Pushed: &no, Live: &no,
		Held: scanner.Held{Reflog: true}, Timeline: []scanner.Change{{Kind: scanner.ChangeReplaced, Commit: moved, Path: "shop/<b>`local`</b>.py", By: live.Fingerprint}},
	}

	note := key(4, scanner.ClassPlaceholder, scanner.Note, scanner.StatusLive)
	at(&note, ".env.example", 2).Refs = []string{"HEAD"}
	note.Dossier = &scanner.Dossier{Because: []scanner.Reason{scanner.BecauseLiveUnknown, scanner.BecausePushedUnknown}, Held: scanner.Held{Head: true}}

	done := key(5, scanner.ClassDjango, scanner.High, scanner.StatusHistory)
	at(&done, "shop/settings.py", 23)
	done.Accepted = &scanner.Acceptance{By: scanner.ByConfig, Reason: "rotated", Rotated: "2026-01-02"}
	done.Dossier = &scanner.Dossier{Decision: scanner.AlreadyRotated, Because: []scanner.Reason{scanner.BecauseRotated}, Pushed: &yes,
		Exposure: &scanner.Exposure{First: start.Date, Last: now.AddDate(0, -4, 1), Days: 622, FirstSource: "author-date", LastSource: "rotated"}}

	r.Keys, r.Accepted = []scanner.Key{live, old, local, note}, []scanner.Key{done}
	r.Project = &scanner.Project{
		Django: "4.2.7", DjangoPath: "requirements.txt", DjangoLine: 3, Settings: []string{"shop/settings/base.py"},
		NotAffected: []scanner.Evidence{{Feature: "CSRF tokens", Path: "shop/settings/base.py", Line: 40, Reason: "they are random, not signed, since Django 1.4"}},
		NotSeen:     []scanner.Evidence{{Feature: "other services", Reason: "whether another service uses the same key"}},
		Window:      scanner.Window{Seconds: 90 * 86400, Setting: "SIMPLE_JWT REFRESH_TOKEN_LIFETIME", Path: "shop/settings/base.py", Line: 50},
	}
	r.Playbook = []scanner.Play{
		{Decision: scanner.RotateNow, Keys: []scanner.Fingerprint{live.Fingerprint}, Steps: []scanner.Step{
			{When: scanner.ThisHour, Do: "Set DJANGO_SECRET_KEY on Fly.io to a new key.", Run: "djleaks key new --env-safe | sed 's/^/DJANGO_SECRET_KEY=/' | fly secrets import", Path: "fly.toml", Line: 1},
			{When: scanner.ThisHour, Do: "Sign the sessions again.", Run: "import x\nif x:\n    print(\"```\")\n" + strings.Repeat("y\n", 20) + "z"},
			{When: scanner.Today, Do: "Look back."},
			{When: scanner.ThisWeek, Do: "Stop the next one.", Run: "djleaks hook install"},
		}},
		{Decision: scanner.CleanUpLocally, Keys: []scanner.Fingerprint{local.Fingerprint}, Steps: []scanner.Step{{When: scanner.ThisHour, Do: "Let Git forget.", Run: "git gc"}}},
	}
	return closed(r)
}

func TestTheAnswerComesFirst(t *testing.T) {
	for format, begins := range map[string]string{
		"text":     "1 key to rotate now: django-insecure-",
		"markdown": "## djleaks: 1 key to rotate now: django-insecure-",
	} {
		if out := render(t, format, dossierCase(), Options{Width: 200}); !strings.HasPrefix(out, begins) {
			t.Errorf("%s begins with %.80q", format, out)
		}
	}
	out := render(t, "html", dossierCase(), Options{})
	for _, want := range []string{"<title>shop 2026-05-01: 1 key to rotate now", "public for 741 days, in HEAD, 2 branches, 1 remote-tracking branch, 1 tag and 40 pull requests", "LIVE: in use as SECRET_KEY and the variable DJANGO_SECRET_KEY."} {
		if !strings.Contains(out, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Index(out, "What to do: rotate now") > strings.Index(out, `class="keys"`) {
		t.Error("the steps come after the keys")
	}
}

func TestAKeyOfATestIsToRotateOnlyIfInUse(t *testing.T) {
	for _, c := range []struct {
		severity scanner.Severity
		live     *bool
		want     string
	}{
		{scanner.High, nil, "1 key to rotate: "},
		{scanner.Medium, nil, "1 key to rotate if in use: "},
		{scanner.Medium, new(bool), "1 key to rotate: "},
	} {
		r := dossierCase()
		k := &r.Keys[0]
		k.Severity, k.Decision, k.Live, r.Keys = c.severity, scanner.Rotate, c.live, r.Keys[:1]
		if first, _ := answer(r); !strings.HasPrefix(first, c.want) {
			t.Errorf("%s: %q", c.severity, first)
		}
	}
}

func TestKeysThatTookEachOthersPlaceAreToldInOneSentence(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"0123456789abcdef", "fedcba9876543210", "It replaced the key 0123456789abcdef. It was replaced by the key fedcba9876543210."},
		{"0123456789abcdef", "0123456789abcdef", "In one change it replaced the key 0123456789abcdef; in another it was replaced by that key."},
	} {
		r := dossierCase()
		r.Keys[0].Lineage = scanner.Lineage{Replaces: scanner.Fingerprint(c.before), ReplacedBy: scanner.Fingerprint(c.after)}
		if out := strings.Join(strings.Fields(render(t, "text", r, Options{Width: 200})), " "); !strings.Contains(out, c.want) {
			t.Errorf("no %q", c.want)
		}
	}
}

func TestAShallowCloneGivesTheLeastTime(t *testing.T) {
	r := dossierCase()
	for i := range r.Keys {
		if e := r.Keys[i].Exposure; e != nil {
			e.FirstSource = "shallow"
		}
	}
	out := strings.Join(strings.Fields(render(t, "text", r, Options{Width: 400})), " ")
	for _, want := range []string{"public for at least 741 days", "or earlier: this shallow clone begins there) until now: at least 741 days."} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestAKeyThatWasPushedTodayIsNotPublicForZeroDays(t *testing.T) {
	yes := true
	today := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	k := scanner.Key{Dossier: &scanner.Dossier{Pushed: &yes, Exposure: &scanner.Exposure{First: today, Last: today, FirstSource: "push", LastSource: "now"}}}
	for _, words := range []string{publicWords(&k), exposureWords(&k)} {
		if !strings.Contains(words, "less than a day") {
			t.Error(words)
		}
	}
}

func TestMarkdownIsAnIssueToCheckOff(t *testing.T) {
	out := render(t, "markdown", dossierCase(), Options{})
	if n := strings.Count(out, "\n- [ ] "); n != 5 {
		t.Errorf("%d boxes to check for 5 steps", n)
	}
	if !strings.Contains(out, "  ````\n") {
		t.Error("a fence inside of a step ends its block")
	}
}

// A script that is shown has to run when it is copied.
func TestALineOfAScriptMayEndWithAColon(t *testing.T) {
	r := dossierCase()
	r.Playbook[0].Steps[1].Run = "def f(x):\n    try:\n        g(x)\n"
	for _, format := range []string{"text", "markdown", "html"} {
		if out := render(t, format, r, Options{Width: 200}); !strings.Contains(out, "def f(x):\n") || strings.Contains(out, `\x3a`) {
			t.Errorf("%s: the line is not as it was", format)
		}
	}
	r.Playbook[0].Steps[1].Run = "::error::x"
	if out := render(t, "text", r, Options{Width: 200}); strings.Contains(out, "::error") {
		t.Error("a line commands a runner")
	}
}

func TestManyRefsAreToldByKind(t *testing.T) {
	refs := []string{"HEAD", "refs/heads/main", "refs/heads/a", "refs/remotes/origin/main", "refs/stash", "refs/stash@{1}", "refs/notes/x", "refs/merge-requests/7/head"}
	for _, n := range []int{1, 2, 3, 5, 9, 10, 10} {
		refs = append(refs, fmt.Sprintf("refs/pull/%d/head", n))
	}
	refs = append(refs, "refs/pull/5/merge")
	const want = "HEAD; 2 branches: main, a; 1 remote-tracking branch: origin/main; 6 pull requests: 1-3, 5 and 2 more; 1 merge request: 7; 2 stash entries: stash, stash@{1}; 1 other ref: refs/notes/x"
	if got := groupedNames(refs, 2); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAPageFoldsItsJSONAndReadUnfoldsIt(t *testing.T) {
	r := dossierCase()
	page := render(t, "html", r, Options{})
	if strings.Contains(page, `"refs/pull/7/head"`) || !strings.Contains(page, `refs/pull/{..1..40}/head`) {
		t.Error("the refs are not folded")
	}
	back, err := Read(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := render(t, "json", back, Options{}), render(t, "json", r, Options{}); got != want {
		t.Error("the report of the page is another one")
	}
	for _, bad := range []string{"refs/pull/{..1..9999999}/head", "refs/pull/{..x}/head", "refs/pull/{..3..1}/head", "refs/pull/{..0}/head"} {
		r := &scanner.Report{Keys: []scanner.Key{{Occurrences: []scanner.Occurrence{{Refs: []string{bad}}}}}}
		if err := unfold(r); err == nil {
			t.Errorf("%s is unfolded to %d refs", bad, len(r.Keys[0].Occurrences[0].Refs))
		}
	}
	odd := []string{"refs/heads/{x}", "refs/pull/007/head", "refs/pull/x/head", "refs/pull/1/head", "refs/pull/2/merge"}
	slices.Sort(odd)
	r = &scanner.Report{Keys: []scanner.Key{{Occurrences: []scanner.Occurrence{{Refs: slices.Clone(odd)}}}}}
	fold(r)
	if err := unfold(r); err != nil || !reflect.DeepEqual(r.Keys[0].Occurrences[0].Refs, odd) {
		t.Errorf("%q, %v", r.Keys[0].Occurrences[0].Refs, err)
	}
}

func TestACommitIsALinkOnKnownForgesOnly(t *testing.T) {
	id := object("x")
	for remote, want := range map[string]string{
		"git@github.com:o/r.git":              "https://github.com/o/r/commit/" + id,
		"https://user:secret@github.com/o/r":  "https://github.com/o/r/commit/" + id,
		"ssh://git@gitlab.com:22/g/sub/r.git": "https://gitlab.com/g/sub/r/-/commit/" + id,
		"https://bitbucket.org/o/r":           "https://bitbucket.org/o/r/commits/" + id,
		"https://github.com.example.org/o/r":  "",
		"https://github.com/o/r\"onclick=x":   "",
		"https://github.com/../r":             "",
		"javascript:alert(1)":                 "",
		"/srv/github.com/o/r":                 "",
		"https://git.example.org/o/r":         "",
		"":                                    "",
	} {
		if got := commitLink(remote, id); got != want {
			t.Errorf("%q: %q, want %q", remote, got, want)
		}
	}
	if got := commitLink("git@github.com:o/r.git", "not an object"); got != "" {
		t.Errorf("%q", got)
	}
}

func TestADossierIsNotChangedByBeingShown(t *testing.T) {
	r, before := dossierCase(), dossierCase()
	for _, format := range Formats() {
		render(t, format, r, Options{})
	}
	if !reflect.DeepEqual(r, before) {
		t.Error("a format changed the report")
	}
}
