package forms

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// lookup says how an expression reads the environment: what SECRET_KEY_FALLBACKS
// must not do carelessly (python_fallbacks.go).
type lookup struct {
	get      bool // it reads a variable
	none     bool // and is None without it
	empty    bool // and is '' without it
	split    bool // the text is split
	listed   bool // it is an element of a list
	answered bool // … or 'something'
	from, to int  // of the call, or of the empty default
}

// argument is one argument of a call.
type argument struct {
	keyword string
	value   result
}

const maxArguments = 64

// arguments reads (…) after a callee.
func (p *python) arguments() (list []argument, to int) {
	if p.depth >= maxNesting {
		p.skip()
		return nil, p.tok.from
	}
	p.advance()
	for p.tok.kind != tokenEnd && !p.closing() {
		if p.at(",") {
			p.advance()
			continue
		}
		before := p.pos
		a := argument{keyword: p.skipKeyword()}
		a.value = p.expression()
		if p.at("for") {
			a.value = p.comprehension(a.value)
			a.value.computed, a.value.constant = true, false
		}
		if len(list) < maxArguments {
			list = append(list, a)
		}
		p.step(before)
	}
	to = p.tok.to
	p.advance()
	return list, to
}

// call evaluates f(…).
func (p *python) call(f result) result {
	args, to := p.arguments()
	if f.function {
		f.function, f.to = false, to
		return f
	}
	out := result{computed: true, origin: origin{kind: fromCall}, from: f.from, to: to}
	switch last := f.origin.last(); {
	case isWrapper(last, f.origin.isPlain()):
		return wrapped(last, args, out)
	case last == "b64decode", last == "urlsafe_b64decode":
		return decoded(args, out, base64.StdEncoding.DecodeString)
	case last == "fromhex", last == "unhexlify", last == "a2b_hex":
		return decoded(args, out, hex.DecodeString)
	case last == "filter":
		out.filtered = true
		return out
	case last == "list", last == "tuple", last == "set", last == "map":
		if len(args) > 0 {
			v := args[len(args)-1].value
			v.from, v.to = f.from, to
			return v
		}
		return out
	}
	out.literals, out.lookup = p.defaultsOf(f.origin, args)
	if out.lookup.get && out.lookup.to == 0 {
		out.lookup.from, out.lookup.to = f.from, to
	}
	return out
}

// decoded is what base64.b64decode or bytes.fromhex gives for a constant.
func decoded(args []argument, out result, decode func(string) ([]byte, error)) result {
	if len(args) == 0 || !args[0].value.constant || len(args[0].value.literals) != 1 {
		return out
	}
	l := args[0].value.literals[0]
	if raw, err := decode(l.text); err == nil {
		l.text = string(raw)
		out.literals, out.constant, out.computed, out.origin = []literal{l}, true, false, origin{}
	}
	return out
}

// isWrapper recognises callables that give back what they are given, in another
// type. plain says that the name has no object before it: env.str is a getter.
func isWrapper(name string, plain bool) bool {
	switch name {
	case "str", "bytes", "bytearray", "unicode", "cast", "quote", "unquote":
		return plain
	case "text_type", "SecretStr", "SecretBytes", "Secret", "force_str", "force_bytes", "force_text", "smart_str", "smart_bytes", "smart_text",
		"mark_safe", "Field", "Value", "SecretValue", "deepcopy", "to_bytes", "native_str":
		return true
	}
	return false
}

// wrapped is the first argument of a wrapper, or its default.
func wrapped(name string, args []argument, out result) result {
	for i, a := range args {
		if a.keyword == "" && (i == 0 || name == "cast") || defaults.Has(a.keyword) {
			v := a.value
			if len(v.literals) == 0 && v.origin.known() {
				continue
			}
			if defaults.Has(a.keyword) || name == "Value" {
				mark(v.literals, scanner.Fallback)
			}
			v.from, v.to, v.origin = out.from, out.to, origin{}
			return v
		}
	}
	return out
}

