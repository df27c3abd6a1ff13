package setup

import (
	"errors"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/djleaks/djleaks/hooks"
)

// memory is a work tree in memory; all its files are tracked.
type memory map[string]string

func (m memory) Paths() []string { return slices.Sorted(maps.Keys(m)) }

func (m memory) Tracked(path string) bool { _, ok := m[path]; return ok }

func (m memory) Read(path string) ([]byte, error) {
	if text, ok := m[path]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

func (m memory) Ignored(path, _ string, text []byte) bool {
	return slices.Contains(strings.Split(strings.ReplaceAll(string(text), "\r", ""), "\n"), path)
}

var (
	absent    = hooks.HookStatus{Hook: hooks.PreCommit, State: hooks.Absent}
	installed = hooks.HookStatus{Hook: hooks.PreCommit, State: hooks.Installed}
)

func advice(manager, file, snippet string) []hooks.Advice {
	return []hooks.Advice{{Manager: manager, File: file, Snippet: snippet, Hooks: []string{hooks.PreCommit}}}
}

const (
	entry   = "- repo: https://example.org/djleaks\n  rev: v1\n  hooks:\n    - id: djleaks\n"
	command = "pre-commit:\n  commands:\n    djleaks:\n      run: djleaks hook run pre-commit\n"
)

// yamlCases are documents of other people, by what is added to them.
var yamlCases = map[string]struct{ key, text string }{
	"indented list":              {"repos", "repos:\n  - repo: a\n    hooks:\n      - id: b\n"},
	"list at the margin":         {"repos", "repos:\n- repo: a\n  hooks:\n  - id: b\n"},
	"something after the list":   {"repos", "repos:\n- repo: a\n  hooks: [{id: b}]\n\n# of ci\nci:\n  skip: []\n"},
	"comment at the end":         {"repos", "repos:\n  - repo: a\n    hooks: []\n  # the last one\n# end\n"},
	"block text in the last":     {"repos", "repos:\n  - repo: a\n    exclude: |\n      (?x)^(\n        b\n\n        # no comment\n      )$\nfail_fast: true\n"},
	"no line break at the end":   {"repos", "repos:\n  - repo: a"},
	"no list yet":                {"repos", "fail_fast: true\n"},
	"empty":                      {"repos", ""},
	"only a comment":             {"repos", "# nothing yet\n"},
	"document marks":             {"repos", "---\nrepos:\n  - repo: a\n...\n"},
	"long item":                  {"repos", "repos:\n  -\n    repo: a\n    hooks:\n    -   id: b\n"},
	"command beside others":      {"", "pre-commit:\n  parallel: true\n  commands:\n    ruff:\n      run: ruff check\n"},
	"hook of other commands":     {"", "pre-push:\n  commands:\n    test:\n      run: make test\n"},
	"hook with jobs":             {"", "pre-commit:\n  jobs:\n    - run: ruff check\n"},
	"wide indentation":           {"", "pre-commit:\n    commands:\n        ruff:\n            run: ruff\n\ncolors: false\n"},
	"empty, mapping":             {"", ""},
	"anchors":                    {"", "x: &x\n  run: a\npre-commit:\n  commands:\n    a:\n      <<: *x\n"},
	"text over several lines":    {"", "pre-commit:\n  commands:\n    a:\n      run: >\n        one\n        two\n      tags: x\n"},
	"quoted key, long last line": {"", "\"pre-commit\":\n  commands:\n    a: {run: x}\n"},
}

// What is added is added, and everything else means what it did.
func TestAnEntryIsAddedToYAMLAndNothingElseChanges(t *testing.T) {
	for name, c := range yamlCases {
		t.Run(name, func(t *testing.T) {
			out, err := "", error(nil)
			if c.key != "" {
				out, err = intoList(c.text, c.key, entry)
			} else {
				out, err = intoMapping(c.text, command)
			}
			if err != nil {
				t.Fatal(err)
			}
			want, got := values(t, c.text), values(t, out)
			if c.key != "" {
				list, _ := want[c.key].([]any)
				want[c.key] = append(list, values(t, "x:\n"+entry)["x"].([]any)...)
			} else {
				merge(want, values(t, command))
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%s\nwhich is %v, want %v", out, got, want)
			}
			rest := out
			for _, line := range strings.Split(c.text, "\n") { // all old lines, in their order
				at := strings.Index(rest, line)
				if at < 0 {
					t.Fatalf("%q is not there any more:\n%s", line, out)
				}
				rest = rest[at+len(line):]
			}
		})
	}
}

func values(t *testing.T, text string) map[string]any {
	t.Helper()
	out := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return out
}

func merge(into, from map[string]any) {
	for key, value := range from {
		below, ok := into[key].(map[string]any)
		if more, both := value.(map[string]any); ok && both {
			merge(below, more)
		} else {
			into[key] = value
		}
	}
}

func TestWhatCannotBeAddedToIsNotChanged(t *testing.T) {
	for name, text := range map[string]string{
		"flow list":     "repos: [{repo: a, hooks: []}]\n",
		"flow document": "{repos: []}\n",
		"a word":        "repos: none\n",
	} {
		if out, err := intoList(text, "repos", entry); !errors.Is(err, errNoPlace) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	if out, err := intoMapping("pre-commit:\n  - a\n", command); !errors.Is(err, errNoPlace) {
		t.Errorf("a list in the place of a mapping: %v\n%s", err, out)
	}
}

// plan makes a plan and returns the files that change, by their new text.
func plan(t *testing.T, tree memory, f Facts) (*Plan, map[string]string) {
	t.Helper()
	p, err := Make(tree, f)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range p.Files {
		if (f.Old == nil) == tree.Tracked(f.Path) {
			t.Errorf("%s: made or changed?", f.Path)
		}
		files[f.Path] = string(f.New)
	}
	return p, files
}

func TestARepositoryWithNothingGetsHookCIFileAndIgnore(t *testing.T) {
	tree := memory{"manage.py": "", "mysite/settings.py": ""}
	facts := Facts{Origin: "git@github.com:ada/site.git", Hook: absent}
	p, files := plan(t, tree, facts)
	if !p.Hook || len(p.Notes) > 0 || len(files) != 2 || files[".gitignore"] != ".env\n" || !strings.Contains(files[".github/workflows/djleaks.yml"], "djleaks/djleaks@v") {
		t.Errorf("hook %t, notes %q, files %v", p.Hook, p.Notes, files)
	}
	if strings.HasPrefix(files[".github/workflows/djleaks.yml"], "#") {
		t.Error("the comment that says where the file belongs is in the file")
	}
	maps.Copy(tree, files)
	facts.Hook = installed
	if p, _ := plan(t, tree, facts); !p.Empty() {
		t.Errorf("the second run says %+v", p)
	}
}

func TestTheForgeOfTheOriginDecidesTheCIFile(t *testing.T) {
	for _, c := range []struct{ origin, file string }{
		{"https://github.com/ada/site", ".github/workflows/djleaks.yml"},
		{"ssh://git@github.example.com:22/ada/site.git", ".github/workflows/djleaks.yml"},
		{"https://oauth2:token@gitlab.example.org/ada/site.git", ".gitlab-ci.yml"},
		{"git@bitbucket.org:ada/site.git", "bitbucket-pipelines.yml"},
		{"https://ada@dev.azure.com/ada/site/_git/site", "azure-pipelines.yml"},
		{"https://codeberg.org/ada/site", ".forgejo/workflows/djleaks.yml"},
		{"https://gitea.example.org/ada/site", ".gitea/workflows/djleaks.yml"},
		{"/srv/github/site.git", ""},
		{"../github", ""},
		{"", ""},
	} {
		p, files := plan(t, memory{".gitignore": ".env\n"}, Facts{Origin: c.origin, Hook: installed})
		if got := strings.Join(slices.Collect(maps.Keys(files)), " "); got != c.file {
			t.Errorf("%s: %q, want %q", c.origin, got, c.file)
		}
		if c.file == "" && len(p.Notes) > 0 {
			t.Errorf("%s: %q", c.origin, p.Notes)
		}
		if strings.Contains(strings.Join(p.Notes, " "), "token") {
			t.Errorf("%s: a note shows the user and password of the address", c.origin)
		}
	}
}

func TestAnExistingCIFileIsAddedToOrLeft(t *testing.T) {
	gitlab := Facts{Origin: "https://gitlab.com/ada/site", Hook: installed}
	for name, c := range map[string]struct {
		text, want string
	}{
		"stages with test":    {"stages: [build, test]\nbuild:\n  script: [x]\n", "    stage: test\n"},
		"stages without test": {"stages:\n  - build\n  - ship\nbuild:\n  script: [x]\n", "    stage: build\n"},
		"an include":          {"include:\n  - local: a.yml\nbuild:\n  script: [x]\n", "  - local: a.yml\n  - remote: "},
		"stages elsewhere":    {"stages: !reference [a, b]\n", "    stage: a\n"},
	} {
		_, files := plan(t, memory{".gitignore": ".env\n", ".gitlab-ci.yml": c.text}, gitlab)
		if !strings.Contains(files[".gitlab-ci.yml"], c.want) {
			t.Errorf("%s: %q is not in\n%s", name, c.want, files[".gitlab-ci.yml"])
		}
	}
	for _, tree := range []memory{
		{".gitlab-ci.yml": "x:\n  script: [djleaks ci]\n"},
		{".gitlab/ci/security.yml": "x:\n  script: [djleaks ci]\n"},
		{"Jenkinsfile": "sh 'djleaks ci'"},
	} {
		tree[".gitignore"] = ".env\n"
		if p, _ := plan(t, tree, gitlab); !p.Empty() {
			t.Errorf("%v: %+v", tree, p)
		}
	}
	p, files := plan(t, memory{".gitignore": ".env\n", "bitbucket-pipelines.yml": "pipelines: {}\n"}, Facts{Origin: "git@bitbucket.org:ada/site.git", Hook: installed})
	if len(files) > 0 || len(p.Notes) != 1 || !strings.Contains(p.Notes[0], "bitbucket-pipelines.yml is there already") {
		t.Errorf("files %v, notes %q", files, p.Notes)
	}
}

func TestEachHookManagerGetsItsOwnEntry(t *testing.T) {
	for name, c := range map[string]struct {
		files   memory
		manager []hooks.Advice
		path    string
		want    string
	}{
		"pre-commit": {memory{".pre-commit-config.yaml": "repos:\r\n  - repo: a\r\n"}, advice("pre-commit", ".pre-commit-config.yaml", entry), ".pre-commit-config.yaml", "  - repo: a\r\n  - repo: https://example.org/djleaks\r\n    rev: v1\r\n"},
		"prek":       {memory{"prek.toml": "[[repos]]\nrepo = \"a\"\n"}, advice("prek", "prek.toml", "[[repos]]\nrepo = \"djleaks\"\n"), "prek.toml", "repo = \"a\"\n\n[[repos]]\nrepo = \"djleaks\"\n"},
		"lefthook":   {memory{"lefthook.yml": "pre-commit:\n  commands:\n    a:\n      run: b\n"}, advice("lefthook", "lefthook.yml", command), "lefthook.yml", "      run: b\n    djleaks:\n"},
		"husky":      {memory{".husky/pre-commit": "#!/bin/sh\n. _/husky.sh\nnpm test\n"}, advice("husky", ".husky", "djleaks"), ".husky/pre-commit", "husky.sh\ndjleaks hook run pre-commit \"$@\"\nnpm test\n"},
		"new husky":  {memory{}, advice("husky", ".husky", "djleaks"), ".husky/pre-commit", "djleaks hook run pre-commit \"$@\"\n"},
	} {
		c.files[".gitignore"] = ".env\n"
		p, files := plan(t, c.files, Facts{Managers: c.manager, Hook: absent})
		if p.Hook || len(files) != 1 || !strings.Contains(files[c.path], c.want) {
			t.Errorf("%s: hook %t, files %q", name, p.Hook, files)
		}
	}
	husky := Facts{Managers: advice("husky", ".husky", "x"), Hook: absent}
	if p, _ := plan(t, memory{".gitignore": ".env\n", ".husky/pre-commit": "djleaks staged\n"}, husky); !p.Empty() {
		t.Errorf("husky runs djleaks already: %+v", p)
	}
}

func TestAConfigurationThatDoesNotParse(t *testing.T) {
	for path, facts := range map[string]Facts{
		".pre-commit-config.yaml": {Managers: advice("pre-commit", ".pre-commit-config.yaml", entry), Hook: absent},
		"lefthook.yml":            {Managers: advice("lefthook", "lefthook.yml", command), Hook: absent},
		".gitlab-ci.yml":          {Origin: "https://gitlab.com/ada/site", Hook: installed},
	} {
		_, err := Make(memory{path: "a: [b\n  c: d\n"}, facts)
		var unreadable *Unreadable
		if !errors.As(err, &unreadable) || unreadable.Path != path || !strings.Contains(err.Error(), "line") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestHooksThatAreNotAsTheyShouldBe(t *testing.T) {
	tree := memory{".gitignore": ".env\n"}
	if p, _ := plan(t, tree, Facts{Hook: hooks.HookStatus{State: hooks.Outdated}}); !p.Hook {
		t.Error("a hook of an older version is not brought up to date")
	}
	for _, status := range []hooks.HookStatus{{State: hooks.Off, Note: "switched off"}, {State: hooks.Edited}, {State: hooks.Absent, Note: "core.hooksPath is empty"}} {
		if p, _ := plan(t, tree, Facts{Hook: status}); p.Hook || len(p.Notes) != 1 {
			t.Errorf("%v: %+v", status, p)
		}
	}
}

func TestEnvThatIsTrackedOrShown(t *testing.T) {
	p, files := plan(t, memory{".gitignore": "*.pyc\r\n", ".env": "A=1\n"}, Facts{Hook: installed})
	if files[".gitignore"] != "*.pyc\r\n.env\r\n" || len(p.Notes) != 1 || !strings.Contains(p.Notes[0], "djleaks fix") {
		t.Errorf("%q, %q", files, p.Notes)
	}
}
