//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// auditOf runs an audit and returns its JSON report.
func auditOf(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"djleaks", "audit", "--exit-zero", "--format", "json"}, args...)
	code := run(context.Background(), args, process{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" }})
	if code != exitClean {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	return out.String()
}

// withoutCache is a report without what it says of its cache.
func withoutCache(t *testing.T, text string) string {
	t.Helper()
	report := &scanner.Report{}
	if err := json.Unmarshal([]byte(text), report); err != nil {
		t.Fatal(err)
	}
	report.Coverage.LastFull = nil
	report.Coverage.Notes = slices.DeleteFunc(report.Coverage.Notes, func(note string) bool {
		return strings.Contains(note, "earlier audit") || strings.Contains(note, "the cache")
	})
	plain, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// grow commits versions of a few settings files in which keys come and go, going
// on from a commit.
func grow(t *testing.T, dir, from string, random *rand.Rand, commits int) {
	t.Helper()
	var made []testkit.Commit
	for range commits {
		name := fmt.Sprintf("site%d/settings.py", random.IntN(3))
		text := strings.Builder{}
		for line := range 40 {
			fmt.Fprintf(&text, "OPTION_%d = %d\n", line, random.IntN(1+line/30))
		}
		switch n := random.IntN(12); n {
		case 0, 1, 2:
			fmt.Fprintf(&text, "SECRET_KEY = %q\n", testkit.Key(n+1))
		case 3:
			fmt.Fprintf(&text, "SECRET_KEY = %q\n", testkit.InsecureKey(n+1))
		case 4, 5:
			text.WriteString("SECRET_KEY = os.environ['SECRET_KEY']\n")
		}
		message := fmt.Sprint("change ", random.Uint32())
		if random.IntN(5) == 0 {
			message = "oops, SECRET_KEY = \"" + testkit.Key(10+random.IntN(2)) + "\""
		}
		made = append(made, testkit.Commit{Message: message, Files: map[string]string{name: text.String()}})
	}
	gitIn(t, dir, testkit.History("main", from, made...), "fast-import", "--quiet")
}

// TestACacheNeverChangesTheReport audits a repository that grows and is packed
// again and again, with a cache that is new, old, of another repository, cut
// off or overwritten.
func TestACacheNeverChangesTheReport(t *testing.T) {
	for seed := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, 0))
		dir, other := t.TempDir(), t.TempDir()
		gitIn(t, dir, "", "init", "-q", "-b", "main", ".")
		gitIn(t, other, "", "init", "-q", "-b", "main", ".")
		grow(t, other, "", random, 3)
		folder := filepath.Join(t.TempDir(), "cache")
		known := 0
		for round := range 10 {
			if commits := random.IntN(6); round == 0 {
				grow(t, dir, "", random, commits+1)
			} else {
				grow(t, dir, testkit.Tip("main"), random, commits)
			}
			switch random.IntN(5) {
			case 0:
				gitIn(t, dir, "", "repack", "-dq")
			case 1:
				gitIn(t, dir, "", "repack", "-adfq", "--depth=50")
			case 2:
				gitIn(t, dir, "", "gc", "-q", "--prune=now")
			}
			switch random.IntN(6) {
			case 0:
				auditOf(t, other, "--cache", folder)
			case 1:
				spoil(t, folder, random)
			}
			want := withoutCache(t, auditOf(t, dir))
			for range 2 {
				got := auditOf(t, dir, "--cache", folder)
				if withoutCache(t, got) != want {
					t.Fatalf("seed %d, round %d: %s\nwithout a cache:\n%s", seed, round, got, want)
				}
				if strings.Contains(got, "earlier audit") {
					known++
				}
			}
		}
		if known < 14 {
			t.Errorf("seed %d: the cache was used in %d of 20 audits", seed, known)
		}
	}
}

// spoil damages every file of a folder.
func spoil(t *testing.T, folder string, random *rand.Rand) {
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if at := random.IntN(len(text)); random.IntN(2) == 0 {
			text = text[:at]
		} else {
			text[at] ^= 1 << random.IntN(8)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnInterruptedAuditSavesNothing(t *testing.T) {
	dir, folder := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	gitIn(t, dir, "", "init", "-q", "-b", "main", ".")
	grow(t, dir, "", rand.New(rand.NewPCG(1, 1)), 3)
	for questions := range 400 {
		ctx := &endsAfter{context.Background(), questions}
		code := run(ctx, []string{"djleaks", "audit", "--cache", folder, dir}, process{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }})
		files, _ := filepath.Glob(filepath.Join(folder, "*"))
		if code != exitIncomplete {
			if questions < 5 || len(files) != 3 {
				t.Errorf("the audit asks %d times whether to stop, and saves %d files", questions, len(files))
			}
			return
		}
		if len(files) != 0 {
			t.Fatalf("stopped at question %d, and saved %v", questions, files)
		}
	}
	t.Error("the audit never comes to its end")
}

// endsAfter is a context that ends when it has been asked so often.
type endsAfter struct {
	context.Context
	left int
}

func (c *endsAfter) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}
