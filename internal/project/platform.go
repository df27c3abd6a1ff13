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
	Again   []int // further lines of the file with the same command
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
	secretOf      = lazy.Regexp(`(?:\b([A-Za-z_][A-Za-z0-9_]*)\s*[:=]\s*["']?)?\$\{\{\s*secrets\.([A-Za-z0-9_]+)\s*\}\}`)
	herokuName    = lazy.Regexp(`"name"\s*:\s*"([a-z][a-z0-9-]*)"`)
	manifestKind  = lazy.Regexp(`^kind:\s*(Deployment|StatefulSet|DaemonSet|CronJob|Job|Secret)\s*$`)
	manifestName  = lazy.Regexp(`^  name:\s*["']?([a-z0-9.-]+)["']?\s*$`)
	secretRefName = lazy.Regexp(`^\s*name:\s*["']?([a-z0-9.-]+)["']?\s*$`)
	secretRefKey  = lazy.Regexp(`^\s*key:\s*["']?([A-Za-z0-9_.-]+)["']?\s*$`)
	unitExec      = lazy.Regexp(`^ExecStart\s*=.*(gunicorn|uwsgi|daphne|uvicorn|hypercorn|manage\.py|wsgi|celery)`)
	unitEnvFile   = lazy.Regexp(`^EnvironmentFile\s*=\s*-?(\S+)`)
	variableName  = lazy.Regexp(`\b[A-Z][A-Z0-9_]*\b`)
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
		short := Platform{Kind: q.Kind, App: q.App, Key: q.Key}
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
	if isWorkflow(lower) || path.Base(lower) == ".gitlab-ci.yml" {
		return false
	}
	if isCompose(path.Base(lower)) && (lower[0] == '.' || strings.Contains(lower, "/.")) {
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

// isKeyVariable reports whether a variable's name is that of Django's key here:
// the one that the settings read, or else the names that sites give it.
// AWS_SECRET_ACCESS_KEY is not one of them, nor is OAUTH_CLIENT_SECRET.
func (p *Project) isKeyVariable(name string) bool {
	p.variable.Do(func() { p.variableName, _, _ = p.Variable() })
	if name == p.variableName {
		return true
	}
	prefix, ok := strings.CutSuffix(name, "SECRET_KEY")
	if prefix = strings.TrimSuffix(prefix, "_"); !ok {
		return name == "DJANGO_SECRET" && p.variableName == ""
	}
	switch {
	case prefix == "", prefix == "DJANGO", strings.HasSuffix(prefix, "_DJANGO"):
		return true
	case p.variableName != "":
		return false
	}
	// a prefix that the project itself has for a name, as in EDA_SECRET_KEY
	for _, module := range p.Settings.Modules {
		words := strings.FieldsFunc(strings.ToUpper(module), func(c rune) bool { return c == '/' || c == '.' || c == '-' || c == '_' })
		if slices.Contains(words, prefix) {
			return true
		}
	}
	return false
}

// keyVariable is the first variable in a text that has the name of Django's
// key, and its line.
func (p *Project) keyVariable(text []byte, line *int) string {
	found := ""
	lines(text, func(n int, s string) {
		if found != "" || !strings.Contains(s, "SECRET") {
			return
		}
		for _, name := range variableName().FindAllString(s, -1) {
			if p.isKeyVariable(name) {
				found, *line = name, n
				return
			}
		}
	})
	return found
}

// secret is the secret of a workflow that holds Django's key, and its line: by
// its own name, or by that of the variable that gets it.
func (p *Project) secret(text []byte, line *int) string {
	found := ""
	lines(text, func(n int, s string) {
		if found != "" || !strings.Contains(s, "secrets.") {
			return
		}
		for _, m := range secretOf().FindAllStringSubmatch(s, -1) {
			if p.isKeyVariable(m[2]) || m[1] != "" && p.isKeyVariable(m[1]) {
				found, *line = m[2], n
				return
			}
		}
	})
	return found
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
	case isWorkflow(file):
		return GitHub
	case base == ".gitlab-ci.yml":
		return GitLab
	case isCompose(base):
		return Compose
	case strings.HasSuffix(base, ".service"):
		return Systemd
	case isYAML(base):
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
		q.App = submatch(text, herokuName, &line)
		// Expo has files of the same name.
		return q, strings.EqualFold(path.Base(file), "procfile") || mentions("buildpacks") || mentions(`"env"`)
	case Fly:
		q.App = submatch(text, flyApp, &q.Line)
	case Vercel:
		return q, mentions("python") || mentions("wsgi")
	case GitHub:
		q.Key = p.secret(text, &q.Line)
		return q, q.Key != ""
	case GitLab:
		return q, q.Key != ""
	case Compose:
		return q, q.Key != "" || mentions("manage.py") || mentions("env_file")
	case Systemd:
		return q, q.unit(text)
	case Kubernetes:
		return p.readManifest(file, text)
	}
	return q, true
}

