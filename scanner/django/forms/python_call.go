package forms

import (
	"encoding/base64"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// asked says how an expression reads the environment: what SECRET_KEY_FALLBACKS
// must not do carelessly (traps.go).
type asked struct {
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

// arguments reads (…) behind a callee.
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
		a := argument{}
		if p.tok.kind == tokenName {
			save, tok := p.lexer, p.tok
			name := p.word(p.tok)
			if p.advance(); p.at("=") {
				p.advance()
				a.keyword = name
			} else {
				p.lexer, p.tok = save, tok
			}
		}
		a.value = p.expression()
		if p.at("for") {
			a.value = p.comprehension(a.value)
			a.value.computed, a.value.constant = true, false
		}
		if len(list) < maxArguments {
			list = append(list, a)
		}
		if p.pos == before && !p.at(",") && !p.closing() {
			p.advance()
		}
	}
	to = p.tok.to
	p.advance()
	return list, to
}

// call evaluates f(…).
func (p *python) call(f result) result {
	args, to := p.arguments()
	out := result{computed: true, path: "()", from: f.from, to: to}
	last := f.path[strings.LastIndexByte(f.path, '.')+1:]
	switch {
	case isWrapper(last, last == f.path):
		return wrapped(last, args, out)
	case last == "b64decode" || last == "urlsafe_b64decode":
		if len(args) > 0 && args[0].value.constant && len(args[0].value.literals) == 1 {
			l := args[0].value.literals[0]
			if raw, err := base64.StdEncoding.DecodeString(l.text); err == nil {
				l.text = string(raw)
				out.literals, out.constant, out.computed = []literal{l}, true, false
			}
		}
		return out
	case last == "filter":
		out.filtered = true
		return out
	case last == "list" || last == "tuple" || last == "set" || last == "map":
		if len(args) > 0 {
			v := args[len(args)-1].value
			v.from, v.to = f.from, to
			return v
		}
		return out
	}
	out.literals, out.asked = p.answers(f.path, last, args)
	if out.asked.get && out.asked.to == 0 {
		out.asked.from, out.asked.to = f.from, to
	}
	return out
}

// isWrapper knows callables that give back what they are given, in another
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
			if len(v.literals) == 0 && v.path != "" {
				continue
			}
			if defaults.Has(a.keyword) || name == "Value" {
				mark(v.literals, scanner.Fallback)
			}
			v.from, v.to, v.path = out.from, out.to, ""
			return v
		}
	}
	return out
}

// answers gives the literals that a call of an unknown function can return: the
// default of a getter, which is its second argument or is called so.
func (p *python) answers(path, last string, args []argument) (list []literal, a asked) {
	if strings.HasSuffix(last, "Field") || len(args) == 0 || messages.Has(last) {
		return nil, a
	}
	getter := isGetter(path, last)
	if first := args[0].value; first.constant && args[0].keyword == "" && value.IsForeignName(first.literals[0].text) {
		return nil, a
	}
	position, name := 0, 1 // of the argument read last, of the name
	if last == "getattr" {
		name = 2
	}
	for _, arg := range args {
		v := arg.value
		if v.path != "" && len(v.literals) == 0 && (defaults.Has(arg.keyword) || arg.keyword == "" && position == 1 && getter) {
			if known, ok := p.resolve(v.path); ok {
				v = known
			}
		}
		isAnswer := defaults.Has(arg.keyword)
		if arg.keyword == "" {
			position++
			if position == 2 && namesKey(v, args[0].value) {
				name = 2 // config.get(section, name, default)
			}
			isAnswer = position == name+1 && (getter || len(args[0].value.literals) == 1 && value.JudgeName(args[0].value.literals[0].text) != value.NameNone)
		}
		switch {
		case isAnswer:
			mark(v.literals, scanner.Fallback)
			list = join(list, v.literals)
			a.answered = true
			if v.constant && v.literals[0].text == "" {
				a.empty, a.from, a.to = true, v.from, v.to
			}
			if isNone(p, v) {
				a.none, a.answered = true, false
			}
		case arg.keyword == "" && position == 1 && getter:
			list = join(list, misplaced(v.literals))
		case arg.keyword == "":
			list = join(list, onlyShaped(v.literals))
		}
	}
	if getter {
		a.get = true
		if position == 1 && !a.answered && !a.none && givesNone(path, last) {
			a.none = true
		}
		a.answered = a.answered && !a.empty
	}
	return list, a
}

// namesKey reports whether the second argument is a name and the first one is
// not: config.get("django", "secret_key"), getattr(settings, "SECRET_KEY").
func namesKey(second, first result) bool {
	if len(second.literals) != 1 || len(first.literals) == 1 && value.JudgeName(first.literals[0].text) != value.NameNone {
		return false
	}
	name := second.literals[0].text
	return value.IsPlainName(name) && value.JudgeName(name) != value.NameNone
}

// isNone reports whether an argument is written None.
func isNone(p *python, r result) bool {
	return r.to-r.from == 4 && string(p.text[r.from:r.to]) == "None"
}

// givesNone knows the getters that return None for a variable that is not set;
// the others raise.
func givesNone(path, last string) bool {
	return last == "getenv" || last == "get" && strings.Contains(path, "environ")
}

// onlyShaped keeps what Django's generator made: the argument of a function
// that we do not know is no key otherwise.
func onlyShaped(list []literal) []literal {
	var kept []literal
	for _, l := range list {
		if _, ok := value.DjangoShape(l.text); ok {
			kept = append(kept, l)
		}
	}
	return kept
}

// isGetter knows functions that read a setting and take a default.
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
		r.asked.split = r.asked.get
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
	return result{computed: true, path: "()", from: r.from, to: to}
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
	text := r.literals[0].text
	l := r.literals[0]
	switch {
	case name == "join" && len(args) == 1 && !args[0].value.computed && len(args[0].value.literals) > 0:
		list := args[0].value.literals
		pieces := make([]string, len(list))
		for i := range list {
			pieces[i] = list[i].text
		}
		l.text, l.from, l.to = strings.Join(pieces, text), list[0].from, list[len(list)-1].to
	case name == "replace" && len(args) == 2 && args[0].value.constant && args[1].value.constant:
		from := args[0].value.literals[0].text
		if from == "" {
			return r, false
		}
		to := args[1].value.literals[0].text
		if strings.Count(text, from)*len(to) > maxLiteral {
			return r, false
		}
		l.text = strings.ReplaceAll(text, from, to)
	case name == "format" && len(args) > 0:
		for i, a := range args {
			if !a.value.constant || len(a.value.literals) != 1 {
				return r, false
			}
			value := a.value.literals[0].text
			if len(l.text)*len(value) > 64*maxLiteral {
				return r, false
			}
			switch {
			case a.keyword != "":
				l.text = strings.ReplaceAll(l.text, "{"+a.keyword+"}", value)
			case strings.Contains(l.text, "{}"):
				l.text = strings.Replace(l.text, "{}", value, 1)
			default:
				l.text = strings.ReplaceAll(l.text, "{"+string(rune('0'+i%10))+"}", value)
			}
			l.to = max(l.to, a.value.literals[0].to)
		}
	default:
		return r, false
	}
	if len(l.text) > maxLiteral {
		return r, false
	}
	l.other = ""
	r.literals = []literal{l}
	return r, true
}
