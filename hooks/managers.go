package hooks

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Advice is what to add to the configuration of a hook manager that a repository uses,
// so that it runs the program.
type Advice struct {
	Manager string
	File    string // its configuration, as found in the work tree
	Snippet string // what to add there
	Hooks   []string
	// MovesOthers is set for a manager that renames hook files which are not
	// its own whenever it runs.
	MovesOthers bool
}

func (a Advice) has(hook string) bool { return slices.Contains(a.Hooks, hook) }

// manager is a hook manager that is recognised by its configuration.
type manager struct {
	name    string
	files   []string // where it can be, at the top of the work tree
	snippet func(hooks []string, version string) string
	moves   bool // as Advice.MovesOthers
}

func managers() []manager {
	return []manager{
		{"pre-commit", []string{".pre-commit-config.yaml"}, preCommitSnippet, false},
		{"prek", []string{"prek.toml"}, prekSnippet, false},
		{"lefthook", []string{"lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", ".config/lefthook.yml"}, lefthookSnippet, true},
		{"husky", []string{".husky"}, huskySnippet, false},
		{"overcommit", []string{".overcommit.yml"}, overcommitSnippet, true},
	}
}

// configIn returns the manager's configuration in a work tree, relative to its
// top; "" if there is none.
func (m *manager) configIn(workTree string) string {
	for _, file := range m.files {
		if _, err := os.Stat(filepath.Join(workTree, filepath.FromSlash(file))); err == nil {
			return file
		}
	}
	return ""
}

// Managers looks for configurations of hook managers at the top of the work
// tree and returns what to add to them for these hooks, so that they run the
// given version of the program: "0.1.0".
func Managers(workTree string, hooks []string, version string) []Advice {
	if workTree == "" {
		return nil
	}
	var managed []string
	for _, hook := range hooks {
		if hook == PreCommit || hook == PrePush {
			managed = append(managed, hook)
		}
	}
	if len(managed) == 0 {
		return nil
	}
	var all []Advice
	for _, m := range managers() {
		if file := m.configIn(workTree); file != "" {
			all = append(all, Advice{m.name, file, m.snippet(managed, version), managed, m.moves})
		}
	}
	return all
}

const repositoryURL = "https://github.com/djleaks/djleaks"

func preCommitSnippet(hooks []string, version string) string {
	s := "- repo: " + repositoryURL + "\n  rev: v" + version + "\n  hooks:\n"
	for _, hook := range hooks {
		s += "    - id: " + hookID(hook) + "\n"
	}
	return s
}

func hookID(hook string) string {
	if hook == PrePush {
		return "djleaks-pre-push"
	}
	return "djleaks"
}

func prekSnippet(hooks []string, version string) string {
	var ids []string
	for _, hook := range hooks {
		ids = append(ids, `{ id = "`+hookID(hook)+`" }`)
	}
	return "[[repos]]\nrepo = \"" + repositoryURL + "\"\nrev = \"v" + version + "\"\nhooks = [" + strings.Join(ids, ", ") + "]\n"
}

func lefthookSnippet(hooks []string, _ string) string {
	s := ""
	for _, hook := range hooks {
		s += hook + ":\n  commands:\n    djleaks:\n"
		if hook == PrePush {
			s += "      use_stdin: true\n      run: djleaks hook run pre-push {0}\n"
		} else {
			s += "      run: djleaks hook run pre-commit\n"
		}
	}
	return s
}

func huskySnippet(hooks []string, _ string) string {
	s := ""
	for _, hook := range hooks {
		s += "djleaks hook run " + hook + " \"$@\"  # first line of .husky/" + hook + "\n"
	}
	return s
}

func overcommitSnippet(hooks []string, _ string) string {
	s := ""
	for _, hook := range hooks {
		name := map[string]string{PreCommit: "PreCommit", PrePush: "PrePush"}[hook]
		s += name + ":\n  Djleaks:\n    enabled: true\n    required_executable: djleaks\n    command: ['djleaks', 'hook', 'run', '" + hook + "']\n"
	}
	return s
}
