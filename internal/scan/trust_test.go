package scan

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

const accepting = `{"fingerprint": "0123456789abcdef", "reason": "r"}` + "\n"

// change is a repository with a base and a head, whose work tree is the current
// folder and holds files that are in neither commit.
func change(t *testing.T, base, head, workTree map[string]string) (repo *gitstore.Repository, baseID, headID scanner.ObjectID) {
	t.Helper()
	dir := t.TempDir()
	made, err := gitstore.Create(filepath.Join(dir, ".git"))
	if err != nil {
		t.Fatal(err)
	}
	commit := func(files map[string]string, parents ...scanner.ObjectID) scanner.ObjectID {
		id, err := made.Commit(files, parents, "Ada", time.Unix(1_700_000_000, 0).UTC(), "x")
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	baseID = commit(base)
	headID = commit(head, baseID)
	if err := made.SetRef("refs/heads/main", headID); err != nil {
		t.Fatal(err)
	}
	testkit.Write(t, filepath.Join(dir, ".git", "config"), "[core]\n\trepositoryformatversion = 0\n")
	for _, files := range []map[string]string{head, workTree} {
		for name, text := range files {
			testkit.Write(t, filepath.Join(dir, name), text)
		}
	}
	t.Chdir(dir)
	repo, err = gitstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	return repo, baseID, headID
}

func TestTheWorkTreeGivesTheSettingsOfWhoScans(t *testing.T) {
	repo, _, _ := change(t, map[string]string{".djleaks.toml": "fail-on = \"low\"\n"}, map[string]string{".djleaks.toml": "fail-on = \"medium\"\n"},
		map[string]string{".djleaks.toml": "fail-on = \"critical\"\n"})
	s, err := ReadSettings(WorkTree(repo), Named{})
	if err != nil || s.Policy.FailOn != scanner.Critical {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestABareRepositoryGivesTheSettingsOfHead(t *testing.T) {
	repo, _, _ := change(t, map[string]string{".djleaks.toml": "fail-on = \"low\"\n"}, map[string]string{".djleaks.toml": "fail-on = \"medium\"\n"}, nil)
	testkit.Write(t, filepath.Join(repo.GitDir(), "config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
	bare, err := gitstore.Open(repo.GitDir())
	if err != nil || bare.WorkTree() != "" {
		t.Fatalf("%v: a work tree: %v", err, bare.WorkTree() != "")
	}
	defer bare.Close()
	s, err := ReadSettings(WorkTree(bare), Named{})
	if err != nil || s.Policy.FailOn != scanner.Medium {
		t.Errorf("%+v, %v", s, err)
	}
}

// baseSettings reads the settings of a change from its base.
func baseSettings(t *testing.T, base, head, workTree map[string]string, named Named) (s *Settings, ignored []string) {
	t.Helper()
	repo, baseID, headID := change(t, base, head, workTree)
	s, err := ReadSettings(Base(repo, baseID, inTree(repo, headID), func(name string) { ignored = append(ignored, name) }), named)
	if err != nil {
		t.Fatal(err)
	}
	return s, ignored
}

func TestTheConfigurationOfAChangeIsThatOfItsBase(t *testing.T) {
	s, _ := baseSettings(t, map[string]string{".djleaks.toml": "fail-on = \"low\"\n"},
		map[string]string{".djleaks.toml": "exclude = [\"**\"]\n"}, map[string]string{".djleaks.toml": "exclude = [\"**\"]\n"}, Named{})
	if s.Policy.FailOn != scanner.Low || len(s.Policy.Exclude) != 0 {
		t.Errorf("%+v", s.Policy)
	}
	// A base without one has none, whatever the change brings.
	s, _ = baseSettings(t, map[string]string{"a": ""}, map[string]string{".djleaks.toml": "exclude = [\"**\"]\n"}, nil, Named{})
	if s.Policy.File != "" || len(s.Policy.Exclude) != 0 {
		t.Errorf("%+v", s.Policy)
	}
}

func TestAnOptionNamesAFileOfTheBase(t *testing.T) {
	const two = accepting + `{"fingerprint": "fedcba9876543210", "reason": "mine"}` + "\n"
	s, ignored := baseSettings(t, map[string]string{"ci/known.jsonl": accepting}, map[string]string{"ci/known.jsonl": two}, nil, Named{Baseline: "ci/known.jsonl"})
	if len(s.Baseline) != 1 || len(ignored) != 0 {
		t.Errorf("%d entries, ignored %v", len(s.Baseline), ignored)
	}
	s, _ = baseSettings(t, map[string]string{"ci.toml": "fail-on = \"low\"\n"}, map[string]string{"ci.toml": "exclude = [\"**\"]\n"}, nil, Named{Config: "ci.toml"})
	if s.Policy.FailOn != scanner.Low || len(s.Policy.Exclude) != 0 {
		t.Errorf("%+v", s.Policy)
	}
}

func TestAFileThatOnlyTheHeadHasAcceptsNothing(t *testing.T) {
	s, ignored := baseSettings(t, map[string]string{"a": ""}, map[string]string{"known.jsonl": accepting}, nil, Named{Baseline: "known.jsonl"})
	if len(s.Baseline) != 0 || !slices.Equal(ignored, []string{"known.jsonl"}) {
		t.Errorf("%d entries, ignored %v", len(s.Baseline), ignored)
	}
}

func TestAFileThatTheJobMakesIsReadAsItIs(t *testing.T) {
	s, ignored := baseSettings(t, map[string]string{"a": ""}, map[string]string{"a": "b"}, map[string]string{"known.jsonl": accepting}, Named{Baseline: "known.jsonl"})
	if len(s.Baseline) != 1 || len(ignored) != 0 {
		t.Errorf("in the work tree: %d entries, ignored %v", len(s.Baseline), ignored)
	}
	outside := filepath.Join(t.TempDir(), "known.jsonl")
	testkit.Write(t, outside, accepting)
	s, ignored = baseSettings(t, map[string]string{"known.jsonl": ""}, map[string]string{"known.jsonl": ""}, nil, Named{Baseline: outside})
	if len(s.Baseline) != 1 || len(ignored) != 0 {
		t.Errorf("outside: %d entries, ignored %v", len(s.Baseline), ignored)
	}
}

func TestAFileThatALinkOfTheChangeLeadsToAcceptsNothing(t *testing.T) {
	dir := t.TempDir()
	repo, base, head := change(t, map[string]string{"a": ""}, map[string]string{"lists/known.jsonl": accepting, "ci": "lists"}, nil)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	// Creator has no links: to the rule a blob where a path has a folder is one.
	if err := os.Remove(filepath.Join(here, "ci")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("lists", filepath.Join(here, "ci")); err != nil {
		t.Skip("no links here")
	}
	// The job makes a link of its own into what the change brings.
	if err := os.Symlink(filepath.Join(here, "lists"), filepath.Join(dir, "job")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ci/known.jsonl", filepath.Join(here, "ci", "known.jsonl"), filepath.Join(dir, "job", "known.jsonl")} {
		ignored := 0
		s, err := ReadSettings(Base(repo, base, inTree(repo, head), func(string) { ignored++ }), Named{Baseline: name})
		if err != nil || len(s.Baseline) != 0 || ignored != 1 {
			t.Errorf("%s: %v, ignored %d times", name, err, ignored)
		}
	}
}

func TestWithoutABaseOnlyTheJobAccepts(t *testing.T) {
	repo, _, head := change(t, map[string]string{"a": ""}, map[string]string{".djleaks.toml": "exclude = [\"**\"]\n", "known.jsonl": accepting}, map[string]string{"job.jsonl": accepting})
	for name, want := range map[string]int{"known.jsonl": 0, "job.jsonl": 1} {
		s, err := ReadSettings(Base(repo, "", inTree(repo, head), func(string) {}), Named{Baseline: name})
		if err != nil || len(s.Policy.Exclude) != 0 || len(s.Baseline) != want {
			t.Errorf("%s: %v, %+v", name, err, s)
		}
	}
}

func TestWhoseAcceptancesCount(t *testing.T) {
	for _, c := range []struct {
		said           Acceptances
		standard, want bool
	}{{"", true, true}, {"", false, false}, {FromBase, false, true}, {FromWorkTree, true, false}} {
		if got := (&Scan{AcceptFrom: c.said}).fromBase(c.standard); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestAMistakeInTheSettingsIsTheUsersToMend(t *testing.T) {
	dir := t.TempDir()
	testkit.Write(t, filepath.Join(dir, ".djleaks.toml"), "exlude = []\n")
	_, err := ReadSettings(Folder(dir), Named{})
	var mistake Mistake
	var where *policy.Error
	if !errors.As(err, &mistake) || !errors.As(err, &where) || where.Line != 1 {
		t.Errorf("configuration: %v", err)
	}
	for _, named := range []Named{{Config: "gone.toml"}, {Baseline: "gone.jsonl"}} {
		_, err := ReadSettings(Origin{Root: none, Named: none}, named)
		if !errors.As(err, &mistake) || !strings.Contains(err.Error(), "--") {
			t.Errorf("%+v: %v", named, err)
		}
	}
}

func none(string) ([]byte, error) { return nil, fs.ErrNotExist }

func TestTheLowestFailingSeverity(t *testing.T) {
	for _, c := range []struct{ named, configured, want scanner.Severity }{
		{scanner.Silent, scanner.Silent, scanner.High},
		{scanner.Silent, scanner.Low, scanner.Low},
		{scanner.Critical, scanner.Low, scanner.Critical},
	} {
		s := &Scan{Named: Named{FailOn: c.named}}
		r := s.conclude(&scanner.Report{}, &Settings{Policy: &policy.Policy{FailOn: c.configured}})
		if r.FailOn != c.want {
			t.Errorf("%+v: %s", c, r.FailOn)
		}
	}
}
