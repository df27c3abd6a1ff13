package project

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/djleaks/djleaks/scanner"
)

// Read returns the text of a file, or its beginning if it is long.
type Read func(path string) ([]byte, error)

// Site is a line of a file.
type Site struct {
	Path string
	Line int // from 1
}

// Project is what the files of one commit say.
type Project struct {
	Settings Settings
	Code     []*File // Python files outside of settings that may use the key
	Unread   []Gap   // files that could not be read
	paths    []string
	packages packages
	texts    map[string][]byte // of platform files

	variable     sync.Once
	variableName string // from which the settings read the key; empty if from none
}

// How much is read.
const (
	maxFiles = 20_000
	maxBytes = 256 << 20
)

// Of makes a project from the paths of a commit, which have slashes and are
// relative to its top, and the facts of the files that it asks for. ahead is told of
// the plain ones among them before, so that they can be read in a better order; it
// may be nil.
func Of(paths []string, ahead func(plain []string), facts func(path string) (*Facts, error)) *Project {
	p := &Project{paths: paths, packages: packages{byName: map[string][]Package{}}, texts: map[string][]byte{}}
	var settings []*File
	asked := slices.DeleteFunc(slices.Clone(paths), func(file string) bool { return !matters(file) })
	if ahead != nil {
		ahead(slices.DeleteFunc(slices.Clone(asked[:min(len(asked), maxFiles)]), func(file string) bool { return !IsPlain(file) }))
	}
	files, size, left, manifests := 0, 0, 0, 0
	for _, file := range asked {
		if files >= maxFiles || size >= maxBytes {
			left++
			continue
		}
		f, err := facts(file)
		if err != nil {
			p.Unread = append(p.Unread, Gap{Site{file, 0}, err.Error()})
			continue
		}
		files, size = files+1, size+f.Size
		p.packages.merge(f.Packages)
		if isPlatform(file) {
			if manifests++; f.Manifest != nil && manifests <= maxManifests {
				p.texts[file] = f.Manifest
			}
		}
		if f.Python != nil {
			p.Code = append(p.Code, f.Python)
			if f.Python.Settings {
				settings = append(settings, f.Python)
			}
		}
	}
	if left > 0 {
		p.Unread = append(p.Unread, Gap{Site{}, "further files were not read, because there are too many"})
	}
	modules := moduleNames(paths)
	p.Settings = newSettings(settings, func(module string) bool { return modules[module] })
	return p
}

// Package finds a distribution by its name; ok is false if nothing requires it.
func (p *Project) Package(name string) (Package, bool) { return p.packages.find(normalName(name)) }

// matters reports whether a file may say something of a project, by its path.
func matters(file string) bool {
	return !isAside(file) && (isCode(file) || packageReader(file) != nil || isPlatform(file))
}

// isCode reports whether a file is Python that runs in a project.
func isCode(file string) bool { return strings.HasSuffix(file, ".py") && !isMigration(file) }

