package django

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// quoting says how one format writes a value; %s in its text stands for it.
type quoting struct {
	name, text string
	write      func(string) string
}

func asIs(v string) string { return v }

func jsonQuoted(v string) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func shellDouble(v string) string {
	return strings.NewReplacer(`\`, `\\`, "$", `\$`, "`", "\\`", `"`, `\"`).Replace(v)
}

// quotings are the formats that can write every key.
var quotings = []quoting{
	{"python", "import os\nSECRET_KEY = '%s'\n", asIs},
	{"dotenv", "DEBUG=1\nSECRET_KEY=%s\n", asIs},
	{"dotenv, blanks", "DEBUG = True\nSECRET_KEY = %s\nALLOWED_HOSTS = localhost\n", asIs},
	{"dotenv, exported", "DEBUG=True\nexport SECRET_KEY=%s\n", asIs},
	{"dotenv, commented out", "DEBUG=True\n#SECRET_KEY=%s\n", asIs},
	{"compose, map", "services:\n  web:\n    environment:\n      SECRET_KEY: '%s'\n", func(v string) string { return strings.ReplaceAll(v, "$", "$$") }},
	{"compose, default", "services:\n  web:\n    environment:\n      - SECRET_KEY=${SECRET_KEY:-%s}\n", asIs},
	{"terraform, list", "locals {\n  env = [{ name = \"SECRET_KEY\", value = \"%s\" }]\n}\n", asIs},
	{"systemd", "[Service]\nEnvironment=\"SECRET_KEY=%s\"\n", func(v string) string { return strings.ReplaceAll(v, "%", "%%") }},
	{"supervisor", "[program:a]\nenvironment=SECRET_KEY=\"%s\",A=\"b\"\n", func(v string) string { return strings.ReplaceAll(v, "%", "%%") }},
	{"powershell", "$env:SECRET_KEY = '%s'\n", asIs},
	{"batch", "@echo off\nset SECRET_KEY=%s\n", func(v string) string { return strings.NewReplacer("%", "%%", "&", "^&", "^", "^^").Replace(v) }},
	{"ruby", "ENV['SECRET_KEY'] = '%s'\n", asIs},
	{"php", "<?php\ndefine('SECRET_KEY', '%s');\n", asIs},
	{"restructured text", "Title\n=====\n\n.. code-block:: python\n\n   SECRET_KEY = '%s'\n", asIs},
	{"commit message", "Set the key\n\nSECRET_KEY = '%s' was wrong.\n", asIs},
	{"log of JSON", "{\"log\": \"{\\\"SECRET_KEY\\\": \\\"%s\\\"}\"}\n", asIs},
	{"yaml of shell", "script:\n  - echo \"SECRET_KEY='%s'\" >> .env\n", shellDouble},
	{"dotenv, single quotes", "DEBUG=1\nSECRET_KEY='%s'\nPORT=1\n", asIs},
	{"dotenv, double quotes", "DEBUG=1\nSECRET_KEY=\"%s\"\nPORT=1\n", asIs},
	{"shell, single quotes", "#!/bin/sh\nSECRET_KEY='%s' python manage.py check\n", asIs},
	{"shell, double quotes", "#!/bin/sh\nexport SECRET_KEY=\"%s\"\n", shellDouble},
	{"docker", "FROM python\nENV SECRET_KEY=\"%s\" PORT=1\n", shellDouble},
	{"docker, blank", "FROM python\nENV SECRET_KEY %s\n", asIs},
	{"compose, list", "services:\n  web:\n    environment:\n      - SECRET_KEY=%s\n", func(v string) string { return strings.ReplaceAll(v, "$", "$$") }},
	{"yaml, single quotes", "a:\n  SECRET_KEY: '%s'\n", asIs},
	{"yaml, double quotes", "a:\n  SECRET_KEY: \"%s\" # why\n", asIs},
	{"yaml, block", "a:\n  SECRET_KEY: |-\n    %s\n  b: 1\n", asIs},
	{"yaml, name and value", "a:\n  - name: SECRET_KEY\n    value: '%s'\n", asIs},
	{"kubernetes", "kind: Secret\ndata:\n  SECRET_KEY: %s\n", func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) }},
	{"json", "{\"a\": 1, \"SECRET_KEY\": %s, \"b\": 2}\n", jsonQuoted},
	{"json, name and value", "{\"a\": [{\"name\": \"SECRET_KEY\", \"value\": %s}]}\n", jsonQuoted},
	{"toml", "[django]\nSECRET_KEY = \"%s\"\n", asIs},
	{"ini", "[django]\nsecret_key = %s\n", func(v string) string { return strings.ReplaceAll(v, "%", "%%") }},
	{"terraform", "variable \"secret_key\" {\n  default = \"%s\"\n}\n", asIs},
	{"html", "<html><p>SECRET_KEY = &#39;%s&#39;</p></html>\n", html.EscapeString},
	{"html, debug page", "<html><tr><td>SECRET_KEY</td>\n<td><pre>&#x27;%s&#x27;</pre></td></tr></html>\n", html.EscapeString},
	{"markdown", "# Shop\n\n```python\nSECRET_KEY = '%s'\n```\n", asIs},
	{"markdown, inline", "# Shop\n\nPut `SECRET_KEY = \"%s\"` there.\n", asIs},
	{"patch", "diff --git a/s.py b/s.py\n--- a/s.py\n+++ b/s.py\n@@ -1 +1 @@\n-SECRET_KEY = '%s'\n+import os\n", asIs},
	{"notebook", "{\"cells\": [{\"cell_type\": \"code\", \"source\": [%s]}], \"nbformat\": 4}\n", func(v string) string { return jsonQuoted("SECRET_KEY = '" + v + "'\n") }},
	{"make", ".PHONY: run\nSECRET_KEY := %s\n", func(v string) string { return strings.NewReplacer("$", "$$", "#", `\#`).Replace(v) }},
	{"javascript", "const a = 1;\nmodule.exports = { SECRET_KEY: '%s' };\n", asIs},
	{"sql", "INSERT INTO t VALUES ('SECRET_KEY', '%s');\n", asIs},
	{"log", "12:00:00 DEBUG SECRET_KEY='%s' DEBUG=1\n", asIs},
}

