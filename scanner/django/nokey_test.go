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
