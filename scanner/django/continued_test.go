package django_test

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner/django"
)

// continued are statements that go on in the next line, in which … is the key.
var continued = map[string]string{
	"export":                  "export SECRET_KEY=\\\n\"…\"\n",
	"export, CRLF":            "#!/bin/sh\r\nexport SECRET_KEY=\\\r\n\"…\"\r\n",
	"without quotes":          "#!/bin/sh\nexport SECRET_KEY=\\\n…\n",
	"before a command":        "#!/bin/sh\nSECRET_KEY=\\\n'…' \\\npython manage.py migrate\n",
	"in quotes":               "#!/bin/sh\nexport SECRET_KEY=\"\\\n…\"\n",
	"two breaks":              "#!/bin/sh\nexport SECRET_KEY=\\\n\\\n\"…\"\n",
	"before the sign":         "#!/bin/sh\nSECRET_KEY\\\n=…\n",
	"setenv":                  "#!/bin/csh\nsetenv SECRET_KEY \\\n  \"…\"\n",
	"a command's argument":    "#!/bin/sh\nheroku config:set SECRET_KEY=\\\n\"…\"\n",
	"an option":               "#!/bin/sh\ndocker run -e SECRET_KEY=\\\n\"…\" image\n",
	"ENV":                     "FROM python\nENV SECRET_KEY=\\\n  …\n",
	"ENV, without a sign":     "FROM python\nENV SECRET_KEY \\\n  …\n",
	"ENV, among others":       "FROM python\nENV A=b \\\n  SECRET_KEY=\\\n… \\\n  C=d\n",
	"ENV, with a comment":     "FROM python\nENV SECRET_KEY=\\\n# a comment\n…\n",
	"ENV, with another sign":  "# escape=`\nFROM python\nENV SECRET_KEY=`\n…\n",
	"ARG":                     "FROM python\nARG SECRET_KEY=\\\n…\n",
	"RUN":                     "FROM python\nRUN SECRET_KEY=\\\n… python manage.py collectstatic\n",
	"make":                    "SECRET_KEY = \\\n  …\nall:\n\techo\n",
	"make, simply expanded":   "SECRET_KEY := \\\n\t…\nall:\n\techo\n",
	"make, default":           "export SECRET_KEY ?= \\\n  …\n",
	"a recipe":                "all:\n\tSECRET_KEY=\\\n\"…\" python manage.py migrate\n",
	"YAML":                    "a:\n  SECRET_KEY: \"\\\n    …\"\n",
	"YAML, a command":         "a:\n  - run: |\n      export SECRET_KEY=\\\n        …\n",
	"YAML, an item":           "a:\n  - \"SECRET_KEY=\\\n    …\"\n",
	"systemd":                 "[Service]\nEnvironment=SECRET_KEY=\\\n…\n",
	"systemd, in quotes":      "[Service]\nEnvironment=\"A=b\" \\\n  \"SECRET_KEY=\\\n…\"\n",
	"dotenv":                  "A=b\nSECRET_KEY=\\\n\"…\"\nC=d\n",
	"INI":                     "[a]\nsecret_key =\n  …\n",
	"INI, with a backslash":   "[a]\nsecret_key = \\\n  …\n",
	"properties":              "a=b\nsecret.key=\\\n  …\n",
	"JavaScript":              "const SECRET_KEY =\n  \"…\";\n",
	"JavaScript, an object":   "const a = {\n  SECRET_KEY:\n    \"…\",\n};\n",
	"PowerShell":              "$env:SECRET_KEY = `\n  \"…\"\n",
	"batch":                   "@echo off\nset SECRET_KEY=^\n…\n",
	"a fence of Markdown":     "# x\n```\nexport SECRET_KEY=\\\n\"…\"\n```\n",
	"a patch":                 "diff --git a/x.sh b/x.sh\n--- a/x.sh\n+++ b/x.sh\n@@ -1,1 +1,3 @@\n a\n+export SECRET_KEY=\\\n+\"…\"\n",
	"make, after YAML's look": "A := b\nSECRET_KEY := …\n",
}

func TestAStatementGoesOnAfterALineBreak(t *testing.T) {
	d, key := django.New(), testkit.Made("alnum", 1)
	for name, text := range continued {
		text := []byte(strings.ReplaceAll(text, "…", key))
		found, cut := d.Search(text, d.Anchors().Append(nil, text, 0, len(text)))
		if len(found) != 1 || found[0].Secret.Reveal() != key || cut != 0 {
			t.Errorf("%s: %d matches, %d cut", name, len(found), cut)
		} else if at := strings.Index(string(text), key); found[0].Offset > at || found[0].Offset+found[0].Length < at+len(key) {
			t.Errorf("%s: at %d+%d, want %d+%d", name, found[0].Offset, found[0].Length, at, len(key))
		}
	}
}

// A value in two parts is their sum.
func TestAValueMayBeBrokenIntoLines(t *testing.T) {
	key := testkit.Made("alnum", 1)
	for name, text := range map[string]string{
		"in quotes":      "#!/bin/sh\nexport SECRET_KEY=\"" + key[:20] + "\\\n" + key[20:] + "\"\n",
		"without quotes": "A=b\nSECRET_KEY=" + key[:20] + "\\\n" + key[20:] + "\n",
	} {
		if found := findAll(text); len(found) != 1 || found[0].Secret.Reveal() != key {
			t.Errorf("%s: %d matches", name, len(found))
		}
	}
}

// A line without a value, and a value without more, end where they end.
func TestTheNextLineIsNotTheValue(t *testing.T) {
	key := testkit.Made("alnum", 1)
	for name, text := range map[string]string{
		"an empty variable": "SECRET_KEY=\nPATH_TO_FILE=" + key + "\n",
		"an empty setting":  "[a]\nsecret_key =\n[b]\ntoken = " + key + "\n",
		"a nested setting":  "[a]\nsecret_key =\n  token = " + key + "\n",
		"another variable":  "A=b\nSECRET_KEY=\\\nPATH_TO_FILE=" + key + "\n",
		"YAML":              "secret_key:\n  token: " + key + "\n",
		"a long command":    "docker run -e SECRET_KEY \\\n  -e TOKEN=" + key + " image\n",
		"a reference":       "export SECRET_KEY=$KEY \\\n  TOKEN=" + key + "\n",
	} {
		for _, m := range findAll(text) {
			if strings.Contains(m.Secret.Reveal(), key) {
				t.Errorf("%s: found as %s", name, m.Form)
			}
		}
	}
}
