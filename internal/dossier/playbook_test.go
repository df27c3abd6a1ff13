package dossier

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/project/projecttest"
	"github.com/djleaks/djleaks/internal/radius"
	"github.com/djleaks/djleaks/scanner"
)

func TestTheProofNamesAValueOfTheSite(t *testing.T) {
	for feature, want := range map[string]string{
		"signed-cookie sessions":         "the session cookie",
		"pickled signed-cookie sessions": "the session cookie",
		radius.SimpleJWT:                 "an access token",
		"messages cookie":                "the messages cookie",
		"":                               "a row of session_data",
	} {
		b := book{radius: &radius.Radius{Effects: []scanner.Effect{{Feature: feature}}}}
		b.prove()
		last := b.steps[len(b.steps)-1]
		if last.Run != "djleaks key match" || !strings.Contains(last.Do, want) {
			t.Errorf("%q: %q, run %q", feature, last.Do, last.Run)
		}
	}
}

func TestOnlyGeneratedKeysArePurged(t *testing.T) {
	b := book{keys: []*scanner.Key{{Fingerprint: "0123456789abcdef", Class: scanner.ClassDjango}, {Fingerprint: "fedcba9876543210", Class: scanner.ClassWeak}}}
	if got, _ := b.purgeKit(); got != "djleaks purge-kit 0123456789abcdef --output ../djleaks-purge" {
		t.Error(got)
	}
	if got, _ := (&book{keys: b.keys[1:]}).purgeKit(); got != "" {
		t.Error(got)
	}
}

// bare is a site of two Heroku files without any of Django's own apps but those
// of its list.
func bare(apps string) book {
	files := map[string]string{
		"Procfile": "web: gunicorn site.wsgi\n", "app.json": "{}\n", "manage.py": "",
		"site/settings.py": "import os\nSECRET_KEY = os.environ['SITE_KEY']\nROOT_URLCONF = 'site.urls'\nMIDDLEWARE = []\nINSTALLED_APPS = [" + apps + "]\n",
	}
	p := projecttest.Of(files)
	depends := radius.Of(p)
	return book{project: p, radius: &depends, variable: "SITE_KEY"}
}

func TestTwoFilesOfOnePlatformAreOneStep(t *testing.T) {
	b := bare("")
	if b.newKey(); len(b.steps) != 1 || b.steps[0].Path != "Procfile" {
		t.Errorf("%+v", b.steps)
	}
}

func TestAFileThatStartsDjangoOftenIsOneStep(t *testing.T) {
	at := func(kind project.PlatformKind, path string, line int, command string, again ...int) project.Start {
		return project.Start{Site: project.Site{Path: path, Line: line}, Kind: kind, Command: command, Again: again}
	}
	got := foldStarts([]project.Start{
		at(project.Compose, "compose.yml", 4, "migrate", 9), at(project.Compose, "compose.yml", 5, "check"), at(project.Compose, "other.yml", 1, "check"),
		at("", "Dockerfile", 7, "collectstatic"), at("", "Dockerfile", 8, "check"),
	})
	if len(got) != 4 || !slices.Equal(got[0].Again, []int{5, 9}) || got[2].Line != 7 || got[3].Line != 8 {
		t.Errorf("%+v", got)
	}
}

func TestTheProofFromOutsideNeedsSomethingSigned(t *testing.T) {
	for apps, want := range map[string]int{"": 1, "'django.contrib.messages'": 2} {
		b := bare(apps)
		if b.prove(); len(b.steps) != want {
			t.Errorf("%q: %+v", apps, b.steps)
		}
	}
}

func TestTheLookBackAsksOnlyAppsThatAreInstalled(t *testing.T) {
	for apps, want := range map[string][2]bool{
		"": {false, false}, "'django.contrib.auth'": {true, false}, "'django.contrib.auth', 'django.contrib.admin'": {true, true},
	} {
		b := bare(apps)
		b.keys = []*scanner.Key{{Dossier: &scanner.Dossier{Exposure: &scanner.Exposure{First: time.Unix(1e9, 0)}}}}
		b.lookBack()
		if run := b.steps[0].Run; strings.Contains(run, "get_user_model") != want[0] || strings.Contains(run, "LogEntry") != want[1] {
			t.Errorf("%q: %s", apps, run)
		}
	}
}

func TestAStepSaysThatItNamesOnlyTheFirstKeys(t *testing.T) {
	var b book
	for i := range mostRecords + 2 {
		b.keys = append(b.keys, &scanner.Key{Fingerprint: scanner.Fingerprint(fmt.Sprintf("%016x", i)), Class: scanner.ClassDjango, Dossier: &scanner.Dossier{}})
	}
	b.record()
	b.purge()
	for _, s := range b.steps {
		if !strings.HasSuffix(s.Do, "And 2 more keys likewise.") || strings.Count(s.Run, "0000000000") != mostRecords {
			t.Errorf("%+v", s)
		}
	}
}

