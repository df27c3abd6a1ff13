package report

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

func stagedWith(keys int) *scanner.Report {
	r := newReport(scanner.ScopeStaged)
	for n := range keys {
		k := key(20+n, scanner.ClassDjango, scanner.Critical, scanner.StatusStaged)
		at(&k, "config/settings.py", 10+n)
		r.Keys = append(r.Keys, k)
	}
	return closed(r)
}

func TestAStoppedCommitPrintsAtMostTwelveLines(t *testing.T) {
	for keys := 1; keys <= 9; keys++ {
		r := stagedWith(keys)
		r.Coverage.Skip(scanner.Skip{Path: "big.sql", Reason: "too large"})
		r.Coverage.Skip(scanner.Skip{Path: "bigger.sql", Reason: "too large"})
		out := render(t, "text", closed(r), Options{Quiet: true, Stopped: true})
		if n := strings.Count(out, "\n"); n > 12 {
			t.Errorf("%d keys: %d lines:\n%s", keys, n, out)
		}
		for _, want := range []string{
			"config/settings.py:10:15", "instead: SECRET_KEY = os.environ[", "djleaks key new",
			"# djleaks: allow[reason]", "INCOMPLETE",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%d keys: %q is missing:\n%s", keys, want, out)
			}
		}
	}
}

func TestNothingMakesTheAnswerToAStoppedCommitLonger(t *testing.T) {
	for _, kind := range []scanner.ScopeKind{scanner.ScopeStaged, scanner.ScopePush, scanner.ScopeCommit} {
		for _, columns := range []int{0, 24, 80, 200} {
			for keys := 1; keys <= 9; keys++ {
				r := stagedWith(keys)
				r.Scope.Kind = kind
				for i := range r.Keys {
					r.Keys[i].Occurrences[0].Introduced = []scanner.Commit{{Commit: object("pushed"), Author: "Ada"}}
				}
				for n := range 12 { // all that the last line can hold
					k := key(40+n, scanner.ClassPlaceholder, []scanner.Severity{scanner.Note, scanner.Low, scanner.High}[n%3], scanner.StatusStaged)
					r.Keys, r.Accepted, r.Known = append(r.Keys, k), append(r.Accepted, k), append(r.Known, k)
				}
				r.Coverage.Skip(scanner.Skip{Path: "big.sql", Reason: "too large"})
				out := render(t, "text", closed(r), Options{Stopped: true, Width: columns})
				if n := strings.Count(out, "\n"); n > 12 || !strings.Contains(out, "instead: ") || !strings.Contains(out, "djleaks: allow[reason]") {
					t.Errorf("%s, %d keys, %d columns: %d lines:\n%s", kind, keys, columns, n, out)
				}
			}
		}
	}
}

func TestQuietSaysNothingOfACleanCommitAndSomethingOfAnyOther(t *testing.T) {
	if out := render(t, "text", stagedWith(0), Options{Quiet: true}); out != "" {
		t.Errorf("a clean commit prints %q", out)
	}
	incomplete := stagedWith(0)
	incomplete.Coverage.Skip(scanner.Skip{Path: "x", Reason: "broken"})
	if out := render(t, "text", closed(incomplete), Options{Quiet: true}); !strings.Contains(out, "INCOMPLETE") {
		t.Errorf("an incomplete scan prints %q", out)
	}
	if out := render(t, "text", stagedWith(0), Options{}); !strings.Contains(out, "clean: no key found") {
		t.Errorf("without Quiet a clean commit prints %q", out)
	}
}

