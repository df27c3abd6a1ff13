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
			if line := startsDjango(file, string(text)); line > 0 {
				places = append(places, fmt.Sprintf("%s:%d", file, line))
			}
		}
		if len(places) > maxStarts {
			places = append(places[:maxStarts], fmt.Sprintf("and %d more", len(places)-maxStarts))
		}
		if len(places) > 0 {
			p.note("These start Django without %s, give it to them: %s", name, strings.Join(places, ", "))
		}
	}
}

// startsDjango returns the first line that starts Django, 0 if none does.
func startsDjango(file, text string) int {
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
		if tests && (strings.Contains(code, "pytest") && !strings.HasPrefix(code, "[") || strings.Contains(code, "DJANGO_SETTINGS_MODULE")) {
			return n + 1
		}
	}
	return 0
}