func TestTwoFilesThatEncryptAreNamedOnce(t *testing.T) {
	b := book{radius: &radius.Radius{Effects: []scanner.Effect{
		{Effect: scanner.EffectData, Feature: radius.OwnEncryption, Attack: "decrypt it", Path: "first.py"},
		{Effect: scanner.EffectData, Feature: radius.OwnEncryption, Attack: "decrypt it"},
	}}}
	b.replaceAtSource()
	if len(b.steps) != 1 || b.steps[0].Path != "first.py" || strings.Count(b.steps[0].Do, "own encryption") != 1 {
		t.Errorf("%+v", b.steps)
	}
}

func TestTheSameAdviceAboutDataIsOneStep(t *testing.T) {
	at := func(feature, path string, line int) scanner.Effect {
		return scanner.Effect{Effect: scanner.EffectData, Feature: feature, Path: path, Line: line}
	}
	b := book{radius: &radius.Radius{Effects: []scanner.Effect{
		at("stored signatures", "a.py", 34), at("channel messages", "c.py", 1), at("stored signatures", "b.py", 33), at("stored signatures", "c.py", 9),
	}}}
	b.saveData()
	if len(b.steps) != 2 || b.steps[0].Path != "a.py" || !strings.HasSuffix(b.steps[0].Do, " The same in b.py:33, c.py:9.") || b.steps[1].Path != "c.py" {
		t.Errorf("%+v", b.steps)
	}
}

