package django

import (
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestAKeyBesideAPatternForItsNameIsLow(t *testing.T) {
	if got := severityOf(t, "settings.py", "import re\nSECRET_KEY = '{{alnum 1}}'\nX = re.compile(r'\\s+')\n"); got != scanner.High {
		t.Errorf("a pattern for something else: %s", got)
	}
	if got := severityOf(t, "rules.py", "import re\nX = re.compile(r'SECRET_KEY\\s*=')\nTRY = 'SECRET_KEY = \"{{alnum 1}}\"'\n"); got > scanner.Low {
		t.Errorf("a pattern for the name: %s", got)
	}
}

func TestAPublicKeyInADocstringIsANote(t *testing.T) {
	const public = "09d25e094faa6ca2556c818166b7a956" + "3b93f7099f6f0f4caa6cf63b88e8d3e7"
	if got := severityOf(t, "auth.py", "\"\"\"Log in.\n\n    SECRET_KEY = \""+public+"\"\n\"\"\"\nimport os\n"); got != scanner.Note {
		t.Errorf("in a docstring: %s", got)
	}
	if got := severityOf(t, "auth.py", "\"\"\"Log in.\"\"\"\nimport os  # don't\nSECRET_KEY = \""+public+"\"\n"); got != scanner.High {
		t.Errorf("after one: %s", got)
	}
}

func TestAMadeUpKeyInADocstringIsANote(t *testing.T) {
	for text, want := range map[string]scanner.Severity{
		"#!/usr/bin/python\nEXAMPLES = r\"\"\"\n- name: It's one\n  env:\n    SECRET_KEY: 'ssssh'\n\"\"\"\n":       scanner.Note,
		"def f():\n    \"\"\"Reads it.\n\n    >>> settings.configure(SECRET_KEY='ssssh')\n    \"\"\"\nimport os\n": scanner.Note,
		"\"\"\"About.\"\"\"\nimport os\nX = '\\'#'\nSECRET_KEY = 'ssssh'\n":                                        scanner.Medium,
		"import os\nSECRET_KEY = 'ssssh'\n\"\"\"\nAbout it.\n\"\"\"\n":                                             scanner.Medium,
	} {
		if got := severityOf(t, "plugins/modules/web.py", text); got != want {
			t.Errorf("%s, want %s, in %q", got, want, text)
		}
	}
}
