package project

import (
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// Words collects what the code of a site gives its signers: salts, names of
// cookies, and the names of classes that are part of a salt. A name that is
// given a literal is looked up by its last part in all files, so that the lists
// hold words that are not salts; they are to be tried, not believed.
type Words struct {
	lexer     lexer
	constants map[string][]string
	salts     []phrase
	cookies   []phrase
	pairs     [][2]phrase // name and salt of one call
	classes   []string
}

// phrase is an expression and the dotted name of the module that it is in.
type phrase struct {
	Expr
	module string
}

// Bounds of Words: what is beyond them is left out.
const (
	maxSalts     = 400
	maxCookies   = 100
	maxPairs     = 200
	maxClasses   = 20
	maxWord      = 200 // the length in bytes of a salt
	maxValues    = 8   // of one name: several modules may have it
	maxConstants = 20_000
	// maxExprTokens is how many tokens of an expression are read.
	maxExprTokens = 60
)

// HasWords reports whether a path is that of a file to be added.
func HasWords(file string) bool { return path.Ext(file) == ".py" }

// Add reads one file. The path is that in the repository, with slashes.
func (w *Words) Add(file string, text []byte) {
	if w.constants == nil {
		w.constants = map[string][]string{}
	}
	f := w.lexer.parse(text)
	module := strings.TrimSuffix(strings.TrimSuffix(file, ".py"), "/__init__")
	module = strings.ReplaceAll(module, "/", ".")
	for _, a := range f.assigns {
		w.assigned(a.Name, phrase{a.Value, module})
	}
	for i, t := range f.tokens { // the arguments of calls, and what is indented
		if t.kind == tokenName && strings.Contains(strings.ToLower(t.text), "salt") && i+1 < len(f.tokens) && f.tokens[i+1].kind == tokenOp && f.tokens[i+1].text == "=" {
			p := parser{tokens: f.tokens[i+2 : min(len(f.tokens), i+2+maxExprTokens)]}
			w.salts = append(w.salts, phrase{p.expression(), module})
		}
	}
	for _, call := range f.callsOf(func(name string) bool { return slices.Contains(signingCalls, name) }) {
		w.signing(&call, module)
	}
	for _, call := range f.callsOf(func(name string) bool { return name == "set_signed_cookie" || name == "get_signed_cookie" }) {
		w.signedCookie(&call, module)
	}
	for i := range f.classes {
		w.class(&f.classes[i].Class, module)
	}
}

// signingCalls are the calls whose arguments may hold a salt by position.
var signingCalls = []string{
	"dumps", "loads", "salted_hmac", "get_cookie_signer", "Signer", "TimestampSigner",
	"URLSafeSerializer", "URLSafeTimedSerializer", "TimedSerializer", "Serializer",
}

// assigned takes in a name and what it is.
func (w *Words) assigned(name string, e phrase) {
	name = pysource.LastName(name)
	if e.Kind == Dict {
		for i, key := range e.Keys {
			w.assigned(key, phrase{e.Items[i], e.module})
		}
		return
	}
	lower := strings.ToLower(name)
	if strings.Contains(lower, "salt") {
		w.salts = append(w.salts, e)
	}
	if strings.Contains(lower, "cookie") && (strings.Contains(lower, "name") || strings.Contains(lower, "key") || strings.HasSuffix(lower, "cookie")) {
		w.cookies = append(w.cookies, e)
	}
	if e.Kind == Name || len(w.constants) >= maxConstants {
		return
	}
	for _, value := range w.values(e) {
		if known := w.constants[name]; value != "" && len(value) <= maxWord && len(known) < maxValues && !slices.Contains(known, value) {
			w.constants[name] = append(known, value)
		}
	}
}

// signing takes in the arguments of a call that have no name. The first one of
// dumps and loads is the data.
func (w *Words) signing(call *Expr, module string) {
	data := pysource.LastName(call.Text) == "dumps" || pysource.LastName(call.Text) == "loads"
	for i, argument := range call.Items {
		if call.Keys[i] == "" && (i > 0 || !data) {
			w.salts = append(w.salts, phrase{argument, module})
		}
	}
}

// signedCookie takes in the name and the salt of a cookie.
func (w *Words) signedCookie(call *Expr, module string) {
	name, ok := call.Key("key")
	if !ok && len(call.Items) > 0 && call.Keys[0] == "" {
		name, ok = call.Items[0], true
	}
	if !ok {
		return
	}
	salt, _ := call.Key("salt")
	w.cookies = append(w.cookies, phrase{name, module})
	w.pairs = append(w.pairs, [2]phrase{{name, module}, {salt, module}})
}

// class takes in the signers and the session stores that the site derives. The
// default salt of a signer is its module and name.
func (w *Words) class(c *Class, module string) {
	for _, base := range c.Bases {
		if strings.HasSuffix(base, "Signer") {
			name := Expr{Kind: Operation, Signs: []string{"+"}, Items: []Expr{{Kind: Name, Text: "__name__"}, {Kind: Text, Text: "." + c.Name}}}
			w.salts = append(w.salts, phrase{name, module})
		}
		if last := pysource.LastName(base); (strings.HasPrefix(last, "Session") || strings.HasSuffix(last, "Store")) && len(w.classes) < maxClasses {
			w.classes = append(w.classes, c.Name)
		}
	}
}

// Salts returns what may be a salt.
func (w *Words) Salts() []string { return w.all(w.salts, maxSalts) }

// Cookies returns what may be the name of a signed cookie.
func (w *Words) Cookies() []string { return w.all(w.cookies, maxCookies) }

// Classes returns the names of classes that may be session stores.
func (w *Words) Classes() []string { return w.classes }

// CookieSalts returns the names and salts of the calls for signed cookies; the
// salt is empty where the call has none.
func (w *Words) CookieSalts() [][2]string {
	var out [][2]string
	for _, pair := range w.pairs {
		salts := []string{""}
		if pair[1].Line != 0 {
			salts = w.values(pair[1])
		}
		for _, name := range w.values(pair[0]) {
			for _, salt := range salts {
				if both := [2]string{name, salt}; name != "" && len(out) < maxPairs && !slices.Contains(out, both) {
					out = append(out, both)
				}
			}
		}
	}
	return out
}

func (w *Words) all(phrases []phrase, most int) []string {
	var out []string
	seen := map[string]bool{}
	for _, e := range phrases {
		for _, value := range w.values(e) {
			if value != "" && len(value) <= maxWord && !seen[value] && len(out) < most {
				seen[value] = true
				out = append(out, value)
			}
		}
	}
	return out
}

// values are the texts that an expression may be: those of a literal, of a name,
// of a sum, and of any of its parts where it is something else, such as
// getattr(settings, "SALT", "default").
func (w *Words) values(e phrase) []string {
	switch {
	case e.Kind == Text:
		return []string{e.Text}
	case e.Kind == Name:
		return w.named(e.Text, e.module)
	case e.Kind == Operation && len(e.Signs) == 0 && len(e.Items) == 1: // an f-string
		return w.formatted(e.Items[0].Text, e.module)
	case e.Kind == Operation && len(e.Signs) == len(e.Items)-1 && !slices.ContainsFunc(e.Signs, func(sign string) bool { return sign != "+" }):
		sum := []string{""}
		for _, item := range e.Items {
			sum = joined(sum, w.values(phrase{item, e.module}))
		}
		return sum
	}
	var out []string
	for _, item := range e.Items {
		if item.Kind != Name {
			out = append(out, w.values(phrase{item, e.module})...)
		}
	}
	return out[:min(len(out), maxValues)]
}

// named are the values of a name. A module has one for each of the folders that
// may be on Python's path.
func (w *Words) named(name, module string) []string {
	if name != "__name__" {
		return w.constants[pysource.LastName(name)]
	}
	out := []string{module}
	for rest, more := module, true; len(out) < maxValues; {
		if _, rest, more = strings.Cut(rest, "."); !more {
			break
		}
		out = append(out, rest)
	}
	return out
}

// formatted are the values of an f-string.
func (w *Words) formatted(text, module string) []string {
	out := []string{""}
	for text != "" {
		before, rest, opened := strings.Cut(text, "{")
		out = joined(out, []string{before})
		name, after, closed := strings.Cut(rest, "}")
		if !opened || !closed {
			break
		}
		out = joined(out, w.named(name, module))
		text = after
	}
	return out
}

// joined is every text of a followed by every one of b.
func joined(a, b []string) []string {
	var out []string
	for _, x := range a {
		for _, y := range b {
			if len(out) < 4*maxValues {
				out = append(out, x+y)
			}
		}
	}
	return out
}
