package fleet

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

func TestEveryIDHasAFolderOfItsOwnInsideTheStore(t *testing.T) {
	long := "gitlab.com/" + strings.Repeat("group/", 50) + "site"
	folders := map[string]string{}
	for _, id := range []string{
		"github.com/a/b", "github.com/A/b", "github.com/a/B", "github.com+a+b", "github.com/a_b", "github.com/a b", "github.com/a*b",
		"..", ".", "../../x", ".hidden", "a/..", "dot.", "con\nnul", "ä/ö", "a", "A", long, long + "2", strings.ToUpper(long), "x~61", "\x00",
	} {
		dir := Folder("store", id)
		// A file system may take capital letters for small ones.
		folded := strings.ToLower(dir)
		if other, taken := folders[folded]; taken {
			t.Errorf("%q and %q have one folder: %s", id, other, dir)
		}
		folders[folded] = id
		name := filepath.Base(dir)
		if filepath.Dir(filepath.Dir(dir)) != "store" || len(name) > 143 || strings.ContainsAny(name, "/\\\n\x00 *:") || name[0] == '.' {
			t.Errorf("%q: %s", id, dir)
		}
	}
}

// state is a state file with one key.
func state(id string) *Result {
	secret := scanner.NewSecret(testkit.Key(3))
	return &Result{List: "l", Inputs: "i", Finished: time.Unix(0, 0).UTC(), Record: Record{
		ID: id, State: Read, Tool: scanner.Tool{Name: "djleaks", Version: "1", Rules: "r"}, Commits: 2,
		Keys: []Key{{
			Fingerprint: secret.Fingerprint(), Class: scanner.ClassDjango, Masked: secret.Mask(scanner.ClassDjango), Length: secret.Len(),
			Held: Held{Severity: scanner.High, Status: scanner.StatusLive, Path: "settings.py", Line: 3, Places: 1},
		}},
	}}
}

