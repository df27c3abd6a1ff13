package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// pythonForm reads the Python around a name. It starts at the name and looks at
// what is beside it, instead of reading the file from its start: settings
// are often templates, broken or quoted in something else, and then no reader
// of whole files survives.
func pythonForm(doc *document, anchor int) answer {
	from, to := doc.word(anchor, true)
	from, to = trimDashes(doc.text, from, to)
	if from > anchor || to <= anchor {
		return pass
	}
	if q := quoteBefore(doc.text, from); q != 0 && to < len(doc.text) && doc.text[to] == q {
		return pythonQuoted(doc, from, to)
	}
	from, to = doc.word(anchor, false)
	return pythonBare(doc, from, to)
}

func trimDashes(text []byte, from, to int) (int, int) {
	for from < to && text[from] == '-' {
		from++
	}
	for to > from && text[to-1] == '-' {
		to--
	}
	return from, to
}

// quoteBefore returns the quote that is before an offset, or 0.
func quoteBefore(text []byte, at int) byte {
	if at > 0 && (text[at-1] == '"' || text[at-1] == '\'') {
		return text[at-1]
	}
	return 0
}

// target is a name to which an expression is assigned.
type target struct {
	name   string
	form   scanner.Form
	traits scanner.Trait
	inside bool // brackets that were opened before: a line break ends nothing
	// strict takes generated values only: the text before the value is not proof
	// that it is one.
	strict bool
}

// pythonQuoted reads 'SECRET_KEY' where it is the whole of a string: a key of a
// dictionary, a subscript, an argument.
func pythonQuoted(doc *document, from, to int) answer {
	t := target{name: string(doc.text[from:to]), inside: true}
	p := newPython(doc, to+1)
	p.target, p.brackets = t.name, 1
	if from > 1 && doc.text[from-2] == '\\' { // \"SECRET_KEY\": \"…\"
		return pass
	}
	defer func() {
		p.charge(to)
		p.unread(&t)
	}()
	p.advance()
	switch {
	case p.at("]"):
		p.brackets = 0
		t.form, t.inside = PythonSubscript, false
		p.advance()
		if p.at("[", ")") {
			return pass
		}
		p.assigned(t)
	case p.at(":"):
		t.form = PythonDict
		p.advance()
		p.take(t, p.expression())
	case p.at(","):
		p.argument(t, from-1)
	case p.at(")"):
		p.advance()
		if p.at("or") { // os.environ.get('SECRET_KEY') or '…'
			t.form, t.traits = PythonEnvDefault, scanner.Fallback
			p.advance()
			p.take(t, p.expression())
		}
	case p.at("=") && doc.format != formatPython:
		return pass
	case p.at("==", "!=", "in", "not"):
		p.claim()
	}
	return p.answer
}

// argument reads f('SECRET_KEY', …).
func (p *python) argument(t target, quote int) {
	callee, position, ok := p.doc.callee(quote)
	if !ok {
		return
	}
	t.givenTo(callee)
	p.advance()
	for n := position + 1; p.tok.kind != tokenEnd && !p.closing(); n++ {
		keyword := p.skipKeyword()
		before := p.pos
		r := p.expression()
		if keyword == "" && n == position+1 || defaults.Has(keyword) {
			p.take(t, r)
		}
		p.step(before)
		if p.at(",") {
			p.advance()
		}
	}
}

// givenTo says what a function does with a name that it is given.
func (t *target) givenTo(callee string) {
	last := callee[strings.LastIndexByte(callee, '.')+1:]
	t.form = PythonEnvDefault
	switch {
	case isGetter(callee, last):
		t.traits = scanner.Fallback
	case setters.Has(last):
		t.form = PythonSetCall
	default:
		t.strict = true
	}
	if isTestSetter(callee) {
		t.traits |= scanner.TestOnly
	}
	if last == "setdefault" {
		t.traits = scanner.Fallback
	}
}

func isTestSetter(callee string) bool {
	for _, s := range [...]string{"monkeypatch", "mock", "patch", "override_settings", "modify_settings", "self.settings", "mocker"} {
		if strings.Contains(callee, s) {
			return true
		}
	}
	return false
}

