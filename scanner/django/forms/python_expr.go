package forms

import (
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// Bounds of the evaluator. It is a descent parser, but deeper brackets than
// maxNesting are skipped without descending.
const (
	maxNesting  = 24
	maxLiterals = 32 // of one expression
)

// literal is one constant string that an expression can have as its value.
type literal struct {
	text     string
	from, to int // where it is written
	traits   scanner.Trait
	other    string // a second reading, if not empty
	element  bool   // an element of a list, a set or a tuple
	argument bool   // given to a function whose meaning is not known
}

// result is the value of an expression as far as it can be told without running
// it.
type result struct {
	literals []literal // the values that it can have
	constant bool      // it is exactly literals[0]
	computed bool      // or something that is not known
	boolean  bool      // a comparison: no value
	display  bool      // a list, a tuple, a set or a dictionary
	function bool      // a lambda: what a call of it gives
	filtered bool      // a comprehension with a condition

	entries []entry // the constants of a dictionary

	origin   origin
	from, to int // all of it

	// How the environment is asked: see python_fallbacks.go.
	lookup lookup
}

// entry is a constant in a dictionary and its key.
type entry struct {
	key string // empty if it is not a constant
	literal
}

// isLookedUp reports whether the value is one that a running program has to find
// elsewhere: in a module, a dictionary, the environment.
func (r *result) isLookedUp() bool { return r.computed && r.origin.known() && !r.origin.isPlain() }

// python evaluates the expressions of one statement.
type python struct {
	lexer
	doc           *document
	tok           token // the current one
	depth         int
	substitutions int    // names that were replaced by their values on the way here
	target        string // the name that the value is for; empty inside of what a name was replaced by

	answer answer // about the name that the evaluator began at
}

// newPython starts an evaluator at an offset; it may look as far as ahead says.
func newPython(doc *document, at int) *python {
	p := &python{doc: doc}
	p.text, p.pos, p.end = doc.text, at, doc.ahead(at)
	return p
}

func (p *python) advance() { p.tok = p.next() }

// at reports whether the current token is one of these operators or keywords.
func (p *python) at(list ...string) bool {
	if p.tok.kind != tokenOp && p.tok.kind != tokenName {
		return false
	}
	for _, s := range list {
		if string(p.text[p.tok.from:p.tok.to]) == s {
			return true
		}
	}
	return false
}

// point is a place in the code that the evaluator can return to.
type point struct {
	lexer lexer
	tok   token
}

func (p *python) here() point     { return point{p.lexer, p.tok} }
func (p *python) goBack(to point) { p.lexer, p.tok = to.lexer, to.tok }

// skipKeyword skips "name =" before an argument, and returns the name; it is
// empty if there is none.
func (p *python) skipKeyword() string {
	if p.tok.kind != tokenName {
		return ""
	}
	start, name := p.here(), p.word(p.tok)
	if p.advance(); p.at("=") {
		p.advance()
		return name
	}
	p.goBack(start)
	return ""
}

// step goes on after an expression that began at a position, so that the next
// one is another: it skips what belongs to neither.
func (p *python) step(before int) {
	if p.pos == before && !p.at(",") && !p.closing() {
		p.advance()
	}
}

// expression reads one expression up to a comma, a closing bracket, a colon or
// the end of the line.
func (p *python) expression() result {
	if p.depth++; p.depth > maxNesting {
		p.skip()
		p.depth--
		return result{computed: true}
	}
	defer func() { p.depth-- }()
	if p.at("lambda") {
		return p.lambda()
	}
	r := p.boolean()
	if p.at(":=") {
		p.advance()
		return p.expression()
	}
	if !p.at("if") {
		return r
	}
	p.advance()
	from := p.tok.from
	p.boolean()
	condition := p.text[from:min(p.tok.from, len(p.text))]
	if !p.at("else") {
		r.filtered = true
		return r
	}
	p.advance()
	return branch(p.named(r), p.named(p.expression()), developmentSide(condition))
}

// lambda reads a function without a name: its value is what it returns.
func (p *python) lambda() result {
	for p.tok.kind != tokenEnd && p.tok.kind != tokenNewline && !p.at(":") && !p.at(")") {
		p.advance()
	}
	if p.at(":") {
		p.advance()
	}
	r := p.expression()
	r.function = true
	return r
}

// boolean reads operands with or, and, comparisons and not between them.
func (p *python) boolean() result {
	r := p.additive()
	for {
		switch {
		case p.at("or"):
			p.advance()
			r = alternative(r, p.named(p.additive()))
		case p.at("and"):
			p.advance()
			right := p.additive()
			r = result{literals: right.literals, computed: true, boolean: right.boolean, from: r.from, to: right.to}
		case p.at("==", "!=", "in", "is", "<", ">", "<=", ">="):
			p.advance()
			if p.at("not") {
				p.advance()
			}
			right := p.additive()
			r = result{computed: true, boolean: true, from: r.from, to: right.to}
		case p.at("not"): // not in
			p.advance()
			if !p.at("in") {
				return r
			}
		default:
			return r
		}
	}
}

// named gives the value of a plain name that the text binds: os.environ.get(…) or
// DEFAULT.
func (p *python) named(r result) result {
	if len(r.literals) > 0 || !r.origin.isPlain() {
		return r
	}
	if v, ok := p.resolve(r.origin); ok {
		v.from, v.to = r.from, r.to
		return v
	}
	return r
}

// alternative is a or b.
func alternative(a, b result) result {
	if a.computed || a.origin.known() {
		mark(b.literals, scanner.Fallback)
	}
	r := choice(a, b)
	r.boolean, r.lookup = a.boolean && b.boolean, a.lookup
	r.lookup.answered = r.lookup.answered || len(b.literals) > 0 && b.literals[0].text != ""
	return r
}

// additive reads operands with +, % and * between them and folds constants.
func (p *python) additive() result {
	negated := false
	for p.at("not") {
		negated = true
		p.advance()
	}
	r := p.operand()
	if negated {
		return result{computed: true, boolean: true, from: r.from, to: r.to}
	}
	for p.tok.kind == tokenOp {
		switch op := p.word(p.tok); op {
		case "+":
			p.advance()
			r = concat(p.named(r), p.named(p.operand()))
		case "%":
			p.advance()
			r = interpolate(r, p.operand())
		case "*", "-", "/", "|", "&", "^", "**", "//", "<<", ">>":
			p.advance()
			right := p.operand()
			r = result{computed: true, display: r.display, literals: elements(r), from: r.from, to: right.to}
		default:
			return r
		}
	}
	return r
}

// operand reads an atom and what is applied to it: attributes, calls,
// subscripts.
func (p *python) operand() result {
	for p.at("await", "-", "+", "~", "*", "**") {
		p.advance()
	}
	r := p.atom()
	for {
		switch {
		case p.at("."):
			if p.advance(); p.tok.kind != tokenName {
				return r
			}
			r = p.member(r)
		case p.at("("):
			r = p.call(r)
		case p.at("["):
			r = p.subscript(r)
		default:
			return r
		}
	}
}

// member reads an attribute of a value, or the call of its method if something
// is known about the value.
func (p *python) member(r result) result {
	name, to := p.word(p.tok), p.tok.to
	p.advance()
	switch {
	case p.at("(") && (len(r.literals) > 0 || r.lookup.get || r.display):
		return p.method(r, name)
	case r.origin.known():
		r.origin, r.to = r.origin.attribute(name), to
		return r
	}
	return result{computed: true, origin: r.origin.attribute(name), from: r.from, to: to}
}

// atom reads a literal, a name, or something in brackets.
func (p *python) atom() result {
	t := p.tok
	switch {
	case t.kind == tokenString:
		return p.strings()
	case t.kind == tokenName:
		p.advance()
		r := result{computed: true, origin: origin{fromName, p.word(t)}, from: t.from, to: t.to}
		switch r.origin.path {
		case "None", "True", "False":
			return result{from: t.from, to: t.to}
		}
		return r
	case t.kind == tokenNumber:
		p.advance()
		return result{from: t.from, to: t.to}
	case p.at("(", "[", "{"):
		return p.bracket()
	}
	return result{computed: true, from: t.from, to: t.from}
}

// strings reads adjacent string literals, which are one.
func (p *python) strings() result {
	r := result{constant: true, from: p.tok.from}
	var all literal
	var parts []literal
	count := 0
	for p.tok.kind == tokenString {
		t := p.tok
		text, pieces, constant := p.value(t)
		if count == 0 {
			all.from, all.to = t.body, t.bodyEnd
			if t.triple {
				all.other = strings.TrimSpace(text)
			}
		} else {
			all.to, all.other = t.bodyEnd, ""
		}
		all.text += text
		if !constant {
			r.constant = false
			for _, piece := range pieces {
				if len(piece) >= minPart {
					parts = append(parts, literal{text: piece, from: t.body, to: t.bodyEnd, argument: true})
				}
			}
		}
		r.to = t.to
		count++
		p.advance()
		if p.tok.kind == tokenNewline && !p.continues() {
			break
		}
	}
	if all.other == all.text {
		all.other = ""
	}
	if p.tok.kind == tokenName && p.tok.from == r.to { // 'config('SECRET_KEY')': quotes within quotes
		r.constant = false
	}
	if !r.constant {
		r.literals, r.computed = parts, true
		return r
	}
	r.literals = []literal{all}
	return r
}

// continues looks after a line break for another string of the same value: in
// brackets that were opened before the evaluator began. It reads on if there is
// one.
func (p *python) continues() bool {
	start := p.here()
	for p.tok.kind == tokenNewline {
		p.advance()
	}
	if p.tok.kind == tokenString && p.doc.inBrackets(start.tok.from) {
		next := p.lexer
		after := p.next()
		p.lexer = next
		// {'SECRET_KEY': 'x' <newline> 'OTHER': …} lacks a comma.
		return !p.is(after, ":")
	}
	p.goBack(start)
	return false
}

// bracket reads (…), […] or {…}. One element in round brackets is that
// element; several are a tuple.
func (p *python) bracket() result {
	open := p.word(p.tok)
	r := result{from: p.tok.from, display: open != "("}
	if p.depth >= maxNesting {
		p.skip()
		return result{computed: true, from: r.from, to: p.tok.from}
	}
	p.advance()
	commas, elements := 0, 0
	var first result
	for p.tok.kind != tokenEnd && !p.closing() {
		if p.at(",") || p.tok.kind == tokenNewline {
			if p.at(",") {
				commas++
			}
			p.advance()
			continue
		}
		before := p.pos
		elements++
		e := p.element(&r, open == "{", elements == 1)
		if elements == 1 {
			first = e
		}
		r.literals = join(r.literals, e.literals)
		p.step(before)
	}
	r.to = p.tok.to
	p.advance()
	if open == "(" && commas == 0 && elements == 1 && !r.filtered {
		first.from, first.to = r.from, r.to
		return first
	}
	r.display = true
	for i := range r.literals {
		r.literals[i].element = true
	}
	if r.lookup.get {
		r.lookup.listed = true
	}
	return r
}

// element reads an element of a display and notes in r what it does to the
// whole. curly says that it can be a key of a dictionary, first that nothing is
// before it: after another element a comprehension is the next line of code in
// which a bracket is missing.
func (p *python) element(r *result, curly, first bool) result {
	e := p.expression()
	if p.at("for", "async") {
		if !first {
			e = result{}
		}
		e = p.comprehension(e)
		r.filtered, r.computed = e.filtered, true
		for i := range e.literals {
			e.literals[i].argument = true
		}
	}
	if curly && p.at(":") { // a dictionary: its values are not values of this name
		p.advance()
		r.addEntry(e, p.expression())
		r.computed = true
		return result{}
	}
	switch {
	case e.lookup.get:
		r.lookup = e.lookup
		r.computed = r.computed || e.computed && !e.origin.known()
	case e.origin.known():
		p.bound(r, e.origin)
	default:
		r.computed = r.computed || e.computed
	}
	return e
}

// addEntry notes the constant that a dictionary has for a key.
func (r *result) addEntry(key, v result) {
	if !v.constant || len(v.literals) != 1 || len(r.entries) >= maxLiterals {
		return
	}
	e := entry{literal: v.literals[0]}
	if key.constant {
		e.key = key.literals[0].text
	}
	r.entries = append(r.entries, e)
}

// bound adds the value of a name in a list: what this text binds it to, if it
// does.
func (p *python) bound(r *result, name origin) {
	if v, ok := p.resolve(name); ok {
		r.literals = join(r.literals, v.literals)
		return
	}
	r.computed = true
}

// comprehension reads on to the end of … for x in y if z, with the sources as
// its literals.
func (p *python) comprehension(r result) result {
	for p.tok.kind != tokenEnd && !p.closing() && !p.at(",") {
		switch {
		case p.at("if"):
			r.filtered = true
			p.advance()
		case p.at("in"):
			p.advance()
			source := p.boolean()
			r.literals = join(r.literals, source.literals)
			if source.lookup.get {
				r.lookup = source.lookup
			}
		case p.at("(", "[", "{"):
			p.bracket()
		default:
			p.advance()
		}
	}
	return r
}

func (p *python) closing() bool { return p.at(")", "]", "}") }

// skip passes over the current token, with all of it if it is a bracket.
func (p *python) skip() {
	depth := 0
	for p.tok.kind != tokenEnd {
		switch {
		case p.at("(", "[", "{"):
			depth++
		case p.closing():
			if depth--; depth < 0 {
				return
			}
		}
		p.advance()
		if depth == 0 {
			return
		}
	}
}

// subscript reads x[…]. The name in os.environ[…] can be the key itself, put
// there by mistake.
func (p *python) subscript(r result) result {
	inner := p.bracket()
	if r.constant && !r.display {
		return sliced(r, string(p.text[inner.from:min(inner.to, len(p.text))]))
	}
	out := result{computed: true, origin: origin{kind: fromItem}, from: r.from, to: inner.to}
	if r.origin.known() {
		out.literals = misplaced(inner.literals)
	}
	for _, e := range r.entries {
		if len(inner.literals) != 1 || inner.computed || inner.literals[0].text == e.key {
			out.literals = append(out.literals, e.literal)
		}
	}
	return out
}
