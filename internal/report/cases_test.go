package report

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// The cases are what testdata/report holds in every format.
func cases() map[string]*scanner.Report {
	return map[string]*scanner.Report{
		"clean":       cleanCase(),
		"incomplete":  incompleteCase(),
		"live":        liveCase(),
		"history":     historyCase(),
		"unreachable": unreachableCase(),
		"staged":      stagedCase(),
		"hostile":     hostileCase(),
		"mixed":       mixedCase(),
		"dossier":     dossierCase(),
	}
}

func newReport(kind scanner.ScopeKind) *scanner.Report {
	r := &scanner.Report{
		Tool:     scanner.Tool{Name: "djleaks", Version: "0.1.0", Rules: "1"},
		Scope:    scanner.Scope{Kind: kind, Repository: "https://example.org/shop.git", Head: object("head")},
		FailOn:   scanner.High,
		Coverage: scanner.Coverage{Commits: 10410, Blobs: 28874, Bytes: 810_123_456},
	}
	if kind == scanner.ScopeStaged {
		r.Scope.Repository = ""
		r.Coverage = scanner.Coverage{Blobs: 3, Bytes: 4120}
	}
	return r
}

func object(label string) string {
	sum := sha256.Sum256([]byte(label))
	return hex.EncodeToString(sum[:20])
}

func commit(label, date, author string) scanner.Commit {
	t, err := time.Parse(time.RFC3339, date)
	if err != nil {
		panic(err)
	}
	return scanner.Commit{Commit: object(label), Author: author, Date: t}
}

// key makes a key of this class that was found in a Python file.
func key(n int, class scanner.Class, severity scanner.Severity, status scanner.Status) scanner.Key {
	value := testkit.Key(n)
	switch class {
	case scanner.ClassDjangoInsecure:
		value = testkit.InsecureKey(n)
	case scanner.ClassWeak, scanner.ClassPlaceholder:
		value = "changeme"
	}
	secret := scanner.NewSecret(value)
	return scanner.Key{
		Fingerprint: secret.Fingerprint(), Class: class, Severity: severity, Status: status,
		Masked: secret.Mask(class), Length: secret.Len(), Rule: "django-secret-key",
		Reasons: []string{"A generated key in a settings file that production reads."},
	}
}

func at(k *scanner.Key, path string, line int) *scanner.Occurrence {
	k.Occurrences = append(k.Occurrences, scanner.Occurrence{
		Path: path, Line: line, Column: 15, Blob: object(path), Form: "python-assign", Rule: k.Rule,
		Name: "SECRET_KEY", Severity: k.Severity, Status: k.Status,
	})
	return &k.Occurrences[len(k.Occurrences)-1]
}

func closed(r *scanner.Report) *scanner.Report {
	r.Conclude()
	return r
}

func cleanCase() *scanner.Report { return closed(newReport(scanner.ScopeAudit)) }

func incompleteCase() *scanner.Report {
	r := newReport(scanner.ScopeAudit)
	r.Coverage.Skip(scanner.Skip{ID: object("gone"), Path: "config/settings.py", Reason: "the object is missing"})
	r.Coverage.Skip(scanner.Skip{ID: object("broken"), Reason: "zlib stream is cut off"})
	r.Coverage.Skip(scanner.Skip{Reason: "blobs are not in this partial clone", Count: 1234})
	r.Coverage.Notes = []string{"this is a shallow clone: its history ends at 1 commit"}
	return closed(r)
}

func liveCase() *scanner.Report {
	r := newReport(scanner.ScopeAudit)
	k := key(1, scanner.ClassDjangoInsecure, scanner.Critical, scanner.StatusLive)
	o := at(&k, "config/settings.py", 23)
	o.Refs = []string{"HEAD", "refs/heads/main", "refs/remotes/origin/main", "refs/tags/v1.0"}
	o.Introduced = []scanner.Commit{commit("a", "2021-03-04T10:00:00+01:00", "Ada Lovelace")}
	o.Versions = []scanner.Version{{Blob: object("v1"), Line: 23, Column: 15}, {Blob: object("v2"), Line: 21, Column: 15}}
	old := at(&k, "settings.py", 11)
	old.Status = scanner.StatusHistory
	old.Introduced = []scanner.Commit{commit("b", "2020-11-02T09:00:00Z", "Grace Hopper")}
	old.Removed = []scanner.Commit{commit("a", "2021-03-04T10:00:00+01:00", "Ada Lovelace")}
	r.Keys = []scanner.Key{k}
	return closed(r)
}

func historyCase() *scanner.Report {
	r := newReport(scanner.ScopeAudit)
	k := key(2, scanner.ClassDjango, scanner.Critical, scanner.StatusHistory)
	o := at(&k, "shop/settings/base.py", 7)
	o.Introduced = []scanner.Commit{
		commit("h1", "2016-05-01T12:00:00Z", "Ada Lovelace"),
		commit("h2", "2017-01-20T12:00:00Z", "Alan Turing"),
		commit("h3", "2018-02-03T12:00:00Z", "Edsger Dijkstra"),
		commit("h4", "2018-08-09T12:00:00Z", "Barbara Liskov"),
	}
	o.Removed = []scanner.Commit{
		commit("h5", "2016-06-11T12:00:00Z", "Grace Hopper"),
		commit("h6", "2019-10-10T12:00:00Z", "Grace Hopper"),
	}
	env := at(&k, "deploy/.env", 3)
	env.Form, env.Name = "dotenv", "DJANGO_SECRET_KEY"
	env.Introduced = []scanner.Commit{commit("h2", "2017-01-20T12:00:00Z", "Alan Turing")}
	env.Introduced[0].AtOrBefore = true
	env.Removed = []scanner.Commit{commit("h6", "2019-10-10T12:00:00Z", "Grace Hopper")}
	message := at(&k, "", 5)
	message.Blob, message.Commit, message.Name = "", object("h3"), ""
	message.Introduced = []scanner.Commit{commit("h3", "2018-02-03T12:00:00Z", "Edsger Dijkstra")}
	r.Keys = []scanner.Key{k}
	return closed(r)
}

