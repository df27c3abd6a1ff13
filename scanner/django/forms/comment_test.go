package forms

import (
	"fmt"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// allowance is the acceptance of the value VALUE in a text.
func allowance(text string) string {
	r := Read([]byte(text), nil)
	a := r.Allowed(strings.Index(text, "VALUE"), len("VALUE"))
	if a == nil {
		return ""
	}
	return fmt.Sprintf("%s@%d", a.Reason+a.By[len(a.By)-1:], a.Line)
}

func TestACommentAcceptsTheWholeStatement(t *testing.T) {
	const head = "import os\n\n"
	for text, line := range map[string]int{
		"X = (\n    'VALUE'  # M\n)\n":                                                         2,
		"# M\nX = (\n    'VALUE'\n)\n":                                                         1,
		"X = (  # M\n    'VALUE'\n)\n":                                                         1,
		"X = (\n    'VALUE'\n)  # M\n":                                                         3,
		"X = (  # M\n    'a'\n    'VALUE'\n)\n":                                                1,
		"X = os.environ.get(\n    'X',\n    'VALUE',  # M\n)\n":                                3,
		"# M\nX = os.environ.get(\n    'X',\n    'VALUE',\n)\n":                                1,
		"X = [\n    'a',\n    # M\n    'VALUE',\n]\n":                                          3,
		"# M\nX = \\\n    'VALUE'\n":                                                           1,
		"X = '''\nVALUE\n'''  # M\n":                                                           3,
		"if True:\n    # M\n    X = dict(\n        a='VALUE',\n    )\n":                        2,
		"Y = 1  # M\nX = 'VALUE'\n":                                                            0,
		"X = (\n    'VALUE'\n)\nY = 1  # M\n":                                                  0,
		"# M\n\nX = 'VALUE'\n":                                                                 0,
		"# M\nY = 1\nX = (\n 'VALUE'\n)\n":                                                     0,
		"X = [\n    'a',  # M\n    'b',\n    'VALUE',\n]\n":                                    0,
		"y = '# M'\nX = 'VALUE'\n":                                                             0,
		"X = (\n" + strings.Repeat("    'aaaaaaaaaaaaaaaaaa',\n", 900) + "  'VALUE'\n)  # M\n": 0, // a bracket that is not closed in truth
	} {
		want := ""
		if line > 0 {
			want = fmt.Sprintf("rw@%d", line+2)
		}
		if got := allowance(head + strings.ReplaceAll(text, "M", "djleaks: allow[r]")); got != want {
			t.Errorf("%q: %q, want %q", text[:min(len(text), 80)], got, want)
		}
	}
	for text, want := range map[string]string{
		"<!-- M -->\n```\nSECRET_KEY=VALUE\n```\n":              "rw@1",
		"```\nSECRET_KEY=VALUE  # M\n```\n":                     "rw@2",
		"# M\nSECRET_KEY=VALUE\n":                               "rw@1",
		"# M\nsecret_key: >-\n  VALUE\n":                        "rw@1",
		"secret_key: |  # M\n  VALUE\n":                         "",
		"// M\nconst secretKey =\n  'VALUE';\n":                 "rw@1",
		"{\n  \"//\": \"M\",\n  \"SECRET_KEY\": \"VALUE\"\n}":   "rw@2",
		"; M\n[a]\nsecret_key = VALUE\n":                        "",
		"[a]\n; M\nsecret_key = VALUE\n":                        "rw@2",
		"REM M\r\nset SECRET_KEY=VALUE\r\n":                     "rw@1",
		"# M\nX = os.environ.get(\n    'X',\n    'VALUE',\n)\n": "rw@1",
		"# M\nexport SECRET_KEY=\\\nVALUE\n":                    "rw@1",
	} {
		if got := allowance(strings.ReplaceAll(text, "M", "djleaks: allow[r]")); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCommentsThatAcceptNothing(t *testing.T) {
	for text, want := range map[string]string{
		"# djleaks: allow[r]\nX = 1\n":                     "1 unused-comment",
		"X = 1  # djleaks: allow[r]\n":                     "1 unused-comment",
		"\n\nX = 1  # noqa # djleaks: allow[r]\n":          "3 unused-comment",
		"# djleaks:allow[r]\n":                             "1 near-miss it is not written as it must be",
		"# djleaks: allow []\n":                            "1 near-miss it is not written as it must be",
		"# djleaks: allow[]\n":                             "1 near-miss it gives no reason",
		"# djleaks: allow\n":                               "1 near-miss it gives no reason in brackets",
		"# djleaks: allow[r\n":                             "1 near-miss its bracket is not closed on the line",
		"# DJLEAKS: ALLOW[r]\n":                            "1 near-miss it is not written as it must be",
		"# djleaks: ignore\n":                              "1 near-miss it is not written as it must be",
		"// djleaks-allow[r]\n":                            "1 near-miss it is not written as it must be",
		"/* djleaks: allow(r) */\n":                        "1 near-miss it gives no reason in brackets",
		"# run djleaks: it finds keys\n":                   "",
		"djleaks hook run pre-commit\n":                    "",
		"# see djleaks allow in the manual\n":              "",
		"x = '# djleaks: allow[r]'\n":                      "",
		"import os\nx = ('''\n# djleaks: allow[r]\n''')\n": "",
		"# gitleaks:allow\n":                               "",
		"# pragma: allowlist secret\n":                     "",
		"# Title\n\nWrite `# djleaks: allow[r]`.\n\n```\n# djleaks: allow[r]\n```\n": "",
	} {
		var got []string
		for _, r := range Read([]byte(text), nil).Remarks(nil) {
			line := fmt.Sprintf("%d %s", r.Line, r.Kind)
			if r.Kind == scanner.NearMiss {
				line += " " + r.Text
			}
			got = append(got, line)
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := Read([]byte("# djleaks: allow[r]\nX = 1\n"), nil).Remarks(map[int]bool{1: true}); len(got) != 0 {
		t.Errorf("a used comment: %+v", got)
	}
}

func TestTheCommentsOfATextAreBounded(t *testing.T) {
	for _, line := range []string{"# djleaks: allow[r]\n", "# pragma: allowlist secret\n", "x LEAKS\n"} {
		text := []byte(strings.Repeat(line, 1<<14))
		starts, found := newMarkerStarts(text), 0
		for starts.next() >= 0 {
			found++
		}
		if found != 1<<14 {
			t.Errorf("%q: %d starts", line, found)
		}
		if c := findComments(newDocument(thePlan(), text, nil, formatPython)); len(c.markers) > maxMarkers {
			t.Errorf("%d markers", len(c.markers))
		}
	}
}

// Markers are looked for by one of their bytes: it must be found wherever it is.
func TestAMarkerIsFoundByItsRareByte(t *testing.T) {
	for i, word := range markerWords {
		for _, text := range []string{word, "k" + word, word[:len(word)-1] + word, "kKw" + word + "kKw", strings.Repeat("kKw ", 9) + word, word[1:]} {
			s := markerStarts{text: []byte(text)}
			s.advance(i, 0)
			want := strings.Index(text, word)
			if want < 0 {
				want = len(text)
			}
			if s.at[i] != want {
				t.Errorf("%q in %q: at %d, want %d", word, text, s.at[i], want)
			}
		}
	}
}
