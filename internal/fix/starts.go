package fix

import (
	"fmt"
	"path"
	"strings"
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

// startsDjango returns the first line that starts Django, 0 if none does. Tests
// are passed over if their settings have a key of their own.
func startsDjango(file, text string, testsRun bool) int {
	tests := strings.Contains(path.Base(file), "tox") || strings.Contains(path.Base(file), "pytest") || strings.Contains(path.Base(file), "nox") || isWorkflow(file) || strings.Contains(file, "ci")
	for n, line := range strings.Split(text, "\n") {
		code, _, _ := strings.Cut(line, " #")
		if strings.HasPrefix(strings.TrimSpace(code), "#") {
			continue
		}
		for _, sign := range []string{"manage.py ", "django-admin ", "gunicorn ", "uvicorn ", "daphne ", "uwsgi ", "celery -A", "collectstatic"} {
			if strings.Contains(code, sign) {
				return n + 1
			}
		}
		if tests && !testsRun && runsTests(code) {
			return n + 1
		}
	}
	return 0
}

// runsTests reports whether a line runs tests or names their settings; the name
// of a section or of a job does not.
func runsTests(line string) bool {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "[") || strings.HasSuffix(line, ":") {
		return false
	}
	return strings.Contains(line, "pytest") || strings.Contains(line, "DJANGO_SETTINGS_MODULE")
}
