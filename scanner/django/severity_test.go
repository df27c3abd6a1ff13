package django

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/value"
)

func TestPathsTellWhatAFileIsFor(t *testing.T) {
	for context, paths := range map[Context][]string{
		Prod: {"", "settings.py", "config/settings/base.py", "config/settings/production.py", "local_settings.py", ".env", ".env.prod", "docker-compose.yml", "Dockerfile", "k8s/secret.yaml", "contest/settings.py", "latest/app.py"},
		Dev:  {"config/settings/local.py", "config/settings/dev.py", "settings_dev.py", ".env.dev", ".env.local", "docker-compose.override.yml", "docker-compose.local.yml", "docker-compose.dev.yml", ".devcontainer/devcontainer.json", ".envs/.local/.django"},
		Test: {"tests/settings.py", "app/test_views.py", "app/views_test.py", "conftest.py", "config/settings/test.py", "config/settings/ci.py", "test_settings.py", "runtests.py", "tox.ini", ".github/workflows/ci.yml",
			".gitlab-ci.yml", ".travis.yml", "app/fixtures/site.json", "testproject/settings.py", ".env.test", "roles/django/molecule/default/settings.py", "htmlcov/settings_py.html"},
		Doc:      {"README.md", "docs/settings.rst", "docs/tests/x.txt", "examples/app/settings.py", ".env.example", "env.sample", "settings.py.j2", "settings.py-tpl", "{{cookiecutter.slug}}/settings.py", "example.env", "local_settings.example.py", "sample_project/blog/settings.py", "sample-site/settings.py", "app/skeleton/settings.py"},
		Vendored: {"venv/lib/python3.9/site-packages/django/conf/settings.py", "node_modules/x/README.md", "vendor/tests/settings.py", ".tox/py39/x.py"},
	} {
		for _, path := range paths {
			if got := ContextOf(path); got != context {
				t.Errorf("%s is for %v, want %v", path, got, context)
			}
		}
	}
}

func TestSeverityFollowsTheTable(t *testing.T) {
	for _, c := range []struct {
		class  scanner.Class
		traits scanner.Trait
		path   string
		want   scanner.Severity
	}{
		{scanner.ClassDjangoInsecure, 0, "settings.py", scanner.Critical},
		{scanner.ClassDjango, 0, "settings/dev.py", scanner.High},
		{scanner.ClassDjango, 0, "tests/settings.py", scanner.Medium},
		{scanner.ClassDjango, 0, "README.md", scanner.High},
		{scanner.ClassDjango, 0, "venv/lib/x.py", scanner.Note},
		{scanner.ClassDjango, scanner.NoName, "x.log", scanner.Medium},
		{scanner.ClassDjango, scanner.NoName, "README.md", scanner.Low},
		{scanner.ClassDjangoInsecure, scanner.NoName, "x.log", scanner.Critical},
		{scanner.ClassDjango, scanner.Comment, "settings.py", scanner.Critical},
		{scanner.ClassDjango, scanner.Guarded, "settings.py", scanner.High},
		{scanner.ClassDjango, scanner.DevOnly, "settings.py", scanner.High},
		{scanner.ClassDjango, scanner.TestOnly, "settings.py", scanner.Medium},
		{scanner.ClassDjango, scanner.BuildOnly, "Dockerfile", scanner.Medium},
		{scanner.ClassRandom, 0, "settings.py", scanner.High},
		{scanner.ClassRandom, scanner.OtherName, "settings/dev.py", scanner.Medium},
		{scanner.ClassRandom, 0, "README.md", scanner.Medium},
		{scanner.ClassRandom, scanner.Typed, ".env", scanner.High},
		{scanner.ClassRandom, scanner.Typed, "tests/settings.py", scanner.Low},
		{scanner.ClassRandom, scanner.OtherName | scanner.Unclaimed, ".env", scanner.Low},
		{scanner.ClassRandom, scanner.Deployed, ".github/workflows/deploy.yml", scanner.High},
		{scanner.ClassRandom, 0, ".github/workflows/deploy.yml", scanner.Medium},
		{scanner.ClassRandom, scanner.Deployed, "tests/deploy.py", scanner.Medium},
		{scanner.ClassPublic, 0, "settings.py", scanner.High},
		{scanner.ClassPublic, 0, "README.md", scanner.Note},
		{scanner.ClassWeak, 0, "settings.py", scanner.Medium},
		{scanner.ClassWeak, scanner.OtherName, "settings.py", scanner.Low},
		{scanner.ClassWeak, scanner.Fallback, "settings/dev.py", scanner.Low},
		{scanner.ClassWeak, scanner.Guarded, "settings.py", scanner.Note},
		{scanner.ClassWeak, scanner.Comment, "settings.py", scanner.Note},
		{scanner.ClassRandom, 0, "src/config.js", scanner.Medium},
		{scanner.ClassWeak, 0, "main.go", scanner.Low},
		{scanner.ClassDjango, 0, "src/config.js", scanner.Critical},
		{scanner.ClassPlaceholder, 0, "settings.py", scanner.Low},
		{scanner.ClassPlaceholder, scanner.BuildOnly, "Dockerfile", scanner.Note},
		{scanner.ClassPlaceholder, 0, "tests/settings.py", scanner.Note},
	} {
		got, why := New().Severity(&scanner.Match{Class: c.class, Traits: c.traits}, c.path)
		if got != c.want || why == "" {
			t.Errorf("%s with traits %x in %q: %v (%s), want %v", c.class, c.traits, c.path, got, why, c.want)
		}
	}
}

