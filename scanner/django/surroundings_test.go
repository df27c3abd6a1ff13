package django

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// severityOf is the severity of the only match of a text at a path.
func severityOf(t *testing.T, path, text string) scanner.Severity {
	t.Helper()
	d := New()
	expanded := []byte(testkit.Expand(text))
	found := d.Find(expanded, d.Anchors().Append(nil, expanded, 0, len(expanded)))
	if len(found) != 1 {
		t.Fatalf("%s: %d matches in %q", path, len(found), text)
	}
	severity, _ := d.Severity(&found[0], path)
	return severity
}

func TestWhatIsBesideAValueDecides(t *testing.T) {
	for _, c := range []struct {
		what, path, text string
		want             scanner.Severity
	}{
		{"Symfony", ".env", "APP_ENV=dev\nAPP_SECRET={{hex 1}}\n", scanner.Low},
		{"Flask", ".env", "FLASK_APP=app.py\nAPP_SECRET={{hex 1}}\n", scanner.High},
		{"a social network's app", "settings.py", "INSTALLED_APPS = []\nCREDS = {'app_id': '32879', 'app_secret': '{{hex 1}}'}\n", scanner.Low},
		{"the proof of one", "pages.py", "import django\napp_secret = '{{hex 1}}'\nproof = hmac.new(app_secret, page_token)\n", scanner.Low},
		{"an app's own", "settings.py", "INSTALLED_APPS = []\nAPP_SECRET = '{{hex 1}}'\n", scanner.High},
		{"Express", ".env", "PORT=3000\nJWT_SECRET={{hex 1}}\n", scanner.Low},
		{"a token of Django's", ".env", "DJANGO_SETTINGS_MODULE=a.b\nJWT_SECRET={{hex 1}}\n", scanner.High},
		{"PHP", "config", "$app_secret = '{{hex 1}}';\n", scanner.Low},
		{"a name with the project's prefix", ".env", "PORT=80\nSHOP_SECRET_KEY={{hex 1}}\n", scanner.High},
		{"an exchange", "bot.py", "API_KEY = '{{alnum 1}}'\nSECRET_KEY = '{{alnum 2}}'\n", scanner.Low},
		{"a site with a service", "settings.py", "from flask import Flask\nAPI_KEY = '{{alnum 1}}'\nSECRET_KEY = '{{alnum 2}}'\n", scanner.High},
		{"another service's key", ".env", "MAIL_API_KEY={{alnum 1}}\nSECRET_KEY={{alnum 2}}\n", scanner.High},
		{"a shorter key", ".env", "API_KEY=abc\nSECRET_KEY={{alnum 2}}\n", scanner.High},
		{"Tencent", "conf.yaml", "cloud:\n  secret_id: {{alnum 1}}\n  secret_key: {{alnum 2}}\n", scanner.Low},
		{"a storage", "conf.yaml", "files:\n  bucket: a\n  secret_key: {{alnum 2}}\n", scanner.Low},
		{"dynaconf", ".secrets.toml", "[default]\nsecret_key = \"{{hex 1}}\"\n", scanner.High},
		{"Helm", "values.yaml", "secretKey: {{urlsafe 1}}\n", scanner.High},
		{"Kubernetes", "k8s/secret.yaml", "kind: Secret\nstringData:\n  secret-key: {{hex 2}}\n", scanner.High},
		{"typed in a file that serves", ".env", "DEBUG=0\nSECRET_KEY=" + "rn5Q" + "lpsE6N\n", scanner.High},
		{"typed in a test", "tests/settings.py", "SECRET_KEY = '" + "rn5Q" + "lpsE6N'\n", scanner.Low},
		{"Django's under a foreign name", ".env", "WEB_API_SECRET_KEY={{key 1}}\n", scanner.Critical},
		{"a test that runs in CI", ".github/workflows/ci.yml", "jobs:\n  t:\n    steps:\n      - run: SECRET_KEY={{hex 1}} pytest\n", scanner.Medium},
		{"a deployment in CI", ".github/workflows/ci.yml", "jobs:\n  t:\n    steps:\n      - run: gcloud run deploy web --set-env-vars=SECRET_KEY={{hex 1}}\n", scanner.High},
		{"one over several lines", ".gitlab-ci.yml", "deploy:\n  script:\n    - |\n      heroku config:set \\\n        DEBUG=0 \\\n        SECRET_KEY={{hex 1}}\n", scanner.High},
		{"pytest's environment", "setup.cfg", "[tool:pytest]\nenv =\n  SECRET_KEY={{hex 1}}\n", scanner.Medium},
		{"another section", "setup.cfg", "[tool:pytest]\nx = 1\n[app]\nSECRET_KEY={{hex 1}}\n", scanner.High},
		{"tox", "pyproject.toml", "[tool.pytest.ini_options]\nenv = [\n  'SECRET_KEY={{key 1}}',\n]\n", scanner.Medium},
	} {
		if got := severityOf(t, c.path, c.text); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

func TestAForeignNameNeedsDjangosShape(t *testing.T) {
	text := []byte(strings.ReplaceAll(testkit.Expand("WEB_API_SECRET_KEY={{hex 1}}\nSTRIPE_SECRET_KEY={{alnum 1}}\n"), "\r", ""))
	d := New()
	if found := d.Find(text, d.Anchors().Append(nil, text, 0, len(text))); len(found) > 0 {
		t.Errorf("%d keys of other products are matches", len(found))
	}
}

// A text can be one line, or have no value in it that is not looked around from.
func TestWhatIsAroundAValueIsLookedForNearIt(t *testing.T) {
	const matches = 1000
	for name, text := range map[string]string{
		"one line": strings.Repeat("x", 1<<20), "long lines": strings.Repeat(strings.Repeat(" ", 1<<18)+"\n", 4),
	} {
		for _, class := range []scanner.Class{scanner.ClassRandom, scanner.ClassDjango} {
			s := &surroundings{text: []byte(text)}
			for n := range matches {
				m := scanner.Match{Offset: (n + 1) * len(text) / (matches + 2), Length: 50, Class: class, Form: "json"}
				s.traits(&m)
				s.besideAPIKey(&m)
			}
			if most := matches * 8 * (lineBytes + 4*50 + minPair); s.looked > most {
				t.Errorf("%s, %s: %d bytes were looked at, %d for each", name, class, s.looked, s.looked/matches)
			}
		}
	}
}
