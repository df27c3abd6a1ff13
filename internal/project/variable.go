package project

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/lazy"
)

// Variable is the environment variable from which the settings read SECRET_KEY; "" if
// none was seen.
func (p *Project) Variable() string {
	for _, x := range p.Settings.Get("SECRET_KEY") {
		if name := environmentName(&x.Value); name != "" {
			return name
		}
		if x.Value.Kind != Name {
			continue
		}
		for _, other := range p.Settings.Get(x.Value.Text) { // SECRET_KEY = KEY_OF_THE_SITE
			if name := environmentName(&other.Value); name != "" {
				return name
			}
		}
	}
	return ""
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

var (
	secretOf     = lazy.Regexp(`(?:\b([A-Za-z_][A-Za-z0-9_]*)\s*[:=]\s*["']?)?\$\{\{\s*secrets\.([A-Za-z0-9_]+)\s*\}\}`)
	variableName = lazy.Regexp(`\b[A-Z][A-Z0-9_]*\b`)
)

// isKeyVariable reports whether a variable's name is that of Django's key here:
// the one that the settings read, or else the names that sites give it.
// AWS_SECRET_ACCESS_KEY is not one of them, nor is OAUTH_CLIENT_SECRET.
func (p *Project) isKeyVariable(name string) bool {
	p.variable.Do(func() { p.variableName = p.Variable() })
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
	return firstIn(text, line, func(s string) string {
		if strings.Contains(s, "SECRET") {
			for _, name := range variableName().FindAllString(s, -1) {
				if p.isKeyVariable(name) {
					return name
				}
			}
		}
		return ""
	})
}

// secret is the secret of a workflow that holds Django's key, and its line: by
// its own name, or by that of the variable that gets it.
func (p *Project) secret(text []byte, line *int) string {
	return firstIn(text, line, func(s string) string {
		if strings.Contains(s, "secrets.") {
			for _, m := range secretOf().FindAllStringSubmatch(s, -1) {
				if p.isKeyVariable(m[2]) || m[1] != "" && p.isKeyVariable(m[1]) {
					return m[2]
				}
			}
		}
		return ""
	})
}
