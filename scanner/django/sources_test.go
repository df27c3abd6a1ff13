package django

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

func TestWhatTheSettingsReadIsAKeyWhereTheyReadIt(t *testing.T) {
	list := []scanner.KeySource{
		{Kind: scanner.SourceVariable, Name: "APP_KEY", Setting: "SECRET_KEY", Path: "mysite/settings.py", Line: 12},
		{Kind: scanner.SourceEntry, Name: "app.key", File: "config.json", Setting: "SECRET_KEY"},
		{Kind: scanner.SourceFile, File: "k", Setting: "SECRET_KEY"},
		{Kind: scanner.SourceConstant, Name: "PEPPER", File: "private.py", Setting: "SECRET_KEY"},
	}
	d := New().WithSources(func() []scanner.KeySource { return list })
	key := testkit.Key(1)
	for _, c := range []struct {
		path, text string
		found      bool
	}{
		{".env", "DEBUG=1\nAPP_KEY=@\n", true},
		{"deploy/docker-compose.yml", "services:\n  web:\n    environment:\n      APP_KEY: \"@\"\n", true},
		{"k8s/web.yaml", "env:\n- name: APP_KEY\n  value: '@'\n", true},
		{"Dockerfile", "FROM x\nENV APP_KEY=@\n", true},
		{".env", "MY_APP_KEY=@\n", false},
		{"notes.md", "APP_KEY=@\n", false},
		{"config.json", `{"app": {"key": "@"}}`, true},
		{"config.json", `{"mail": {"key": "@"}}`, false},
		{"other.json", `{"app": {"key": "@"}}`, false},
		{"etc/k", "@\n", true},
		{"mysite/private.py", "PEPPER = '@'\n", true},
		{"mysite/public.py", "PEPPER = '@'\n", false},
	} {
		text := []byte(strings.ReplaceAll(c.text, "@", key))
		var found []scanner.Match
		if d.TakesFile(c.path) {
			found = d.FindFile(c.path, text)
		}
		if !c.found {
			if len(found) > 0 && found[0].Source != nil {
				t.Errorf("%s: %.20q is a key", c.path, c.text)
			}
			continue
		}
		if len(found) != 1 || found[0].Secret.Reveal() != key || found[0].Source == nil || string(text[found[0].Offset:found[0].Offset+found[0].Length]) != key {
			t.Errorf("%s: %.20q: %d matches", c.path, c.text, len(found))
			continue
		}
		if severity, reason := d.Severity(&found[0], c.path); severity != scanner.Critical || !strings.Contains(reason, "as SECRET_KEY") {
			t.Errorf("%s: %s, %s", c.path, severity, reason)
		}
	}
}

func TestANameThatTheSettingsReadIsTheSites(t *testing.T) {
	d := New().WithSources(func() []scanner.KeySource {
		return []scanner.KeySource{{Kind: scanner.SourceVariable, Name: "APP_SECRET", Setting: "SECRET_KEY"}}
	})
	text := []byte("APP_ENV=dev\nAPP_SECRET=" + testkit.Made("hex", 1) + "\n")
	found := d.Find(text, d.Anchors().Append(nil, text, 0, len(text)))
	if len(found) != 1 {
		t.Fatalf("%d matches", len(found))
	}
	if severity, _ := d.Severity(&found[0], ".env"); severity > scanner.Low {
		t.Errorf("before it is claimed: %s", severity)
	}
	d.Claim(&found[0])
	if severity, _ := d.Severity(&found[0], ".env"); severity != scanner.High {
		t.Errorf("claimed: %s", severity)
	}
}

// To ask what the settings read costs more than to read a small change, so only a
// text that may hold such a key asks.
func TestTheSettingsAreAskedForOnlyWhereATextMayHoldTheirKey(t *testing.T) {
	key := testkit.Key(1)
	for _, c := range []struct {
		path, text string
		asks       bool
	}{
		{"views.py", "from django import http\n\ndef view(request):\n    return http.Found(name='a-long-name-of-a-view')\n", false},
		{"models.py", "class Page(Model):\n    LIVE = 1\n    DRAFT = True\n    parent = Key(on_delete=models.CASCADE, name='pages-of-this')\n", false},
		{"queries.py", "QUERY = \"\"\"\n    select a from b\n\"\"\"\nTITLE = \"a short title\"\n", false},
		{"test_private.py", "PEPPER = '@'\n", false},
		{"notes.txt", "a line of words\nand one more\n", false},
		{"README.md", "@\n", false},
		{"private.py", "PEPPER = '@'\n", true},
		{"private.py", "if True: PEPPER = b'@'\n", true},
		{"private.py", "PEPPER: str = '@'\n", true},
		{"private.py", "class Private:\n    PEPPER = (\n        '@'\n    )\n", true},
		{"private.py", "PEPPER \\\n  = '@'\n", true},
		{"private.py", "A, PEPPER = '', '@'\n", true},
		{"k", "@\n", true},
		{"k.txt", "@", true},
		{".env", "A=1\n", true},
		{"conf.yaml", "a: 1\n", true},
	} {
		asked := false
		d := New().WithSources(func() []scanner.KeySource { asked = true; return nil })
		if d.TakesFile(c.path) {
			d.FindFile(c.path, []byte(strings.ReplaceAll(c.text, "@", key)))
		}
		if asked != c.asks {
			t.Errorf("%s: %q: asked is %v", c.path, c.text, asked)
		}
	}
}
