package django

import (
	"bytes"
	"path"
	"strings"
	"sync"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
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

// ReplacementLines returns a function that gives, for a match of text, the line of
// Python to write in its place, with the getter that the file already uses and the name
// of the variable that it asks for; "" if the file says nothing about either, or is not
// Python.
func (*Detector) ReplacementLines(text []byte) func(*scanner.Match) string {
	call := sync.OnceValue(func() string { return getterOf(text) })
	return func(m *scanner.Match) string {
		if !strings.HasPrefix(string(m.Form), "python") || value.IsFallbacks(m.Name) || !plainName(m.Name) || call() == "" {
			return ""
		}
		return given(m.Form, m.Name, strings.Replace(call(), "%s", variableOf(text, m), 1))
	}
}

// given is the Python that gives a name an expression, as the form writes it.
func given(form scanner.Form, name, expression string) string {
	switch form {
	case forms.PythonDict:
		return `"` + name + `": ` + expression
	case forms.PythonKwarg:
		return name + "=" + expression
	}
	return name + " = " + expression
}

// getterSigns finds the signs of all getters in one pass: each version of a file with a
// key is asked, and most have none of them.
var getterSigns = sync.OnceValue(func() *scanner.AnchorSet {
	var signs []scanner.Anchor
	for _, g := range getters {
		signs = append(signs, scanner.Anchor{Text: g.sign})
	}
	return scanner.NewAnchorSet(signs...)
})

// getterOf is the call with which a file reads its environment; "" if it says nothing.
func getterOf(text []byte) string {
	first := len(getters)
	for _, at := range getterSigns().Append(nil, text, 0, len(text)) {
		for i, g := range getters[:first] {
			if bytes.HasPrefix(text[at:], []byte(g.sign)) {
				first = i
				break
			}
		}
	}
	if first == len(getters) {
		return ""
	}
	return getters[first].call
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
	return variableFor(m.Name)
}

// Replacement says what to write in the place of a key, in every form: the line
// that the text of a match suggested (see Detector.ReplacementLines) if there is one,
// else what the form and the name of the file tell.
func Replacement(o *scanner.Occurrence) scanner.Replacement {
	name := o.Name
	if !plainName(name) {
		name = "SECRET_KEY"
	}
	r := scanner.Replacement{Variable: variableFor(name)}
	if o.Rule == forms.RuleEmptyFallback || o.Rule == forms.RuleNoneFallback {
		// The list is the mistake, not a value in it.
		r.Line, r.Python = name+` = [k for k in os.environ.get("DJANGO_SECRET_KEY_FALLBACKS", "").split(",") if k]`, true
		return r
	}
	if o.Replacement != "" {
		r.Line, r.Python = o.Replacement, true
		r.Variable, r.Dotenv = readBy(o.Replacement)
		return r
	}
	switch roleOf(o) {
	case inName:
		r.Note = "choose another name"
	case inHeaders:
		r.Note = "write it again without the key"
	case inNote:
		r.Note = "write the note again without the key"
	case inMessage:
		r.Note = "write the message again without the key"
	case inPython:
		if r.Python = true; strings.Contains(name, "FALLBACK") {
			r.Line, r.Note = name+" = []", "a key that is listed here is still valid"
		} else {
			r.Line, r.Note = given(o.Form, name, `os.environ["`+r.Variable+`"]`), "with import os"
		}
	case inDotenv:
		// -f, because the file may have been edited since it was staged
		r.Line, r.Note = "git rm -f --cached "+say.Quote(o.Path), "and add the file to .gitignore"
	case inCompose:
		r.Line, r.Note = name+": ${"+r.Variable+":?}", "set it outside the repository"
	case inDocker:
		r.Note = "take the line out; give " + r.Variable + " to the container when it runs"
	case inKubernetes:
		r.Note = "take the value out; make the Secret with kubectl or a sealed-secrets tool"
	case inPipeline:
		r.Note = "take the value out; keep it in the secrets of the CI system"
	default:
		r.Note = "take the value out; read " + r.Variable + " from the environment"
	}
	return r
}

// readBy says which variable a line of Python reads, and whether what reads it
// looks into a file named .env as well.
func readBy(line string) (variable string, dotenv bool) {
	getter, rest := "", line
	if before, after, ok := strings.Cut(line, `("`); ok {
		getter = before[1+strings.LastIndexAny(before, " ="):]
		rest = after
	} else if _, after, ok := strings.Cut(line, `environ["`); ok {
		rest = after
	}
	variable, _, ok := strings.Cut(rest, `"`)
	if !ok || !plainName(variable) {
		variable = "DJANGO_SECRET_KEY"
	}
	return variable, getter == "env" || getter == "env.str" || getter == "config"
}

// variableFor is the environment variable that a setting usually has.
func variableFor(name string) string {
	name = strings.ToUpper(name)
	if name == "SECRET_KEY" || name == "SECRET" {
		return "DJANGO_SECRET_KEY"
	}
	return name
}

// A fileRole is what kind of file holds an occurrence.
type fileRole uint8

const (
	elsewhere fileRole = iota
	inMessage
	inHeaders // of a commit or a tag
	inName    // of a file or a ref
	inNote    // of git notes
	inPython
	inPipeline // of a CI system
	inKubernetes
	inCompose
	inDocker
	inDotenv
)

// roleOf tells it by the form, or where that does not tell by the name of the
// file.
func roleOf(o *scanner.Occurrence) fileRole {
	switch {
	case o.Part == scanner.PartRef || o.Part == scanner.PartName:
		return inName
	case o.Part == scanner.PartHeaders:
		return inHeaders
	case o.Commit != "" && o.Path == "":
		return inMessage
	case o.IsNote():
		return inNote
	}
	full := strings.ToLower(o.Path)
	file := path.Base(full)
	yaml := strings.HasSuffix(file, ".yml") || strings.HasSuffix(file, ".yaml")
	switch {
	case strings.HasPrefix(string(o.Form), "python"), strings.HasSuffix(file, ".py"):
		return inPython
	case strings.Contains(full, ".github/workflows/"), strings.HasPrefix(file, ".gitlab-ci"):
		return inPipeline
	case o.Form == forms.KubernetesBase64:
		return inKubernetes
	case yaml && strings.Contains(file, "compose"):
		return inCompose
	case o.Form == forms.Dockerfile, strings.Contains(file, "dockerfile"), strings.Contains(file, "containerfile"):
		return inDocker
	case o.Form == forms.Dotenv, o.Form == forms.Shell, o.Form == forms.ShellDefault, strings.Contains(file, ".env"):
		return inDotenv
	}
	return elsewhere
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
