package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// tree reads files from a map, as Load reads a work tree or a commit.
func tree(files map[string]string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
}

const example = `
fail-on = "medium"
exclude = ["docs/**", "*.md"]
setting-names = ["PORTAL_SIGNING_KEY"]

[severity]
"tests/**" = "low"
"tests/live/**" = "critical"

[[accept]]
fingerprint = "0123456789abcdef"
reason = "rotated on 2026-05-01"

[[accept]]
fingerprint = "fedcba9876543210"
reason = "test server"
path = "tests/**"
expires = 2027-01-31
`

func TestLoadReadsEverySetting(t *testing.T) {
	p, err := Load(tree(map[string]string{".djleaks.toml": example}))
	if err != nil {
		t.Fatal(err)
	}
	if p.FailOn != scanner.Medium || !slices.Equal(p.Exclude, []string{"docs/**", "*.md"}) ||
		!slices.Equal(p.Names, []string{"PORTAL_SIGNING_KEY"}) || p.File != ".djleaks.toml" {
		t.Errorf("%+v", p)
	}
	if !slices.Equal(p.Severity, []PathSeverity{{"tests/**", scanner.Low}, {"tests/live/**", scanner.Critical}}) {
		t.Errorf("%+v", p.Severity)
	}
	if len(p.Accept) != 2 || p.Accept[1].Path != "tests/**" || p.Accept[1].Expires.Format(time.DateOnly) != "2027-01-31" {
		t.Errorf("%+v", p.Accept)
	}
}

func TestLoadPrefersTheOwnFileAndReadsPyproject(t *testing.T) {
	ours, project := `fail-on = "low"`, "[project]\nname = \"x\"\n[tool.djleaks]\nfail-on = \"note\"\n"
	for _, c := range []struct {
		files map[string]string
		want  scanner.Severity
	}{
		{nil, scanner.Silent},
		{map[string]string{".djleaks.toml": ours, "pyproject.toml": project}, scanner.Low},
		{map[string]string{"pyproject.toml": project}, scanner.Note},
		{map[string]string{"pyproject.toml": "[tool.black]\nline-length = 100\n"}, scanner.Silent},
		{map[string]string{"pyproject.toml": "broken = = but not ours"}, scanner.Silent},
		{map[string]string{"pyproject.toml": "[project]\ndependencies = [\"djleaks\"]\n"}, scanner.Silent},
		{map[string]string{".djleaks.toml": "\ufeff" + ours + "\r\n"}, scanner.Low},
	} {
		p, err := Load(tree(c.files))
		if err != nil || p.FailOn != c.want {
			t.Errorf("%v: %v, %v", c.files, p, err)
		}
	}
}

func TestLoadReturnsTheErrorOfReading(t *testing.T) {
	cause := errors.New("permission denied")
	if _, err := Load(func(string) ([]byte, error) { return nil, cause }); !errors.Is(err, cause) {
		t.Error(err)
	}
}

