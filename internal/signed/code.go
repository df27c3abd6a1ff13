package signed

import (
	"path"
	"slices"
	"strings"
)

// Bounds of a vocabulary: what is beyond them is not tried.
const (
	maxSalts     = 400
	maxCookies   = 100
	maxPairs     = 200
	maxClasses   = 20
	maxLiteral   = 200 // the length in bytes of a salt
	maxValues    = 8   // of one constant: several modules may have its name
	maxConstants = 20_000
	maxArguments = 12
)

// Code collects the vocabulary of a site from its Python files. It reads names
// and literals and runs nothing. A constant that stands for a salt is looked up
// by its last name in all files, so that more words are collected than are salts.
type Code struct {
	constants map[string][]string
	salts     []word
	cookies   []word
	pairs     []pair
	classes   []string
}

// pair is the name and the salt of one call.
type pair struct{ cookie, salt word }

// word is an expression in the place of a salt or of a cookie's name: literals,
// names of constants and the name of its module, added up.
type word struct {
	terms  []term
	module string // dotted
}

type term struct {
	text     string
	constant bool
}

// Add reads one file. The path is that in the repository, with slashes.
func (c *Code) Add(file string, text []byte) {
	if c.constants == nil {
		c.constants = map[string][]string{}
	}
	r := reader{code: c, tokens: lex(text), module: moduleOf(file)}
	for r.at = 0; r.at < len(r.tokens); r.at++ {
		r.read()
	}
}

// IsPython reports whether a path is that of a file to be added.
func IsPython(file string) bool { return path.Ext(file) == ".py" }

// moduleOf is the dotted name of a file's module, from the top of the
// repository.
func moduleOf(file string) string {
	name := strings.TrimSuffix(file, ".py")
	name = strings.TrimSuffix(name, "/__init__")
	return strings.ReplaceAll(name, "/", ".")
}

// Vocabulary returns what was collected, in the order of the files.
func (c *Code) Vocabulary() *Vocabulary {
	return &Vocabulary{
		Salts:   c.resolve(c.salts, maxSalts),
		Cookies: c.resolve(c.cookies, maxCookies),
		Pairs:   c.resolvePairs(),
		Classes: limit(c.classes, maxClasses),
	}
}

func (c *Code) resolve(words []word, most int) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range words {
		for _, value := range c.values(w) {
			if value != "" && len(value) <= maxLiteral && !seen[value] && len(out) < most {
				seen[value] = true
				out = append(out, value)
			}
		}
	}
	return out
}

func (c *Code) resolvePairs() []CookieSalt {
	var out []CookieSalt
	for _, p := range c.pairs {
		for _, cookie := range c.values(p.cookie) {
			for _, salt := range c.values(p.salt) {
				if pair := (CookieSalt{cookie, salt}); cookie != "" && len(out) < maxPairs && !slices.Contains(out, pair) {
					out = append(out, pair)
				}
			}
		}
	}
	return out
}

// values are what an expression may be.
func (c *Code) values(w word) []string {
	values := []string{""}
	for _, t := range w.terms {
		choices := []string{t.text}
		if t.constant {
			if choices = c.constants[t.text]; t.text == "__name__" {
				choices = modules(w.module)
			}
		}
		var next []string
		for _, value := range values {
			for _, choice := range choices {
				next = append(next, value+choice)
			}
		}
		values = limit(next, 4*maxValues)
	}
	return values
}

// modules are the names that a module may be imported by: the repository's top
// need not be on Python's path.
func modules(name string) []string {
	out := []string{name}
	for {
		_, after, ok := strings.Cut(name, ".")
		if !ok || len(out) == maxValues {
			return out
		}
		out = append(out, after)
		name = after
	}
}

func limit[T any](list []T, most int) []T { return list[:min(len(list), most)] }

// reader collects from the tokens of one file.
type reader struct {
	code   *Code
	tokens []token
	at     int
	module string
}

func (r *reader) peek(n int) token {
	if r.at+n < len(r.tokens) {
		return r.tokens[r.at+n]
	}
	return token{}
}

// read takes in what begins at a token.
func (r *reader) read() {
	t, next := r.peek(0), r.peek(1)
	switch {
	case t.kind == name && t.text == "class" && next.kind == name:
		r.class()
	case t.kind == name && next.is("("):
		r.call(lastPart(t.text))
	case t.kind == name && next.is("="):
		r.assigned(lastPart(t.text), r.at+2)
	case t.kind == name && next.is(":") && r.peek(2).kind == name && r.peek(3).is("="): // SALT: str = "…"
		r.assigned(lastPart(t.text), r.at+4)
	case t.kind == literal && next.is(":"):
		r.assigned(t.text, r.at+2)
	}
}

func lastPart(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }

// assigned takes in a name and the expression at a token.
func (r *reader) assigned(to string, from int) {
	for _, w := range r.words(from) {
		r.define(to, w)
		lower := strings.ToLower(to)
		if strings.Contains(lower, "salt") {
			r.code.salts = append(r.code.salts, w)
		}
		if strings.Contains(lower, "cookie") && (strings.Contains(lower, "name") || strings.Contains(lower, "key") || strings.HasSuffix(lower, "cookie")) {
			r.code.cookies = append(r.code.cookies, w)
		}
	}
}

// define notes what a name is, if the file says so.
func (r *reader) define(name string, w word) {
	if len(w.terms) == 1 && w.terms[0].constant || len(r.code.constants) >= maxConstants {
		return
	}
	for _, value := range r.code.values(w) {
		known := r.code.constants[name]
		if value != "" && len(value) <= maxLiteral && len(known) < maxValues && !slices.Contains(known, value) {
			r.code.constants[name] = append(known, value)
		}
	}
}