// unit reads a unit of systemd: App is its name, and Key the file that
// EnvironmentFile names. It reports whether the unit runs a Python server.
func (q *Platform) unit(text []byte) bool {
	q.App = strings.TrimSuffix(path.Base(q.Path), ".service")
	if firstMatch(text, unitExec, &q.Line) == "" {
		return false
	}
	line := 0
	if q.Key = submatch(text, unitEnvFile, &line); q.Key != "" {
		q.Line = line
	}
	return true
}

// refLines is how many lines below the variable the secretKeyRef can be that it
// takes its value from, and how many below that the name and the key.
const refLines = 3

// manifest is what has been read of a manifest of Kubernetes.
type manifest struct {
	Platform
	project  *Project
	workload bool   // a kind that runs something, or a Secret, has been seen
	secret   bool   // this document is a Secret
	named    string // this document's name
	variable int    // the last line that names a variable for the key; 0 for none
	ref      int    // the last line with a secretKeyRef of it; 0 for none
}

// readManifest reads a manifest of Kubernetes: the workload, and the Secret that
// it takes the key from. App is the Secret's name, and Key the name in it.
func (p *Project) readManifest(file string, text []byte) (q Platform, ok bool) {
	m := manifest{project: p, Platform: Platform{Kind: Kubernetes, Site: Site{file, 1}}}
	lines(text, m.line)
	return m.Platform, m.workload && (m.Key != "" || m.variable > 0)
}

func (m *manifest) line(n int, line string) {
	if kind := manifestKind().FindStringSubmatch(line); kind != nil {
		m.workload, m.secret, m.named = true, kind[1] == "Secret", ""
	}
	if name := manifestName().FindStringSubmatch(line); name != nil && m.named == "" {
		m.named = name[1]
	}
	ignored := 0
	if variable := m.project.keyVariable([]byte(line), &ignored); variable != "" {
		m.variable = n
		if m.secret && m.named != "" && m.App == "" {
			m.App, m.Key, m.Line = m.named, variable, n
		}
	}
	if strings.Contains(line, "secretKeyRef") && m.variable > 0 && n-m.variable <= refLines {
		m.ref = n
	}
	if m.ref > 0 && n-m.ref <= refLines {
		m.reference(n, line)
	}
}

// reference reads a line of a secretKeyRef.
func (m *manifest) reference(n int, line string) {
	if name := secretRefName().FindStringSubmatch(line); name != nil {
		m.App, m.Line = name[1], n
	} else if key := secretRefKey().FindStringSubmatch(line); key != nil {
		m.Key = key[1]
	}
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

// in adds a start to a list, in which each file has each command once.
func (s Start) in(list []Start, at Site, command string) []Start {
	for i := range list {
		if list[i].Path == at.Path && list[i].Command == command {
			list[i].Again = append(list[i].Again, at.Line)
			return list
		}
	}
	s.Site, s.Command = at, command
	return append(list, s)
}

// command is the first command of a line of a shell, with its arguments.
func command(line string) string {
	if n := strings.IndexAny(line, ";|&<>#\"'`)]"); n >= 0 {
		line = line[:n]
	}
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line), "\\"))
}

// Starts are the lines that run Django in image builds, CI, compose files and
// release commands, in files that do not mention the variable.
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
			out = s.in(out, Site{file, n}, command(line[strings.Index(line, m[0]):]))
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
		if x.Value.Kind != Name {
			continue
		}
		for _, other := range p.Settings.Get(x.Value.Text) { // SECRET_KEY = KEY_OF_THE_SITE
			if name := environmentName(&other.Value); name != "" {
				return name, x.Site, true
			}
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