// pythonBare reads a name that is code: the target of an assignment, a keyword
// argument, an attribute, a part of a comparison.
func pythonBare(doc *document, from, to int) answer {
	place := doc.place(from)
	t := target{name: place.dotted(doc.text, to), traits: place.traits, inside: place.inside}
	if place.text != 0 {
		return pythonEmbedded(doc, to, t, place.text)
	}
	p := newPython(doc, to)
	p.target, p.comment = t.name, place.comment
	if place.inside {
		p.brackets = 1
	}
	defer func() {
		p.charge(to)
		p.unread(&t)
	}()
	p.advance()
	switch {
	case p.at(":"):
		if !p.skipAnnotation() {
			if doc.format == formatPython {
				t.form = PythonDict
				p.take(t, p.expression())
			}
			return p.answer
		}
		t.form = PythonAssign
		p.assigned(t)
	case p.at("."):
		p.attribute(t)
	case p.at(",", ")"):
		if !place.inside || doc.text[doc.indented(from)] == '(' {
			p.unpack(from, t)
		}
	default:
		t.form = PythonAssign
		if place.inside {
			t.form = PythonKwarg
		}
		p.assigned(t)
	}
	return p.answer
}

// skipAnnotation skips ": type" if "=" follows it, else the colon, and reports
// which.
func (p *python) skipAnnotation() bool {
	start := p.here()
	p.advance()
	if p.skipType() && p.tok.from > start.tok.to {
		return true
	}
	p.goBack(start)
	p.advance()
	return false
}

// skipType goes on to the "=" after a type, and reports whether there is one.
func (p *python) skipType() bool {
	for depth := 0; p.tok.kind == tokenName || p.tok.kind == tokenString || p.tok.kind == tokenOp; p.advance() {
		switch {
		case p.at("[", "("):
			depth++
		case p.at("]", ")"):
			if depth--; depth < 0 {
				return false
			}
		case p.at("="):
			return true
		case depth == 0 && p.at(","), p.at("{", "}"):
			return false
		}
	}
	return false
}

// assigned reads an operator and what is after it.
func (p *python) assigned(t target) {
	if p.at("==", "!=", "in", "not", "is") {
		p.comparison(t)
		return
	}
	for p.at("=", ":=", "+=", "|=") {
		if p.advance(); p.tok.kind == tokenNewline && t.inside {
			p.advance()
		}
		first := p.tok.from
		r := p.expression()
		if p.at("=") && r.origin.known() && !t.inside { // A = B = …
			continue
		}
		if p.at(",") && !t.inside {
			r = p.tuple(r)
		}
		if r.from == r.to {
			r.from = first
		}
		p.take(t, r)
		return
	}
}

// tuple reads the rest of a, b, c.
func (p *python) tuple(r result) result {
	for p.at(",") {
		if p.advance(); p.tok.kind == tokenNewline || p.tok.kind == tokenEnd {
			break
		}
		before := p.pos
		next := p.expression()
		r = result{literals: join(r.literals, next.literals), computed: r.computed || next.computed, from: r.from, to: next.to}
		if p.pos == before {
			break
		}
	}
	r.display, r.constant = true, false
	return r
}

// attribute reads SECRET_KEY_FALLBACKS.append('…') and methods that ask.
func (p *python) attribute(t target) {
	p.advance()
	name := p.word(p.tok)
	if p.tok.kind != tokenName {
		return
	}
	p.advance()
	switch name {
	case "append", "extend", "insert", "add", "appendleft", "update":
		if p.at("(") {
			args, _ := p.arguments()
			t.form = PythonAppend
			for _, a := range args {
				p.take(t, a.value)
			}
		}
	case "startswith", "endswith":
		if p.at("(") {
			args, _ := p.arguments()
			for _, a := range args {
				p.doc.refuse(p.tok.from, a.value.literals, name == "startswith")
			}
		}
		p.claim()
	case "lower", "strip", "encode", "casefold":
		if p.at("(") {
			p.arguments()
		}
		p.assigned(t)
	}
}

// unpack reads DEBUG, SECRET_KEY = True, '…': the value in the name's place.
func (p *python) unpack(from int, t target) {
	start, _ := p.doc.line(from)
	position, ok := namesBefore(bytes.TrimLeft(p.text[start:from], " \t(["))
	if !ok {
		return
	}
	for !p.at("=") {
		if p.tok.kind != tokenName && !p.at(",", ")", ".") {
			return
		}
		p.advance()
	}
	p.brackets = 0
	t.form, t.inside = PythonAssign, false
	if p.advance(); p.at("(", "[") {
		p.advance()
	}
	for n := 0; ; n++ {
		before := p.pos
		r := p.expression()
		if n == position {
			p.take(t, r)
			return
		}
		if !p.at(",") || p.pos == before {
			return
		}
		p.advance()
	}
}