// words returns the expression at a token; of a call, such as getattr(settings,
// "SALT", "x"), each literal in it.
func (r *reader) words(from int) []word {
	w, end := r.expression(from)
	if len(w.terms) == 0 {
		return nil
	}
	if len(w.terms) > 1 || !w.terms[0].constant || end >= len(r.tokens) || !r.tokens[end].is("(") {
		return []word{w}
	}
	var out []word
	for _, argument := range r.arguments(end) {
		if argument.value.terms != nil && !argument.value.terms[0].constant {
			out = append(out, argument.value)
		}
	}
	return out
}

// argument is one argument of a call, as far as it is an expression.
type argument struct {
	name  string
	value word
}

// arguments reads those of the call whose bracket is at a token.
func (r *reader) arguments(open int) []argument {
	var out []argument
	depth := 0
	for i := open; i < len(r.tokens) && len(out) < maxArguments; i++ {
		switch t := r.tokens[i]; {
		case t.is("(") || t.is("[") || t.is("{"):
			depth++
		case t.is(")") || t.is("]") || t.is("}"):
			depth--
		case !t.is(","):
			continue
		}
		if depth == 0 {
			return out
		}
		if depth > 1 || r.tokens[i].is(")") || r.tokens[i].is("]") || r.tokens[i].is("}") {
			continue
		}
		a, from := argument{}, i+1
		if from+1 < len(r.tokens) && r.tokens[from].kind == name && r.tokens[from+1].is("=") {
			a.name, from = r.tokens[from].text, from+2
		}
		a.value, _ = r.expression(from)
		out = append(out, a)
	}
	return out
}

// saltCalls are the calls whose arguments may hold a salt by position.
var saltCalls = map[string]bool{
	"dumps": true, "loads": true, "salted_hmac": true, "get_cookie_signer": true,
	"URLSafeSerializer": true, "URLSafeTimedSerializer": true, "TimedSerializer": true, "Serializer": true,
}

// cookieCalls are the calls whose first argument is a cookie's name.
var cookieCalls = map[string]bool{"set_signed_cookie": true, "get_signed_cookie": true}

// call takes in the arguments of a call that may sign. Those that are called
// salt are taken in as what they are assigned to.
func (r *reader) call(function string) {
	switch {
	case cookieCalls[function]:
		r.signedCookie(r.arguments(r.at + 1))
	case saltCalls[function] || strings.HasSuffix(function, "Signer"):
		for i, a := range r.arguments(r.at + 1) {
			data := i == 0 && (function == "dumps" || function == "loads")
			if a.name == "" && len(a.value.terms) > 0 && !data {
				r.code.salts = append(r.code.salts, a.value)
			}
		}
	}
}

// signedCookie takes in the arguments of set_signed_cookie and
// get_signed_cookie.
func (r *reader) signedCookie(arguments []argument) {
	var p pair
	for i, a := range arguments {
		switch {
		case a.name == "key" || a.name == "" && i == 0:
			p.cookie = a.value
		case a.name == "salt":
			p.salt = a.value
		}
	}
	if len(p.cookie.terms) > 0 {
		r.code.cookies = append(r.code.cookies, p.cookie)
		r.code.pairs = append(r.code.pairs, p)
	}
}

// class takes in the signers and the session stores that the site derives: the
// name of the class is in their salt.
func (r *reader) class() {
	class := r.peek(1).text
	if !r.peek(2).is("(") {
		return
	}
	for i := r.at + 3; i < len(r.tokens) && !r.tokens[i].is(")"); i++ {
		base := r.tokens[i]
		if base.kind != name {
			continue
		}
		if strings.HasSuffix(base.text, "Signer") {
			r.code.salts = append(r.code.salts, word{[]term{{"__name__", true}, {"." + class, false}}, r.module})
		}
		if last := lastPart(base.text); strings.HasPrefix(last, "Session") || strings.HasSuffix(last, "Store") {
			r.code.classes = append(r.code.classes, class)
		}
	}
}

// expression reads literals and names that are added up, and where they end.
func (r *reader) expression(from int) (w word, end int) {
	w.module = r.module
	if from+1 < len(r.tokens) && r.tokens[from].is("(") && r.tokens[from+1].kind == literal {
		from++ // SALT = ("one" "two")
	}
	for end = from; end < len(r.tokens); end++ {
		switch t := r.tokens[end]; t.kind {
		case literal:
			w.terms = append(w.terms, interpolated(t)...)
		case name:
			if t.text != "None" {
				w.terms = append(w.terms, term{constantName(t.text), true})
			}
		default:
			return w, end
		}
		if end+1 >= len(r.tokens) || !r.tokens[end+1].is("+") {
			return w, end + 1
		}
		end++
	}
	return w, end
}

func constantName(dotted string) string { return lastPart(dotted) }

// interpolated returns the terms of a literal: an f-string has names in it.
func interpolated(t token) []term {
	if !t.format {
		return []term{{t.text, false}}
	}
	var out []term
	for rest := t.text; rest != ""; {
		before, after, ok := strings.Cut(rest, "{")
		if before != "" {
			out = append(out, term{before, false})
		}
		if !ok {
			break
		}
		inner, behind, closed := strings.Cut(after, "}")
		if !closed {
			break
		}
		out = append(out, term{constantName(inner), true})
		rest = behind
	}
	return out
}
