package say

import (
	"os/exec"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
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

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"ca", "abc", 3}, {"kitten", "sitting", 3}} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestCapitalized(t *testing.T) {
	for from, want := range map[string]string{"": "", "a key": "A key", "élan": "Élan", "A": "A", "'x'": "'x'", "\xff": "\xff"} {
		if got := Capitalized(from); got != want {
			t.Errorf("%q: %q", from, got)
		}
	}
}

func TestCounted(t *testing.T) {
	for n, want := range map[int64]string{0: "0 keys", 1: "1 key", 2: "2 keys", 999: "999 keys", 1000: "1,000 keys", 28_874: "28,874 keys", 1_234_567: "1,234,567 keys", -1000: "-1,000 keys"} {
		if got := Counted(n, "key", "keys"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
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

func TestCalled(t *testing.T) {
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
