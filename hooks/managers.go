package hooks

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Advice is how a hook manager that a repository uses is told to run the
// program.
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

// Managers looks for configurations of hook managers at the top of the work
// tree and returns what to add to them for these hooks.
func Managers(workTree string, hooks []string) []Advice {
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
	for _, m := range []struct {
		manager string
		files   []string
		snippet func([]string) string
		moves   bool
	}{
		{"pre-commit", []string{".pre-commit-config.yaml"}, preCommitSnippet, false},
		{"prek", []string{"prek.toml"}, prekSnippet, false},
		{"lefthook", []string{"lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", ".config/lefthook.yml"}, lefthookSnippet, true},
		{"husky", []string{".husky"}, huskySnippet, false},
		{"overcommit", []string{".overcommit.yml"}, overcommitSnippet, true},
	} {
		for _, file := range m.files {
			if _, err := os.Stat(filepath.Join(workTree, filepath.FromSlash(file))); err == nil {
				all = append(all, Advice{m.manager, file, m.snippet(managed), managed, m.moves})
				break
			}
		}
	}
	return all
}

const repositoryURL = "https://github.com/djleaks/djleaks"

func preCommitSnippet(hooks []string) string {
	s := "- repo: " + repositoryURL + "\n  rev: v0.1.0\n  hooks:\n"
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

func prekSnippet(hooks []string) string {
	var ids []string
	for _, hook := range hooks {
		ids = append(ids, `{ id = "`+hookID(hook)+`" }`)
	}
	return "[[repos]]\nrepo = \"" + repositoryURL + "\"\nrev = \"v0.1.0\"\nhooks = [" + strings.Join(ids, ", ") + "]\n"
}

func lefthookSnippet(hooks []string) string {
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

func huskySnippet(hooks []string) string {
	s := ""
	for _, hook := range hooks {
		s += "djleaks hook run " + hook + " \"$@\"  # first line of .husky/" + hook + "\n"
	}
	return s
}

func overcommitSnippet(hooks []string) string {
	s := ""
	for _, hook := range hooks {
		name := map[string]string{PreCommit: "PreCommit", PrePush: "PrePush"}[hook]
		s += name + ":\n  Djleaks:\n    enabled: true\n    required_executable: djleaks\n    command: ['djleaks', 'hook', 'run', '" + hook + "']\n"
	}
	return s
}
