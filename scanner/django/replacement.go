package django

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// getters are the ways in which projects read the environment, each with what
// a file that uses it contains. The first one that is there is the project's
// own; os.environ comes last because nearly every file has it too.
var getters = []struct{ sign, call string }{
	{"environ.Env(", `env("%s")`},
	{"from environs import", `env.str("%s")`},
	{"from decouple import", `config("%s")`},
	{"from starlette.config import", `config("%s")`},
	{"os.environ[", `os.environ["%s"]`},
	{"os.environ.get(", `os.environ["%s"]`},
	{"os.getenv(", `os.environ["%s"]`},
	{"from os import environ", `environ["%s"]`},
	{"import os\n", `os.environ["%s"]`},
	{"import os\r", `os.environ["%s"]`},
}

// Instead returns the line of Python to write in the place of a match, with the
// getter that its file uses already and the name of the variable that it asks
// for; "" if the file says nothing about either, or is no Python.
func (*Detector) Instead(text []byte, m *scanner.Match) string {
	if !strings.HasPrefix(string(m.Form), "python") || value.IsFallbacks(m.Name) || !plainName(m.Name) {
		return ""
	}
	for _, g := range getters {
		if bytes.Contains(text, []byte(g.sign)) {
			return m.Name + " = " + strings.Replace(g.call, "%s", variableOf(text, m), 1)
		}
	}
	return ""
}

// variableOf is the environment variable whose default the match is, or the
// name that such a variable usually has.
func variableOf(text []byte, m *scanner.Match) string {
	const reach = 200 // bytes between a getter's name and its default
	before := text[max(0, m.Offset-reach):m.Offset]
	if !m.Has(scanner.Fallback) {
		before = nil
	}
	for _, call := range []string{"environ.get(", "getenv(", "env(", "env.str(", "config("} {
		at := bytes.LastIndex(before, []byte(call))
		if at < 0 {
			continue
		}
		rest := strings.TrimLeft(string(before[at+len(call):]), " \t\r\n")
		if rest == "" || rest[0] != '"' && rest[0] != '\'' {
			continue
		}
		if name, _, closed := strings.Cut(rest[1:], rest[:1]); closed && plainName(name) {
			return name
		}
	}
	if name := strings.ToUpper(m.Name); name != "SECRET_KEY" && name != "SECRET" {
		return name
	}
	return "DJANGO_SECRET_KEY"
}

// plainName reports whether a name can be in a line of code.
func plainName(name string) bool {
	for i := 0; i < len(name); i++ {
		if !ascii.IsWord(name[i]) || name[i] >= 0x80 || i == 0 && ascii.IsDigit(name[i]) {
			return false
		}
	}
	return name != "" && len(name) <= 64
}
