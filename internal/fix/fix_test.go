package fix_test

import (
	"context"
	"encoding/base64"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/djleaks/djleaks/internal/fix"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// memory is a work tree in memory.
type memory struct {
	files   map[string][]byte
	tracked map[string]bool
}

func (m memory) Paths() []string { return slices.Sorted(maps.Keys(m.files)) }

func (m memory) Tracked(path string) bool { return m.tracked[path] }

func (m memory) Read(path string) ([]byte, error) {
	text, ok := m.files[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return text, nil
}

func (m memory) Ignored(path, list string, text []byte) bool {
	path = strings.TrimPrefix(path, strings.TrimSuffix(list, ".gitignore"))
	for _, line := range strings.Split(string(text), "\n") {
		if matched, _ := filepath.Match(line, filepath.Base(path)); matched || line == "/"+path || strings.HasSuffix(line, "/") && strings.Contains("/"+path, "/"+line) {
			return true
		}
	}
	return false
}

// Chunks yields the files, so that the detector finds the leaks as it does for
// a user.
func (m memory) Chunks(_ context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	for _, path := range m.Paths() {
		if err := yield(&scanner.Chunk{Path: path, Text: m.files[path], Worktree: true}); err != nil {
			return scanner.Coverage{}, err
		}
	}
	return scanner.Coverage{}, nil
}

func (m memory) leaks(t *testing.T, except map[string]bool) (list []fix.Leak) {
	t.Helper()
	detector := django.New()
	collector := scanner.NewCollector(detector)
	if _, err := collector.Run(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for _, f := range collector.Findings() {
		severity, _ := detector.Severity(&f.Match, f.Path)
		leak := fix.LeakOf(&f)
		if severity >= scanner.High || leak.Test && severity >= scanner.Medium {
			if !except[f.Path] {
				list = append(list, leak)
			}
		}
	}
	return list
}

var freshKey = testkit.Draw("fix", 1, 64, testkit.Alnum)

var directive = regexp.MustCompile(`(?m)^(refuse|note|untrack|untracked): (.*)$`)

// TestCases runs testdata: each case is a small project, the files that
// change (below want/), and what is said about it.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			runCase(t, archive)
		})
	}
}

func runCase(t *testing.T, archive *txtar.Archive) {
	said := map[string][]string{}
	for _, m := range directive.FindAllStringSubmatch(string(archive.Comment), -1) {
		said[m[1]] = append(said[m[1]], m[2])
	}
	tree := memory{map[string][]byte{}, map[string]bool{}}
	want := map[string]string{}
	for _, f := range archive.Files {
		name, how, _ := strings.Cut(f.Name, " ")
		text := testkit.Encode(strings.ReplaceAll(testkit.Expand(string(f.Data)), "{{fresh}}", freshKey), how)
		if path, ok := strings.CutPrefix(name, "want/"); ok {
			want[path] = string(text)
			continue
		}
		tree.files[name] = text
		tree.tracked[name] = !slices.Contains(said["untracked"], name)
	}
	leaks := tree.leaks(t, nil)
	if len(leaks) == 0 {
		t.Fatal("the detector finds no key in the case")
	}
	plan := fix.Make(tree, leaks, nil, func() string { return freshKey })
	checkSaid(t, plan, said)
	checkShown(t, plan, leaks)
	got := map[string]string{}
	for _, f := range plan.Files {
		got[f.Path] = string(f.New)
		if f.Old == nil && strings.HasSuffix(f.Path, ".env") && !f.Private {
			t.Errorf("%s is made readable for others", f.Path)
		}
	}
	if os.Getenv("SHOW") != "" {
		for path, text := range got {
			t.Logf("-- want/%s --\n%s", path, strings.ReplaceAll(text, freshKey, "{{fresh}}"))
		}
		t.Log(plan.Notes, plan.Refusals, plan.Untrack)
	}
	for path := range want {
		if got[path] != want[path] {
			t.Errorf("%s: got\n%s\nwant\n%s", path, got[path], want[path])
		}
	}
	for path := range got {
		if _, ok := want[path]; !ok {
			t.Errorf("%s changes:\n%s", path, got[path])
		}
	}
	if len(plan.Refusals) == 0 {
		again(t, tree, plan)
	}
}

func checkSaid(t *testing.T, plan *fix.Plan, said map[string][]string) {
	t.Helper()
	var refusals []string
	for _, r := range plan.Refusals {
		refusals = append(refusals, r.Path+": "+r.Reason)
	}
	for _, kind := range []struct {
		name string
		got  []string
	}{{"refuse", refusals}, {"note", plan.Notes}, {"untrack", plan.Untrack}} {
		for _, want := range said[kind.name] {
			if !slices.ContainsFunc(kind.got, func(got string) bool { return strings.Contains(got, want) }) {
				t.Errorf("%s: %q is not among %q", kind.name, want, kind.got)
			}
		}
		if kind.name != "note" && len(kind.got) != len(said[kind.name]) {
			t.Errorf("%s: %q, want %q", kind.name, kind.got, said[kind.name])
		}
	}
}

// checkShown makes sure that no text for people holds a part of a key.
func checkShown(t *testing.T, plan *fix.Plan, leaks []fix.Leak) {
	t.Helper()
	texts := slices.Clone(plan.Notes)
	for _, f := range plan.Files {
		texts = append(texts, string(f.OldShown), string(f.NewShown))
	}
	for _, r := range plan.Refusals {
		texts = append(texts, r.Reason, r.ByHand)
	}
	all := strings.Join(texts, "\n")
	for _, secret := range append([]string{freshKey}, values(leaks)...) {
		secret = strings.TrimPrefix(secret, scanner.InsecurePrefix)
		for i := 4; i+5 <= len(secret); i++ {
			if strings.Contains(all, secret[i:i+5]) {
				t.Fatal("five characters of a key are in a text for people")
			}
		}
	}
}

