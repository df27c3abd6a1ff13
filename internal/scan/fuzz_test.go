package scan

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// FuzzRepository damages the files of a git directory and audits it, searches a
// range of it or what is staged. All of them end, without a panic, and a report
// that says that it is complete has every key that was committed: whatever the
// damage is, it cannot hide one.
//
// The data is a byte that says which command, and a list of damages of four
// bytes: which file, where in it (in 256ths of its length, and bytes from there),
// and what. One command a run, a history as short as it can be with deltas, two
// packs and loose objects, and few collections of garbage: each is for the number of runs.
func FuzzRepository(f *testing.F) {
	d := damaged(f)
	defer debug.SetGCPercent(debug.SetGCPercent(1000))
	for command := range byte(3) {
		f.Add([]byte{command, 0, 0, 0, 1})
		f.Add([]byte{command, 3, 128, 0, 0xff, 5, 10, 3, 0xfe})
		for n := range d.names {
			f.Add([]byte{command, byte(n), 100, 7, 0x55, byte(n), 200, 1, 0xfd})
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || len(data) > 65 {
			return
		}
		command := data[0] % 3
		defer d.damage(t, data[1:])()
		repo, err := gitstore.Open(d.dir)
		if err != nil {
			return
		}
		defer repo.Close()
		s := &Scan{Version: "0", Jobs: 1, Getenv: func(string) string { return "" }}
		ctx := context.Background()
		switch command {
		case 0:
			report, err := s.Audit(ctx, repo, "")
			d.check(t, "audit", report, err, d.keys)
		case 1:
			report, err := s.Range(ctx, repo, d.first, d.head)
			d.check(t, "range", report, err, d.keys[1:])
		default:
			// Nothing says that an index that can be read is the right one.
			report, err := s.Staged(ctx, repo, nil)
			d.check(t, "staged", report, err, nil)
		}
	})
}

// damagedRepository is a repository of which each commit brings a key.
type damagedRepository struct {
	dir         string
	names       []string // files below .git, of each kind that is read
	texts       [][]byte // what is in them
	keys        []scanner.Fingerprint
	first, head string // commits
}

func damaged(f *testing.F) *damagedRepository {
	d := &damagedRepository{dir: f.TempDir()}
	git := func(stdin string, words ...string) string {
		return strings.TrimSpace(testkit.Git(f, d.dir, stdin, words...))
	}
	settings := func() string {
		key := testkit.InsecureKey(len(d.keys))
		d.keys = append(d.keys, scanner.NewSecret(key).Fingerprint())
		return fmt.Sprintf("DEBUG = False\nSECRET_KEY = '%s'\n%s", key, strings.Repeat("# as in all the others\n", 20))
	}
	history := func(branch, from string, commits, limit int) {
		var list []testkit.Commit
		for n := range commits {
			list = append(list, testkit.Commit{Message: "change", Files: map[string]string{fmt.Sprintf("site%d/settings.py", n%2): settings()}})
		}
		git(testkit.History(branch, from, list...), "-c", fmt.Sprintf("fastimport.unpackLimit=%d", limit), "fast-import", "--quiet")
	}
	git("", "init", "-q", "-b", "main")
	history("main", "", 3, 1)
	d.first = git("", "rev-list", "--max-parents=0", "main")
	git("", "repack", "-adfq")
	history("main", testkit.Tip("main"), 1, 1)
	git("", "pack-refs", "--all")
	history("main", testkit.Tip("main"), 1, 100)
	d.head = git("", "rev-parse", "main")
	git("", "read-tree", "main")
	blob := git(settings(), "hash-object", "-w", "--stdin")
	d.keys = d.keys[:len(d.keys)-1] // is not committed
	git("", "update-index", "--add", "--cacheinfo", "100644,"+blob+",staged.py")
	put := func(name, text string) {
		path := filepath.Join(d.dir, ".git", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	put("objects/info/alternates", "# none\n")
	put("logs/HEAD", strings.Repeat("0", 40)+" "+d.head+" Ada <ada@example.com> 1700000000 +0000\tcommit: x\n")
	err := filepath.WalkDir(filepath.Join(d.dir, ".git"), func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(filepath.Join(d.dir, ".git"), path)
		if err != nil || !e.Type().IsRegular() || strings.HasPrefix(name, "hooks") || e.Name() == "description" || e.Name() == "exclude" {
			return err
		}
		text, err := os.ReadFile(path)
		d.names, d.texts = append(d.names, path), append(d.texts, text)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return d
}

// damage does what data says, and returns how to undo it.
func (d *damagedRepository) damage(t *testing.T, data []byte) (undo func()) {
	changed := map[int][]byte{}
	for ; len(data) >= 4; data = data[4:] {
		n := int(data[0]) % len(d.names)
		text, ok := changed[n]
		if !ok {
			text = bytes.Clone(d.texts[n])
		}
		at := min(len(text)*int(data[1])/256+int(data[2]), max(0, len(text)-1))
		switch what := data[3]; {
		case what == 0xff:
			text = text[:at]
		case what == 0xfe && at < len(text):
			text = slices.Delete(text, at, min(len(text), at+int(data[2])+1))
		case what == 0xfd:
			text = slices.Insert(text, at, text[at/2:at]...)
		case at < len(text):
			text[at] ^= what
		}
		changed[n] = text
	}
	put := func(n int, text []byte) {
		// Git's own files are read-only; a new one is not.
		_ = os.Remove(d.names[n])
		if err := os.WriteFile(d.names[n], text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for n, text := range changed {
		put(n, text)
	}
	return func() {
		for n := range changed {
			put(n, d.texts[n])
		}
	}
}

// check compares a report with the keys that were there.
func (d *damagedRepository) check(t *testing.T, what string, r *scanner.Report, err error, keys []scanner.Fingerprint) {
	t.Helper()
	if err != nil {
		if err.Error() == "" {
			t.Errorf("%s: an error without a word", what)
		}
		return
	}
	if r.Coverage.SkippedCount() > 0 {
		return
	}
	found := map[scanner.Fingerprint]bool{}
	for _, list := range [][]scanner.Key{r.Keys, r.Known} {
		for i := range list {
			found[list[i].Fingerprint] = true
		}
	}
	for n, key := range keys {
		if !found[key] {
			t.Errorf("%s: nothing is skipped, and key %d of %d is not in the report", what, n, len(keys))
		}
	}
}
