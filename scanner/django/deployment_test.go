package django

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestAStepThatDeploysIsForProduction(t *testing.T) {
	const step = "jobs:\n  x:\n    steps:\n    - name: deploy\n"
	for _, c := range []struct {
		text string
		want scanner.Severity
	}{
		{step + "      run: printf \"SECRET_KEY=@\" > .env && scp .env host:\n", scanner.High},
		{step + "      run: |\n        echo \"SECRET_KEY=@\" >> .env\n        scp .env host:\n", scanner.High},
		{step + "      run: ansible-playbook site.yml\n      env:\n        SECRET_KEY: @\n", scanner.High},
		{step + "      env:\n        SECRET_KEY: @\n      run: fly deploy\n", scanner.High},
		{step + "      env:\n        SECRET_KEY: @\n      run: pytest\n    - run: fly deploy\n", scanner.Medium},
		{"jobs:\n  deploy:\n    env:\n      SECRET_KEY: @\n    steps:\n    - run: make\n", scanner.High},
		{"jobs:\n  test:\n    env:\n      SECRET_KEY: @\n  deploy:\n    steps:\n    - run: fly deploy\n", scanner.Medium},
		{"web_deploy:\n  variables:\n    SECRET_KEY: @\n", scanner.High},
		{"- SECRET_KEY=@\n- ssh host\n", scanner.Medium},
		{"test:\n  variables:\n    # deploy: later\n    SECRET_KEY: @\n", scanner.Medium},
	} {
		if got := severityOf(t, ".github/workflows/site.yml", strings.ReplaceAll(c.text, "@", "{{hex 1}}")); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestWhatIsForTestsIsATests(t *testing.T) {
	for text, path := range map[string]string{
		"[tool.hatch.envs.test.env-vars]\nSECRET_KEY = \"{{hex 1}}\"\n": "pyproject.toml",
		"[env.test]\nSECRET_KEY = \"{{hex 1}}\"\n":                      "site.toml",
		"test:\n\tSECRET_KEY='{{hex 1}}' pytest\n":                      "Makefile",
		"#!/bin/sh\nSECRET_KEY='{{hex 1}}' ./manage.py test\n":          "check.sh",
	} {
		if got := severityOf(t, path, text); got != scanner.Medium {
			t.Errorf("%s: %s in %q", path, got, text)
		}
	}
	if got := severityOf(t, ".secrets.toml", "secret_key = \"{{hex 1}}\"\n"); got != scanner.High {
		t.Errorf("a file of one setting: %s", got)
	}
}

func TestASecretOfAnotherFrameworkIsLow(t *testing.T) {
	for text, want := range map[string]scanner.Severity{
		"jwt:\n  secretKey: {{hex 1}}\nspring:\n  name: web\n":  scanner.Low,
		"jwt:\n  secretKey: {{hex 1}}\ndjango:\n  debug: 1\n":   scanner.High,
		`{"apiKey": "{{alnum 1}}", "secretKey": "{{alnum 2}}"}`: scanner.Low,
	} {
		if got := severityOf(t, "application.yml", text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
