package project

import (
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// Setting is one assignment in a settings module.
type Setting struct {
	Site
	Value Expr
}

// Settings are what the settings modules of a project say together. Those of
// tests are left out.
type Settings struct {
	Modules []string // their paths, those of production first
	// Gaps are why a name that is not found may be set all the same: names from
	// a module outside of the repository, or names that a program makes.
	Gaps  []Gap
	names map[string][]Setting // by name, or "NAME[key]"
}

// Gap is a place that could not be read, and why.
type Gap struct {
	Site
	Reason string
}

// Get returns the assignments of a name, in the order of Modules.
func (s *Settings) Get(name string) []Setting { return s.names[name] }

// Last is the assignment of a name that decides in the first module that has
// one.
func (s *Settings) Last(name string) (Setting, bool) {
	all := s.names[name]
	if len(all) == 0 {
		return Setting{}, false
	}
	last := all[0]
	for _, x := range all[1:] {
		if x.Path == last.Path {
			last = x
		}
	}
	return last, true
}

// Absent says whether a name is set nowhere: Yes only if everything could be
// read.
func (s *Settings) Absent(name string) Answer {
	switch {
	case len(s.names[name]) > 0:
		return No
	case len(s.Modules) == 0 || len(s.Gaps) > 0:
		return Unknown
	}
	return Yes
}

// Nested returns what a dictionary such as SIMPLE_JWT has for a key. The answer
// is No if the dictionary is all literal and has no such key, or is set
// nowhere.
func (s *Settings) Nested(name, key string) (Setting, Answer) {
	if direct := s.names[name+"["+key+"]"]; len(direct) > 0 {
		return direct[0], Yes
	}
	all := s.names[name]
	if len(all) == 0 {
		if s.Absent(name) == Yes {
			return Setting{}, No
		}
		return Setting{}, Unknown
	}
	answer := No
	for _, x := range all {
		if v, ok := x.Value.Key(key); ok {
			return Setting{Site{x.Path, v.Line}, v}, Yes
		}
		if x.Value.Kind != Dict || x.Value.Open {
			answer = Unknown
		}
	}
	return Setting{}, answer
}

// Has reports whether a list of strings such as INSTALLED_APPS names a word, or
// what is below it.
func (s *Settings) Has(name, word string) (Setting, bool) {
	for _, x := range s.names[name] {
		if site, ok := listed(&x.Value, word); ok {
			return Setting{Site{x.Path, site}, x.Value}, true
		}
	}
	return Setting{}, false
}

func listed(e *Expr, word string) (line int, ok bool) {
	if e.Kind == Text {
		return e.Line, e.Text == word || strings.HasPrefix(e.Text, word+".")
	}
	for i := range e.Items {
		if line, ok := listed(&e.Items[i], word); ok {
			return line, true
		}
	}
	return 0, false
}

// App finds a Django app in INSTALLED_APPS or in a list that goes into it, such
// as THIRD_PARTY_APPS.
func (s *Settings) App(name string) (Site, bool) {
	for _, list := range s.appLists() {
		if x, ok := s.Has(list, name); ok {
			return x.Site, true
		}
	}
	return Site{}, false
}

// AppAbsent says whether an app is certainly not installed: every list of apps
// was read to its end.
func (s *Settings) AppAbsent(name string) Answer {
	if _, ok := s.App(name); ok {
		return No
	}
	if len(s.names["INSTALLED_APPS"]) == 0 || len(s.Gaps) > 0 {
		return Unknown
	}
	for _, list := range s.appLists() {
		for _, x := range s.names[list] {
			if x.Value.computed() {
				return Unknown
			}
		}
	}
	return Yes
}

func (s *Settings) appLists() []string {
	var out []string
	for name := range s.names {
		if name == "INSTALLED_APPS" || strings.HasSuffix(name, "_APPS") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Names lists the settings whose value mentions a word, sorted.
func (s *Settings) Names(word string) []string {
	var out []string
	for name, all := range s.names {
		if slices.ContainsFunc(all, func(x Setting) bool { return x.Value.Mentions(word) }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// isSettings reports whether a Python file holds settings, by its name or by
// what it sets.
func isSettings(path string, assigns []Assign) bool {
	named, strong := namedSettings(path), 0
	for _, a := range assigns {
		switch a.Name {
		case "INSTALLED_APPS", "ROOT_URLCONF", "MIDDLEWARE", "MIDDLEWARE_CLASSES", "DATABASES", "WSGI_APPLICATION":
			strong += 2
		case "SECRET_KEY", "TEMPLATES", "STATIC_URL", "ALLOWED_HOSTS", "AUTH_USER_MODEL", "SESSION_ENGINE", "LANGUAGE_CODE":
			strong++
		}
		if named && a.Name != "" && a.Name == strings.ToUpper(a.Name) && a.Name[0] != '_' {
			return true
		}
	}
	return strong >= 2
}

// isUpper reports whether a name is that of a setting.
func isUpper(name string) bool { return name != "" && name == strings.ToUpper(name) }

// namedSettings reports whether a file's name says that it holds settings.
func namedSettings(file string) bool {
	folder, base := path.Base(path.Dir(file)), strings.TrimSuffix(path.Base(file), ".py")
	if strings.Contains(base, "settings") || folder == "settings" || folder == "conf" && base != "__init__" {
		return true
	}
	above := path.Base(path.Dir(path.Dir(file))) // settings/components/auth.py
	return above == "settings" && (folder == "components" || folder == "environments" || folder == "parts" || folder == "base" || folder == "common" || folder == "apps" || folder == "includes")
}

// settingsRank orders modules: what production runs before what developers run.
func settingsRank(p string) int {
	lower := strings.ToLower(p)
	base := path.Base(lower)
	switch {
	case strings.Contains(base, "prod") || strings.Contains(base, "live") || strings.Contains(base, "deploy"):
		return 0
	case strings.Contains(base, "local") || strings.Contains(base, "dev") || strings.Contains(base, "example") || strings.Contains(base, "sample") || strings.Contains(base, "ci."):
		return 3
	case strings.Contains(base, "stag"):
		return 2
	}
	return 1
}

func newSettings(files []*File, has func(module string) bool) Settings {
	s := Settings{names: map[string][]Setting{}}
	slices.SortStableFunc(files, func(a, b *File) int {
		if d := settingsRank(a.Path) - settingsRank(b.Path); d != 0 {
			return d
		}
		return strings.Compare(a.Path, b.Path)
	})
	for _, f := range files {
		s.Modules = append(s.Modules, f.Path)
		s.add(f)
		s.gaps(f, has)
	}
	return s
}

func (s *Settings) add(f *File) {
	for _, a := range f.Assigns {
		name := pysource.LastName(a.Name) // in a class of settings, or settings.NAME
		if !isUpper(name) {
			continue
		}
		if a.Key != "" {
			name += "[" + a.Key + "]"
		}
		s.names[name] = append(s.names[name], Setting{Site{f.Path, a.Line}, a.Value})
	}
}

// gaps notes why not all of a module is seen.
func (s *Settings) gaps(f *File, has func(module string) bool) {
	gap := func(line int, reason string) { s.Gaps = append(s.Gaps, Gap{Site{f.Path, line}, reason}) }
	for _, i := range f.Imports {
		if slices.Contains(i.Names, "*") && !strings.HasPrefix(i.Module, ".") && !has(i.Module) && i.Module != "django.conf.global_settings" {
			gap(i.Line, "it takes settings from "+i.Module+", which is not in this repository")
		}
		switch i.Module {
		case "dynaconf", "split_settings.tools", "goodconf", "pydantic_settings":
			gap(i.Line, "settings are loaded with "+i.Module+", which may add names")
		}
	}
	if f.Broken != "" {
		gap(0, "it does not parse, so that settings in it may not be seen: "+f.Broken)
	}
	for _, call := range f.Opaque {
		if isNamespace(call.Name) {
			call.Name += "()"
		}
		gap(call.Line, "a program makes names here ("+call.Name+")")
	}
}

// makesNames reports whether a call at token i can set names that the file does
// not write: exec(…), setattr(…), globals()[…] and globals().update(…).
func makesNames(tokens []token, i int) bool {
	isText := func(at int, text string) bool { return at < len(tokens) && tokens[at].text == text }
	if tokens[i].kind != tokenName || !isText(i+1, "(") || i > 0 && isText(i-1, ".") {
		return false
	}
	switch tokens[i].text {
	case "exec", "execfile", "setattr":
		return true
	}
	return isNamespace(tokens[i].text) && (isText(i+3, "[") || isText(i+3, ".") && isText(i+4, "update"))
}

// isNamespace reports whether a function returns the names of a module.
func isNamespace(name string) bool { return name == "globals" || name == "vars" || name == "locals" }
