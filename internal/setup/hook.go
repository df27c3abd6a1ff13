package setup

import (
	"bytes"
	"cmp"
	"path"
	"strings"

	"github.com/djleaks/djleaks/hooks"
)

// hook makes Git, or the hook manager that is used here, run djleaks before each
// commit.
func (p *planner) hook() error {
	at := p.facts.Hook
	switch {
	case at.State == hooks.Installed:
		return nil
	case at.State == hooks.Outdated, at.State == hooks.Absent && at.Note == "" && len(p.facts.Managers) == 0:
		p.plan.Hook = true
		return nil
	case at.State != hooks.Absent, at.Where != "", len(p.facts.Managers) == 0:
		p.note("pre-commit: %s", cmp.Or(at.Note, string(at.State)))
		return nil
	}
	advice := p.facts.Managers[0]
	switch advice.Manager {
	case "husky":
		script := path.Join(advice.File, hooks.PreCommit)
		if text, err := p.read(script); err != nil || bytes.Contains(text, []byte("djleaks")) {
			return err
		}
		return p.add(script, "djleaks hook run pre-commit \"$@\"\n", intoScript)
	case "prek":
		return p.add(advice.File, advice.Snippet, atEnd)
	case "pre-commit":
		return p.entry(advice, "repos", "Then once in each clone: pre-commit install")
	}
	return p.entry(advice, "", "Then once in each clone: "+advice.Manager+" install")
}

// entry puts a manager's snippet into its YAML: as an item of the list key, or
// where key is "", as mappings that join those of the file.
func (p *planner) entry(advice hooks.Advice, key, next string) error {
	before := len(p.plan.Files)
	err := p.add(advice.File, advice.Snippet, func(text, snippet string) (string, error) {
		if key != "" {
			return intoList(text, key, snippet)
		}
		return intoMapping(text, snippet)
	})
	if len(p.plan.Files) > before {
		p.note("%s", next)
	}
	return err
}

// intoScript puts a line before the first command of a shell script.
func intoScript(text, line string) (string, error) {
	lines := strings.SplitAfter(text, "\n")
	at := 0
	for at < len(lines) && (strings.HasPrefix(lines[at], "#") || strings.Contains(lines[at], "husky.sh") || strings.TrimSpace(lines[at]) == "" && at+1 < len(lines)) {
		at++
	}
	return strings.Join(lines[:at], "") + line + strings.Join(lines[at:], ""), nil
}