// mistakes are configurations that are refused, with the line of the mistake and
// what is said of it.
var mistakes = []struct {
	text string
	line int
	want string
}{
	{"\n\nexlude = []\n", 3, `unknown setting "exlude"; did you mean "exclude"?`},
	{"fail_on = \"high\"\n", 1, `did you mean "fail-on"?`},
	{"# c\nfail-on = \"hihg\"\n", 2, `"hihg" is not a severity; did you mean "high"?`},
	{"fail-on = \"none\"\n", 1, `did you mean "note"?`},
	{"fail-on = \"sometimes\"\n", 1, "it can be critical, high, medium, low, note"},
	{"fail-on = 3\n", 1, "this is not a severity"},
	{"rules = []\n", 1, `unknown setting "rules"; it can be exclude`},
	{"exclude = \"docs\"\n", 1, "exclude is not a list of paths"},
	{"exclude = [1]\n", 1, "entry 1 is not a string"},
	{"exclude = [\n\"a\",\n\"[\",\n]\n", 1, "entry 2: the path is not a glob"},
	{"exclude = [\"\"]\n", 1, "the path is empty"},
	{"exclude = [\"a\\\\b\"]\n", 1, "slashes, not backslashes"},
	{"exclude = [\"../b\"]\n", 1, ".. leads out of it"},
	{"exclude = [\"{a,b}{a,b}{a,b}\"]\n", 1, "2 groups"},
	{"[severity]\n\"a\" = \"low\"\n\"tests/**\" = \"silent\"\n", 3, "is not a severity"},
	{"severity = \"low\"\n", 1, "severity is not a table"},
	{"setting-names = [\"KEY\"]\n", 1, "at least 4 characters"},
	{"setting-names = [\".*_KEY\"]\n", 1, "patterns are not allowed here"},
	{"setting-names = \"A_KEY\"\n", 1, "not a list of names"},
	{"[[accept]]\nfingerprint = \"0123456789abcdef\"\nreason = \"x\"\n[[accept]]\nfingerprint = \"12\"\nreason = \"x\"\n", 5, "not a fingerprint"},
	{"[[accept]]\nfingerprint = \"0123456789abcdef\"\n", 1, "a reason is missing"},
	{"[[accept]]\nfingerprint = \"0123456789abcdef\"\nreason = \" \"\n", 3, "a reason is missing"},
	{"[[accept]]\nreason = \"x\"\n", 1, "the fingerprint is missing"},
	{"[[accept]]\nfingerprint = \"0123456789ABCDEF\"\nreason = \"x\"\n", 2, "capital letters"},
	{"[[accept]]\nfingerprint = \"" + strings.Repeat("ab", 32) + "\"\nreason = \"x\"\n", 2, "first 16 digits"},
	{"[[accept]]\nfingerprint = \"0123456789abcdef\"\nreson = \"x\"\n", 3, `did you mean "reason"?`},
	{"[[accept]]\nfingerprint = \"0123456789abcdef\"\nreason = \"x\"\nexpires = \"soon\"\n", 4, "2027-01-31"},
	{"accept = [\"0123456789abcdef\"]\n", 1, "the fingerprint is missing"},
	{"accept = \"x\"\n", 1, "[[accept]]"},
	{"[tool.djleaks]\nfail-on = \"low\"\n", 1, "belongs in pyproject.toml"},
	{"fail-on = \"low\"\nexclude = [\n", 2, "not TOML"},
	{"fail-on = \"low\"\nfail-on = \"low\"\n", 2, "'fail-on' has already been defined"},
}

func TestAMistakeNamesFileLineAndTheRightWord(t *testing.T) {
	for _, c := range mistakes {
		_, err := Parse("sub/.djleaks.toml", []byte(c.text))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: error %v", c.text, err)
			continue
		}
		if e.Line != c.line || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "sub/.djleaks.toml:") {
			t.Errorf("%q: line %d, %v; want line %d, %s", c.text, e.Line, err, c.line, c.want)
		}
	}
}

func TestAMistakeInPyprojectHasItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"[project]\nname = \"x\"\n\n[tool.djleaks]\nfail-no = \"low\"\n":     "pyproject.toml:5: ",
		"[tool]\ndjleaks.fail-on = \"lwo\"\n":                                "pyproject.toml:2: ",
		"[tool.djleaks.severity]\n\"a/**\" = \"high\"\n'b' = \"hgih\"\n":     "pyproject.toml:3: ",
		"[tool]\ndjleaks = 3\n":                                              "pyproject.toml:2: tool.djleaks is not a table",
		"[[tool.djleaks.accept]]\nfingerprint = \"0123456789abcdef\"\na=1\n": "pyproject.toml:3: ",
	} {
		if _, err := Parse("pyproject.toml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestNoErrorQuotesAKey puts a key into every place where somebody could.
func TestNoErrorQuotesAKey(t *testing.T) {
	for n := range 40 {
		k := testkit.Key(n)
		for _, text := range []string{
			k, k + " = 1", "fail-on = " + k, "fail-on = '" + k + "'", "exclude = ['" + k + "']", "exclude = [" + k + "]",
			"setting-names = ['" + k + "']", "[severity]\n'" + k + "' = 'x'", "[severity]\n'a' = '" + k + "'", "'" + k + "' = 1",
			"[[accept]]\nfingerprint = '" + k + "'", "[[accept]]\nfingerprint = " + k, "[[accept]]\n'" + k + "' = 1",
			"[[accept]]\nfingerprint='0123456789abcdef'\nreason = 'x'\npath='" + k + "['", "fail-on = \"" + k + "\\q\"", "[" + k + "]",
		} {
			_, err := Parse(".djleaks.toml", []byte(text))
			mustNotTell(t, err, k)
		}
		for _, line := range []string{k, `"` + k + `"`, `{"fingerprint":"` + k + `","reason":"x"}`, `{"` + k + `":"x"}`} {
			_, err := ParseBaseline("b", []byte(line))
			mustNotTell(t, err, k)
		}
	}
}

func mustNotTell(t *testing.T, err error, key string) {
	t.Helper()
	if err == nil {
		return
	}
	for i := 0; i+4 <= len(key); i++ {
		if strings.Contains(err.Error(), key[i:i+4]) {
			t.Errorf("an error shows characters %d to %d of a key", i+1, i+4)
			return
		}
	}
}

func TestGlobsMatchAsInGitignore(t *testing.T) {
	for _, c := range []struct {
		glob, path string
		want       bool
	}{
		{"*.md", "README.md", true},
		{"*.md", "docs/a/README.md", true},
		{"docs", "docs/a.py", true},
		{"docs", "x/docs/a.py", true},
		{"docs/", "docs/a/b.py", true},
		{"/docs", "docs/a.py", true},
		{"/docs", "x/docs/a.py", false},
		{"./docs/**", "docs/a.py", true},
		{"docs/**", "docs/a/b/c.py", true},
		{"docs/*.py", "docs/a/b.py", false},
		{"docs/a", "docs/a/b.py", true},
		{"docs", "docs2/a.py", false},
		{"**/tests/**", "tests/a.py", true},
		{"config/{dev,test}.py", "config/dev.py", true},
		{"*", "", false},
		{"tests", "", false},
	} {
		if got := matches(c.glob, c.path); got != c.want {
			t.Errorf("%q on %q: %v", c.glob, c.path, got)
		}
	}
}

// worstGlobs are the most expensive globs that checkGlob lets pass, on a path
// that matches all of them but the last step.
var worstGlobs = []string{
	strings.Repeat("**/a/", 6) + "c", strings.Repeat("*a", 12) + "c", strings.Repeat("a/**/", 5) + "*/c",
	"**/{" + strings.Repeat("a,", 110) + "a}/{a,a}/**/c",
}

var worstPath = strings.Repeat("a/", 2000) + "b"

// TestTheWorstGlobsEnd fails by go test's own limit if matching them has become
// exponential; BenchmarkTheWorstGlobs has the figures.
func TestTheWorstGlobsEnd(t *testing.T) {
	for _, glob := range worstGlobs {
		if err := checkGlob(glob); err != nil {
			t.Errorf("%s: %v", glob, err)
		}
		if matches(glob, worstPath) {
			t.Errorf("%s matches", glob)
		}
	}
}

func TestAGlobWorseThanTheWorstIsRefused(t *testing.T) {
	for glob, want := range map[string]string{
		strings.Repeat("**/a/", 7) + "c":       "12 stars",
		strings.Repeat("*a", 13) + "c":         "12 stars",
		"{a,a}/{a,a}/{a,a}/c":                  "2 groups",
		"{" + strings.Repeat("a,", 130) + "a}": "256 bytes",
	} {
		if err := checkGlob(glob); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", glob, err, want)
		}
	}
}

func BenchmarkTheWorstGlobs(b *testing.B) {
	for n, glob := range worstGlobs {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				matches(glob, worstPath)
			}
		})
	}
}