func TestNotesAreCountedWhenHiddenAndShownWhenTheyFail(t *testing.T) {
	r := newReport(scanner.ScopeFiles)
	k := key(1, scanner.ClassPlaceholder, scanner.Note, scanner.StatusWorktree)
	at(&k, "a.py", 1)
	r.Keys = []scanner.Key{k}
	out := render(t, "text", closed(r), Options{})
	if strings.Contains(out, "a.py") || !strings.Contains(out, "1 note hidden (--all shows them)") {
		t.Errorf("hidden note:\n%s", out)
	}
	r.FailOn = scanner.Note
	out = render(t, "text", closed(r), Options{})
	if !strings.Contains(out, "a.py:1:15") || strings.Contains(out, "hidden") {
		t.Errorf("failing note:\n%s", out)
	}
}

func TestNoLineOfProseIsWiderThanTheTerminal(t *testing.T) {
	for _, columns := range []int{40, 60, 80, 100} {
		out := render(t, "text", incompleteCase(), Options{Width: columns})
		for _, line := range strings.Split(out, "\n") {
			if say.Width(line) > columns && strings.Count(strings.TrimSpace(line), " ") > 3 {
				t.Errorf("%d columns: %q", columns, line)
			}
		}
	}
	if textWidth(0) != 80 {
		t.Error("a terminal of 0 columns is not taken as one of 80")
	}
}

func TestVerboseListsEveryPlaceAndVersion(t *testing.T) {
	r := newReport(scanner.ScopeAudit)
	k := key(1, scanner.ClassDjango, scanner.High, scanner.StatusLive)
	for n := range 20 {
		at(&k, "settings"+string(rune('a'+n))+".py", 1)
	}
	k.Occurrences[19].Versions = []scanner.Version{{Blob: object("v"), Line: 77, Column: 3}}
	r.Keys = []scanner.Key{k}
	closed(r)
	if out := render(t, "text", r, Options{}); strings.Contains(out, "settingst.py") || !strings.Contains(out, "and 12 more places") {
		t.Errorf("without Verbose:\n%s", out)
	}
	if out := render(t, "text", r, Options{Verbose: true}); !strings.Contains(out, "settingst.py") || !strings.Contains(out, ":77:3") {
		t.Errorf("with Verbose:\n%s", out)
	}
}

func TestRefsAreNamedAsPeopleDo(t *testing.T) {
	refs := []string{
		"refs/changes/01/1/1", "refs/pull/7/merge", "refs/tags/v1", "refs/remotes/origin/x", "refs/pull/7/head",
		"refs/heads/dev", "refs/heads/main", "refs/stash", "refs/merge-requests/3/head", "HEAD", object("head"),
	}
	want := "HEAD, commit 9f2e6d33a3, main, dev, origin/x, tag v1, the stash, refs/changes/01/1/1, pull request 7, merge request 3"
	if got := refNames(refs, 0); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := refNames(refs, 2); got != "HEAD, commit 9f2e6d33a3 and 8 more" {
		t.Error(got)
	}
}

func TestARangeIsToldWithShortNames(t *testing.T) {
	base, head := object("base"), object("head")
	for spec, want := range map[string]string{
		base + ".." + head: base[:10] + ".." + head[:10],
		"main.." + head:    "main.." + head[:10],
		"v1.0..main":       "v1.0..main",
		"--audit":          "--audit",
	} {
		if got := rangeWords(spec); got != want {
			t.Errorf("%s: %s, want %s", spec, got, want)
		}
	}
}

func TestWhereNobodyAcceptsTheirOwnKeyTheHintSaysSo(t *testing.T) {
	r := historyCase()
	if out := render(t, "text", r, testOptions()); !strings.Contains(out, "djleaks accept") || strings.Contains(out, "merged before this one") {
		t.Error(out)
	}
	r.Scope.AcceptFrom = "base"
	if out := render(t, "text", r, testOptions()); !strings.Contains(out, "in a change of its own, merged before this one") {
		t.Error(out)
	}
}

