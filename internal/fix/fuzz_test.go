package fix_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/djleaks/djleaks/internal/fix"
	"github.com/djleaks/djleaks/internal/testkit"
)

// names are the files that a text is tried as, one of each kind that is fixed.
var names = []string{"site/settings.py", ".env", "compose.yaml", "Dockerfile", "config.json", "setup.cfg", "deploy.sh", "notes.txt", "secret_key.txt"}

// FuzzPlan plans the change for a project of one text: it ends without a panic, no
// text that is shown has the key, and where the text is changed all of it before the
// first leak's line and after the last one's is what it was, but for imports and
// what Python needs to read the environment.
func FuzzPlan(f *testing.F) {
	for n, text := range []string{
		"import os\n\nSECRET_KEY = %q\n", "A=b\nSECRET_KEY=%s\nC=d\n", "services:\n  web:\n    environment:\n      SECRET_KEY: %q\n",
		"FROM python\nENV SECRET_KEY=%s\n", "{\"SECRET_KEY\": %q}\n", "[a]\nsecret_key = %s\n", "export SECRET_KEY=\\\n%q\n", "%s\n",
	} {
		f.Add(uint8(n), fmt.Sprintf(text, testkit.InsecureKey(1)))
	}
	f.Fuzz(func(t *testing.T, n uint8, text string) {
		name := names[int(n)%len(names)]
		tree := memory{map[string][]byte{name: []byte(text)}, map[string]bool{name: true}}
		leaks := tree.leaks(t, nil)
		if len(leaks) == 0 {
			return
		}
		plan := fix.Make(tree, leaks, nil, func() string { return freshKey })
		for _, file := range plan.Files {
			for _, l := range leaks {
				if len(l.Value) >= 20 && (bytes.Contains(file.OldShown, []byte(l.Value)) || bytes.Contains(file.NewShown, []byte(l.Value))) {
					t.Errorf("%s is shown with a key", file.Path)
				}
			}
			if file.Path != name || file.New == nil || name == "site/settings.py" {
				continue
			}
			last := leaks[len(leaks)-1]
			before := text[:lineStart(text, leaks[0].Offset)]
			if !bytes.HasPrefix(file.New, []byte(before)) && name != "Dockerfile" {
				t.Errorf("%s: what is before the key has changed", name)
			}
			if after := text[last.Offset+last.Length:]; len(after) > 0 && !bytes.HasSuffix(file.New, []byte(after[min(len(after), lineRest(after)):])) {
				t.Errorf("%s: what is after the key has changed", name)
			}
		}
	})
}

// lineStart is where the line before that of an offset begins: a statement may
// begin there.
func lineStart(text string, at int) int {
	for range 3 {
		for at > 0 && text[at-1] != '\n' && text[at-1] != '\r' {
			at--
		}
		at = max(0, at-1)
	}
	return at
}

// lineRest is the length of what is left of a line and the two after it.
func lineRest(text string) int {
	lines := 0
	for i := range len(text) {
		if text[i] == '\n' {
			if lines++; lines == 3 {
				return i
			}
		}
	}
	return len(text)
}
