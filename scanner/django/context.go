package django

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// Context is what a file is for, as its path tells.
type Context uint8

// The contexts.
const (
	Prod     Context = iota // settings, configuration, and whatever is not known
	Dev                     // settings of a developer's machine
	Test                    // tests and continuous integration
	Doc                     // documentation, examples, templates
	Vendored                // copies of other projects
)

var contextNames = [...]string{"production", "development", "test", "documentation", "vendored"}

// String returns the context in one word.
func (c Context) String() string { return contextNames[c] }

// ContextOf tells a file's context by its path, with slashes. The most telling
// part wins: a test in a vendored tree is vendored.
func ContextOf(path string) Context {
	path = strings.ToLower(path)
	dirs := path
	base := path
	if n := strings.LastIndexByte(path, '/'); n >= 0 {
		dirs, base = path[:n], path[n+1:]
	} else {
		dirs = ""
	}
	context := Prod
	report := false
	for dirs != "" {
		var dir string
		dir, dirs, _ = strings.Cut(dirs, "/")
		context = max(context, dirContext(dir))
		report = report || isTestReport(dir)
	}
	if report && context < Vendored {
		return Test // whatever the format of its pages
	}
	return max(context, baseContext(base))
}

// isTestReport recognises folders of what a run of tests has written.
func isTestReport(dir string) bool {
	switch dir {
	case "htmlcov", "coverage_html", "coverage-report", "test-results", "playwright-report":
		return true
	}
	return false
}

func dirContext(dir string) Context {
	switch dir {
	case "site-packages", "dist-packages", "venv", ".venv", "virtualenv", ".virtualenv", "node_modules", "vendor", "vendored", ".tox", ".nox", "third_party", "thirdparty", "bower_components":
		return Vendored
	case "docs", "doc", "documentation", "example", "examples", "sample", "samples", "tutorial", "tutorials", "cookiecutter", "_build", "_sources", "_static", "template", "project_template", "project_templates", "skeleton", "boilerplate", "scaffold":
		return Doc
	case ".github", ".gitlab", ".circleci", ".buildkite", ".woodpecker", ".travis", ".ci", "ci", "fixtures", "testdata", "testing", "unittests", "mocks", "__mocks__", "e2e", "cypress", "__tests__", "spec", "specs", "molecule", "playwright":
		return Test
	case "dev", "development", "local", "localdev", ".devcontainer", ".vscode", ".idea":
		return Dev
	}
	switch {
	case strings.Contains(dir, "@v") || strings.HasSuffix(dir, ".dist-info") || strings.HasSuffix(dir, ".egg"):
		return Vendored // Go's module cache, installed packages
	case strings.Contains(dir, "{{"):
		return Doc
	case isTestName(dir):
		return Test
	case hasWord(dir, "sample") || hasWord(dir, "samples") || hasWord(dir, "example") || hasWord(dir, "examples") || hasWord(dir, "skeleton") || hasWord(dir, "tutorial"):
		return Doc // sample_project
	}
	return Prod
}

func baseContext(base string) Context {
	switch base {
	case "conftest.py", "runtests.py", "tox.ini", "pytest.ini", "noxfile.py", "tests.py", "test.py", "ci.py", "testing.py", "jenkinsfile", "azure-pipelines.yml", "azure-pipelines.yaml", "bitbucket-pipelines.yml",
		"appveyor.yml", ".appveyor.yml", ".travis.yml", ".drone.yml", ".woodpecker.yml", ".gitlab-ci.yml", ".gitlab-ci.yaml", "buildspec.yml", "runtests.sh", "test.sh", "cibuild.sh", "ci.sh", "cloudbuild.yaml":
		return Test
	}
	stem, ext := base, ""
	if n := strings.LastIndexByte(base, '.'); n > 0 {
		stem, ext = base[:n], base[n+1:]
	}
	switch ext {
	case "md", "rst", "adoc", "markdown", "textile", "html", "htm", "pdf", "doctree":
		return Doc
	case "example", "sample", "dist", "template", "tmpl", "tpl", "j2", "jinja", "jinja2", "py-tpl", "in", "erb", "default":
		return Doc
	}
	switch {
	case strings.HasPrefix(strings.TrimLeft(base, "._-"), "env") && (hasWord(base, "dist") || hasWord(base, "template") || hasWord(base, "tmpl") || hasWord(base, "tpl") || hasWord(base, "default") || hasWord(base, "defaults")):
		return Doc // .env-dist
	case hasWord(stem, "example") || hasWord(stem, "sample") || hasWord(ext, "example") || hasWord(ext, "sample") || hasWord(ext, "template") || strings.HasPrefix(base, "readme") || strings.HasPrefix(base, "changelog") || base == "search_index.json" || base == "searchindex.js":
		return Doc
	case isTestName(stem) || hasWord(stem, "ci") || ext == "ci" || isTestName(ext):
		return Test
	case hasWord(stem, "dev") || hasWord(stem, "development") || hasWord(stem, "override") || hasWord(ext, "dev") || hasWord(ext, "local") || hasWord(ext, "development") || hasWord(stem, "develop"):
		return Dev
	case stem == "local" || stem == "docker" && ext != "env" || stem == "debug" || hasWord(stem, "local") && (strings.HasPrefix(base, "docker") || strings.HasPrefix(base, "settings") || strings.HasPrefix(base, ".env")):
		return Dev
	}
	return Prod
}

// isTestName knows tests, test_x, x_tests, x-test, testproject.
func isTestName(s string) bool {
	if hasWord(s, "test") || hasWord(s, "tests") || hasWord(s, "testing") || hasWord(s, "pytest") || hasWord(s, "unittest") {
		return true
	}
	for _, p := range [...]string{"testproject", "testproj", "testapp", "testsite", "testsettings", "testutils", "testenv"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// hasWord reports whether s holds word between separators.
func hasWord(s, word string) bool {
	for at := 0; ; {
		n := strings.Index(s[at:], word)
		if n < 0 {
			return false
		}
		from := at + n
		at = from + len(word)
		if (from == 0 || !ascii.IsAlnum(s[from-1])) && (at == len(s) || !ascii.IsAlnum(s[at])) {
			return true
		}
	}
}