// namesBefore counts the names with a comma after them; ok is false if there is
// something else.
func namesBefore(head []byte) (n int, ok bool) {
	for _, c := range head {
		switch {
		case c == ',':
			n++
		case !ascii.IsWord(c) && c != ' ' && c != '.':
			return 0, false
		}
	}
	return n, true
}

// found and claim add to the answer of the evaluator.
func (p *python) found(a Assignment) {
	p.answer.claimed = true
	p.answer.found = append(p.answer.found, a)
}

func (p *python) claim() { p.answer.claimed = true }

// take answers with the literals that an expression can be.
func (p *python) take(t target, r result) {
	if len(r.literals) == 0 {
		if r.boolean {
			p.claim()
			return
		}
		if v, ok := p.resolve(r.origin); ok {
			r = v
			if t.form == PythonAssign {
				t.form = PythonName
			}
		}
	}
	if len(r.literals) == 0 && r.origin.kind == 0 {
		r.literals = keyEntries(r.entries, t.name)
	}
	if value.IsFallbacks(t.name) {
		p.dangerousFallback(t, r)
	}
	if t.form == PythonAssign && r.origin.isCall() {
		t.form = PythonEnvDefault
	}
	taken := p.takeAll(t, r.literals)
	if taken > 0 && !r.display || r.lookup.get {
		p.answer.end = max(p.answer.end, min(p.tok.from, p.pos))
	}
	if taken == 0 && (len(r.literals) > 0 || r.isLookedUp()) {
		p.claim()
	}
}

// keyEntries are the constants of a dictionary that has the name of a key, as
// SECRET_KEY = {'secret': …, 'algorithm': 'HS256'} of a file that the settings import:
// generated ones, and only what the dictionary itself calls a key or a secret unless
// they are Django's.
func keyEntries(list []entry, name string) (kept []literal) {
	if value.JudgeName(name) != value.NameMain {
		return nil
	}
	for _, e := range list {
		if _, isDjango := value.DjangoShape(e.text); isDjango || entryNames.Has(strings.ToLower(e.key)) && value.Classify(e.text, name) <= value.Random {
			kept = append(kept, e.literal)
		}
	}
	return kept
}

// template takes the default of a template for the value that is one.
func (p *python) template(a *Assignment) {
	v, _, _, ok := templateLiteral(a.Values[0])
	n := bytes.Index(p.doc.text[a.Offset:a.Offset+a.Length], []byte(v))
	if ok && n >= 0 {
		a.Offset, a.Length, a.Values = a.Offset+n, len(v), []string{v}
		a.Traits |= scanner.Fallback
	}
}

// takeAll answers with literals, and says how many of them can be the value.
func (p *python) takeAll(t target, list []literal) (taken int) {
	for _, l := range list {
		if l.text == "" || l.element && isSettingName(l.text) || (t.strict || l.argument) && value.Classify(l.text, t.name) > value.Random {
			continue
		}
		taken++
		a := Assignment{Name: t.name, Offset: l.from, Length: l.to - l.from, Values: []string{l.text}, Form: t.form, Traits: t.traits | l.traits}
		if l.other != "" {
			a.Values = append(a.Values, l.other)
		}
		if strings.HasPrefix(l.text, "{{") {
			p.template(&a)
		}
		p.found(a)
	}
	return taken
}

// isSettingName recognises an element of a list of names: ['SECRET_KEY', 'DB_PASSWORD'].
func isSettingName(s string) bool {
	return strings.Contains(s, "_") && isUpper([]byte(s)) && value.IsPlainName(s) && !value.IsRandom(s)
}

// charge books what was looked at.
func (p *python) charge(from int) { p.doc.spent += max(0, p.pos-from) }

// unread counts a statement of a setting for a key, of Python, that goes on after
// what the evaluator may look at and that gave no value so far.
func (p *python) unread(t *target) {
	if p.end < len(p.text) && p.tok.to >= p.end && len(p.answer.found) == 0 &&
		p.doc.format == formatPython && value.JudgeName(t.name) == value.NameMain {
		p.doc.cut++
	}
}
