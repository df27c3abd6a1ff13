package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// bashCompletes returns what bash offers for the last of these words.
func bashCompletes(t *testing.T, script string, words ...string) []string {
	t.Helper()
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellQuote(w)
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
		{[]string{"djleaks", "key", ""}, []string{"new", "fingerprint"}},
		{[]string{"djleaks", "audit", "--exit"}, []string{"--exit-zero"}},
		{[]string{"djleaks", "audit", "--format", "js"}, []string{"json", "jsonl"}},
		{[]string{"djleaks", "hook", "install", "--gl"}, []string{"--global"}},
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