func TestAHostileFileIsRefusedBeforeItIsDecoded(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a.", 50000) + "a=1", "[" + strings.Repeat("a.", 50000) + "a]",
		"a=" + strings.Repeat("[", 100000), "a=" + strings.Repeat("{a=", 50000), "x='\n\na=" + strings.Repeat("[", 100000),
		strings.Repeat("#\n", 1<<20),
	} {
		if _, err := Parse("x", []byte(text)); err == nil || strings.Contains(err.Error(), "not TOML") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	const fine = "a = '[[[[' # [[[\nb = \"\"\"\n[[[\\\"\"\"\"\nfail-on = 3"
	if line := tooDeep(strings.Repeat(fine+"\n", 20)); line != 0 {
		t.Errorf("brackets in strings count, in line %d", line)
	}
}

func openKey(fingerprint string, places ...scanner.Occurrence) scanner.Key {
	k := scanner.Key{Fingerprint: scanner.Fingerprint(fingerprint), Class: scanner.ClassDjango, Occurrences: places}
	k.Summarize()
	return k
}

func placed(path string, s scanner.Severity, status scanner.Status) scanner.Occurrence {
	return scanner.Occurrence{Path: path, Line: 1, Column: 1, Severity: s, Status: status, Rule: "rule-of-" + s.String()}
}

func newReport(keys ...scanner.Key) *scanner.Report {
	r := &scanner.Report{FailOn: scanner.High, Keys: keys}
	r.Conclude()
	return r
}

var today = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const fp1, fp2 = "0123456789abcdef", "fedcba9876543210"

func TestExcludedPlacesAreLeftOutAndCounted(t *testing.T) {
	r := newReport(
		openKey(fp1, placed("docs/a.py", scanner.Critical, scanner.StatusLive), placed("old.py", scanner.High, scanner.StatusHistory)),
		openKey(fp2, placed("docs/b.py", scanner.High, scanner.StatusLive)))
	before := *r
	p := Policy{File: ".djleaks.toml", Exclude: []string{"docs"}}
	out := (&Review{Policy: &p, Now: today}).Apply(r)
	if len(out.Keys) != 1 || len(out.Keys[0].Occurrences) != 1 {
		t.Fatalf("%+v", out.Keys)
	}
	if k := out.Keys[0]; k.Severity != scanner.High || k.Status != scanner.StatusHistory || k.Rule != "rule-of-high" {
		t.Errorf("the key is not judged by what is left: %+v", k)
	}
	if want := ".djleaks.toml leaves out 2 places of keys; 1 key has no other place"; !slices.Equal(out.Coverage.Notes, []string{want}) {
		t.Errorf("notes %q", out.Coverage.Notes)
	}
	if len(r.Keys) != 2 || len(r.Keys[0].Occurrences) != 2 || r.Verdict != before.Verdict || r.Coverage.Notes != nil {
		t.Error("Apply changed its input")
	}
}

func TestAMessageIsNeverExcluded(t *testing.T) {
	p := Policy{Exclude: []string{"**", "*"}}
	out := (&Review{Policy: &p, Now: today}).Apply(newReport(openKey(fp1, placed("", scanner.High, scanner.StatusHistory))))
	if len(out.Keys) != 1 {
		t.Error("a key in a message was excluded by a path")
	}
}

