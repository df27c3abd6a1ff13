package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/internal/testkit"
)

// What an editor is told of a document holds no key, not even where the names and
// the reasons around it do.
func TestEditorsAreToldNoKey(t *testing.T) {
	key, prefixed := testkit.Key(1), testkit.InsecureKey(2)
	file := filepath.Join(t.TempDir(), "settings.py")
	text := "import os\n\nSECRET_KEY = '" + key + "'\nOLD_SECRET_KEY = '" + prefixed + "'\n"
	list := problems(&scan.Scan{Getenv: os.Getenv}, file, text)
	if len(list) != 2 {
		t.Fatalf("%d problems", len(list))
	}
	for _, p := range list {
		for _, told := range []string{p.Message, p.Hover, p.Accept} {
			for _, k := range []string{key, strings.TrimPrefix(prefixed, "django-insecure-")} {
				for i := 0; i+5 <= len(k); i++ {
					if strings.Contains(told, k[i:i+5]) {
						t.Fatalf("%s: five characters of a key are told", p.Code)
					}
				}
			}
		}
		if fixed := p.Fixed(); fixed == "" || strings.Contains(fixed, text[p.From:p.To]) {
			t.Errorf("%s: the change does not take the key out", p.Code)
		}
	}
}