func TestEveryFormReadsEveryKeyAsItWasWritten(t *testing.T) {
	for _, q := range quotings {
		wrong := 0
		for n := range 400 {
			key := testkit.Key(10_000 + n)
			switch n % 8 {
			case 1, 5:
				key = testkit.InsecureKey(10_000 + n)
			case 2:
				key = testkit.Draw("hex", n, 64, testkit.LowerHex)
			case 3:
				key = testkit.Draw("alnum", n, 50, testkit.Alnum)
			case 6:
				key = testkit.Draw("base64", n, 43, testkit.Alnum+"+/") + "="
			case 7:
				key = testkit.Draw("urlsafe", n, 67, testkit.Alnum+"-_")
			}
			text := []byte(fmt.Sprintf(q.text, q.write(key)))
			found := findIn(text)
			if len(found) != 1 || found[0].Secret.Reveal() != key || found[0].Has(scanner.NoName) {
				wrong++
			}
		}
		if wrong > 0 {
			t.Errorf("%s: %d of 400 keys are read wrongly", q.name, wrong)
		}
	}
}

func TestEveryFormReadsWhatPeopleMakeUp(t *testing.T) {
	for _, q := range quotings {
		for _, value := range []string{"tulip-fields", "s3cr3t!", "secret_k3y!1337", "Passw0rd123", "MY_SECRET", "12345", "foo", "unaclavesupersecreta", "REALLY_SECRET", "xiaocuicui", "secret", "tulip.fields", "8htr208jr0fi0"} {
			switch q.name {
			case "sql": // two strings side by side are not an assignment
				continue
			case "dotenv, blanks": // NAME = word is Python, too
				if value != "tulip-fields" && value != "unaclavesupersecreta" {
					continue
				}
			}
			text := []byte(fmt.Sprintf(q.text, q.write(value)))
			if found := findIn(text); len(found) != 1 || found[0].Secret.Reveal() != value {
				t.Errorf("%s: %q gives %d", q.name, value, len(found))
			}
		}
	}
}