func TestASecretThatSaysNotWhoseItIsIsLessSevere(t *testing.T) {
	for _, c := range []struct {
		name, form string
		want       scanner.Severity
	}{
		{"secret_key", "python-assign", scanner.Low},
		{"self.secret_key", "python-assign", scanner.Low},
		{"secretKey", "text", scanner.Low},
		{"Configuration.secret_key", "python-assign", scanner.Low},
		{"django.secretKey", "yaml", scanner.High},
		{"secret_key", "yaml", scanner.High},
		{"secret-key", "yaml", scanner.High},
		{"default.secret_key", "ini", scanner.High},
		{"SECRET", "dotenv", scanner.Medium},
		{"app.secret_key", "python-assign", scanner.High},
		{"JWT_SECRET_KEY", "dotenv", scanner.High},
	} {
		m := scanner.Match{Class: scanner.ClassRandom, Traits: scanner.OtherName, Name: c.name, Form: scanner.Form(c.form)}
		if got, _ := New().Severity(&m, "settings.py"); got != c.want {
			t.Errorf("%s in %s: %v, want %v", c.name, c.form, got, c.want)
		}
	}
}

func TestTrapsAreHighOutsideOfTests(t *testing.T) {
	for path, want := range map[string]scanner.Severity{"settings.py": scanner.High, "tests/settings.py": scanner.Medium, "docs/x.rst": scanner.Medium} {
		for _, rule := range []string{forms.RuleEmptyFallback, forms.RuleNoneFallback} {
			if got, _ := New().Severity(&scanner.Match{Rule: rule, Class: scanner.ClassPublic}, path); got != want {
				t.Errorf("%s in %s: %v, want %v", rule, path, got, want)
			}
		}
	}
}

func TestEveryRuleIsDocumented(t *testing.T) {
	known := map[string]bool{}
	for _, r := range New().Rules() {
		if known[r.ID] || r.Title == "" || !strings.HasSuffix(r.Text, ".") || !strings.HasSuffix(r.Fix, ".") || r.Severity == scanner.Silent {
			t.Errorf("rule %q is listed twice or lacks a title, a text, a fix or a severity", r.ID)
		}
		known[r.ID] = true
	}
	for v := value.Insecure; v <= value.Placeholder; v++ {
		if !known[ruleOf(v)] {
			t.Errorf("rule %q is not documented", ruleOf(v))
		}
	}
	for _, id := range []string{forms.RuleEmptyFallback, forms.RuleNoneFallback, RuleLeakedFallback} {
		if !known[id] {
			t.Errorf("rule %q is not documented", id)
		}
	}
}

func traitsOf(t *testing.T, text string) scanner.Trait {
	t.Helper()
	found := findIn([]byte("import os\n" + testkit.Expand(text)))
	if len(found) == 0 {
		t.Fatalf("nothing found in %q", text)
	}
	return found[0].Traits
}