// needles are words of which every Python file that matters has one.
var needles = sync.OnceValue(func() *scanner.AnchorSet {
	return scanner.NewAnchorSet(
		scanner.Anchor{Text: "secret_key"}, scanner.Anchor{Text: "signing"}, scanner.Anchor{Text: "signed_cookie"},
		scanner.Anchor{Text: "salted_hmac"}, scanner.Anchor{Text: "tokengenerator"}, scanner.Anchor{Text: "token_generator"},
		scanner.Anchor{Text: "hashid"}, scanner.Anchor{Text: "fernet"}, scanner.Anchor{Text: "itsdangerous"},
		scanner.Anchor{Text: "installed_apps"}, scanner.Anchor{Text: "root_urlconf"}, scanner.Anchor{Text: "middleware"},
		scanner.Anchor{Text: "session_"}, scanner.Anchor{Text: "simple_jwt"}, scanner.Anchor{Text: "simplejwt"},
		scanner.Anchor{Text: "framework_jwt"}, scanner.Anchor{Text: "ninja_jwt"}, scanner.Anchor{Text: "passwordreset"},
		scanner.Anchor{Text: "cryptography"}, scanner.Anchor{Text: "encrypt"}, scanner.Anchor{Text: "sesame"},
		scanner.Anchor{Text: "cookiewizard"}, scanner.Anchor{Text: "formpreview"}, scanner.Anchor{Text: "wagtailimages"},
		scanner.Anchor{Text: "wagtail.images"}, scanner.Anchor{Text: "wagtail.models"}, scanner.Anchor{Text: "django_q"},
		scanner.Anchor{Text: "mirage"}, scanner.Anchor{Text: "channel_layers"}, scanner.Anchor{Text: "message_storage"},
		scanner.Anchor{Text: "auth.urls"}, scanner.Anchor{Text: "user.objects"}, scanner.Anchor{Text: "get_user_model"},
		scanner.Anchor{Text: "formtools"}, scanner.Anchor{Text: "import flask"}, scanner.Anchor{Text: "from flask"}, scanner.Anchor{Text: "databases"},
		scanner.Anchor{Text: "import jwt"}, scanner.Anchor{Text: "from jwt"}, scanner.Anchor{Text: "from jose"}, scanner.Anchor{Text: "hmac.new"},
		scanner.Anchor{Text: "pgcrypto"}, scanner.Anchor{Text: "signer("},
	)
})

// isAside reports whether a file does not run with the key of production:
// tests, documentation, examples and vendored code.
func isAside(file string) bool {
	lower := strings.ToLower(file)
	for part := range strings.SplitSeq(path.Dir(lower), "/") {
		switch part {
		case "test", "tests", "testing", "test_utils", "testdata", "fixtures", "e2e", "node_modules", "site-packages", "venv", ".venv", "env", "virtualenv",
			"vendor", "vendored", "third_party", "docs", "doc", "examples", "example", "demo", "sample", "samples", "example_project",
			"benchmarks", "static", "staticfiles", "htmlcov", ".tox":
			return true
		}
	}
	base := path.Base(lower)
	return base == "conftest.py" || base == "tests.py" || strings.HasPrefix(base, "test_") ||
		strings.HasSuffix(base, "_test.py") || strings.HasSuffix(base, "_tests.py") ||
		base == "test.py" || base == "testing.py" || strings.HasPrefix(base, "test-")
}

func isMigration(file string) bool { return path.Base(path.Dir(file)) == "migrations" }

// moduleNames are the Python modules of a repository, at whatever folder it
// puts into the search path: "app.settings.base" and "settings.base" alike.
func moduleNames(paths []string) map[string]bool {
	out := map[string]bool{}
	for _, file := range paths {
		name, ok := strings.CutSuffix(file, ".py")
		if !ok {
			continue
		}
		name = strings.TrimSuffix(name, "/__init__")
		name = strings.ReplaceAll(name, "/", ".")
		for name != "" {
			out[name] = true
			_, rest, found := strings.Cut(name, ".")
			if !found {
				break
			}
			name = rest
		}
	}
	return out
}

// HasPath returns the first path that ends in these parts: "netbox/settings.py".
func (p *Project) HasPath(end string) (string, bool) {
	n := slices.IndexFunc(p.paths, func(file string) bool { return file == end || strings.HasSuffix(file, "/"+end) })
	if n < 0 {
		return "", false
	}
	return p.paths[n], true
}

// RotationCommand is a management command of the project whose name says that
// it changes a key and what is encrypted with it.
func (p *Project) RotationCommand() (name string, at Site, ok bool) {
	for _, file := range p.paths {
		if path.Base(path.Dir(file)) != "commands" || !strings.HasSuffix(file, ".py") || isAside(file) {
			continue
		}
		name := strings.TrimSuffix(path.Base(file), ".py")
		changes := strings.Contains(name, "rotate") || strings.Contains(name, "regenerate") || strings.Contains(name, "rekey") || strings.Contains(name, "reencrypt") || strings.Contains(name, "re_encrypt")
		if changes && (strings.Contains(name, "key") || strings.Contains(name, "encrypt") || strings.Contains(name, "secret")) {
			return name, Site{file, 1}, true
		}
	}
	return "", Site{}, false
}