// defaultsOf gives the literals that a call of an unknown function can return: the
// default of a getter, which is its second argument or is called so.
func (p *python) defaultsOf(f origin, args []argument) (list []literal, a lookup) {
	last := f.last()
	if len(args) == 0 || strings.HasSuffix(last, "Field") || messages.Has(last) || args[0].isForeignName() {
		return nil, a
	}
	c := call{getter: isGetter(f.path, last), name: p.nameArgument(last), first: args[0].value}
	for _, arg := range args {
		v := p.constantOf(&c, &arg)
		switch c.roleOf(&arg, v) {
		case roleDefault:
			mark(v.literals, scanner.Fallback)
			list = join(list, v.literals)
			a.answer(v, isNone(p, v))
		case roleName:
			list = join(list, misplaced(v.literals))
		case roleUnknown:
			list = join(list, onlyShaped(v.literals))
		}
	}
	if c.getter {
		a.get = true
		a.none = a.none || c.position == 1 && !a.answered && givesNone(f.path, last)
		a.answered = a.answered && !a.empty
	}
	return list, a
}

// nameArgument is which argument of a getter is the name, from 1.
func (p *python) nameArgument(getter string) int {
	if getter == "getattr" || getter == "get" && p.doc.fact("configparser", readsINI) {
		return 2
	}
	return 1
}

// readsINI reports whether the get of a text is that of a ConfigParser, which
// takes a section and a name.
func readsINI(doc *document) bool {
	return bytes.Contains(doc.text, []byte("ConfigParser")) && !bytes.Contains(doc.text, []byte("environ.get"))
}

// answer notes the default that a getter has.
func (a *lookup) answer(v result, none bool) {
	a.answered = true
	if v.constant && v.literals[0].text == "" {
		a.empty, a.from, a.to = true, v.from, v.to
	}
	if none {
		a.none, a.answered = true, false
	}
}

// call is how far the arguments of a call have been read.
type call struct {
	getter   bool
	position int // of the argument read last, from 1; keywords do not count
	name     int // position of the setting's name
	first    result
}

// role is what an argument is for.
type role uint8

const (
	roleNone    role = iota
	roleDefault      // what the function returns without a variable
	roleName         // of the variable
	roleUnknown
)

// roleOf says what the next argument is for.
func (c *call) roleOf(arg *argument, v result) role {
	if arg.keyword != "" {
		if defaults.Has(arg.keyword) {
			return roleDefault
		}
		return roleNone
	}
	c.position++
	if c.position == 2 && namesKey(v, c.first) {
		c.name = 2 // config.get(section, name, default)
	}
	switch {
	case c.position == c.name+1 && (c.getter || isKeyName(c.first)):
		return roleDefault
	case c.position == 1 && c.getter:
		return roleName
	}
	return roleUnknown
}

// constantOf is the value of an argument: what the text binds a name to, if the
// argument is a default.
func (p *python) constantOf(c *call, arg *argument) result {
	v := arg.value
	if !v.origin.known() || len(v.literals) > 0 {
		return v
	}
	if defaults.Has(arg.keyword) || arg.keyword == "" && c.position == 1 && c.getter {
		if bound, ok := p.resolve(v.origin); ok {
			return bound
		}
	}
	return v
}

// isForeignName reports whether an argument is the name of another product's
// key.
func (a *argument) isForeignName() bool {
	return a.keyword == "" && a.value.constant && value.IsForeignName(a.value.literals[0].text)
}

// isKeyName reports whether a value is the name of a key.
func isKeyName(r result) bool {
	return len(r.literals) == 1 && value.JudgeName(r.literals[0].text) != value.NameNone
}

// namesKey reports whether the second argument is a name and the first one is
// not: config.get("django", "secret_key"), getattr(settings, "SECRET_KEY").
func namesKey(second, first result) bool {
	return isKeyName(second) && !isKeyName(first) && value.IsPlainName(second.literals[0].text)
}

// isNone reports whether an argument is written None.
func isNone(p *python, r result) bool {
	return r.to-r.from == 4 && string(p.text[r.from:r.to]) == "None"
}

// givesNone recognises the getters that return None for a variable that is not set;
// the others raise.
func givesNone(path, last string) bool {
	return last == "getenv" || last == "get" && strings.Contains(path, "environ")
}

// onlyShaped keeps what Django's generator made: the argument of a function
// that is not recognised is not a key otherwise.
func onlyShaped(list []literal) []literal {
	var kept []literal
	for _, l := range list {
		if _, ok := value.DjangoShape(l.text); ok {
			kept = append(kept, l)
		}
	}
	return kept
}

// isGetter recognises functions that read a setting and take a default.
func isGetter(path, last string) bool {
	if getters.Has(last) {
		return true
	}
	low := strings.ToLower(path)
	return strings.HasPrefix(low, "env.") || strings.Contains(low, "environ") || strings.Contains(low, "getenv") ||
		strings.Contains(low, "get_env") || strings.Contains(low, "get_secret")
}

