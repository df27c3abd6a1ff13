package project

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/deployment"
	"github.com/djleaks/djleaks/internal/lazy"
)

// PlatformKind is where a project runs, or is built.
type PlatformKind string

// The platforms that are recognised.
const (
	Heroku     PlatformKind = "Heroku"
	Fly        PlatformKind = "Fly.io"
	Render     PlatformKind = "Render"
	Kubernetes PlatformKind = "Kubernetes"
	GitHub     PlatformKind = "GitHub Actions"
	GitLab     PlatformKind = "GitLab CI"
	Compose    PlatformKind = "Docker Compose"
	Systemd    PlatformKind = "systemd"
	Railway    PlatformKind = "Railway"
	Vercel     PlatformKind = "Vercel"
)

// Platform is a file that says where the project runs.
type Platform struct {
	Kind PlatformKind
	Site
	App     string // its name there: an application, a service, a Secret; may be empty
	Key     string // the variable's name there, if the file has one for the key
	EnvFile string // where a unit of systemd or a service of Compose takes its variables from; may be empty
}

// maxManifests bounds the YAML files that are read.
const maxManifests = 300

// isPlatform reports whether a file says where or how the project runs.
func isPlatform(file string) bool {
	base := strings.ToLower(path.Base(file))
	switch base {
	case "procfile", "app.json", "fly.toml", "render.yaml", ".gitlab-ci.yml", "tox.ini", "railway.json", "railway.toml", "vercel.json",
		"setup.py", "setup.cfg", "pyproject.toml":
		return true
	}
	return deployment.IsContainerfile(base) || deployment.IsYAML(base) || strings.HasSuffix(base, ".service")
}

// platformFiles are the files that were read for Platforms and Starts, in order.
func (p *Project) platformFiles() []string {
	var out []string
	for file := range p.texts {
		out = append(out, file)
	}
	slices.SortFunc(out, func(a, b string) int {
		if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return out
}

var (
	flyApp      = lazy.Regexp(`^app\s*=\s*["']([A-Za-z0-9-]+)["']`)
	herokuName  = lazy.Regexp(`"name"\s*:\s*"([a-z][a-z0-9-]*)"`)
	unitExec    = lazy.Regexp(`^ExecStart\s*=.*(gunicorn|uwsgi|daphne|uvicorn|hypercorn|manage\.py|wsgi|celery)`)
	unitEnvFile = lazy.Regexp(`^EnvironmentFile\s*=\s*-?(\S+)`)
)

// Platforms are where the project runs, as far as its files say.
func (p *Project) Platforms() []Platform {
	var out []Platform
	seen := map[Platform]bool{}
	for _, file := range p.platformFiles() {
		if isDevelopment(file) {
			continue
		}
		q, ok := p.platform(file, p.texts[file])
		short := Platform{Kind: q.Kind, App: q.App, Key: q.Key, EnvFile: q.EnvFile}
		if ok && !seen[short] {
			seen[short] = true
			out = append(out, q)
		}
	}
	return out
}

// isDevelopment reports whether a file is for the machines of developers and
// for tests, where production's key never is.
func isDevelopment(file string) bool {
	lower := strings.ToLower(file)
	if deployment.IsWorkflow(lower) || path.Base(lower) == ".gitlab-ci.yml" {
		return false
	}
	if deployment.IsCompose(path.Base(lower)) && (lower[0] == '.' || strings.Contains(lower, "/.")) {
		return true // a folder of an editor or an assistant
	}
	words := strings.FieldsFunc(lower, func(c rune) bool { return c == '/' || c == '.' || c == '-' || c == '_' })
	return slices.ContainsFunc(words, func(word string) bool {
		switch word {
		case "dev", "devel", "develop", "development", "devcontainer", "local", "override", "test", "tests", "testing", "ci", "e2e":
			return true
		}
		return false
	})
}

// platformOf names the platform that files of this name are written for; "" if
// there is none.
func platformOf(file string) PlatformKind {
	base := strings.ToLower(path.Base(file))
	switch base {
	case "procfile", "app.json":
		return Heroku
	case "fly.toml":
		return Fly
	case "render.yaml":
		return Render
	case "railway.json", "railway.toml":
		return Railway
	case "vercel.json":
		return Vercel
	}
	switch {
	case deployment.IsWorkflow(file):
		return GitHub
	case base == ".gitlab-ci.yml":
		return GitLab
	case deployment.IsCompose(base):
		return Compose
	case strings.HasSuffix(base, ".service"):
		return Systemd
	case deployment.IsYAML(base):
		return Kubernetes
	}
	return ""
}

// platform reads a file of a platform; ok is false if it says nothing of a
// Django project.
func (p *Project) platform(file string, text []byte) (q Platform, ok bool) {
	q = Platform{Kind: platformOf(file), Site: Site{file, 1}}
	if q.Kind == "" {
		return q, false
	}
	q.Key = p.keyVariable(text, &q.Line)
	mentions := func(word string) bool { return strings.Contains(string(text), word) }
	switch q.Kind {
	case Heroku:
		line := 0
		q.App = firstIn(text, &line, group(herokuName))
		// Expo has files of the same name.
		return q, strings.EqualFold(path.Base(file), "procfile") || mentions("buildpacks") || mentions(`"env"`)
	case Fly:
		q.App = firstIn(text, &q.Line, group(flyApp))
	case Vercel:
		return q, mentions("python") || mentions("wsgi")
	case GitHub:
		q.Key = p.secret(text, &q.Line)
		return q, q.Key != ""
	case GitLab:
		return q, q.Key != ""
	case Compose:
		if q.Key == "" && !mentions("KEY") { // else perhaps ${NAME}, which is from the .env beside the file
			q.EnvFile = composeEnvFile(file, text)
		}
		return q, q.Key != "" || mentions("manage.py") || mentions("env_file")
	case Systemd:
		return q, q.unit(text)
	case Kubernetes:
		return p.readManifest(file, text)
	}
	return q, true
}

// unit reads a unit of systemd, whose name is App. It reports whether the unit
// runs a Python server.
func (q *Platform) unit(text []byte) bool {
	q.App = strings.TrimSuffix(path.Base(q.Path), ".service")
	if firstIn(text, &q.Line, unitExec().FindString) == "" {
		return false
	}
	line := 0
	if q.EnvFile = firstIn(text, &line, group(unitEnvFile)); q.EnvFile != "" {
		q.Line = line
	}
	return true
}

// firstIn returns what pick finds in the first line in which it finds anything, and
// sets line to the number of that line, from 1; "" if it finds nothing.
func firstIn(text []byte, line *int, pick func(line string) string) string {
	found := ""
	lines(text, func(n int, s string) {
		if found == "" {
			if found = pick(s); found != "" {
				*line = n
			}
		}
	})
	return found
}

// group picks the first group of a pattern's first match.
func group(pattern func() *regexp.Regexp) func(line string) string {
	return func(line string) string {
		if m := pattern().FindStringSubmatch(line); m != nil {
			return m[1]
		}
		return ""
	}
}
