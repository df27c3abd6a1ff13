package django

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// The cases under testdata/detect/django are txtar archives, one idea each. A
// line with a key says so itself:
//
//	SECRET_KEY = '{{key 1}}'  # want django-secret-key key 1
//	SECRET_KEY = 'change me'  # want placeholder-secret-key "change me"
//
// A file that can hold no comments has its wants above the first file:
//
//	want secrets.json:2 django-secret-key key 1
//
// {{key 1}} is a made-up key; so are {{insecure 1}}, {{hex 1}} (64 digits),
// {{alnum 1}} (40), {{base64 1}} (44) and {{urlsafe 1}} (43). A filter
// changes how it is written: {{key 1|json}}, html, py, dollar, percent, b64,
// head (its first 20 characters) and tail (the rest). A line "encode F:
// utf-16le" above the first file writes that file otherwise: utf-16le,
// utf-16be, bom, crlf, cr.
//
// Every match must be wanted and every want must match: its rule, its line and
// its value.
var (
	fieldPattern  = regexp.MustCompile(`\{\{(key|insecure|hex|alnum|base64|urlsafe) (\d+)((?:\|\w+)*)\}\}`)
	wantPattern   = regexp.MustCompile(`want ([a-z-]+) (?:(key|insecure|hex|alnum|base64|urlsafe) (\d+)|("(?:[^"\\]|\\.)*"))`)
	abovePattern  = regexp.MustCompile(`(?m)^want (\S+):(\d+) (.*)$`)
	encodePattern = regexp.MustCompile(`(?m)^encode (\S+): (\S+)$`)
)

const lowerHex, alnumSet = "0123456789abcdef", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func madeValue(kind, number string) string {
	n, _ := strconv.Atoi(number)
	switch kind {
	case "insecure":
		return testkit.InsecureKey(n)
	case "hex":
		return testkit.Draw("hex", n, 64, lowerHex)
	case "alnum":
		return testkit.Draw("alnum", n, 40, alnumSet)
	case "base64":
		return testkit.Draw("base64", n, 43, alnumSet+"+/") + "="
	case "urlsafe":
		return testkit.Draw("urlsafe", n, 43, alnumSet+"-_")
	}
	return testkit.Key(n)
}

func written(value, filters string) string {
	for f := range strings.SplitSeq(strings.TrimPrefix(filters, "|"), "|") {
		switch f {
		case "json":
			value = strings.NewReplacer("&", `\u0026`, "=", `\u003d`, "+", `\u002b`).Replace(value)
		case "html":
			value = html.EscapeString(value)
		case "py":
			value = strings.NewReplacer("a", `\x61`, "e", `\u0065`, "5", `\065`).Replace(value)
		case "shell": // between double quotes
			value = strings.ReplaceAll(value, "$", `\$`)
		case "make":
			value = strings.NewReplacer("$", "$$", "#", `\#`).Replace(value)
		case "backtick":
			value = strings.ReplaceAll(value, "$", "`$")
		case "caret":
			value = strings.NewReplacer("&", "^&", "^", "^^", "%", "%%").Replace(value)
		case "url":
			value = url.QueryEscape(value)
		case "x1", "x2": // one or two bytes before it
			value = "ab"[:f[1]-'0'] + value
		case "py2":
			value = "import os\nSECRET_KEY = '" + value + "'\n"
		case "dollar":
			value = strings.ReplaceAll(value, "$", "$$")
		case "percent":
			value = strings.ReplaceAll(value, "%", "%%")
		case "b64":
			value = base64.StdEncoding.EncodeToString([]byte(value))
		case "cut": // behind the prefix and a part of the key
			value = value[:40]
		case "rest":
			value = value[40:]
		case "head":
			value = value[:20]
		case "tail":
			value = value[20:]
		}
	}
	return value
}

// expand puts made-up values in the place of fields.
func expand(text string) string {
	return fieldPattern.ReplaceAllStringFunc(text, func(f string) string {
		m := fieldPattern.FindStringSubmatch(f)
		return written(madeValue(m[1], m[2]), m[3])
	})
}