func TestEachFeatureHasItsOwnAdviceAboutData(t *testing.T) {
	words := func(feature string) string {
		b := book{radius: &radius.Radius{Effects: []scanner.Effect{{Effect: scanner.EffectData, Feature: feature, Rotation: "it is lost", Path: "a.py", Line: 1}}}}
		b.saveData()
		if len(b.steps) != 1 {
			t.Fatalf("%s: %+v", feature, b.steps)
		}
		return b.steps[0].Do
	}
	for feature, how := range saving {
		if got, want := words(feature), "Before the new key: "+feature+": "+how; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got, want := words("a vault"), "Before the new key: a vault: it is lost."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheProjectIsToldIfAKeyMayHaveToBeReplaced(t *testing.T) {
	p := projecttest.Of(map[string]string{"site/settings.py": "INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.sessions']\nROOT_URLCONF = 'x'\n"})
	for _, rotated := range []string{"", "2024-01-20"} {
		k := key("k", at("site/settings.py", "SECRET_KEY", "c1", "", "HEAD refs/remotes/origin/main"))
		if rotated != "" {
			k.Accepted = &scanner.Acceptance{Rotated: rotated}
		}
		r := &scanner.Report{Keys: []scanner.Key{k}}
		Complete(r, &Facts{Now: day(31), Project: p})
		open := rotated == ""
		if (r.Project != nil) != open || (len(r.Keys[0].BlastRadius) > 0) != open {
			t.Errorf("rotated %q: %+v, %+v", rotated, r.Project, r.Keys[0].BlastRadius)
		}
		if open && !slices.Contains(r.Project.Settings, "site/settings.py") {
			t.Errorf("%+v", r.Project)
		}
	}
}

// textOf is all that the play of a decision says.
func textOf(plays []scanner.Play, d scanner.Decision) string {
	var b strings.Builder
	for _, p := range plays {
		for _, s := range p.Steps {
			if p.Decision == d {
				b.WriteString(s.Do + "\n" + s.Run + "\n")
			}
		}
	}
	return b.String()
}

func TestEachDecisionHasItsOwnSteps(t *testing.T) {
	signs := map[scanner.Decision]string{
		scanner.RotateNow:      "Deploy to all processes at once",
		scanner.RevokeFallback: "Sessions and links that the old key signed end",
		scanner.CleanUpLocally: "git reflog expire --expire=now",
		scanner.AlreadyRotated: "djleaks ledger add k --rotated",
	}
	for _, d := range scanner.Decisions() {
		r := &scanner.Report{Keys: []scanner.Key{{Fingerprint: "k", Dossier: &scanner.Dossier{Decision: d}}}}
		plays := playbook(r, &Facts{}, &radius.Radius{})
		if d == scanner.AcceptedKey {
			if len(plays) != 0 {
				t.Errorf("an accepted key: %+v", plays)
			}
			continue
		}
		if len(plays) != 1 || plays[0].Decision != d || !slices.Equal(plays[0].Keys, []scanner.Fingerprint{"k"}) {
			t.Fatalf("%s: %+v", d, plays)
		}
		if want := signs[d]; !strings.Contains(textOf(plays, d), want) {
			t.Errorf("%s says nothing of %q: %s", d, want, textOf(plays, d))
		}
	}
}

func TestOneLookBackIsEnoughForTheSameDays(t *testing.T) {
	at := func(day int, d scanner.Decision) scanner.Key {
		first := time.Date(2024, 1, day, 0, 0, 0, 0, time.UTC)
		return scanner.Key{Dossier: &scanner.Dossier{Decision: d, Exposure: &scanner.Exposure{First: first, Last: first}}}
	}
	for day, want := range map[int]bool{1: true, 3: false, 5: false} {
		r := &scanner.Report{Keys: []scanner.Key{at(3, scanner.RotateNow), at(day, scanner.Rotate)}}
		plays := playbook(r, &Facts{}, &radius.Radius{})
		if !strings.Contains(textOf(plays, scanner.RotateNow), "2024-01-03") {
			t.Error("the first play does not look back")
		}
		if got := strings.Contains(textOf(plays, scanner.Rotate), "Look back to 2024-01-01"); got != want {
			t.Errorf("day %d: looks back by itself: %v", day, got)
		}
	}
}

func TestKeysThatMayNotRunAreAskedForBeforeTheyAreReplaced(t *testing.T) {
	r := &scanner.Report{Keys: []scanner.Key{{Dossier: &scanner.Dossier{Decision: scanner.Rotate}}}}
	first := playbook(r, &Facts{}, &radius.Radius{})[0].Steps[0]
	if !strings.Contains(first.Do, "nothing has to be replaced") || !strings.HasSuffix(first.Do, "djleaks audit --live-fingerprint -") {
		t.Error(first.Do)
	}
}

func TestSessionsOfAnUnknownEngineAreEndedToo(t *testing.T) {
	for _, c := range []struct {
		settings string
		want     bool
	}{
		{"SESSION_ENGINE = 'site.sessions'\nINSTALLED_APPS = ['django.contrib.sessions', 'django.contrib.auth']\n", true},
		{"INSTALLED_APPS = ['shop']\n", false},
	} {
		p := projecttest.Of(map[string]string{"site/settings.py": "ROOT_URLCONF = 'x'\n" + c.settings})
		depends := radius.Of(p)
		b := book{project: p, radius: &depends}
		if b.endSessions(); (len(b.steps) == 1) != c.want {
			t.Errorf("%s: %+v", c.settings, b.steps)
		}
	}
}

func TestAllFilesWithEncryptedColumnsAreNamed(t *testing.T) {
	const models = "from fernet_fields import EncryptedTextField as Sealed\n\nclass A(Model):\n  a = Sealed()\n"
	files := map[string]string{
		"a/models.py": models, "b/models.py": models + "  b = Sealed()\n", "site/settings.py": "ROOT_URLCONF = 'x'\nINSTALLED_APPS = []\n",
		"a/management/commands/rotate_encryption_key.py": "",
	}
	p := projecttest.Of(files)
	depends := radius.Of(p)
	b := book{project: p, radius: &depends}
	b.saveData()
	if len(b.steps) != 2 || b.steps[0].Run != "python manage.py rotate_encryption_key --help" || b.steps[1].Path != "a/models.py" || b.steps[1].Line != 4 ||
		!strings.HasSuffix(b.steps[1].Do, "Here 3 columns are encrypted with fernet_fields, also in b/models.py:4.") {
		t.Errorf("%+v", b.steps)
	}
}

func TestAKeyThatOthersInstallGetsAnAdvisory(t *testing.T) {
	for _, c := range []struct {
		form  scanner.Form
		files string
		want  string
	}{
		{"python-get-default", "pyproject.toml", "everybody who installed shop and set none"},
		{"python-assign", "pyproject.toml LICENSE", "If others install or run shop,"},
		{"compose-default", "LICENSE", "If others install or run repo,"},
		{"python-assign", "pyproject.toml", ""},
		{"compose-default", "README", ""},
	} {
		files := map[string]string{}
		for _, name := range strings.Fields(c.files) {
			files[name] = "[build-system]\n[project]\nname = \"shop\"\n"
		}
		p := projecttest.Of(files)
		place := at("settings.py", "SECRET_KEY", "c1", "", "HEAD")
		place.Form = c.form
		k := key("k", place)
		b := book{r: &scanner.Report{Scope: scanner.Scope{Repository: "/home/x/repo"}}, project: p, radius: &radius.Radius{}, keys: []*scanner.Key{&k}, variable: "SECRET_KEY"}
		b.advisory()
		got := ""
		for _, s := range b.steps {
			got += s.Do
		}
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s in %s: %q", c.form, c.files, got)
		}
	}
}
