package say

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTheNearestNameIsAtMostTwoEditsAway(t *testing.T) {
	names := []string{"audit", "staged", "range", "fail-on", "key", "new"}
	for word, want := range map[string]string{
		"odit": "audit", "stagde": "staged", "Range": "range", "fail_on": "fail-on", "FAIL_NO": "fail-on",
		"audits": "audit", "nwe": "new", "k": "", "": "", "auditorium": "", "zzz": "",
		strings.Repeat("audit", 1<<16): "", // must not cost the product of two lengths
	} {
		if got := Nearest(word, names); got != want {
			t.Errorf("%.20q: %q, want %q", word, got, want)
		}
	}
	if got := DidYouMean("rage", names, "x"); got != "did you mean range?" {
		t.Errorf("got %q", got)
	}
	if got := DidYouMean("nothing", names, "djleaks --help"); got != "djleaks --help" {
		t.Errorf("got %q", got)
	}
}

func TestEditsAreInsertionsDeletionsReplacementsAndSwaps(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"ca", "abc", 3}, {"kitten", "sitting", 3}} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestTheFirstLetterIsCapitalized(t *testing.T) {
	for from, want := range map[string]string{"": "", "a key": "A key", "élan": "Élan", "A": "A", "'x'": "'x'", "\xff": "\xff"} {
		if got := Capitalized(from); got != want {
			t.Errorf("%q: %q", from, got)
		}
	}
}

func TestANumberHasItsNounAndItsCommas(t *testing.T) {
	for n, want := range map[int64]string{0: "0 keys", 1: "1 key", 2: "2 keys", 999: "999 keys", 1000: "1,000 keys", 28_874: "28,874 keys", 1_234_567: "1,234,567 keys", -1000: "-1,000 keys"} {
		if got := Counted(n, "key", "keys"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWidthCountsColumns(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "key": 3, "\u00e9": 1, "e\u0301": 1, "\u1100": 2, "\u115f\u1160": 3, "\u2e7f\u2e80": 3, "\u4e00": 2, "\ua4cf\ua4d0": 3, "\uac00\ud7a3\ud7a4": 5,
		"\uf8ff\uf900\ufaff\ufb00": 6, "\ufe30\ufe6f": 4, "\uff00\uff60\uff61": 5, "\uffdf\uffe0\uffe6": 5, "\U0001f2ff\U0001f300\U0001faff": 5, "\U00020000": 2,
	} {
		if got := Width(text); got != want {
			t.Errorf("%+q takes %d columns, want %d", text, got, want)
		}
	}
}

func TestLinesAreBrokenAtBlanks(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    []string
	}{
		{"", 10, []string{""}},
		{"one two  three", 7, []string{"one two", "three"}},
		{"one two three", 6, []string{"one", "two", "three"}},
		{"a longerthanthat b", 5, []string{"a", "longerthanthat", "b"}},
		{"\u4e00\u4e00 x", 5, []string{"\u4e00\u4e00", "x"}},
	} {
		if got := Wrap(c.text, c.columns); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}

func TestTheCauseOfAnErrorHasNoFileName(t *testing.T) {
	dir := t.TempDir()
	_, open := os.Open(filepath.Join(dir, "missing"))
	rename := os.Rename(filepath.Join(dir, "missing"), filepath.Join(dir, "x"))
	other := errors.New("x")
	for _, err := range []error{fmt.Errorf("a: %w", open), rename} {
		if got := Cause(err); strings.Contains(got.Error(), "missing") || !errors.Is(got, fs.ErrNotExist) {
			t.Errorf("%v: %v", err, got)
		}
	}
	if got := Cause(other); got != other {
		t.Error(got)
	}
}

func TestHintsAreThoseOfAllErrorsOfAChain(t *testing.T) {
	err := fmt.Errorf("b: %w", WithHint(fmt.Errorf("a: %w", WithHint(errors.New("x"), "inner")), "outer"))
	if got, want := Hints(err), []string{"outer", "inner"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if err.Error() != "b: a: x" {
		t.Error(err)
	}
}

func TestAShellReadsAQuotedWordAsItWas(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	words := []string{"", "a", "a b", "it's", `a"b`, "$HOME", "`x`", "a\nb", `\`, "*", "~", "-n", "ä", "#x", "a;b", "+refs/heads/x:refs/remotes/o/x", "!x", "{a,b}", "&", "(", "<x"}
	for _, quote := range []func(string) string{Quote, SingleQuote} {
		var line strings.Builder
		for _, word := range words {
			line.WriteString(" " + quote(word))
		}
		out, err := exec.Command(shell, "-c", `printf '%s\0'`+line.String()).Output()
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Join(words, "\x00") + "\x00"; string(out) != want {
			t.Errorf("a shell reads %q, want %q", out, want)
		}
	}
	if got := Quote("mysite/settings.py"); got != "mysite/settings.py" {
		t.Errorf("a plain path is quoted: %s", got)
	}
}

func TestACommandIsWrittenAsTheProgramIsCalled(t *testing.T) {
	for line, want := range map[string]string{
		"djleaks key new":                 "uvx djleaks key new",
		"djleaks":                         "djleaks",
		`export KEY="$(djleaks key new)"`: `export KEY="$(uvx djleaks key new)"`,
		"cat log | djleaks key match && djleaks hook install": "cat log | uvx djleaks key match && uvx djleaks hook install",
		"# djleaks: allow[reason]":                            "# djleaks: allow[reason]",
		"echo djleaks is here":                                "echo djleaks is here",
	} {
		if got := Called(line, "uvx djleaks"); got != want {
			t.Errorf("%q became %q, want %q", line, got, want)
		}
		if got := Called(line, "djleaks"); got != line {
			t.Errorf("%q became %q", line, got)
		}
	}
}
