package hooks

import (
	"strings"
	"testing"
)

func TestAConfigurationOfAManagerNamesUs(t *testing.T) {
	for text, hooks := range map[string]string{
		"repos:\n- repo: https://github.com/djleaks/djleaks\n  rev: v1\n  hooks:\n  - id: djleaks\n":              "pre-commit pre-merge-commit",
		"  hooks:\n    - id: djleaks-golang # built\n    - id: 'djleaks-pre-push'\n":                              "pre-commit pre-merge-commit pre-push",
		"hooks = [{ id = \"djleaks-system\" }, { id = \"djleaks-pre-push-system\" }]":                             "pre-commit pre-merge-commit pre-push",
		"  hooks: [{id: djleaks-pre-push}]":                                                                       "pre-push",
		"pre-push:\n  commands:\n    djleaks:\n      use_stdin: true\n      run: djleaks hook run pre-push {0}\n": "pre-push",
		"    command: ['djleaks', 'hook', 'run', 'pre-commit']":                                                   "pre-commit",
		"# - id: djleaks\n":                "",
		"- id: ruff # id: djleaks\n":       "",
		"- id: djleaks-of-others\n":        "",
		"repo: github.com/djleaks/djleaks": "",
	} {
		var got []string
		for _, hook := range []string{PreCommit, PreMergeCommit, PrePush} {
			if namesUs(text, hook) {
				got = append(got, hook)
			}
		}
		if strings.Join(got, " ") != hooks {
			t.Errorf("%q: %v, want %q", text, got, hooks)
		}
	}
}