func TestTraitsComeFromTheCodeAround(t *testing.T) {
	for text, want := range map[string]scanner.Trait{
		"SECRET_KEY = '{{key 1}}'\n":                                                                             0,
		"SECRET_KEY = os.environ.get('A', '{{key 1}}')\n":                                                        scanner.Fallback,
		"SECRET_KEY = os.environ.get('A') or '{{key 1}}'\n":                                                      scanner.Fallback,
		"try:\n    a\nexcept KeyError:\n    SECRET_KEY = '{{key 1}}'\n":                                          scanner.Fallback,
		"if not SECRET_KEY:\n    SECRET_KEY = '{{key 1}}'\n":                                                     scanner.Fallback,
		"# SECRET_KEY = '{{key 1}}'\n":                                                                           scanner.Comment,
		"if DEBUG:\n    SECRET_KEY = '{{key 1}}'\n":                                                              scanner.DevOnly,
		"if not DEBUG:\n    X = 1\nelse:\n    SECRET_KEY = '{{key 1}}'\n":                                        scanner.DevOnly,
		"SECRET_KEY = '{{key 1}}' if DEBUG else 'x'\n":                                                           scanner.DevOnly,
		"@override_settings(SECRET_KEY='{{key 1}}')\n":                                                           scanner.TestOnly,
		"@override_settings(\n    A=1,\n    SECRET_KEY='{{key 1}}',\n)\n":                                        scanner.TestOnly,
		"monkeypatch.setenv('SECRET_KEY', '{{key 1}}')\n":                                                        scanner.TestOnly,
		"JWT_SECRET = '{{key 1}}'\n":                                                                             scanner.OtherName,
		"x = 'django-insecure-{{key 1}}'\n":                                                                      scanner.NoName,
		"SECRET_KEY = '{{key 1}}'\nif SECRET_KEY == '{{key 1}}':\n    raise X\n":                                 scanner.Guarded,
		"DEF = '{{key 1}}'\nSECRET_KEY = DEF\nif not DEBUG and SECRET_KEY == DEF:\n    # no\n    raise X('a')\n": scanner.Guarded,
		"SECRET_KEY = '{{insecure 1}}'\nassert not SECRET_KEY.startswith('django-insecure-')\n":                  scanner.Guarded,
		"SECRET_KEY = '{{key 1}}'\nif SECRET_KEY in ('a', '{{key 1}}'):\n    print('careful')\n":                 0,
	} {
		if got := traitsOf(t, text); got != want {
			t.Errorf("traits %b, want %b, in %q", got, want, text)
		}
	}
}

func TestCommentsAcceptAKey(t *testing.T) {
	key := testkit.Expand("SECRET_KEY = '{{key 1}}'")
	for text, want := range map[string]*scanner.Allow{
		key + "  # djleaks: allow[test key]":           {By: "djleaks: allow", Reason: "test key"},
		"# djleaks: allow[the line before]\n" + key:    {By: "djleaks: allow", Reason: "the line before"},
		key + "  # djleaks: allow[]":                   nil,
		key + "  # djleaks: allow":                     nil,
		"X = 1  # djleaks: allow[about X]\n" + key:     nil,
		"# djleaks: allow[two lines before]\n\n" + key: nil,
		key + "  # pragma: allowlist secret":           {By: "pragma: allowlist secret"},
		"# pragma: allowlist nextline secret\n" + key:  {By: "pragma: allowlist nextline secret"},
		key + "  # gitleaks:allow":                     {By: "gitleaks:allow"},
		key + "  # betterleaks:allow":                  {By: "betterleaks:allow"},
		key + "  # noqa: S105":                         nil,
		key + "  # nosec":                              nil,
		strings.Replace(key, "= ", "= (\n    ", 1) + "  # djleaks: allow[value's line]\n)": {By: "djleaks: allow", Reason: "value's line"},
	} {
		found := findIn([]byte("import os\n\n" + text + "\n"))
		if len(found) != 1 {
			t.Errorf("%d matches beside a marker", len(found))
			continue
		}
		got := found[0].Allow
		if (got == nil) != (want == nil) || got != nil && (got.By != want.By || got.Reason != want.Reason) {
			t.Errorf("accepted %v, want %v", got, want)
		}
	}
}
