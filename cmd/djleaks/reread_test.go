//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/testkit"
)

// TestEveryReportCanBeReadAgain lets keys come, go, move, be accepted and be left
// behind in random ways, and shows whatever a command writes of it in every
// format.
func TestEveryReportCanBeReadAgain(t *testing.T) {
	lists := map[string]int{}
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 9))
		dir := t.TempDir()
		t.Chdir(dir)
		gitIn(t, dir, "", "init", "-q", "-b", "main", ".")
		gitIn(t, dir, "", "commit", "-q", "--allow-empty", "-m", "start")
		for round := range 8 {
			scramble(t, dir, random)
			gitIn(t, dir, "", "add", "-A")
			commands := [][]string{{"staged"}, {"files", "."}}
			if random.IntN(3) > 0 {
				gitIn(t, dir, "", "commit", "-q", "--allow-empty", "-m", fmt.Sprintf("round %d", round))
				commands = append(commands, []string{"range", "HEAD~1..HEAD"}, []string{"range", "HEAD~1..HEAD", "--accept-from", "base"},
					[]string{"range", "HEAD~1..HEAD", "--strict"}, []string{"ci", "--base", "HEAD~1"})
			}
			commands = append(commands, []string{"audit"}, []string{"audit", "--strict"})
			args := commands[random.IntN(len(commands))]
			if round%2 == 0 {
				args = commands[len(commands)-1-random.IntN(2)]
			}
			for _, format := range []string{"json", "jsonl", "html"} {
				name := fmt.Sprintf("seed %d, round %d: djleaks %s, %s", seed, round, strings.Join(args, " "), format)
				reread(t, name, args, format, lists)
			}
		}
	}
	for _, list := range []string{`"type":"key"`, `"type":"accepted"`, `"type":"known"`, `"type":"never-committed"`, `"remarks"`} {
		if lists[list] == 0 {
			t.Errorf("no report had %s", list)
		}
	}
}

// reread writes a report in one format, and shows it in all.
func reread(t *testing.T, name string, args []string, format string, lists map[string]int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report")
	code, _, stderr := program("", append(slices.Clone(args), "--exit-zero", "--format", format, "--output", file)...)
	if code != exitClean {
		t.Errorf("%s: exit %d, %s", name, code, stderr)
		return
	}
	saved, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range report.Formats() {
		if format != "json" && shown != format && shown != "json" {
			continue // what is read from either is one report, shown from JSON in all formats
		}
		code, stdout, stderr := program("", "report", file, "--format", shown)
		if code != exitClean {
			t.Errorf("%s, shown as %s: exit %d, %s", name, shown, code, stderr)
		}
		if shown == format && stdout != string(saved) {
			t.Errorf("%s: shown again it is another report", name)
		}
		if shown == "jsonl" {
			for _, list := range []string{`"type":"key"`, `"type":"accepted"`, `"type":"known"`, `"type":"never-committed"`, `"remarks"`} {
				lists[list] += strings.Count(stdout, list)
			}
		}
	}
}

// scramble changes a few files: each holds a key or none, with a comment, a
// nearly written one, or none; files move and are deleted, and some were staged
// as something else before.
func scramble(t *testing.T, dir string, random *rand.Rand) {
	t.Helper()
	paths := []string{"mysite/settings.py", "tests/test_settings.py", "vendor/settings.py", ".env", "docs/notes.md"}
	comments := []string{"", "", "  # djleaks: allow[only a test]", "  # djleaks:allow[near]", "  # pragma: allowlist secret"}
	for range 2 + random.IntN(3) {
		path := paths[random.IntN(len(paths))]
		text := "import os\n\n"
		switch n := random.IntN(5); n {
		case 0:
			text += "SECRET_KEY = os.environ['SECRET_KEY']" + comments[random.IntN(len(comments))] + "\n"
		default:
			text += "SECRET_KEY = '" + testkit.Key(n) + "'" + comments[random.IntN(len(comments))] + "\n"
		}
		full := filepath.Join(dir, path)
		if random.IntN(4) == 0 {
			_ = os.Remove(full)
			continue
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if random.IntN(3) == 0 {
			gitIn(t, dir, "", "add", "-A") // left behind, if it changes again
		}
		if other := paths[random.IntN(len(paths))]; random.IntN(4) == 0 && other != path {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, other)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(full, filepath.Join(dir, other)); err != nil {
				t.Fatal(err)
			}
		}
	}
	config := "exclude = [\"vendor/**\"]\n"
	if random.IntN(2) == 0 {
		config += "\n[severity]\n\"tests/**\" = \"note\"\n"
	}
	if err := os.WriteFile(filepath.Join(dir, ".djleaks.toml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
}
