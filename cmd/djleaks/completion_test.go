package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/say"
)

// bashCompletes returns what bash offers for the last of these words.
func bashCompletes(t *testing.T, script string, words ...string) []string {
	t.Helper()
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = say.SingleQuote(w)
	}
	test := script + "\nCOMP_WORDS=(" + strings.Join(quoted, " ") + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_djleaks\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
	out, err := exec.Command("bash", "-c", test).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.Fields(string(out))
}

func TestBashCompletesCommandsOptionsAndValues(t *testing.T) {
	_, script, _ := program("", "completion", "bash")
	for _, c := range []struct {
		words []string
		want  []string
	}{
		{[]string{"djleaks", "au"}, []string{"audit"}},
		{[]string{"djleaks", "key", ""}, []string{"new", "fingerprint", "match"}},
		{[]string{"djleaks", "audit", "--exit"}, []string{"--exit-zero"}},
		{[]string{"djleaks", "audit", "--format", "js"}, []string{"json", "jsonl"}},
		{[]string{"djleaks", "hook", "install", "--gl"}, []string{"--global"}},
		{[]string{"djleaks", "hook", "install", "--hook", "pre-p"}, []string{"pre-push"}},
		{[]string{"djleaks", "hook", "run", "ref"}, []string{"reference-transaction"}},
		{[]string{"djleaks", "completion", "z"}, []string{"zsh"}},
		{[]string{"djleaks", "audit", "$(touch /nowhere/x)", "--exit"}, []string{"--exit-zero"}},
	} {
		if got := bashCompletes(t, script, c.words...); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.words, got, c.want)
		}
	}
}

func TestEveryCommandIsInTheManualPageAndTheCompletions(t *testing.T) {
	_, page, _ := program("", "man")
	scripts := map[string]string{"man": page}
	for _, shell := range shells {
		code, script, stderr := program("", "completion", shell)
		if code != 0 || stderr != "" {
			t.Fatalf("completion %s: exit %d, %s", shell, code, stderr)
		}
		scripts[shell] = script
	}
	for name, text := range scripts {
		for _, word := range []string{"audit", "staged", "range", "files", "fingerprint", "fail-on", "baseline"} {
			if !strings.Contains(strings.ReplaceAll(text, `\-`, "-"), word) {
				t.Errorf("%s has no word of %s", name, word)
			}
		}
	}
}

func TestTheManualPageHasTheWordsOfTheHelp(t *testing.T) {
	_, page, _ := program("", "man")
	plain := strings.NewReplacer(`\-`, "-", `\(ga`, "`", `\(aq`, "'").Replace(page)
	app := newApp(process{})
	forEachCommand(app.Commands, func(c *cli.Command) {
		if len(c.Subcommands) > 0 {
			return
		}
		for _, words := range append(strings.Split(c.Description, "\n"), " "+c.Name) {
			if !strings.Contains(plain, words) {
				t.Errorf("%s: the page does not say %q", c.Name, words)
			}
		}
		for _, f := range c.Flags {
			if name := f.Names()[0]; !strings.Contains(plain, "--"+name) {
				t.Errorf("%s: the page has no --%s", c.Name, name)
			}
		}
	})
	for n, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(line, "'") || strings.Contains(line, `\e`) {
			t.Errorf("line %d would be read as a request: %q", n+1, line)
		}
	}
	if !strings.Contains(plain, "--output FILE, -o FILE") {
		t.Error("an option has no word for its value")
	}
}
