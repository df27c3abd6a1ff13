package fix

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/deployment"
	"github.com/djleaks/djleaks/internal/lazy"
	"github.com/djleaks/djleaks/internal/pysource"
)

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// bare is the range of a value without the quotes around it.
func bare(text []byte, l *Leak) (from, to int) {
	from, to = l.Offset, l.Offset+l.Length
	if to-from > 1 && (text[from] == '"' || text[from] == '\'') && text[to-1] == text[from] {
		from, to = from+1, to-1
	}
	return from, to
}

// replaceAll writes one text in the place of each value.
func (p *planner) replaceAll(file string, text []byte, leaks []Leak, with func(*Leak) string) {
	var edits []pysource.Edit
	for i := range leaks {
		from, to := bare(text, &leaks[i])
		if n := len(edits); n > 0 && from < edits[n-1].To {
			continue // the same value, found in two ways
		}
		edits = append(edits, pysource.Edit{From: from, To: to, With: with(&leaks[i])})
	}
	p.write(file, pysource.Apply(text, edits))
}

// edited returns a file's text with the edits, or refuses it: keys that were found
// in each other cannot all be replaced.
func (p *planner) edited(file string, text []byte, edits []pysource.Edit, line int) (out []byte, ok bool) {
	if pysource.Overlap(edits) {
		p.refuse(file, line, "keys in it overlap", "")
		return nil, false
	}
	return pysource.Apply(text, edits), true
}

// dotenv changes a file of variables: an example gets a placeholder, a file of
// tests a dummy; any other gets fresh keys and leaves the index.
func (p *planner) dotenv(file string, text []byte, leaks []Leak) {
	switch {
	case isExample(strings.ToLower(path.Base(file))):
		p.replaceAll(file, text, leaks, func(*Leak) string { return placeholder })
	case leaks[0].Test:
		p.replaceAll(file, text, leaks, func(*Leak) string { return dummy })
	case !p.ignore(file):
	case !p.tree.Tracked(file) && !p.isElsewhere(file, leaks):
		// It is where keys belong, as soon as Git ignores it.
	default:
		fresh := map[string]string{}
		p.replaceAll(file, text, leaks, func(l *Leak) string {
			if fresh[l.Value] == "" {
				fresh[l.Value] = p.newKey()
			}
			return fresh[l.Value]
		})
		p.untrack(file)
		p.dockerignore(file)
		for _, l := range leaks {
			p.example(file, l.Name)
		}
	}
}

// isElsewhere reports whether a key of this file is in another one too.
func (p *planner) isElsewhere(file string, leaks []Leak) bool {
	for i := range p.leaks {
		for j := range leaks {
			if p.leaks[i].Path != file && p.leaks[i].Value == leaks[j].Value {
				return true
			}
		}
	}
	return false
}

// direct is what is before a value that is all of an entry: NAME: value,
// - NAME=value.
var direct = lazy.Regexp(`^\s*(?:-\s*)?["']?([A-Za-z_][A-Za-z0-9_]*)["']?\s*[:=]\s*["']?$`)

// entry returns the name of the entry that a value is all of.
func entry(text []byte, l *Leak) (name string, ok bool) {
	from, to := bare(text, l)
	start := bytes.LastIndexByte(text[:from], '\n') + 1
	m := direct().FindSubmatch(text[start:from])
	if m == nil {
		return "", false
	}
	rest, _, _ := bytes.Cut(text[to:], []byte("\n"))
	rest = bytes.Trim(rest, "\"' \t\r")
	return string(m[1]), len(rest) == 0 || rest[0] == '#'
}

// compose writes ${NAME:?}, which Compose takes from the shell or from .env
// and does not start without.
func (p *planner) compose(file string, text []byte, leaks []Leak) {
	if leaks[0].Test {
		p.dummies(file, text, leaks)
		return
	}
	var edits []pysource.Edit
	for i := range leaks {
		l := &leaks[i]
		from, to := bare(text, l)
		if name, start, ok := expansion(text, from, to); ok {
			edits = append(edits, pysource.Edit{From: start, To: to, With: ":?"})
			p.variables = append(p.variables, variable{name: name, reader: file, line: l.Line})
			continue
		}
		name, ok := entry(text, l)
		if !ok {
			p.refuse(file, l.Line, "the key is a part of a longer entry", variableName(l.Name)+": ${"+variableName(l.Name)+":?}")
			continue
		}
		edits = append(edits, pysource.Edit{From: from, To: to, With: "${" + name + ":?}"})
		p.variables = append(p.variables, variable{name: name, reader: file, line: l.Line})
	}
	if out, ok := p.edited(file, text, edits, leaks[0].Line); ok {
		p.write(file, out)
	}
}

// expansion recognises a value that is the default in ${NAME:-value}; start is
// where ":-" begins.
func expansion(text []byte, from, to int) (name string, start int, ok bool) {
	if to >= len(text) || text[to] != '}' || from < 2 || text[from-1] != '-' {
		return "", 0, false
	}
	start = from - 1
	if text[start-1] == ':' {
		start--
	}
	open := bytes.LastIndex(text[:start], []byte("${"))
	if open < 0 || bytes.ContainsAny(text[open:start], "}\n") {
		return "", 0, false
	}
	return string(text[open+2 : start]), start, true
}

