package purge

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// written are texts that hold a key in some clothes. Each must hold one of its
// spellings.
var written = map[string]func(key string) string{
	"plain":   func(k string) string { return "old key: " + k },
	"JSON":    func(k string) string { out, _ := json.Marshal(k); return string(out) },
	"HTML":    func(k string) string { return html.EscapeString("<b>" + k) },
	"a query": func(k string) string { return url.QueryEscape(k) },
	"a path":  func(k string) string { return url.PathEscape(k) },
	"Compose": func(k string) string { return strings.ReplaceAll(k, "$", "$$") },
	"INI":     func(k string) string { return strings.ReplaceAll(k, "%", "%%") },
	"a shell": func(k string) string {
		return `export X="` + strings.NewReplacer("$", `\$`, "!", `\!`).Replace(k) + `"`
	},
	"base64":         func(k string) string { return base64.StdEncoding.EncodeToString([]byte(k)) },
	"base64, 1 in":   func(k string) string { return base64.StdEncoding.EncodeToString([]byte("A=12" + k + "x")) },
	"base64, 2 in":   func(k string) string { return base64.StdEncoding.EncodeToString([]byte("KEY=1" + k + "\nDEBUG=1")) },
	"base64 of URLs": func(k string) string { return base64.RawURLEncoding.EncodeToString([]byte("KEY=1" + k)) },
	"UTF-16, LE": func(k string) string {
		return inUnits(k, func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} })
	},
	"UTF-16, BE": func(k string) string {
		return inUnits(k, func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} })
	},
}

func inUnits(text string, unit func(uint16) []byte) string {
	var out []byte
	for _, u := range utf16.Encode([]rune("k = " + text)) {
		out = append(out, unit(u)...)
	}
	return string(out)
}

func TestEverySpellingIsFound(t *testing.T) {
	for n := range 200 {
		key := testkit.Key(n)
		spellings := Spellings(key)
		for name, write := range written {
			text := write(key)
			if !slices.ContainsFunc(spellings, func(s string) bool { return strings.Contains(text, s) }) {
				t.Errorf("key %d in %s has none of its spellings", n, name)
			}
		}
		for _, s := range spellings {
			if len(s) < len(key)-4 {
				t.Errorf("key %d has a spelling of %d bytes", n, len(s))
			}
			if strings.Contains(testkit.Key(n+1000), s) {
				t.Errorf("another key has a spelling of key %d", n)
			}
		}
	}
}

func TestExpressionsMeanTheirSpellings(t *testing.T) {
	var want []Spelling
	for _, s := range append(Spellings(testkit.InsecureKey(1)), "a\nb ==> c\x00\\") {
		want = append(want, Spelling{Key: "0123456789abcdef", Bytes: s})
	}
	Sort(want)
	text := Expressions(want)
	got, err := ParseExpressions(text)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("%v, %d of %d", err, len(got), len(want))
	}
	// What git filter-repo does: split at the last "==>", compile, replace.
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		at := strings.LastIndex(line, "==>")
		pattern := regexp.MustCompile(`(?s)` + strings.TrimPrefix(line[:at], "regex:"))
		if got := pattern.FindString("xx" + want[i].Bytes + "yy"); got != want[i].Bytes && isASCII(want[i].Bytes) {
			t.Errorf("expression %d finds %d of %d bytes", i, len(got), len(want[i].Bytes))
		}
	}
	if bytes.Contains(text, []byte(testkit.Key(1)[:8])) {
		t.Error("the file has the key in clear")
	}
	for _, bad := range []string{"", "literal:abc==>x\n", "regex:abc==>REMOVED_DJANGO_KEY_0123456789abcdef\n", "[]", `{"version": "1.5.0"}`} {
		if _, err := ParseExpressions([]byte(bad)); err == nil {
			t.Errorf("%q is taken for expressions", bad)
		}
	}
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 127 })
}

func TestBinaryBlobsKeepTheirSize(t *testing.T) {
	s := Spelling{Bytes: inUTF16("key-ab", 0), Binary: true}
	if got := filled(s.Bytes); got != inUTF16("XXXXXX", 0) {
		t.Errorf("%q", got)
	}
	if Callback([]Spelling{{Bytes: "text"}}) != nil {
		t.Error("a callback for what --replace-text replaces")
	}
	if got := string(Callback([]Spelling{s})); strings.Count(got, "blob.data.replace") != 1 {
		t.Errorf("%s", got)
	}
}

func TestTheGuideNamesWhatIsLeft(t *testing.T) {
	keys := []scanner.Key{{Fingerprint: "0123456789abcdef", Occurrences: []scanner.Occurrence{{Refs: []string{"refs/heads/main"}, Introduced: []scanner.Commit{{Commit: "c0ffee"}}}}}}
	g := NewGuide(keys, []Spelling{{Key: "0123456789abcdef", Bytes: "x", Binary: true}})
	g.Repository, g.Folder = "site.git", "'/tmp/a kit'"
	var b bytes.Buffer
	if err := g.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"0123456789abcdef: 1 spelling, first in commit c0ffee", "STILL IN refs/heads/main", "--blob-callback", "'/tmp/a kit'/expressions.txt", "--verify-purged 0123456789abcdef", "forks"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
}