func newStore(t *testing.T) *Store {
	t.Helper()
	s, err := CreateStore(filepath.Join(t.TempDir(), "new", "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAStoreGivesBackWhatWasWritten(t *testing.T) {
	s := newStore(t)
	if _, err := s.Result("a/b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a repository that was never audited: %v", err)
	}
	want := state("a/b")
	if err := s.Write(want); err != nil {
		t.Fatal(err)
	}
	got, err := s.Result("a/b")
	if err != nil {
		t.Fatal(err)
	}
	one, _ := json.Marshal(want)
	two, _ := json.Marshal(got)
	if string(one) != string(two) {
		t.Errorf("wrote %s\nread  %s", one, two)
	}
	if entries, _ := os.ReadDir(s.Dir("a/b")); len(entries) != 1 {
		t.Errorf("a write leaves %v", entries)
	}
}

func TestWhatIsNotAStateFileIsRefused(t *testing.T) {
	s := newStore(t)
	key, insecure := testkit.Key(3), testkit.InsecureKey(4)
	for name, spoil := range map[string]func(*Result){
		"another program":        func(r *Result) { r.Record.Tool.Name = "gitleaks" },
		"another repository":     func(r *Result) { r.Record.ID = "a/c" },
		"an unknown state":       func(r *Result) { r.Record.State = "clean" },
		"failed, with keys":      func(r *Result) { r.Record.State = Failed },
		"read, and not all":      func(r *Result) { r.Record.Unread = []Unread{{"x", 1}} },
		"a key as a mask":        func(r *Result) { r.Record.Keys[0].Masked = key },
		"a key as a fingerprint": func(r *Result) { r.Record.Keys[0].Fingerprint = scanner.Fingerprint(key) },
		"a key as a path":        func(r *Result) { r.Record.Keys[0].Path = key },
		"a key in a path":        func(r *Result) { r.Record.Keys[0].Path = "backup/" + insecure },
		"a key in a reason":      func(r *Result) { r.Record.State, r.Record.Unread = Incomplete, []Unread{{insecure, 1}} },
		"a key as a rule":        func(r *Result) { r.Record.Keys[0].Rule = key },
		"a weak key as a class": func(r *Result) {
			r.Record.Keys[0] = weak("secret-of-site-1")
			r.Record.Keys[0].Class = "secret-of-site-1"
		},
		"a weak key as a path": func(r *Result) {
			r.Record.Keys[0] = weak("secret-of-site-1")
			r.Record.Keys[0].Path = "secret-of-site-1"
		},
		"a key that is accepted": func(r *Result) { r.Record.Accepted = []scanner.Fingerprint{scanner.Fingerprint(key)} },
	} {
		r := state("a/b")
		spoil(r)
		dir := s.Dir("a/b")
		if r.Record.ID != "a/b" { // as if somebody had moved the folder
			if err := s.Write(r); err != nil {
				t.Fatal(err)
			}
			os.RemoveAll(dir)
			if err := os.Rename(s.Dir(r.Record.ID), dir); err != nil {
				os.MkdirAll(filepath.Dir(dir), 0o777)
				if err := os.Rename(s.Dir(r.Record.ID), dir); err != nil {
					t.Fatal(err)
				}
			}
		} else if err := s.Write(r); err != nil {
			t.Fatal(err)
		}
		_, err := s.Result("a/b")
		if err == nil {
			t.Errorf("%s: taken", name)
		} else if strings.Contains(err.Error(), key[2:]) || strings.Contains(err.Error(), insecure[20:]) {
			t.Errorf("%s: the error shows the key", name)
		}
	}
	if err := s.Write(state("a/b")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.Dir("a/b"), StateFile)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "cut off": string(whole[:len(whole)/2]), "a list": "[]", "not ours": "{}", "text": "hello",
		"a newer schema": strings.Replace(string(whole), `"schema":1`, `"schema":2`, 1),
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Result("a/b"); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// weak is a key that somebody made up.
func weak(value string) Key {
	s := scanner.NewSecret(value)
	return Key{Fingerprint: s.Fingerprint(), Class: scanner.ClassPlaceholder, Masked: s.Mask(scanner.ClassPlaceholder), Length: s.Len(),
		Held: Held{Severity: scanner.Low, Status: scanner.StatusLive, Rule: "placeholder-secret-key", Path: "settings.py"}}
}

func TestAKeyThatIsAWordOfTheRecordIsNotAKeyInClear(t *testing.T) {
	s := newStore(t)
	for _, word := range []string{"placeholder", "live", "placeholder-secret-key", "production"} {
		r := state("a/b")
		r.Record.Keys[0] = weak(word)
		r.Record.Keys[0].Path = "production" // a report leaves the names of files that are words
		if err := s.Write(r); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Result("a/b"); err != nil {
			t.Errorf("%s: %v", word, err)
		}
	}
}

func TestACrashedWorkersFilesAreSweptAfterTheirTime(t *testing.T) {
	s := newStore(t)
	var drafts []*draft
	for range 2 {
		d, err := s.draft("a/b")
		if err != nil {
			t.Fatal(err)
		}
		drafts = append(drafts, d)
	}
	old := drafts[0].File.Name()
	if err := os.Chtimes(old, time.Time{}, time.Unix(1000, 0)); err != nil {
		t.Fatal(err)
	}
	s.sweep("a/b", time.Unix(2000, 0))
	if _, err := os.Stat(old); err == nil {
		t.Error("the file of a worker that was killed was not removed")
	}
	if _, err := os.Stat(drafts[1].File.Name()); err != nil {
		t.Error("the file of a worker at work is gone")
	}
	drafts[0].Discard()
	drafts[1].Discard()
}

func TestAStoreThatCannotBeWrittenIsRefusedAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below"), "/proc/self/store"} {
		if _, err := CreateStore(dir); err == nil {
			t.Errorf("%s is a store", dir)
		}
	}
	if _, err := OpenStore(filepath.Join(file, "..", "absent")); err == nil {
		t.Error("a folder that is not there is a store")
	}
}

func TestTheWordsOfDjleaksAreNoKeysInARecord(t *testing.T) {
	words := []string{"placeholder-secret-key", "weak-secret-key"}
	for _, c := range scanner.Classes() {
		words = append(words, string(c))
	}
	for _, s := range scanner.Statuses() {
		words = append(words, string(s))
	}
	for _, d := range scanner.Decisions() {
		words = append(words, string(d))
	}
	for _, word := range words {
		if !isOwnWord(word) {
			t.Errorf("%s is taken for somebody's key", word)
		}
	}
	for _, word := range []string{"", "production", "django-secret-keys", "-secret-key"} {
		if isOwnWord(word) {
			t.Errorf("%q is taken for a word of djleaks", word)
		}
	}
}

func TestAFileIsNoStore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "store")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStore(file); !errors.Is(err, regular.ErrNotFolder) {
		t.Error(err)
	}
}