// workflow gives a job the secret of the repository, and a test the dummy.
func (p *planner) workflow(file string, text []byte, leaks []Leak) {
	for i := range leaks {
		if leaks[i].Test {
			continue
		}
		name, ok := entry(text, &leaks[i])
		if !ok {
			p.refuse(file, leaks[i].Line, "the key is a part of a longer entry", variableName(leaks[i].Name)+": ${{ secrets."+variableName(leaks[i].Name)+" }}")
			return
		}
		p.note("%s reads the secret %s: gh secret set %s", file, name, name)
	}
	p.replaceAll(file, text, leaks, func(l *Leak) string {
		if name, ok := entry(text, l); ok && !l.Test {
			return "${{ secrets." + name + " }}"
		}
		return dummy
	})
}

var valueField = lazy.Regexp(`"value"(\s*:\s*)$`)

// appJSON makes Heroku generate the key for each app.
func (p *planner) appJSON(file string, text []byte, leaks []Leak) {
	var edits []pysource.Edit
	for i := range leaks {
		from, to := bare(text, &leaks[i])
		from, to = from-1, to+1 // with the quotes
		if from < 0 || to > len(text) || text[from] != '"' || text[to-1] != '"' {
			p.refuse(file, leaks[i].Line, "the key is a part of a longer value", `"generator": "secret"`)
			return
		}
		if m := valueField().FindSubmatchIndex(text[:from]); m != nil {
			edits = append(edits, pysource.Edit{From: m[0], To: to, With: `"generator"` + string(text[m[2]:m[3]]) + `"secret"`})
			continue
		}
		edits = append(edits, pysource.Edit{From: from, To: to, With: `{"generator": "secret"}`})
	}
	out, ok := p.edited(file, text, edits, leaks[0].Line)
	switch {
	case !ok:
	case json.Valid(out):
		p.write(file, out)
	default:
		p.refuse(file, leaks[0].Line, "it is not valid JSON", `"generator": "secret"`)
	}
}

// documentation shows a placeholder in the place of a key.
func (p *planner) documentation(file string, text []byte, leaks []Leak) {
	p.replaceAll(file, text, leaks, func(*Leak) string { return placeholder })
}

// dynaconf makes a value come from the variable that dynaconf itself would
// prefer to it.
func (p *planner) dynaconf(file string, text []byte, leaks []Leak) {
	p.replaceAll(file, text, leaks, func(l *Leak) string {
		name := "DJANGO_" + strings.ToUpper(pysource.LastName(l.Name))
		p.variables = append(p.variables, variable{name: name, reader: file, line: l.Line})
		read := "@format {env[" + name + "]}"
		if from, to := bare(text, l); from > 0 && to < len(text) && (text[from-1] == '"' || text[from-1] == '\'') {
			return read
		}
		return `"` + read + `"`
	})
}

// dummies gives files of tests a value that nobody takes for a key.
func (p *planner) dummies(file string, text []byte, leaks []Leak) {
	p.replaceAll(file, text, leaks, func(*Leak) string { return dummy })
}

// template refuses what another program fills in.
func (p *planner) template(file string, _ []byte, leaks []Leak) {
	p.refuse(file, leaks[0].Line, "it is a template", "let the template ask for the variable, as a settings file would")
}

// other refuses files of which it is not known who reads them.
func (p *planner) other(file string, _ []byte, leaks []Leak) {
	for i := range leaks {
		reason, line := otherAdvice(file, p.deployedName(leaks[i].Name))
		p.refuse(file, leaks[i].Line, reason, line)
	}
}

// deployedName is the variable that a name in a deployment gives a value: the name
// itself, if it is written as variables are, else what the settings read.
func (p *planner) deployedName(name string) string {
	last := pysource.LastName(name)
	if strings.Contains(last, "_") && strings.ToUpper(last) == last {
		return last
	}
	usual := variableName(camel().ReplaceAllString(last, "${1}_$2"))
	for _, name := range []string{"DJANGO_SECRET_KEY", "SECRET_KEY"} {
		if usual == "DJANGO_SECRET_KEY" && p.project.names[name] {
			return name
		}
	}
	return usual
}

// camel is where a word begins in secretKey.
var camel = lazy.Regexp(`([a-z])([A-Z])`)

// otherAdvice is why a file of another kind is not changed, and what to write by
// hand.
func otherAdvice(file, name string) (reason, line string) {
	base := strings.ToLower(path.Base(file))
	switch {
	case deployment.IsContainerfile(base):
		return "an image must not hold a key, and whether its build needs one is not known",
			fmt.Sprintf("docker run -e %s …; for a command of the build: RUN %s=%s python manage.py collectstatic", name, name, dummy)
	case isAnsible(file):
		return "Ansible keeps keys in a vault, and which one is not known",
			fmt.Sprintf("djleaks key new --env-safe | ansible-vault encrypt_string --stdin-name %s", strings.ToLower(name))
	case strings.HasSuffix(base, ".sls"):
		return "Salt keeps keys in an encrypted pillar, and with which key is not known",
			"djleaks key new --env-safe | gpg --armor --encrypt -r …, and #!yaml|gpg as the first line of the pillar"
	case deployment.IsYAML(base):
		return "which program reads it is not known",
			fmt.Sprintf("djleaks key new --env-safe | tr -d '\\n' | kubectl create secret generic django --from-file=%s=/dev/stdin, and valueFrom: secretKeyRef", name)
	}
	return "how the project reads it is not known", "read " + name + " from the environment"
}