func unreachableCase() *scanner.Report {
	r := newReport(scanner.ScopeAudit)
	k := key(3, scanner.ClassRandom, scanner.High, scanner.StatusUnreachable)
	at(&k, "", 4).Blob = object("dangling")
	r.Keys = []scanner.Key{k}
	return closed(r)
}

func stagedCase() *scanner.Report {
	r := newReport(scanner.ScopeStaged)
	k := key(4, scanner.ClassDjangoInsecure, scanner.Critical, scanner.StatusStaged)
	at(&k, "config/settings.py", 23)
	r.Keys = []scanner.Key{k}
	return closed(r)
}

// hostileCase is a repository whose every name is an attack on the reader.
func hostileCase() *scanner.Report {
	r := newReport(scanner.ScopeAudit)
	r.Scope.Repository = "https://user:token@example.org/x.git\x1b]0;title\a"
	k := key(5, scanner.ClassDjango, scanner.Critical, scanner.StatusLive)
	k.Reasons = []string{"::error::reason\n::stop-commands::x"}
	o := at(&k, "::warning::a\nb/##vso[task.setvariable variable=x]/\x1b[31m<script>alert(1)</script>|`x`*.py", 1)
	o.Name = "\u202eYEK\u202c]]>"
	o.Refs = []string{"HEAD", "refs/heads/</script><img src=x onerror=alert(1)>", "refs/tags/##[error]x", "refs/heads/\u009b31m"}
	o.Introduced = []scanner.Commit{commit("x", "2020-01-01T00:00:00Z", "##teamcity[buildStop] \u2066<b>eve</b> eve@example.org\r\n")}
	o.Introduced[0].Date = time.Date(123456, 1, 1, 0, 0, 0, 0, time.FixedZone("far", 99*3600))
	o.Removed = []scanner.Commit{commit("y", "2020-01-02T00:00:00Z", "")}
	o.Removed[0].Date = time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)
	bytesPath := at(&k, "latin-\xe9\xff/%0A::set-output name=x::y,z.py", 2)
	bytesPath.Status = scanner.StatusHistory
	r.Keys = []scanner.Key{k}
	r.Coverage.Skip(scanner.Skip{ID: "::debug::", Path: "\x00\r::x::", Reason: "##vso[x]"})
	r.Coverage.Notes = []string{"::notice::\x1b[2J"}
	return closed(r)
}

// mixedCase has something of everything.
func mixedCase() *scanner.Report {
	r := newReport(scanner.ScopeRange)
	r.Scope.Range, r.Scope.Base = "origin/main..HEAD", object("base")
	live := key(6, scanner.ClassDjangoInsecure, scanner.Critical, scanner.StatusLive)
	at(&live, "config/settings.py", 23).Refs = []string{object("head")}
	public := key(7, scanner.ClassPublic, scanner.High, scanner.StatusLive)
	public.Reasons = []string{"This key is printed in the documentation of the framework."}
	compose := at(&public, "docker-compose.yml", 9)
	compose.Form, compose.Name, compose.Refs = "yaml", "SECRET_KEY", []string{object("head")}
	weak := key(8, scanner.ClassWeak, scanner.Medium, scanner.StatusLive)
	weak.Rule, weak.Reasons = "django-weak-key", []string{"Word lists of attackers hold such keys."}
	at(&weak, "config/dev.py", 4).Refs = []string{object("head")}
	note := key(9, scanner.ClassPlaceholder, scanner.Note, scanner.StatusLive)
	note.Fingerprint = scanner.NewSecret("set-me").Fingerprint()
	note.Rule, note.Reasons = "django-weak-key", []string{"It asks to be replaced."}
	at(&note, "README.md", 40).Refs = []string{object("head")}
	r.Keys = []scanner.Key{live, public, weak, note}

	accepted := key(10, scanner.ClassDjango, scanner.High, scanner.StatusLive)
	accepted.Accepted = &scanner.Acceptance{By: scanner.ByComment, Reason: "test fixture, never deployed"}
	at(&accepted, "tests/conftest.py", 12).Refs = []string{object("head")}
	r.Accepted = []scanner.Key{accepted}
	known := key(11, scanner.ClassDjango, scanner.High, scanner.StatusLive)
	at(&known, "shop/settings.py", 8).Refs = []string{object("head")}
	r.Known = []scanner.Key{known}
	r.Coverage = scanner.Coverage{Commits: 4, Blobs: 61, Bytes: 98_765}
	return closed(r)
}

// keys are the values of all keys of the cases; no output may hold four
// characters of their random parts in a row.
func caseSecrets() []string {
	var out []string
	for n := range 12 {
		out = append(out, testkit.Key(n))
	}
	return out
}

func testRules() []scanner.Rule {
	return []scanner.Rule{
		{ID: "django-secret-key", Title: "Django secret key", Severity: scanner.Critical,
			Text: "A generated key that signs sessions, messages and links of a Django site is in the repository. " +
				"Whoever can read the repository can sign data that the site trusts.",
			Fix: "Make a new key, read it from the environment, and deploy it."},
		{ID: "django-weak-key", Title: "guessable Django secret key", Severity: scanner.Medium,
			Text: "A key that a person made up can be guessed.", Fix: "Make a key with djleaks key new."},
	}
}

func testOptions() Options {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return Options{Rules: testRules(), Start: start, End: start.Add(7 * time.Second)}
}
