package fix

import (
	"bufio"
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/deployment"
)

// project is what the paths of a work tree, and a few of its files, say.
type project struct {
	manage     string          // the folder of manage.py; "" for the top level, or if there is none
	roots      []string        // where Python looks for the project's modules
	names      map[string]bool // variables that .env files, examples and Compose files name
	dotenvs    []string        // files that hold variables, the tracked and the untracked ones
	examples   []string
	containers []string // Dockerfiles
	dynaconf   bool     // a requirement names dynaconf
	starters   []string // files that may start Django: CI, Procfile, tox.ini, …
}

// survey looks at a work tree.
func survey(tree Tree) project {
	p := project{names: map[string]bool{}, roots: []string{""}}
	for _, file := range tree.Paths() {
		p.file(tree, file, strings.ToLower(path.Base(file)))
	}
	for _, file := range []string{".env", joinPath(p.manage, ".env")} {
		if !slices.Contains(p.dotenvs, file) && exists(tree, file) {
			p.dotenvs = append(p.dotenvs, file)
			p.nameVariables(tree, file)
		}
	}
	if exists(tree, "src/__init__.py") || !slices.Contains(p.roots, "src") {
		p.roots = append(p.roots, "src")
	}
	return p
}

// file notes what one file says.
func (p *project) file(tree Tree, file, base string) {
	switch {
	case base == "manage.py":
		dir := dirOf(file)
		if !slices.Contains(p.roots, dir) {
			p.roots = append(p.roots, dir)
		}
		if p.manage == "" || len(dir) < len(p.manage) {
			p.manage = dir
		}
	case isRequirements(base):
		text, err := tree.Read(file)
		p.dynaconf = p.dynaconf || err == nil && bytes.Contains(bytes.ToLower(text), []byte("dynaconf"))
	case isExample(base):
		p.examples = append(p.examples, file)
		p.nameVariables(tree, file)
	case isDotenv(base):
		p.dotenvs = append(p.dotenvs, file)
		p.nameVariables(tree, file)
	case deployment.IsCompose(base):
		p.starters = append(p.starters, file)
		p.mention(tree, file)
	case deployment.IsContainerfile(base):
		p.containers = append(p.containers, file)
		p.starters = append(p.starters, file)
	case isStarter(file, base):
		p.starters = append(p.starters, file)
	}
}

// nameVariables notes the variables that a file of NAME=value lines has.
func (p *project) nameVariables(tree Tree, file string) {
	text, err := tree.Read(file)
	if err != nil {
		return
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if name, _, ok := assignmentOf(lines.Text()); ok {
			p.names[name] = true
		}
	}
}

// mention notes which of the usual variables a file names.
func (p *project) mention(tree Tree, file string) {
	text, err := tree.Read(file)
	switch {
	case err != nil:
	case bytes.Contains(text, []byte("DJANGO_SECRET_KEY")):
		p.names["DJANGO_SECRET_KEY"] = true
	case bytes.Contains(text, []byte("SECRET_KEY")):
		p.names["SECRET_KEY"] = true
	}
}

// assignmentOf reads NAME=value, with or without export.
func assignmentOf(line string) (name, value string, ok bool) {
	line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
	name, value, ok = strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" || strings.ContainsAny(name, " \t#'\"") {
		return "", "", false
	}
	return name, strings.TrimSpace(value), true
}

// isRequirements recognises the files that say which packages a project has.
func isRequirements(base string) bool {
	return base == "pyproject.toml" || base == "setup.py" || base == "pipfile" || strings.Contains(base, "requirements") && strings.HasSuffix(base, ".txt")
}

// isSettings recognises the files that dynaconf reads.
func isSettings(base string) bool {
	stem, end, _ := strings.Cut(strings.TrimPrefix(base, "."), ".")
	return (strings.HasPrefix(stem, "settings") || strings.HasPrefix(stem, "secrets")) && (strings.HasSuffix(end, "toml") || strings.HasSuffix(end, "yaml") || strings.HasSuffix(end, "yml") || strings.HasSuffix(end, "json"))
}

func isExample(base string) bool {
	if !strings.Contains(base, "env") {
		return false
	}
	for _, word := range []string{"example", "sample", "template", "dist", "tmpl"} {
		if strings.Contains(base, word) && !strings.HasSuffix(base, ".py") {
			return true
		}
	}
	return false
}

func isDotenv(base string) bool {
	return base == ".env" || strings.HasPrefix(base, ".env.") || strings.HasSuffix(base, ".env") || base == ".envrc" || base == ".django"
}

// isSecretFile recognises files that are there to hold secrets: they stay, with
// a fresh key, and leave the index.
func isSecretFile(file string) bool {
	base := strings.ToLower(path.Base(file))
	stem, end, _ := strings.Cut(strings.Trim(base, "."), ".")
	switch end {
	case "", "txt", "key", "json", "toml", "ini", "cfg":
		return isSecretName(stem) || isSecretName(strings.ToLower(path.Base(dirOf(file)))) || base == "settings.ini"
	case "yaml", "yml":
		return isSecretName(stem)
	}
	return false
}

func isSecretName(name string) bool {
	return strings.Contains(name, "secret") || strings.Contains(name, "credentials")
}

// isManifest recognises what is sent to Kubernetes.
func isManifest(text []byte) bool {
	return bytes.Contains(text, []byte("apiVersion:")) && bytes.Contains(text, []byte("kind:"))
}

// isAnsible recognises the files that Ansible takes variables from.
func isAnsible(file string) bool {
	if !deployment.IsYAML(strings.ToLower(file)) {
		return false
	}
	for _, part := range strings.Split(strings.ToLower(file), "/") {
		switch strings.TrimSuffix(strings.TrimSuffix(part, ".yaml"), ".yml") {
		case "group_vars", "host_vars", "env_vars", "vault", "roles", "playbook", "playbooks", "ansible":
			return true
		}
	}
	return false
}

func isStarter(file, base string) bool {
	switch base {
	case "procfile", "app.json", "tox.ini", "pytest.ini", "setup.cfg", "makefile", "noxfile.py", "justfile", ".gitlab-ci.yml", ".travis.yml", "jenkinsfile",
		"azure-pipelines.yml", "bitbucket-pipelines.yml", "fly.toml", "render.yaml", "railway.json", "railway.toml", "build.sh", "start.sh", "entrypoint.sh", "docker-entrypoint.sh", "release.sh":
		return true
	}
	return deployment.IsWorkflow(file) || strings.HasPrefix(file, ".circleci/")
}

// isTemplate reports whether a file is filled in by another program before it
// is used.
func isTemplate(file string, text []byte) bool {
	for _, end := range []string{"-tpl", ".tpl", ".j2", ".jinja", ".jinja2", ".tmpl", ".template", ".erb", ".mako"} {
		if strings.HasSuffix(file, end) && !isExample(path.Base(file)) {
			return true
		}
	}
	if strings.Contains(file, "{{") {
		return true
	}
	return strings.HasSuffix(file, ".py") && (bytes.Contains(text, []byte("{% ")) || bytes.Contains(text, []byte("{{ cookiecutter")) || bytes.Contains(text, []byte("{{cookiecutter")))
}