func TestTheFirstPlaceIsTheOneThatMatters(t *testing.T) {
	r := newReport(scanner.ScopeAudit)
	k := key(1, scanner.ClassDjango, scanner.High, scanner.StatusLive)
	at(&k, "a.py", 1).Refs = []string{"refs/pull/7/head"}
	at(&k, "z.py", 2).Refs = []string{"refs/pull/7/head", "refs/heads/main"}
	r.Keys = []scanner.Key{k}
	out := render(t, "text", closed(r), Options{})
	if strings.Index(out, "z.py") > strings.Index(out, "a.py") || !strings.Contains(out, "in current code") {
		t.Error(out)
	}
	r.Keys[0].Occurrences = k.Occurrences[:1]
	if out := render(t, "text", r, Options{}); !strings.Contains(out, "still in pull requests") {
		t.Error(out)
	}
}

func TestReasonsDoNotRepeatTheClassOrEachOther(t *testing.T) {
	k := scanner.Key{Class: scanner.ClassDjango, Reasons: []string{
		"made by Django's generator", "made by Django's generator, in a test", "used twice",
	}}
	if got := strings.Join(reasons(&k), "|"); got != "made by Django's generator, in a test|used twice" {
		t.Error(got)
	}
}

func TestNoAdviceKeepsALeakedKeyAsAFallback(t *testing.T) {
	out := render(t, "text", liveCase(), Options{})
	if !strings.Contains(strings.Join(strings.Fields(out), " "), "Do not list a leaked key in SECRET_KEY_FALLBACKS") {
		t.Error(out)
	}
}

func TestTheHostOfAnAddressInAnAuthorsNameIsLeftOut(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace":          "Ada Lovelace",
		"ada@example.org":       "ada",
		"Ada <ada@example.org>": "Ada <ada>",
		"Ada @ home":            "Ada @ home",
		"":                      "somebody without a name",
	} {
		if got := authorName(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

func TestReadRefusesWhatIsNotAWholeReport(t *testing.T) {
	whole := render(t, "json", liveCase(), Options{})
	lines := render(t, "jsonl", mixedCase(), Options{})
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "empty"},
		"cut off":       {whole[:len(whole)/2], "cut off"},
		"other JSON":    {`{"version": "2.1.0", "runs": []}`, "not a report of djleaks"},
		"newer":         {strings.Replace(whole, `"schema": 1`, `"schema": 2, "keys": 5`, 1), "newer version of djleaks"},
		"zero":          {strings.Replace(whole, `"schema": 1`, `"schema": 0`, 1), "no such schema"},
		"verdict":       {strings.Replace(whole, `"keys-found"`, `"fine"`, 1), "verdict"},
		"false clean":   {strings.Replace(render(t, "json", incompleteCase(), Options{}), `"incomplete"`, `"clean"`, 1), "not complete"},
		"wrong type":    {strings.Replace(whole, `"keys": [`, `"keys": 7, "x": [`, 1), "keys"},
		"page":          {"<html>", "without a djleaks report"},
		"lines cut off": {lines[:strings.LastIndex(strings.TrimSpace(lines), "\n")], "cut off"},
		"line missing":  {lines[strings.Index(lines, "\n")+1:], "lines are missing"},
		"two runs":      {lines + lines, "more than one run"},
	} {
		_, err := Read(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestUnknownFormatNamesTheKnownOnes(t *testing.T) {
	err := Write(nil, "yaml", cleanCase(), Options{})
	if err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Error(err)
	}
}

func TestUseColorFollowsTheOrder(t *testing.T) {
	for _, c := range []struct {
		flag string
		env  string
		tty  bool
		want bool
	}{
		{"auto", "", true, true},
		{"auto", "", false, false},
		{"", "", true, true},
		{"always", "NO_COLOR=1", false, true},
		{"never", "FORCE_COLOR=1", true, false},
		{"auto", "NO_COLOR=1 FORCE_COLOR=1", true, false},
		{"auto", "NO_COLOR=", true, true},
		{"auto", "FORCE_COLOR=1", false, true},
		{"auto", "CLICOLOR_FORCE=1 TERM=dumb", false, true},
		{"auto", "FORCE_COLOR=0", false, false},
		{"auto", "FORCE_COLOR=0", true, true},
		{"auto", "CLICOLOR_FORCE=0", false, false},
		{"auto", "TERM=dumb", true, false},
	} {
		env := map[string]string{}
		for _, pair := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
		if got := UseColor(c.flag, func(name string) string { return env[name] }, c.tty); got != c.want {
			t.Errorf("--color %s, %s, terminal %v: %v", c.flag, c.env, c.tty, got)
		}
	}
}

func TestColourIsDecidedForEachWriter(t *testing.T) {
	with := render(t, "text", liveCase(), Options{Color: true})
	without := render(t, "text", liveCase(), Options{})
	if !strings.Contains(with, "\x1b[") || strings.Contains(without, "\x1b[") {
		t.Error("colour does not follow Options")
	}
}

func FuzzCleanGivesNoControlsAndNoCommands(f *testing.F) {
	f.Add("::error::x")
	f.Add("a\x1b[31m##vso[x]")
	f.Add("\xff\u202e###[#")
	f.Add(testkit.Key(1))
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		line := got + ":1:2 " + got + ":" + got
		for _, bad := range []string{"::", "##", "\x1b", "\n", "\r", "\u202e", "\u009b", "\x00"} {
			if strings.Contains(line, bad) {
				t.Errorf("%q became %q", s, got)
			}
		}
	})
}

