package fix

import (
	"fmt"
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/deployment"
)

// maxStarts is how many places that start Django are named.
const maxStarts = 12

// starts names the places that start Django and do not give it the variables.
func (p *planner) starts() {
	done := map[string]bool{}
	for _, v := range p.variables {
		name := v.name
		if done[name] {
			continue
		}
		done[name] = true
		var places []string
		for _, file := range p.project.starters {
			text, err := p.read(file)
			if err != nil || strings.Contains(string(text), name) {
				continue
			}
			if line := startsDjango(file, string(text), p.testsRun); line > 0 {
				places = append(places, fmt.Sprintf("%s:%d", file, line))
			}
		}
		if len(places) > maxStarts {
			places = append(places[:maxStarts], fmt.Sprintf("and %d more", len(places)-maxStarts))
		}
		if len(places) > 0 {
			p.note("These start Django without %s; give it to them: %s", name, strings.Join(places, ", "))
		}
	}
}

// startsDjango returns the first line, from 1, that starts Django, 0 if none does.
// Tests count only in files that run them, and only if their settings have no key of
// their own.
func startsDjango(file, text string, testsRun bool) int {
	tests := runsTests(file) && !testsRun
	for n, line := range strings.Split(text, "\n") {
		switch kind, _ := deployment.Start(line); kind {
		case deployment.Management, deployment.Server:
			return n + 1
		case deployment.Tests:
			if tests {
				return n + 1
			}
		case deployment.Nothing:
			if tests && namesSettings(line) {
				return n + 1
			}
		}
	}
	return 0
}

// runsTests reports whether a file is one of those that run tests.
func runsTests(file string) bool {
	base := path.Base(file)
	return strings.Contains(base, "tox") || strings.Contains(base, "pytest") || strings.Contains(base, "nox") || deployment.IsWorkflow(file) || strings.Contains(file, "ci")
}

// namesSettings reports whether a line says which settings tests have.
func namesSettings(line string) bool {
	line, _, _ = strings.Cut(line, " #")
	line = strings.TrimSpace(line)
	return strings.Contains(line, "DJANGO_SETTINGS_MODULE") && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "[") && !strings.HasSuffix(line, ":")
}