func values(leaks []fix.Leak) (list []string) {
	for _, l := range leaks {
		list = append(list, l.Value)
	}
	return list
}

// again makes sure that nothing is left to do.
func again(t *testing.T, tree memory, plan *fix.Plan) {
	t.Helper()
	private := map[string]bool{}
	for _, f := range plan.Files {
		tree.files[f.Path] = f.New
		private[f.Path] = f.Private
	}
	for _, path := range plan.Untrack {
		private[path] = true
	}
	for path := range tree.files {
		private[path] = private[path] || tree.Ignored(path, ".gitignore", tree.files[".gitignore"])
	}
	if leaks := tree.leaks(t, private); len(leaks) > 0 {
		t.Errorf("%d keys are left, the first in %s:%d", len(leaks), leaks[0].Path, leaks[0].Line)
	}
}

// What is around a key in a file of secrets is nobody's business either, and
// a key that is a word hides the word nowhere but where it is the key.
func TestTheTextsOfAPlanShowNoKey(t *testing.T) {
	other := testkit.Draw("fix other", 1, 32, testkit.Alnum)
	tree := memory{map[string][]byte{
		".secrets.toml":   []byte("[default]\nsecret_key = \"" + testkit.Key(91) + "\"\napi_key = \"" + other + "\"\n"),
		"secrets.json":    []byte("{\n  \"SECRET_KEY\": \"" + testkit.Key(92) + "\",\n  \"DB\": {\n    \"password\": \"" + other + "\"\n  }\n}\n"),
		"app/settings.py": []byte("# keep the secret key used in production secret!\nSECRET_KEY = '" + testkit.Key(93) + "'\nJWT_KEY = 'secret'\n"),
	}, map[string]bool{".secrets.toml": true, "secrets.json": true, "app/settings.py": true}}
	weak := fix.Leak{Path: "app/settings.py", Offset: strings.LastIndex(string(tree.files["app/settings.py"]), "secret"), Length: 6, Line: 3, Name: "JWT_KEY", Value: "secret", Mask: "…(6)"}
	plan := fix.Make(tree, tree.leaks(t, nil), []fix.Leak{weak}, func() string { return freshKey })
	if len(plan.Files) < 4 || len(plan.Refusals) > 0 {
		t.Fatalf("%d files, %v", len(plan.Files), plan.Refusals)
	}
	for _, f := range plan.Files {
		for _, text := range []string{string(f.OldShown), string(f.NewShown)} {
			if strings.Contains(text, other) {
				t.Errorf("%s: a secret beside the key is shown", f.Path)
			}
			if f.Path == "app/settings.py" && (!strings.Contains(text, "keep the secret key used in production secret!") || !strings.Contains(text, "JWT_KEY = '…(6)'")) {
				t.Errorf("a key that is a word: %s", text)
			}
		}
	}
}

// Tests whose settings have the dummy need no variable, and the name of a job is
// no command.
func TestPlacesThatStartDjangoWithoutTheKeyAreNamed(t *testing.T) {
	const job = "jobs:\n  pytest:\n    steps:\n    - run: pytest -q\n"
	for _, c := range []struct {
		settings, workflow, want string
	}{
		{"app/settings/base.py", job, ".github/workflows/ci.yml:4"},
		{"app/settings/base.py", "jobs:\n  pytest:\n", ""},
		{"app/settings/test.py", job, ""},
		{"app/settings/test.py", "run: python manage.py migrate\n", ".github/workflows/ci.yml:1"},
	} {
		tree := memory{map[string][]byte{
			"app/settings/base.py":     []byte("import os\nSECRET_KEY = os.environ.get('SECRET_KEY', '" + testkit.Key(94) + "')\n"),
			c.settings:                 []byte("import os\nSECRET_KEY = os.environ.get('SECRET_KEY', '" + testkit.Key(95) + "')\n"),
			"manage.py":                []byte("import django\n"),
			".github/workflows/ci.yml": []byte(c.workflow),
		}, map[string]bool{"app/settings/base.py": true, c.settings: true}}
		plan := fix.Make(tree, tree.leaks(t, nil), nil, func() string { return freshKey })
		said := strings.Join(plan.Notes, "\n")
		if got := strings.Contains(said, "These start Django"); got != (c.want != "") || !strings.Contains(said, c.want) {
			t.Errorf("%s, %q: %s", c.settings, c.workflow, said)
		}
	}
}

func TestNoAdvicePutsAKeyIntoArguments(t *testing.T) {
	tree := memory{map[string][]byte{"k8s/secret.yaml": []byte("apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  SECRET_KEY: " + base64.StdEncoding.EncodeToString([]byte(testkit.Key(96))) + "\n")}, map[string]bool{"k8s/secret.yaml": true}}
	leaks := tree.leaks(t, nil)
	plan := fix.Make(tree, leaks, nil, func() string { return freshKey })
	if len(leaks) != 1 || len(plan.Refusals) != 1 || strings.Contains(plan.Refusals[0].ByHand, "$(djleaks") || !strings.Contains(plan.Refusals[0].ByHand, "| kubectl") {
		t.Errorf("%+v", plan.Refusals)
	}
}