func TestAStoppedPushNamesTheCommitAndAsksForNoRotation(t *testing.T) {
	r := stagedWith(1)
	r.Scope.Kind = scanner.ScopePush
	r.Keys[0].Occurrences[0].Introduced = []scanner.Commit{{Commit: object("pushed"), Author: "Ada", Tip: true}}
	out := render(t, "text", r, Options{})
	for _, want := range []string{object("pushed")[:10] + " by Ada", "git commit --amend", "1 key about to be pushed"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "what to do") || strings.Count(out, "\n") > 12 {
		t.Errorf("too much is asked for:\n%s", out)
	}
}

func TestWhatWasStoppedIsSaidFirst(t *testing.T) {
	for _, c := range []struct {
		kind scanner.ScopeKind
		keys int
		want string
	}{
		{scanner.ScopeStaged, 1, "djleaks: commit stopped: it would add a Django secret key\n"},
		{scanner.ScopeStaged, 2, "djleaks: commit stopped: it would add 2 Django secret keys\n"},
		{scanner.ScopePush, 1, "djleaks: push stopped: its commits add a Django secret key\n"},
		{scanner.ScopeCommit, 1, "djleaks: change of a ref stopped: its commits add a Django secret key\n"},
	} {
		r := stagedWith(c.keys)
		r.Scope.Kind = c.kind
		if out := render(t, "text", r, Options{Stopped: true}); !strings.HasPrefix(out, c.want) {
			t.Errorf("want first %q:\n%s", c.want, out)
		}
		if out := render(t, "text", r, Options{}); strings.Contains(out, "stopped") {
			t.Errorf("nothing was stopped:\n%s", out)
		}
	}
	r := stagedWith(0)
	r.Coverage.Skip(scanner.Skip{Reason: "no permission", Path: "settings.py"})
	if out := render(t, "text", closed(r), Options{Stopped: true}); !strings.HasPrefix(out, "djleaks: commit stopped: not everything in it could be read\n") {
		t.Errorf("an incomplete scan stops:\n%s", out)
	}
	r = stagedWith(1)
	r.Scope.Named = true
	if out := render(t, "text", r, Options{}); strings.Contains(out, "about to be") {
		t.Errorf("files were named, and no commit is made:\n%s", out)
	}
}