func TestEveryFormMayHaveOtherLineEnds(t *testing.T) {
	key := testkit.Key(3)
	for _, q := range quotings {
		for _, how := range []string{"crlf", "bom", "cr", "utf-16le-bom", "utf-16be"} {
			text := testkit.Encode(fmt.Sprintf(q.text, q.write(key)), how)
			if found := findIn(text); len(found) != 1 || found[0].Secret.Reveal() != key {
				t.Errorf("%s, %s: %d found", q.name, how, len(found))
			}
		}
	}
}

func TestTheOffsetPointsAtTheValue(t *testing.T) {
	key := testkit.Key(1)
	for _, q := range quotings {
		text := []byte(fmt.Sprintf(q.text, q.write(key)))
		want := bytes.Index(text, []byte(q.write(key)))
		for _, m := range findIn(text) {
			if m.Offset < want || m.Offset > want+len("\"SECRET_KEY = '") || m.Offset+m.Length > len(text) {
				t.Errorf("%s: the value begins at %d, not at %d", q.name, want, m.Offset)
			}
		}
	}
}

// nul joins lines as an editor's swap file does.
func nul(lines ...string) []byte {
	return append([]byte("b0VIM 8.2\x00\x10\x00"), strings.Join(lines, "\x00")+"\x00"...)
}

func TestAnEditorsSwapFileIsReadLineByLine(t *testing.T) {
	found := findIn(nul("", "import os", "SECRET_KEY = '"+testkit.Key(1)+"'", "DEBUG = True"))
	if len(found) != 1 || found[0].Secret.Reveal() != testkit.Key(1) {
		t.Fatalf("found %d", len(found))
	}
	if found := findIn(nul("SECRET_KEY = 'tulip-fields'")); len(found) != 0 {
		t.Errorf("a value that a person made up counts in a binary: %v", found)
	}
}

func TestAnArchiveIsReadAsTheTextsInIt(t *testing.T) {
	settings := "import os\n\nDEBUG = True\nSECRET_KEY = 'tulip-fields'\n\nALLOWED_HOSTS = []\n"
	text := append(make([]byte, 512), strings.Repeat(settings, 4)...)
	text = append(text, make([]byte, 512)...)
	if found := findIn(text); len(found) == 0 {
		t.Error("a file in an archive is not read")
	}
}

func TestCompiledPythonHoldsKeysAmongItsConstants(t *testing.T) {
	head := "\x42\x0d\x0d\x0a\x00\x00\x00\x00SECRET_KEYz\x04DEBUG"
	for name, constant := range map[string]string{
		"short":       "z" + string(rune(50)) + testkit.Key(1),
		"short, kept": "\xfa" + string(rune(50)) + testkit.Key(1),
		"long":        "a" + string(rune(50)) + "\x00\x00\x00" + testkit.Key(1),
	} {
		text := []byte(strings.Replace(head, "\x42", "\x42", 1) + "\x00" + constant + "N)\x01\xda")
		text[0], text[1], text[2], text[3] = 0x55, 0x0d, '\r', '\n'
		found := findIn(text)
		if len(found) != 1 || found[0].Secret.Reveal() != testkit.Key(1) {
			t.Errorf("%s: found %d", name, len(found))
		}
	}
}

func TestUTF16AfterTextOfAnotherEncodingIsRead(t *testing.T) {
	text := []byte("DEBUG=1\n")
	wide := testkit.Encode("SECRET_KEY="+testkit.Key(1)+"\r\n", "utf-16le")
	text = append(text, wide...)
	found := findIn(text)
	if len(found) != 1 || found[0].Secret.Reveal() != testkit.Key(1) {
		t.Fatalf("found %d", len(found))
	}
	if want := len("DEBUG=1\n") + 2*len("SECRET_KEY="); found[0].Offset != want || found[0].Length != 2*value.DjangoLength-1 && found[0].Length != 2*value.DjangoLength {
		t.Errorf("the value is said to be at %d+%d, not at %d", found[0].Offset, found[0].Length, want)
	}
}
