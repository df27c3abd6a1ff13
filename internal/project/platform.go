package project

import (
	"path"
	"regexp"
	"slices"
	"strings"

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
	App string // its name there: an application, a service, a Secret; may be empty
	Key string // the variable's name there, if the file has one for the key
}

// Start is a line that runs Django, and so needs the key, without giving it the
// variable.
type Start struct {
	Site
	Kind    PlatformKind // empty for an image build
	Command string
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
	return isDockerfile(base) || isYAML(base) || strings.HasSuffix(base, ".service")
}

func isYAML(base string) bool {
	return strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")
}

func isDockerfile(base string) bool {
	return strings.HasPrefix(base, "dockerfile") || strings.HasPrefix(base, "containerfile") || strings.HasSuffix(base, ".dockerfile")
}

func isWorkflow(file string) bool { return strings.Contains("/"+file, "/.github/workflows/") }

func isCompose(base string) bool { return isYAML(base) && strings.Contains(base, "compose") }

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
	flyApp        = lazy.Regexp(`^app\s*=\s*["']([A-Za-z0-9-]+)["']`)
	secretOf      = lazy.Regexp(`\$\{\{\s*secrets\.([A-Za-z0-9_]*SECRET[A-Za-z0-9_]*)\s*\}\}`)
	herokuName    = lazy.Regexp(`"name"\s*:\s*"([a-z][a-z0-9-]*)"`)
	manifestKind  = lazy.Regexp(`^kind:\s*(Deployment|StatefulSet|DaemonSet|CronJob|Job|Secret)\s*$`)
	manifestName  = lazy.Regexp(`^  name:\s*["']?([a-z0-9.-]+)["']?\s*$`)
	secretRefName = lazy.Regexp(`^\s*name:\s*["']?([a-z0-9.-]+)["']?\s*$`)
	secretRefKey  = lazy.Regexp(`^\s*key:\s*["']?([A-Za-z0-9_.-]+)["']?\s*$`)
	unitExec      = lazy.Regexp(`^ExecStart\s*=.*(gunicorn|uwsgi|daphne|uvicorn|hypercorn|manage\.py|wsgi|celery)`)
	unitEnvFile   = lazy.Regexp(`^EnvironmentFile\s*=\s*-?(\S+)`)
	variableName  = lazy.Regexp(`\b[A-Z][A-Z0-9_]*SECRET[A-Z0-9_]*\b`)
)

// Platforms are where the project runs, as far as its files say.
func (p *Project) Platforms() []Platform {
	var out []Platform
	seen := map[Platform]bool{}
	for _, file := range p.platformFiles() {
		q, ok := p.platform(file, p.texts[file])
		short := Platform{Kind: q.Kind, App: q.App, Key: q.Key}
		if ok && !seen[short] {
			seen[short] = true
			out = append(out, q)
		}
	}
	return out
}

func (p *Project) platform(file string, text []byte) (q Platform, ok bool) {
	base := strings.ToLower(path.Base(file))
	q.Site = Site{file, 1}
	q.Key = firstMatch(text, variableName, &q.Line)
	switch {
	case base == "procfile" || base == "app.json":
		q.Kind = Heroku
		if base == "app.json" && !strings.Contains(string(text), "buildpacks") && !strings.Contains(string(text), `"env"`) {
			return q, false // of an Expo project
		}
		line := 0
		q.App = submatch(text, herokuName, &line)
	case base == "fly.toml":
		q.Kind = Fly
		q.App = submatch(text, flyApp, &q.Line)
	case base == "render.yaml":
		q.Kind = Render
	case base == "railway.json" || base == "railway.toml":
		q.Kind = Railway
	case base == "vercel.json":
		q.Kind = Vercel
		if !strings.Contains(string(text), "python") && !strings.Contains(string(text), "wsgi") {
			return q, false
		}
	case isWorkflow(file):
		q.Kind = GitHub
		q.Key = submatch(text, secretOf, &q.Line)
		return q, q.Key != ""
	case base == ".gitlab-ci.yml":
		q.Kind = GitLab
		return q, q.Key != ""
	case isCompose(base):
		q.Kind = Compose
		return q, q.Key != "" || strings.Contains(string(text), "manage.py") || strings.Contains(string(text), "env_file")
	case strings.HasSuffix(base, ".service"):
		q.Kind = Systemd
		q.App = strings.TrimSuffix(path.Base(file), ".service")
		if firstMatch(text, unitExec, &q.Line) == "" {
			return q, false
		}
		line := 0
		if name := submatch(text, unitEnvFile, &line); name != "" {
			q.Key, q.Line = name, line
		} else {
			q.Key = ""
		}
	case isYAML(base):
		return manifest(file, text)
	default:
		return q, false
	}
	return q, true
}