func TestAFreshKeyGoesWhereTheAdvisedLineLooksForIt(t *testing.T) {
	for instead, want := range map[string]string{
		"": `export DJANGO_SECRET_KEY="$(uvx djleaks key new --env-safe)"`,
		`SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]`: `export DJANGO_SECRET_KEY="$(uvx djleaks key new --env-safe)"`,
		`SECRET_KEY = environ["SITE_KEY"]`:             `export SITE_KEY="$(uvx djleaks key new --env-safe)"`,
		`SECRET_KEY = env("SECRET_KEY")`:               `uvx djleaks key new --dotenv --name SECRET_KEY >> .env`,
		`SECRET_KEY = env.str("DJANGO_SECRET_KEY")`:    `uvx djleaks key new --dotenv >> .env`,
		`SECRET_KEY = config("DJANGO_SECRET_KEY")`:     `uvx djleaks key new --dotenv >> .env`,
		`SECRET_KEY = env("a b; rm -rf .")`:            `uvx djleaks key new --dotenv >> .env`,
	} {
		r := stagedWith(1)
		r.Keys[0].Occurrences[0].Replacement = instead
		if out := render(t, "text", r, Options{Program: "uvx djleaks"}); !strings.Contains(out, "fresh key: "+want+"  (") {
			t.Errorf("%s: want %s:\n%s", instead, want, out)
		}
	}
}

func TestWhatIsReadElsewhereCallsAProgramThatNobodyHasInstalled(t *testing.T) {
	r := stagedWith(1)
	for _, format := range []string{"markdown", "html", "gitlab", "sarif"} {
		out := render(t, format, r, Options{Rules: []scanner.Rule{{ID: "django-secret-key", Title: "t", Text: "x", Fix: "f"}}})
		if !strings.Contains(out, "uvx djleaks key new") {
			t.Errorf("%s does not say how to get a key:\n%s", format, out)
		}
	}
}

// What is printed for a fresh key works where it is read: by the program's name,
// and where only its path in a cache is left, by Django itself.
func TestAFreshKeyIsMadeWithWhatTheReaderHas(t *testing.T) {
	line, dotenv := scanner.Replacement{Variable: "PORTAL_KEY"}, scanner.Replacement{Variable: "PORTAL_KEY", Dotenv: true}
	for _, c := range []struct {
		r             scanner.Replacement
		program, want string
	}{
		{line, "djleaks", `export PORTAL_KEY="$(djleaks key new --env-safe)"`},
		{line, "uvx djleaks", `export PORTAL_KEY="$(uvx djleaks key new --env-safe)"`},
		{line, "/home/ada/.cache/pre-commit/repo1/py_env-python3/bin/djleaks", `export PORTAL_KEY="$(python -c "from django.core.management.utils import get_random_secret_key; print(get_random_secret_key())")"`},
		{dotenv, "pipx run djleaks", "pipx run djleaks key new --dotenv --name PORTAL_KEY >> .env"},
		{dotenv, `C:\cache\djleaks.exe`, `python -c "from django.utils.crypto import get_random_string; print('PORTAL_KEY=' + get_random_string(64))" >> .env`},
		{scanner.Replacement{Line: "SECRET_KEY_FALLBACKS = []", Variable: "DJANGO_SECRET_KEY"}, "djleaks", ""},
		{scanner.Replacement{Variable: "SECRET_KEY_FALLBACKS"}, "djleaks", ""},
	} {
		if got, _ := freshKey(c.r, c.program); got != c.want {
			t.Errorf("%+v with %s: %s, want %s", c.r, c.program, got, c.want)
		}
	}
}

func TestTheAnswerOfKeyMatchSaysWhatWasRead(t *testing.T) {
	var b strings.Builder
	m := &Match{Coverage: scanner.Coverage{Blobs: 12, Commits: 3}, Checked: []string{"a value of Signer"}, Tried: Tried{Keys: 2, Salts: 14}}
	if err := WriteMatch(&b, "text", m, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"None of the 2 keys in the history signed it.", "a value of Signer, with 14 salts", "read 12 blobs (0 bytes) in 3 commits; nothing skipped"} {
		if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
