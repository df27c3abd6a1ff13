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

// dirContext tells what a folder is for by its name.
func dirContext(dir string) Context {
	switch {
	case vendoredFolders.Has(dir):
		return Vendored
	case docFolders.Has(dir):
		return Doc
	case testFolders.Has(dir):
		return Test
	case devFolders.Has(dir):
		return Dev
	}
	switch {
	case strings.Contains(dir, "@v") || strings.HasSuffix(dir, ".dist-info") || strings.HasSuffix(dir, ".egg"):
		return Vendored // Go's module cache, installed packages
	case strings.Contains(dir, "{{"):
		return Doc
	case isTestName(dir):
		return Test
	case hasWord(dir, "sample", "samples", "example", "examples", "skeleton", "tutorial"):
		return Doc // sample_project
	}
	return Prod
}

// baseContext tells a file's context by its name without folders.
func baseContext(base string) Context {
	stem, ending := base, ""
	if n := strings.LastIndexByte(base, '.'); n > 0 {
		stem, ending = base[:n], base[n+1:]
	}
	switch {
	case testFiles.Has(base):
		return Test
	case isDoc(base, stem, ending):
		return Doc
	case isTestName(stem) || isTestName(ending) || hasWord(stem, "ci") || ending == "ci":
		return Test
	case isDev(base, stem, ending):
		return Dev
	}
	return Prod
}

// isDoc recognises documentation, examples and templates.
func isDoc(base, stem, ending string) bool {
	switch base {
	case "search_index.json", "searchindex.js":
		return true
	}
	if strings.HasPrefix(strings.TrimLeft(base, "._-"), "env") && hasWord(base, "dist", "template", "tmpl", "tpl", "default", "defaults") {
		return true // .env-dist
	}
	return docEndings.Has(ending) || strings.HasPrefix(base, "readme") || strings.HasPrefix(base, "changelog") ||
		hasWord(stem, "example", "sample") || hasWord(ending, "example", "sample", "template")
}

// isDev recognises files for a developer's machine: local.py, settings_local.py,
// but not local_data.py.
func isDev(base, stem, ending string) bool {
	switch stem {
	case "local", "debug":
		return true
	case "docker":
		return ending != "env"
	}
	if hasWord(stem, "dev", "develop", "development", "override") || hasWord(ending, "dev", "development", "local") {
		return true
	}
	return hasWord(stem, "local") && (strings.HasPrefix(base, "docker") || strings.HasPrefix(base, "settings") || strings.HasPrefix(base, ".env"))
}

// isTestName recognises tests, test_x, x_tests, x-test, testproject.
func isTestName(s string) bool {
	if hasWord(s, "test", "tests", "testing", "pytest", "unittest") {
		return true
	}
	for _, p := range [...]string{"testproject", "testproj", "testapp", "testsite", "testsettings", "testutils", "testenv"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// hasWord reports whether s holds one of the words between separators.
func hasWord(s string, list ...string) bool {
	for _, word := range list {
		for at := 0; at < len(s); {
			n := strings.Index(s[at:], word)
			if n < 0 {
				break
			}
			from := at + n
			at = from + len(word)
			if (from == 0 || !ascii.IsAlnum(s[from-1])) && (at == len(s) || !ascii.IsAlnum(s[at])) {
				return true
			}
		}
	}
	return false
}