func TestTheLastSeverityThatMatchesCounts(t *testing.T) {
	r := newReport(
		openKey(fp1, placed("tests/a.py", scanner.Critical, scanner.StatusLive)),
		openKey(fp2, placed("tests/live/a.py", scanner.Note, scanner.StatusLive)))
	p := Policy{File: "f", Severity: []PathSeverity{{"tests/**", scanner.Low}, {"tests/live/**", scanner.High}}}
	out := (&Review{Policy: &p, Now: today}).Apply(r)
	if out.Keys[0].Fingerprint != fp2 || out.Keys[0].Severity != scanner.High || out.Keys[1].Severity != scanner.Low {
		t.Errorf("%+v", out.Keys)
	}
	if want := `It was critical; f sets the severity of "tests/**".`; !slices.Contains(out.Keys[1].Reasons, want) {
		t.Errorf("reasons %q", out.Keys[1].Reasons)
	}
	if out.Verdict != scanner.KeysFound || r.Keys[0].Severity != scanner.Critical || r.Keys[0].Occurrences[0].Severity != scanner.Critical {
		t.Error("wrong verdict, or Apply changed its input")
	}
}

func TestAcceptedKeysMoveWithTheirReason(t *testing.T) {
	r := newReport(
		openKey(fp1, placed("a.py", scanner.High, scanner.StatusLive)),
		openKey(fp2, placed("b.py", scanner.High, scanner.StatusLive)))
	p := Policy{Accept: []Entry{{Fingerprint: fp1, Reason: "rotated"}}}
	out := (&Review{Policy: &p, Baseline: []Entry{{Fingerprint: fp2, Reason: "old"}}, Now: today}).Apply(r)
	if len(out.Keys) != 0 || len(out.Accepted) != 2 || out.Verdict != scanner.Clean {
		t.Fatalf("%+v", out)
	}
	if a, b := out.Accepted[0].Accepted, out.Accepted[1].Accepted; a.By != scanner.ByConfig || a.Reason != "rotated" || b.By != scanner.ByBaseline || b.Reason != "old" {
		t.Errorf("%+v", out.Accepted)
	}
	if len(r.Accepted) != 0 || r.Keys[0].Accepted != nil {
		t.Error("Apply changed its input")
	}
}

func TestAnEntryWithAPathCoversOnlyKeysThatAreNowhereElse(t *testing.T) {
	inside := placed("tests/a.py", scanner.High, scanner.StatusLive)
	outside := placed("prod.py", scanner.High, scanner.StatusLive)
	entry := []Entry{{Fingerprint: fp1, Reason: "x", Path: "tests/**"}}
	if out := (&Review{Policy: &Policy{}, Baseline: entry, Now: today}).Apply(newReport(openKey(fp1, inside))); len(out.Accepted) != 1 {
		t.Error("the key in tests is not accepted")
	}
	if out := (&Review{Policy: &Policy{}, Baseline: entry, Now: today}).Apply(newReport(openKey(fp1, inside, outside))); len(out.Accepted) != 0 {
		t.Error("the key in production is accepted")
	}
}

func TestAnExpiredEntryCountsNoMoreAndSaysSo(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	r := newReport(openKey(fp1, placed("a.py", scanner.High, scanner.StatusLive)))
	for date, open := range map[string]int{"2026-11-21": 1, "2026-11-22": 0} {
		out := (&Review{Policy: &Policy{}, Baseline: []Entry{{Fingerprint: fp1, Reason: "x", Expires: day(date)}}, Now: today}).Apply(r)
		if len(out.Keys) != open || len(out.Coverage.Notes) != open {
			t.Errorf("%s: %d open, notes %q", date, len(out.Keys), out.Coverage.Notes)
		}
	}
}

func TestAnIncompleteScanStaysIncompleteWhenAllKeysAreAccepted(t *testing.T) {
	r := newReport(openKey(fp1, placed("a.py", scanner.High, scanner.StatusLive)))
	r.Coverage.Skip(scanner.Skip{Path: "b.py", Reason: "gone"})
	r.Conclude()
	out := (&Review{Policy: &Policy{Accept: []Entry{{Fingerprint: fp1, Reason: "x"}}}, Now: today}).Apply(r)
	if out.Verdict != scanner.Incomplete {
		t.Errorf("the verdict is %s", out.Verdict)
	}
}

