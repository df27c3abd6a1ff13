package scan

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

func onDay(day int) func() time.Time {
	return func() time.Time { return time.Date(2026, 5, day, 12, 0, 0, 0, time.UTC) }
}

// auditOn audits a repository on a day in May 2026. cached says that the report is
// that of an earlier audit.
func auditOn(t *testing.T, dir, cache string, day int, env map[string]string, live ...string) (text string, cached bool) {
	t.Helper()
	repo, err := gitstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	s := &Scan{Version: "test", Jobs: 1, Getenv: func(name string) string { return env[name] }, Now: onDay(day), Live: Live{Env: live}}
	r, err := s.Audit(context.Background(), repo, cache)
	if err != nil {
		return err.Error(), false // with a cache it has to be the same
	}
	cached = slices.ContainsFunc(r.Coverage.Notes, func(note string) bool { return strings.HasPrefix(note, "nothing has changed") })
	r.Coverage.LastFull = nil
	r.Coverage.Notes = slices.DeleteFunc(r.Coverage.Notes, func(note string) bool { return strings.Contains(note, "earlier audit") })
	out, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out), cached
}

func TestAnAnswerIsGivenAgainAsLongAsItHolds(t *testing.T) {
	key, other := testkit.Key(1), testkit.Key(2)
	repo, _, _ := change(t, nil, map[string]string{
		"manage.py": "", "settings.py": "SECRET_KEY = \"" + key + "\"\nSECRET_KEY_FALLBACKS = [\"" + other + "\"]\n",
		"requirements.txt": "django==4.2\n", "secret_key.txt": testkit.Key(3),
	}, nil)
	dir, folder := repo.WorkTree(), filepath.Join(t.TempDir(), "cache")
	day, env := 1, map[string]string{"LIVE": key}
	var live []string
	for _, step := range []struct {
		name   string
		cached bool
		do     func()
	}{
		{"the first audit", false, func() {}},
		{"the same day", true, func() {}},
		{"two days later, an exposure is longer", true, func() { day = 3 }},
		{"the clock was put back", false, func() { day = 0 }},
		{"an entry that expires", false, func() {
			fp := string(scanner.NewSecret(key).Fingerprint())
			testkit.Write(t, filepath.Join(dir, ".djleaks.toml"), "[[accept]]\nfingerprint = \""+fp+"\"\nreason = \"r\"\nexpires = 2026-05-04\n")
		}},
		{"before it expires", true, func() { day = 3 }},
		{"after it expired", false, func() { day = 4 }},
		{"a key in a file of the work tree", false, func() { testkit.Write(t, filepath.Join(dir, ".env"), "SECRET_KEY="+key+"\n") }},
		{"the same file", true, func() {}},
		{"another text in it", false, func() { testkit.Write(t, filepath.Join(dir, ".env"), "SECRET_KEY="+other+"\n") }},
		{"a live key", false, func() { live = []string{"LIVE"} }},
		{"the same live key", true, func() {}},
		{"another live key", false, func() { env["LIVE"] = other }},
		{"another ref", false, func() {
			head, _ := repo.Head()
			testkit.Write(t, filepath.Join(dir, ".git", "refs", "heads", "side"), head.Commit.String()+"\n")
		}},
		{"the same refs", true, func() {}},
		{"a reflog", false, func() {
			head, _ := repo.Head()
			zero := strings.Repeat("0", 40)
			testkit.Write(t, filepath.Join(dir, ".git", "logs", "refs", "remotes", "origin", "main"), zero+" "+head.Commit.String()+" A <a@b.c> 1700000000 +0000\tupdate by push\n")
		}},
		{"the same reflog", true, func() {}},
	} {
		step.do()
		want, _ := auditOn(t, dir, "", day, env, live...)
		got, cached := auditOn(t, dir, folder, day, env, live...)
		if got != want {
			t.Fatalf("%s: %s\nwithout a cache:\n%s", step.name, got, want)
		}
		if cached != step.cached {
			t.Errorf("%s: is the report that of an earlier audit? %v", step.name, cached)
		}
	}
}

func TestNoCacheHoldsAKeyOrInventsOne(t *testing.T) {
	key := testkit.Key(1)
	repo, _, _ := change(t, nil, map[string]string{"settings.py": "SECRET_KEY = \"" + key + "\"\n"}, nil)
	dir, folder := repo.WorkTree(), filepath.Join(t.TempDir(), "cache")
	want, _ := auditOn(t, dir, folder, 1, nil)
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || len(files) < 2 || bytes.Contains(text, []byte(key)) {
			t.Fatalf("%s of %d files: %v, or it holds the key", file, len(files), err)
		}
	}
	// The blob is damaged without a trace: the report is not given again.
	var blob string
	_ = filepath.WalkDir(filepath.Join(dir, ".git", "objects"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && blob == "" {
			if id := filepath.Base(filepath.Dir(path)) + filepath.Base(path); strings.Contains(want, id) && strings.Contains(want, `"blob": "`+id) {
				blob = path
			}
		}
		return nil
	})
	info, err := os.Stat(blob)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(blob)
	text[len(text)-1] ^= 1
	if err := os.Chmod(blob, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(blob, text, 0o444); err != nil {
		t.Fatal(err)
	}
	_ = os.Chmod(blob, info.Mode())
	if err := os.Chtimes(blob, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if _, cached := auditOn(t, dir, folder, 1, nil); cached {
		t.Error("a key that is not in the repository any more is reported from the cache")
	}
}