// wanted reads one want: a rule and the fingerprint of a value.
func wanted(t *testing.T, where, s string) string {
	m := wantPattern.FindStringSubmatch("want " + s)
	if m == nil {
		t.Fatalf("%s: cannot read the want %q", where, s)
	}
	value := ""
	if m[4] != "" {
		var err error
		if value, err = strconv.Unquote(m[4]); err != nil {
			t.Fatalf("%s: %v", where, err)
		}
	} else {
		value = madeValue(m[2], m[3])
	}
	return where + " " + m[1] + " " + string(scanner.NewSecret(value).Fingerprint())
}

func encode(text, how string) []byte {
	switch how {
	case "bom":
		return []byte("\xef\xbb\xbf" + text)
	case "crlf":
		return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
	case "cr":
		return []byte(strings.ReplaceAll(text, "\n", "\r"))
	case "utf-16le", "utf-16be", "utf-16le-bom":
		var out []byte
		if strings.HasSuffix(how, "bom") {
			out = []byte{0xff, 0xfe}
		}
		for _, u := range utf16.Encode([]rune(text)) {
			if how == "utf-16be" {
				out = append(out, byte(u>>8), byte(u))
			} else {
				out = append(out, byte(u), byte(u>>8))
			}
		}
		return out
	}
	return []byte(text)
}

func find(text []byte) []scanner.Match {
	d := New()
	return d.Find(text, d.Anchors().Append(nil, text, 0, len(text)))
}

func caseFiles(t testing.TB) []string {
	files, err := filepath.Glob("../../testdata/detect/django/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return files
}

func TestCasesGiveWhatTheyWant(t *testing.T) {
	for _, file := range caseFiles(t) {
		name := strings.TrimSuffix(file[strings.Index(file, "django/")+len("django/"):], ".txtar")
		t.Run(name, func(t *testing.T) { runCase(t, file, strings.HasPrefix(name, "silent/")) })
	}
}

func runCase(t *testing.T, file string, silent bool) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	encodings := map[string]string{}
	for _, m := range encodePattern.FindAllStringSubmatch(string(archive.Comment), -1) {
		encodings[m[1]] = m[2]
	}
	var want, got []string
	for _, m := range abovePattern.FindAllStringSubmatch(string(archive.Comment), -1) {
		want = append(want, wanted(t, m[1]+":"+m[2], m[3]))
	}
	for _, f := range archive.Files {
		for n, line := range strings.Split(string(f.Data), "\n") {
			for _, m := range wantPattern.FindAllString(line, -1) {
				want = append(want, wanted(t, fmt.Sprintf("%s:%d", f.Name, n+1), strings.TrimPrefix(m, "want ")))
			}
		}
		text := encode(expand(string(f.Data)), encodings[f.Name])
		for _, m := range find(text) {
			line, _ := scanner.Position(text, m.Offset)
			if strings.HasPrefix(encodings[f.Name], "utf-16") {
				line = 1 + bytes.Count(text[:m.Offset], []byte{'\n'})
			}
			got = append(got, fmt.Sprintf("%s:%d %s %s", f.Name, line, m.Rule, m.Secret.Fingerprint()))
		}
	}
	if silent && len(want) > 0 {
		t.Fatal("a silent case wants something")
	}
	if !silent && len(want) == 0 {
		t.Fatal("the case wants nothing")
	}
	sort.Strings(want)
	sort.Strings(got)
	for _, w := range minus(want, got) {
		t.Errorf("missing    %s", w)
	}
	for _, g := range minus(got, want) {
		t.Errorf("not wanted %s", g)
	}
}

// minus keeps the lines of a that are not in b, each as often as it is more
// often in a.
func minus(a, b []string) (out []string) {
	count := map[string]int{}
	for _, s := range b {
		count[s]++
	}
	for _, s := range a {
		if count[s]--; count[s] < 0 {
			out = append(out, s)
		}
	}
	return out
}

// seeds gives the texts of all cases, for fuzzing and benchmarks.
func seeds(t testing.TB) (texts [][]byte) {
	for _, file := range caseFiles(t) {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			texts = append(texts, []byte(expand(string(f.Data))))
		}
	}
	return texts
}

func TestCasesHoldNoKey(t *testing.T) {
	for _, file := range caseFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range find(text) {
			if m.Class.Generated() {
				line, _ := scanner.Position(text, m.Offset)
				t.Errorf("%s:%d holds a generated value; write {{key n}}", file, line)
			}
		}
	}
}
