package report

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

var update = flag.Bool("update", false, "write the goldens of testdata/report")

const goldens = "../../testdata/report"

// extension is the end of the name of a format's golden.
func extension(format string) string {
	switch format {
	case "text":
		return "txt"
	case "gitlab", "codequality":
		return format + ".json"
	case "junit":
		return "junit.xml"
	case "markdown":
		return "md"
	}
	return format
}

func render(t *testing.T, format string, r *scanner.Report, opt Options) string {
	t.Helper()
	if opt.Replacement == nil {
		opt.Replacement = django.Replacement
	}
	var b bytes.Buffer
	if err := Write(&b, format, r, opt); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.String()
}

// TestEveryFormatOfASavedReportIsItsGolden renders from the JSON, not from the
// report that the JSON was made of: what it does not keep no format may need.
func TestEveryFormatOfASavedReportIsItsGolden(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(cases())) {
		saved, err := Read(strings.NewReader(render(t, "json", cases()[name], Options{})))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, format := range Formats() {
			checkGolden(t, name+"."+extension(format), render(t, format, saved, testOptions()))
		}
	}
}

func TestNarrowAndWideTerminalsHaveTheirGoldens(t *testing.T) {
	for _, w := range []struct {
		name  string
		width int
	}{{"narrow", 40}, {"wide", 200}} {
		opt := testOptions()
		opt.Width, opt.All, opt.Color = w.width, true, true
		checkGolden(t, w.name+".txt", render(t, "text", mixedCase(), opt))
	}
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join(goldens, name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v; go test ./internal/report -update writes it", err)
		return
	}
	if got != string(want) {
		t.Errorf("%s differs from its golden:\n%s", name, firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range g {
		if i >= len(w) {
			return "+ " + g[i]
		}
		if w[i] != g[i] {
			return "- " + w[i] + "\n+ " + g[i]
		}
	}
	return "- " + w[len(g)]
}

func TestReadReturnsWhatWasWritten(t *testing.T) {
	for name, r := range cases() {
		want := render(t, "json", r, Options{})
		for _, format := range []string{"json", "jsonl", "html"} {
			if !slices.Contains(Formats(), format) {
				continue
			}
			saved, err := Read(strings.NewReader(render(t, format, r, testOptions())))
			if err != nil {
				t.Errorf("%s from %s: %v", name, format, err)
				continue
			}
			if got := render(t, "json", saved, Options{}); got != want {
				t.Errorf("%s changed on its way through %s:\n%s", name, format, firstDifference(want, got))
			}
		}
	}
}

func TestNoFormatShowsFourCharactersOfAKey(t *testing.T) {
	opt := testOptions()
	opt.All, opt.Verbose, opt.Color = true, true, true
	for name, r := range cases() {
		for _, format := range Formats() {
			out := render(t, format, r, opt)
			for _, secret := range caseSecrets() {
				for i := 0; i+4 <= len(secret); i++ {
					if strings.Contains(out, secret[i:i+4]) {
						t.Errorf("%s.%s shows characters %d to %d of a key", name, format, i+1, i+4)
					}
				}
			}
		}
	}
}

// TestHostileNamesCannotCommandATerminalOrARunner looks at every line of every
// format as a terminal and the runners of GitHub, Azure and TeamCity would.
func TestHostileNamesCannotCommandATerminalOrARunner(t *testing.T) {
	opt := testOptions()
	opt.All, opt.Verbose = true, true
	for _, format := range Formats() {
		out := render(t, format, hostileCase(), opt)
		for _, r := range out {
			if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("%s has the character %U", format, r)
			}
		}
		for _, line := range strings.Split(out, "\n") {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "::") && !(format == "github" && wellFormed(line)) {
				t.Errorf("%s has the command %q", format, line)
			}
			for _, command := range []string{"##vso[", "##[", "##teamcity["} {
				if strings.Contains(line, command) {
					t.Errorf("%s has the command %q", format, line)
				}
			}
		}
	}
}

// wellFormed reports whether a line is an annotation of ours: one command with
// one message.
func wellFormed(line string) bool {
	return strings.Count(line, "::") == 2 &&
		(strings.HasPrefix(line, "::error ") || strings.HasPrefix(line, "::warning ") || strings.HasPrefix(line, "::notice "))
}