// manifest reads a manifest of Kubernetes: the workload, and the Secret that it
// takes the key from. App is "Secret/NAME" and Key the name in it.
func manifest(file string, text []byte) (q Platform, ok bool) {
	q = Platform{Kind: Kubernetes, Site: Site{file, 1}}
	workload, named, secret := false, "", false
	reference, wanted := 0, 0
	lines(text, func(n int, line string) {
		if m := manifestKind().FindStringSubmatch(line); m != nil {
			workload, secret, named = true, m[1] == "Secret", ""
		}
		if m := manifestName().FindStringSubmatch(line); m != nil && named == "" {
			named = m[1]
		}
		if variableName().MatchString(line) {
			wanted = n
			if secret && named != "" && q.App == "" {
				q.App, q.Key, q.Line = named, variableName().FindString(line), n
			}
		}
		if strings.Contains(line, "secretKeyRef") && wanted > 0 && n-wanted <= 3 {
			reference = n
		}
		if reference > 0 && n-reference <= 3 {
			if m := secretRefName().FindStringSubmatch(line); m != nil {
				q.App, q.Line = m[1], n
			} else if m := secretRefKey().FindStringSubmatch(line); m != nil {
				q.Key = m[1]
			}
		}
	})
	return q, workload && (q.Key != "" || wanted > 0)
}

// firstMatch is the first match in a text, and its line.
func firstMatch(text []byte, pattern func() *regexp.Regexp, line *int) string {
	found := ""
	lines(text, func(n int, s string) {
		if found == "" {
			if found = pattern().FindString(s); found != "" {
				*line = n
			}
		}
	})
	return found
}

// submatch is the first group of the first match, and its line.
func submatch(text []byte, pattern func() *regexp.Regexp, line *int) string {
	found := ""
	lines(text, func(n int, s string) {
		if m := pattern().FindStringSubmatch(s); m != nil && found == "" {
			found, *line = m[1], n
		}
	})
	return found
}

// runsDjango is a command that loads the settings.
var runsDjango = lazy.Regexp(`(?:python3?|uv run|poetry run|\./)\s*(?:python3?\s+)?(?:[\w./-]*/)?manage\.py\s+([a-z_]+)|django-admin\s+([a-z_]+)|\bpytest\b`)

// mostStarts is how many starts are listed.
const mostStarts = 12

// Starts are the lines that run Django in image builds, CI, compose files and
// release commands, in files that do not speak of the variable.
func (p *Project) Starts(variable string) []Start {
	var out []Start
	for _, file := range p.platformFiles() {
		base := strings.ToLower(path.Base(file))
		text := string(p.texts[file])
		s := Start{Kind: ""}
		switch {
		case isDockerfile(base):
		case isWorkflow(file):
			s.Kind = GitHub
		case base == ".gitlab-ci.yml":
			s.Kind = GitLab
		case base == "procfile":
			s.Kind = Heroku
		case isCompose(base):
			s.Kind = Compose
		case base == "fly.toml":
			s.Kind = Fly
		case base == "render.yaml":
			s.Kind = Render
		default:
			continue
		}
		if strings.Contains(text, variable) {
			continue
		}
		lines(p.texts[file], func(n int, line string) {
			m := runsDjango().FindStringSubmatch(line)
			if m == nil || strings.HasPrefix(strings.TrimSpace(line), "#") || len(out) >= mostStarts {
				return
			}
			// What the platform runs itself has the platform's variables.
			if s.Kind == Heroku && !strings.HasPrefix(strings.TrimSpace(line), "release:") {
				return
			}
			s.Site, s.Command = Site{file, n}, strings.TrimSpace(m[0])
			out = append(out, s)
		})
	}
	return out
}

// Variable is the environment variable from which the settings read SECRET_KEY.
func (p *Project) Variable() (name string, at Site, ok bool) {
	for _, x := range p.Settings.Get("SECRET_KEY") {
		if name := environmentName(&x.Value); name != "" {
			return name, x.Site, true
		}
	}
	return "", Site{}, false
}

// environmentName is the variable that an expression reads: of
// os.environ["X"], os.environ.get("X", …), env("X"), config("X").
func environmentName(e *Expr) string {
	isName := func(x Expr) bool { return x.Kind == Text && shellName().MatchString(x.Text) }
	switch {
	case e.Kind == Call && len(e.Items) > 0 && isName(e.Items[0]):
		return e.Items[0].Text
	case e.Kind == Operation && len(e.Items) == 2 && e.Items[0].Kind == Name && strings.HasSuffix(e.Items[0].Text, "environ") && len(e.Items[1].Items) == 1 && isName(e.Items[1].Items[0]):
		return e.Items[1].Items[0].Text
	}
	for i := range e.Items {
		if name := environmentName(&e.Items[i]); name != "" {
			return name
		}
	}
	return ""
}

var shellName = lazy.Regexp(`^[A-Z_][A-Z0-9_]*$`)

var distributionName = lazy.Regexp(`^\s*name\s*=\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)["']?,?\s*$`)

// Distribution is the name under which others install the project; ok is false
// if it is not made to be installed.
func (p *Project) Distribution() (name string, at Site, ok bool) {
	for _, file := range p.platformFiles() {
		base := path.Base(file)
		text := string(p.texts[file])
		publishes := base == "setup.py" && strings.Contains(text, "setup(") || base == "setup.cfg" && strings.Contains(text, "[metadata]") ||
			base == "pyproject.toml" && (strings.Contains(text, "[project]") || strings.Contains(text, "[tool.poetry]")) && strings.Contains(text, "[build-system]")
		if !publishes || strings.Contains(file, "/") {
			continue
		}
		at := Site{Path: file}
		if name := submatch(p.texts[file], distributionName, &at.Line); name != "" {
			return name, at, true
		}
	}
	return "", Site{}, false
}