func TestBaselineIsReadAsItWasWritten(t *testing.T) {
	expires := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	entries := []Entry{
		{Fingerprint: fp2, Reason: `rotated, "quoted" <&> – ü`, Path: "tests/**", Expires: expires},
		{Fingerprint: fp1, Reason: "b"},
		{Fingerprint: fp1, Reason: "doubled"},
	}
	var b bytes.Buffer
	if err := WriteBaseline(&b, entries); err != nil {
		t.Fatal(err)
	}
	const want = `{"fingerprint":"0123456789abcdef","reason":"b"}
{"fingerprint":"fedcba9876543210","path":"tests/**","reason":"rotated, \"quoted\" <&> – ü","expires":"2027-01-31"}
`
	if b.String() != want {
		t.Errorf("written\n%s", b.String())
	}
	read, err := ParseBaseline("b", []byte("\ufeff"+strings.ReplaceAll(b.String(), "\n", "\r\n\r\n")))
	if err != nil || len(read) != 2 || read[0] != entries[1] || read[1] != entries[0] {
		t.Errorf("%+v, %v", read, err)
	}
}

func TestAMistakeInABaselineHasItsLine(t *testing.T) {
	const good = `{"fingerprint":"0123456789abcdef","reason":"b"}` + "\n"
	for text, want := range map[string]string{
		good + "nonsense\n": "b:2: this line is not a JSON object",
		good + "\n" + `{"fingerprint":"0123456789abcdef"}`:                       "b:3: a reason is missing",
		`{"fingerprint":"0123456789abcdef","reason":"b","expiers":"2027-01-01"}`: `b:1: unknown field "expiers"; did you mean "expires"?`,
		`{"fingerprint":"0123456789abcdef","reason":"b","line":3}`:               `b:1: unknown field "line"`,
		`{"fingerprint":7,"reason":"b"}`:                                         "b:1: fingerprint is not a string",
		good + "<<<<<<< HEAD\n":                                                  "b:2: a merge conflict is not resolved",
		"\xff\xfe{\x00":                                                          "b:1: this is UTF-16; save it as UTF-8",
	} {
		_, err := ParseBaseline("b", []byte(text))
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestExtendKeepsReasonsThatAreThere(t *testing.T) {
	r := newReport(
		openKey(fp1, placed("a.py", scanner.High, scanner.StatusLive)),
		openKey(fp2, placed("b.py", scanner.High, scanner.StatusLive)))
	var b bytes.Buffer
	if err := WriteBaseline(&b, Extend([]Entry{{Fingerprint: fp1, Reason: "mine"}}, r, "all")); err != nil {
		t.Fatal(err)
	}
	if want := `{"fingerprint":"0123456789abcdef","reason":"mine"}` + "\n" + `{"fingerprint":"fedcba9876543210","reason":"all"}` + "\n"; b.String() != want {
		t.Error(b.String())
	}
}

func FuzzParse(f *testing.F) {
	f.Add("pyproject.toml", "[tool.djleaks]\n"+example)
	f.Add(".djleaks.toml", example)
	f.Add("b", `{"fingerprint":"0123456789abcdef","reason":"b","expires":"2027-01-01"}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		if p, err := Parse(name, []byte(text)); (p == nil) == (err == nil) {
			t.Error("neither a policy nor an error, or both")
		}
		entries, err := ParseBaseline(name, []byte(text))
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if WriteBaseline(&once, entries) != nil {
			t.Fatal("not written")
		}
		again, err := ParseBaseline(name, once.Bytes())
		if err != nil || WriteBaseline(&twice, again) != nil || once.String() != twice.String() {
			t.Errorf("%q became %q: %v", once.String(), twice.String(), err)
		}
	})
}