// method evaluates x.name(…) on a known text, a list, or what a getter gives.
func (p *python) method(r result, name string) result {
	args, to := p.arguments()
	r.to = to
	switch name {
	case "strip", "rstrip", "lstrip":
		if len(args) == 0 {
			for i := range r.literals {
				r.literals[i].text = trim(r.literals[i].text, name)
			}
		}
		return r
	case "encode", "decode", "lower", "upper", "copy", "get_secret_value", "expandtabs", "getvalue", "title", "casefold":
		change := strings.ToLower
		switch name {
		case "upper":
			change = strings.ToUpper
		case "lower", "casefold":
		default:
			return r
		}
		for i := range r.literals {
			r.literals[i].text = change(r.literals[i].text)
		}
		return r
	case "split", "splitlines", "rsplit":
		r.lookup.split = r.lookup.get
		r.display, r.constant = true, false
		r.literals = splitAll(r.literals, args)
		return r
	case "format", "join", "replace":
		if out, ok := folded(r, name, args); ok {
			return out
		}
		r.literals = longParts(r.literals)
		r.constant, r.computed = false, true
		for _, a := range args {
			r.literals = join(r.literals, longParts(onlyShaped(a.value.literals)))
		}
		return r
	}
	if r.display {
		return r
	}
	return result{computed: true, origin: origin{kind: fromCall}, from: r.from, to: to}
}

func trim(s, name string) string {
	const blank = " \t\r\n\f\v"
	switch name {
	case "lstrip":
		return strings.TrimLeft(s, blank)
	case "rstrip":
		return strings.TrimRight(s, blank)
	}
	return strings.Trim(s, blank)
}

// splitAll is the elements of texts that are split at a separator.
func splitAll(list []literal, args []argument) []literal {
	sep := ""
	if len(args) > 0 && args[0].value.constant {
		sep = args[0].value.literals[0].text
	}
	var out []literal
	for _, l := range list {
		pieces := strings.Fields(l.text)
		if sep != "" {
			pieces = strings.Split(l.text, sep)
		}
		for _, piece := range pieces {
			if len(out) < maxLiterals {
				l.text, l.element = piece, true
				out = append(out, l)
			}
		}
	}
	return out
}

// folded is text.format(…), text.join([…]) or text.replace(a, b) of constants.
func folded(r result, name string, args []argument) (out result, ok bool) {
	if !r.constant || len(r.literals) != 1 {
		return r, false
	}
	l := r.literals[0]
	switch name {
	case "join":
		ok = l.join(args)
	case "replace":
		ok = l.replace(args)
	case "format":
		ok = l.format(args)
	}
	if !ok || len(l.text) > maxLiteral {
		return r, false
	}
	l.other = ""
	r.literals = []literal{l}
	return r, true
}

// join puts the text between the elements of a list.
func (l *literal) join(args []argument) bool {
	if len(args) != 1 || args[0].value.computed || len(args[0].value.literals) == 0 {
		return false
	}
	list := args[0].value.literals
	pieces := make([]string, len(list))
	for i := range list {
		pieces[i] = list[i].text
	}
	l.text, l.from, l.to = strings.Join(pieces, l.text), list[0].from, list[len(list)-1].to
	return true
}

// replace replaces one constant by another.
func (l *literal) replace(args []argument) bool {
	if len(args) != 2 || !args[0].value.constant || !args[1].value.constant {
		return false
	}
	from, to := args[0].value.literals[0].text, args[1].value.literals[0].text
	if from == "" || strings.Count(l.text, from)*len(to) > maxLiteral {
		return false
	}
	l.text = strings.ReplaceAll(l.text, from, to)
	return true
}

// filled fills the fields {}, {0} and {name}.
func (l *literal) format(args []argument) bool {
	for i, a := range args {
		if !a.value.constant || len(a.value.literals) != 1 {
			return false
		}
		v := a.value.literals[0]
		if len(l.text)*len(v.text) > 64*maxLiteral {
			return false
		}
		switch {
		case a.keyword != "":
			l.text = strings.ReplaceAll(l.text, "{"+a.keyword+"}", v.text)
		case strings.Contains(l.text, "{}"):
			l.text = strings.Replace(l.text, "{}", v.text, 1)
		default:
			l.text = strings.ReplaceAll(l.text, "{"+string(rune('0'+i%10))+"}", v.text)
		}
		l.to = max(l.to, v.to)
	}
	return len(args) > 0
}
