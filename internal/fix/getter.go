package fix

import (
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// getterKind is a way of reading the environment.
type getterKind uint8

// The kinds. All but the first two have a loader of .env of their own.
const (
	getterUnknown       getterKind = iota
	getterEnvironment              // os.environ
	getterHelper                   // a function of the project
	getterEnviron                  // django-environ, environs: an Env object
	getterDecouple                 // decouple.config, and prettyconf's and starlette's like it
	getterPydantic                 // a field of a BaseSettings class
	getterConfiguration            // a value of django-configurations
)

// getter is how a file reads a variable.
type getter struct {
	kind   getterKind
	call   string // what is called with the name; "" with getterEnvironment
	object string // the mapping, with getterEnvironment: os.environ
	module string // what must be imported for it
}

// read is the expression that reads the variable whose quoted name is given.
func (g getter) read(quoted string) string {
	if g.kind == getterEnvironment {
		return g.object + "[" + quoted + "]"
	}
	return g.call + "(" + quoted + ")"
}

// getter finds the getter that the file has above the literal.
func (s *site) getter() (getter, *refusal) {
	above, below := s.getters()
	for _, kind := range []getterKind{getterDecouple, getterEnviron, getterHelper} {
		for _, g := range above {
			if g.kind == kind {
				return g, nil
			}
		}
	}
	for _, g := range below {
		if g.kind != getterEnvironment && g.kind != getterHelper {
			return g, &refusal{"what reads the environment, " + g.call + ", is made further down", "move the setting below it: " + s.leak.Name + " = " + g.read(`"`+s.variable()+`"`)}
		}
	}
	for _, g := range above {
		if g.kind == getterEnvironment {
			return g, nil
		}
	}
	return getter{kind: getterEnvironment, object: "os.environ", module: "os"}, nil
}

// getters returns what reads the environment and is made at the top level of
// the file, above the literal and below it.
func (s *site) getters() (above, below []getter) { return s.gettersTo(maxStars) }

// maxStars is how many star imports are followed, one from the other.
const maxStars = 4

func (s *site) gettersTo(stars int) (above, below []getter) {
	add := func(token int, g getter) {
		if token < s.first {
			above = append(above, g)
		} else {
			below = append(below, g)
		}
	}
	for _, i := range s.Imports() {
		if !i.Top {
			continue
		}
		if i.Member == "*" && stars > 0 {
			for _, g := range s.starGetters(i.Module, stars-1) {
				add(i.Token, g)
			}
		} else if g, ok := s.importedGetter(i); ok {
			add(i.Token, g)
		}
	}
	for _, st := range s.Statements {
		if st.Indent > 0 {
			continue
		}
		if g, ok := s.assigned(st); ok {
			add(st.First, g)
		} else if name, ok := s.helper(st); ok {
			add(st.First, getter{kind: getterHelper, call: name})
		}
	}
	return above, below
}

// starGetters returns the getters that "from module import *" brings.
func (s *site) starGetters(module string, stars int) []getter {
	other := s.module(module)
	if other == nil {
		return nil
	}
	star := site{pythonFile: other, leak: s.leak, first: len(other.Tokens)}
	all, _ := star.gettersTo(stars)
	return all
}

// importedGetter returns the getter that an import brings.
func (s *site) importedGetter(i pysource.Import) (g getter, ok bool) {
	switch i.Module + " " + i.Member {
	case "decouple config", "prettyconf config":
		return getter{kind: getterDecouple, call: i.As}, true
	case "decouple ":
		return getter{kind: getterDecouple, call: i.As + ".config"}, true
	case "os ":
		return getter{kind: getterEnvironment, object: i.As + ".environ"}, true
	case "os environ":
		return getter{kind: getterEnvironment, object: i.As}, true
	}
	ok = i.Member == "env" && (strings.HasPrefix(i.Module, ".") || s.isLocal(i.Module)) && s.callsName(i.As)
	return getter{kind: getterEnviron, call: i.As}, ok
}

// assigned reads env = environ.Env(…), config = Config(…), env = os.environ.get.
func (s *site) assigned(st pysource.Statement) (getter, bool) {
	if !s.Is(st.First+1, "=") {
		return getter{}, false
	}
	switch s.Source(st.First+2, st.End) {
	case "os.environ", "os.environ.copy()":
		return getter{kind: getterEnvironment, object: s.Word(st.First)}, true
	case "os.environ.get", "os.getenv", "environ.get", "getenv":
		return getter{kind: getterHelper, call: s.Word(st.First)}, true
	}
	for n := st.First + 2; n < st.End; n++ {
		if !s.Is(n, "(") {
			continue
		}
		switch name := s.Word(st.First); pysource.LastName(s.CallAt(n).Callee) {
		case "Env", "FileAwareEnv":
			return getter{kind: getterEnviron, call: name}, true
		case "Config", "AutoConfig":
			if s.imports("decouple") || s.imports("starlette.config") {
				return getter{kind: getterDecouple, call: name}, true
			}
		}
		break
	}
	return getter{}, false
}

// helper reads a function of one parameter that looks its argument up in the
// environment, and fails or gives nothing if it is not there.
func (s *site) helper(st pysource.Statement) (name string, ok bool) {
	if !s.Is(st.First, "def") || st.End-st.First < 5 {
		return "", false
	}
	head := s.CallAt(st.First + 2)
	if len(head.Arguments) == 0 || s.Word(head.Open) != "(" {
		return "", false
	}
	for _, a := range head.Arguments[1:] {
		if a.Keyword == "" {
			return "", false // a second parameter without a default
		}
	}
	parameter := s.Word(head.Arguments[0].First)
	body := s.body(st)
	return s.Word(st.First + 1), strings.Contains(body, "environ["+parameter+"]") || strings.Contains(body, "environ.get("+parameter) || strings.Contains(body, "getenv("+parameter)
}

// body is the text of the block of a statement.
func (s *site) body(st pysource.Statement) string {
	n := s.StatementOf(st.First) + 1
	first := n
	for n < len(s.Statements) && s.Statements[n].Indent > st.Indent {
		n++
	}
	if n == first {
		return s.Source(st.First, st.End)
	}
	return s.Source(s.Statements[first].First, s.Statements[n-1].End)
}

// callKind is the kind of getter that a function called in the file is.
func (s *site) callKind(callee string) getterKind {
	switch {
	case strings.HasSuffix(callee, "environ.get"), strings.HasSuffix(callee, ".get") && s.isEnvironment(strings.TrimSuffix(callee, ".get")), pysource.LastName(callee) == "getenv" && (strings.Contains(callee, ".") || s.imports("os")):
		return getterEnvironment
	}
	object, _, _ := strings.Cut(callee, ".")
	above, below := s.getters()
	for _, g := range append(above, below...) {
		if g.kind != getterEnvironment && (g.call == callee || g.kind == getterEnviron && g.call == object) {
			return g.kind
		}
	}
	switch pysource.LastName(callee) {
	case "Value", "SecretValue":
		if s.imports("configurations") || s.imports("configurations.values") {
			return getterConfiguration
		}
	}
	return s.ownKind(callee)
}

// isEnvironment reports whether a name is what os.environ was imported as, or
// is a name that the file gives it.
func (py *pythonFile) isEnvironment(name string) bool {
	for _, st := range py.Statements {
		if st.Indent == 0 && py.Is(st.First, name) && py.Is(st.First+1, "=") {
			from := py.Source(st.First+2, st.End)
			return from == "os.environ" || from == "os.environ.copy()"
		}
	}
	for _, i := range py.Imports() {
		if i.Module == "os" && i.Member == "environ" && i.As == name {
			return true
		}
	}
	return false
}

// ownKind looks for a function of the project: what does it do without its
// default?
func (s *site) ownKind(callee string) getterKind {
	if strings.Contains(callee, ".") {
		return getterUnknown
	}
	file := s.pythonFile
	for _, i := range s.Imports() {
		if i.As == callee && i.Member != "" {
			if other := s.module(i.Module); other != nil {
				file, callee = other, i.Member
			}
		}
	}
	in := site{pythonFile: file, leak: s.leak}
	for _, st := range in.Statements {
		if in.Is(st.First, "def") && in.Is(st.First+1, callee) {
			if _, ok := in.helper(st); ok {
				return getterHelper
			}
		}
	}
	return getterUnknown
}

// module reads a module of the project.
func (py *pythonFile) module(name string) *pythonFile {
	for _, file := range py.moduleFiles(name) {
		if text, err := py.tree.Read(file); err == nil {
			if source, err := pysource.Parse(text); err == nil {
				return &pythonFile{planner: py.planner, File: source, path: file}
			}
		}
	}
	return nil
}

// moduleFiles are the files that a module's name can mean.
func (py *pythonFile) moduleFiles(name string) []string {
	folder := dirOf(py.path)
	if strings.HasPrefix(name, ".") {
		rest := strings.TrimLeft(name, ".")
		for range len(name) - len(rest) - 1 {
			folder = dirOf(folder)
		}
		base := joinPath(folder, strings.ReplaceAll(rest, ".", "/"))
		return []string{base + ".py", joinPath(base, "__init__.py")}
	}
	relative := strings.ReplaceAll(name, ".", "/")
	var list []string
	for _, root := range py.project.roots {
		base := joinPath(root, relative)
		list = append(list, base+".py", joinPath(base, "__init__.py"))
	}
	// Python 2 looks beside the file that imports, too.
	base := joinPath(folder, relative)
	return append(list, base+".py", joinPath(base, "__init__.py"))
}

// isLocal reports whether a module belongs to the project.
func (py *pythonFile) isLocal(module string) bool {
	for _, file := range py.moduleFiles(module) {
		if exists(py.tree, file) {
			return true
		}
	}
	return false
}

// imports reports whether the file imports a module, or something from it.
func (py *pythonFile) imports(module string) bool {
	for _, i := range py.Imports() {
		if i.Module == module || i.Member != "" && i.Module+"."+i.Member == module {
			return true
		}
	}
	return false
}

// imported reports whether a module is there under its own name at the top
// level of the file.
func (py *pythonFile) imported(module string) bool {
	for _, i := range py.Imports() {
		if i.Top && i.Member == "" && i.As == module {
			return true
		}
	}
	return false
}

// callsName reports whether a name is called in the file, or its methods are.
func (py *pythonFile) callsName(name string) bool {
	for n := range py.Tokens {
		if py.Is(n, name) && (py.Is(n+1, "(") || py.Is(n+1, ".") && py.Is(n+3, "(")) {
			return true
		}
	}
	return false
}

// variable is the variable to read in the place of the literal: the one that
// the file asks for already under this setting's name, else the one that the
// project's examples have, else the usual one.
func (s *site) variable() string {
	setting := pysource.LastName(s.leak.Name)
	for _, st := range s.Statements {
		if !s.assigns(st, setting) {
			continue
		}
		for _, call := range s.Calls(st.First, st.End) {
			reads := s.Is(call.Open, "[") && strings.HasSuffix(call.Callee, "environ")
			if !reads && (len(call.Arguments) == 0 || call.Callee == "" || s.Is(call.Open, "[") || s.callKind(call.Callee) == getterUnknown) {
				continue
			}
			if name, ok := s.OneString(&call.Arguments[0]); ok && name != "" {
				return name
			}
		}
	}
	usual := variableName(setting)
	if usual != "DJANGO_SECRET_KEY" {
		return usual
	}
	for _, name := range []string{"DJANGO_SECRET_KEY", "SECRET_KEY"} {
		if s.project.names[name] {
			return name
		}
	}
	return usual
}

// assigns reports whether a statement gives the setting a value.
func (py *pythonFile) assigns(st pysource.Statement, setting string) bool {
	for n := st.First; n+1 < st.End && n < st.First+8; n++ {
		if py.Is(n, setting) && (py.Is(n+1, "=") || py.Is(n+1, ":")) {
			return true
		}
	}
	return false
}
