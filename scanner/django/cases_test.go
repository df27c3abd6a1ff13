package django

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// The cases are described in testdata/README.md.
var (
	wantPattern  = regexp.MustCompile(`want ([a-z-]+) (?:(` + testkit.Kinds + `) (\d+)|("(?:[^"\\]|\\.)*"))`)
	abovePattern = regexp.MustCompile(`(?m)^want (\S+):(\d+) (.*)$`)
)

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
		value = testkit.Expand(value)
	} else {
		n, _ := strconv.Atoi(m[3])
		value = testkit.Made(m[2], n)
	}
	return where + " " + m[1] + " " + string(scanner.NewSecret(value).Fingerprint())
}

func findIn(text []byte) []scanner.Match {
	d := New()
	return d.Find(text, d.Anchors().Append(nil, text, 0, len(text)))
}

func TestCasesGiveWhatTheyWant(t *testing.T) {
	for _, c := range testkit.Cases(t) {
		_, name, _ := strings.Cut(filepath.ToSlash(c.Path), "testdata/detect/django/")
		name = strings.TrimSuffix(name, ".txtar")
		t.Run(name, func(t *testing.T) { runCase(t, c, strings.HasPrefix(name, "silent/")) })
	}
}

func runCase(t *testing.T, c testkit.Case, silent bool) {
	var want, got []string
	named := strings.Contains(c.Comment, "\nall named\n")
	for _, m := range abovePattern.FindAllStringSubmatch(c.Comment, -1) {
		want = append(want, wanted(t, m[1]+":"+m[2], m[3]))
	}
	for _, f := range c.Files {
		for n, line := range strings.Split(f.Source, "\n") {
			for _, m := range wantPattern.FindAllString(line, -1) {
				want = append(want, wanted(t, fmt.Sprintf("%s:%d", f.Name, n+1), strings.TrimPrefix(m, "want ")))
			}
		}
		for _, m := range findIn(f.Text) {
			line, _ := scanner.Position(f.Text, m.Offset)
			if strings.HasPrefix(f.Encoding, "utf-16") {
				line = 1 + bytes.Count(f.Text[:m.Offset], []byte{'\n'})
			}
			got = append(got, fmt.Sprintf("%s:%d %s %s", f.Name, line, m.Rule, m.Secret.Fingerprint()))
			if named && m.Name == "" {
				t.Errorf("%s:%d found by its shape alone, but its name is there", f.Name, line)
			}
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

func TestCasesHoldNoKey(t *testing.T) {
	for _, file := range testkit.CaseFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range findIn(text) {
			if m.Class.Generated() {
				line, _ := scanner.Position(text, m.Offset)
				t.Errorf("%s:%d holds a generated value; write {{key n}}", file, line)
			}
		}
	}
}
