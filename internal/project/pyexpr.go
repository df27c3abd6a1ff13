package project

import (
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// Kind says what an expression is.
type Kind uint8

// The kinds. What none of them fits is an Operation on its parts.
const (
	Operation Kind = iota
	Text           // a string literal
	Number
	Name // a dotted name; True, False and None are names
	List // also a tuple or a set
	Dict
	Call // Text is the dotted name of what is called
)

// Expr is an expression as it is written; nothing is evaluated.
type Expr struct {
	Kind Kind
	Text string
	Line int
	// Items are the elements of a List, the values of a Dict, the arguments of
	// a Call, the operands of an Operation.
	Items []Expr
	// Keys are the keys of a Dict, or the names of a Call's arguments, as long
	// as Items; "" where there is none, or where a key is not a string.
	Keys []string
	// Open is set on a List or Dict into which another one is unpacked, and on
	// a Call with *args or **kwargs: not all of it is seen.
	Open bool
	// Signs are the operators of an Operation, one less than Items where it is
	// a plain chain such as 60 * 60 * 24.
	Signs []string
}

// quotes reports whether e has a string in it: a Text, a key of a Dict, or what is
// formatted, which is a Name in an Operation of its own.
func (e Expr) quotes() bool {
	formatted := e.Kind == Operation && len(e.Items) == 1 && e.Items[0].Kind == Name && len(e.Signs) == 0
	return e.Kind == Text || e.Kind == Dict && len(e.Keys) > 0 || formatted || slices.ContainsFunc(e.Items, Expr.quotes)
}

// maxDepth bounds nested brackets.
const maxDepth = 60

// parser reads expressions from tokens.
type parser struct {
	tokens []token
	at     int
	depth  int
}

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return token{}
}

func (p *parser) isOp(text string) bool {
	return p.at < len(p.tokens) && p.tokens[p.at].kind == tokenOp && p.tokens[p.at].text == text
}

// expression reads up to a comma, a closing bracket, an assignment, a colon or
// the end of the line.
func (p *parser) expression() Expr {
	line := p.peek().line
	if !p.atEnd() && !p.tokens[p.at].isOperator() {
		first := p.operand()
		if p.atEnd() {
			return first // most are
		}
		return p.operation(line, first)
	}
	return p.operation(line)
}

// operation reads on after the operands that an expression begins with.
func (p *parser) operation(line int, operands ...Expr) Expr {
	var signs []string
	for !p.atEnd() {
		if t := &p.tokens[p.at]; t.isOperator() {
			signs = append(signs, t.text)
			p.at++
		} else {
			operands = append(operands, p.operand())
		}
	}
	switch {
	case len(signs) == 0 && allTexts(operands):
		return joinedTexts(operands)
	}
	return Expr{Kind: Operation, Line: line, Items: operands, Signs: signs}
}

// atEnd reports whether an expression ends before the next token.
func (p *parser) atEnd() bool { return p.at >= len(p.tokens) || p.tokens[p.at].endsExpression() }

// endsExpression reports whether no expression goes on with this token.
func (t *token) endsExpression() bool {
	return t.kind == tokenEnd || t.kind == tokenOp && (strings.Contains(",)]}:", t.text) || t.text == "=" || t.text == ":=")
}

// isOperator reports whether a token is between or before operands.
func (t *token) isOperator() bool {
	switch t.kind {
	case tokenName:
		return isOperatorWord(t.text)
	case tokenOp:
		return t.text != "(" && t.text != "[" && t.text != "{"
	}
	return false
}

func isOperatorWord(word string) bool {
	switch word {
	case "if", "else", "or", "and", "not", "in", "is", "for", "lambda", "await", "async":
		return true
	}
	return false
}

func allTexts(list []Expr) bool {
	for _, e := range list {
		if e.Kind != Text {
			return false
		}
	}
	return len(list) > 0
}

// joinedTexts is "a" "b", which Python takes for one string.
func joinedTexts(list []Expr) Expr {
	out := list[0]
	for _, e := range list[1:] {
		out.Text += e.Text
	}
	return out
}

// operand reads a literal, a name, a bracket, and the calls and subscripts
// after it.
func (p *parser) operand() Expr {
	t := p.peek()
	p.at++
	out := Expr{Line: t.line, Text: t.text}
	switch {
	case t.kind == tokenString && t.formatted:
		out = Expr{Kind: Operation, Line: t.line, Items: []Expr{{Kind: Name, Text: t.text, Line: t.line}}}
	case t.kind == tokenString:
		out.Kind = Text
	case t.kind == tokenNumber:
		out.Kind = Number
	case t.kind == tokenName:
		out.Kind = Name
	case p.depth >= maxDepth:
		p.skipBracket()
		return Expr{Kind: Operation, Line: t.line}
	case t.text == "(":
		out = p.group(t.line)
	case t.text == "[":
		out = p.list("]", t.line)
	default:
		out = p.dict(t.line)
	}
	return p.trailers(out)
}

// skipBracket passes over a bracket whose opening sign was read.
func (p *parser) skipBracket() {
	for open := 1; p.at < len(p.tokens) && open > 0; p.at++ {
		switch t := p.tokens[p.at]; {
		case t.kind != tokenOp:
		case strings.Contains("([{", t.text):
			open++
		case strings.Contains(")]}", t.text):
			open--
		}
	}
}

// trailers reads .name, (…) and […] after an operand.
func (p *parser) trailers(e Expr) Expr {
	for {
		switch {
		case p.isOp(".") && p.at+1 < len(p.tokens) && p.tokens[p.at+1].kind == tokenName:
			word := p.tokens[p.at+1].text
			p.at += 2
			if e.Kind == Name {
				e.Text += "." + word
				continue
			}
			e = Expr{Kind: Name, Line: e.Line, Text: "()." + word, Items: []Expr{e}}
		case p.isOp("("):
			if p.depth >= maxDepth {
				p.at++
				p.skipBracket()
				return Expr{Kind: Operation, Line: e.Line}
			}
			e = p.call(e)
		case p.isOp("["):
			line := p.peek().line
			p.at++
			if p.depth >= maxDepth {
				p.skipBracket()
				return Expr{Kind: Operation, Line: line}
			}
			e = Expr{Kind: Operation, Line: e.Line, Items: []Expr{e, p.list("]", line)}, Signs: []string{"[]"}}
		default:
			return e
		}
	}
}

func (p *parser) call(what Expr) Expr {
	out := Expr{Kind: Call, Line: what.Line, Text: what.Text}
	if what.Kind != Name {
		out.Text = "()"
	}
	inner := what.Items
	p.at++
	p.depth++
	for p.at < len(p.tokens) && !p.isOp(")") {
		start := p.at
		for p.isOp("*") || p.isOp("**") {
			out.Open = true
			p.at++
		}
		e, key := p.expression(), ""
		if p.isOp("=") && e.Kind == Name {
			p.at++
			key, e = e.Text, p.expression()
		}
		out.Items, out.Keys = append(out.Items, e), append(out.Keys, key)
		p.pastComma(start, ")")
	}
	p.at++
	p.depth--
	// What a chain such as a().b() was called on comes after the arguments.
	for _, e := range inner {
		out.Items, out.Keys = append(out.Items, e), append(out.Keys, onItself)
	}
	return out
}

// onItself is the key of the object that a method was called on.
const onItself = "."

// pastComma goes to the next element of a bracket. Whatever else is there
// (a slice, a comprehension, an annotation) is passed over.
func (p *parser) pastComma(start int, closing string) {
	for p.at < len(p.tokens) && !p.isOp(",") && !p.isOp(closing) {
		if t := p.peek(); t.kind == tokenOp && strings.Contains(")]}", t.text) {
			p.at = max(p.at, start) // a bracket that does not fit
			break
		}
		p.at++
		if t := p.peek(); t.kind == tokenOp && strings.Contains("([{", t.text) {
			p.at++
			p.skipBracket()
		}
	}
	if p.isOp(",") || p.at == start {
		p.at++
	}
}

// group reads ( … ): one expression in brackets, or a tuple.
func (p *parser) group(line int) Expr {
	start := p.at
	out := p.list(")", line)
	if len(out.Items) == 1 && !out.Open {
		last := p.tokens[max(start, min(p.at, len(p.tokens))-2)]
		if last.kind != tokenOp || last.text != "," {
			return out.Items[0]
		}
	}
	return out
}

func (p *parser) list(closing string, line int) Expr {
	out := Expr{Kind: List, Line: line}
	p.depth++
	for p.at < len(p.tokens) && !p.isOp(closing) {
		start := p.at
		for p.isOp("*") {
			out.Open = true
			p.at++
		}
		out.Items = append(out.Items, p.expression())
		p.pastComma(start, closing)
	}
	p.at++
	p.depth--
	return out
}

func (p *parser) dict(line int) Expr {
	out := Expr{Kind: Dict, Line: line}
	p.depth++
	for p.at < len(p.tokens) && !p.isOp("}") {
		start := p.at
		if p.isOp("**") {
			p.at++
			out.Open = true
			p.expression()
			p.pastComma(start, "}")
			continue
		}
		key := p.expression()
		if !p.isOp(":") { // a set
			out.Kind = List
			out.Items, out.Keys = append(out.Items, key), append(out.Keys, "")
			p.pastComma(start, "}")
			continue
		}
		p.at++
		name := ""
		if key.Kind == Text {
			name = key.Text
		}
		out.Items, out.Keys = append(out.Items, p.expression()), append(out.Keys, name)
		p.pastComma(start, "}")
	}
	p.at++
	p.depth--
	return out
}

// Key is the value that a Dict has for a string, or that a Call was given by
// this name.
func (e *Expr) Key(name string) (Expr, bool) {
	if e.Kind == Dict || e.Kind == Call {
		for i, key := range e.Keys {
			if key == name {
				return e.Items[i], true
			}
		}
	}
	return Expr{}, false
}

// Mentions reports whether the last part of a name anywhere in e is word:
// SECRET_KEY, settings.SECRET_KEY, django.conf.settings.SECRET_KEY.
func (e *Expr) Mentions(word string) bool {
	if e.Kind == Name && (e.Text == word || strings.HasSuffix(e.Text, "."+word)) {
		return true
	}
	if e.Kind == Call && (e.Text == word || strings.HasSuffix(e.Text, "."+word) || strings.Contains("."+e.Text, "."+word+".")) {
		return true
	}
	if e.Kind == Call && e.Text == "getattr" && len(e.Items) > 1 && e.Items[1].Kind == Text && e.Items[1].Text == word {
		return true
	}
	for i := range e.Items {
		if e.Items[i].Mentions(word) {
			return true
		}
	}
	return false
}

// MentionsAny reports whether e mentions one of these words.
func (e *Expr) MentionsAny(words []string) bool {
	return slices.ContainsFunc(words, e.Mentions)
}

// Holds reports whether the value of e is made of one of these words; one that
// is only asked about, as in SECRET_KEY == "x", is not in it.
func (e *Expr) Holds(words []string) bool {
	if e.isChoice() {
		return e.Items[0].Holds(words) || e.Items[len(e.Items)-1].Holds(words)
	}
	return !e.decides() && e.MentionsAny(words)
}

// isChoice reports whether e is a if … else b.
func (e *Expr) isChoice() bool {
	return e.Kind == Operation && len(e.Items) > 1 && slices.Contains(e.Signs, "if") && slices.Contains(e.Signs, "else")
}

// decides reports whether e is the answer to a question, such as a comparison,
// or was signed or encrypted: what it mentions is not in it.
func (e *Expr) decides() bool {
	switch e.Kind {
	case Operation:
		return slices.ContainsFunc(e.Signs, func(sign string) bool {
			return sign == "==" || sign == "!=" || sign == "<" || sign == ">" || sign == "<=" || sign == ">=" || sign == "in" || sign == "is" || sign == "not"
		})
	case Call:
		switch pysource.LastName(e.Text) {
		case "bool", "len", "startswith", "isinstance", "compare_digest":
			return true
		case "dumps", "loads", "sign", "sign_object", "unsign", "unsign_object", "encrypt", "decrypt":
			return true
		case "encode", "decode": // jwt.encode(…, key), not key.encode("utf-8")
			return len(e.Items) > 1 && e.Keys[1] != onItself
		}
	}
	return false
}

// computed reports whether a call or an unpacked list is part of e, so that its
// elements are not all seen.
func (e *Expr) computed() bool {
	return e.Kind == Call || e.Open || slices.ContainsFunc(e.Items, func(x Expr) bool { return x.computed() })
}

// Default is the literal that e has unless the environment says otherwise: e
// itself, or the default of a getter such as env("NAME", default="x"), of
// `get("NAME") or "x"`. fixed is false if the environment may say otherwise.
func (e *Expr) Default() (value string, fixed, ok bool) {
	switch e.Kind {
	case Text:
		return e.Text, true, true
	case Call:
		if v, ok := e.Key("default"); ok && v.Kind == Text {
			return v.Text, false, true
		}
		if len(e.Items) >= 2 && e.Keys[1] == "" && e.Items[1].Kind == Text {
			return e.Items[1].Text, false, true
		}
	case Operation:
		if n := len(e.Items); n > 0 && e.Items[n-1].Kind == Text && slices.Contains(e.Signs, "or") {
			return e.Items[n-1].Text, false, true
		}
	}
	return "", false, false
}

// Strings are the string literals in e, at any depth.
func (e *Expr) Strings() []string {
	if e.Kind == Text {
		return []string{e.Text}
	}
	var out []string
	for i := range e.Items {
		out = append(out, e.Items[i].Strings()...)
	}
	return out
}

// Seconds is the value of a literal number, a product or sum of such, or a
// timedelta of literals; ok is false for all else.
func (e *Expr) Seconds() (seconds int64, ok bool) {
	switch e.Kind {
	case Number:
		n, err := strconv.ParseFloat(strings.ReplaceAll(e.Text, "_", ""), 64)
		return int64(n), err == nil && n >= 0 && n < maxSeconds
	case Operation:
		return e.arithmetic()
	case Call:
		if e.Text == "timedelta" || strings.HasSuffix(e.Text, ".timedelta") {
			return e.timedelta()
		}
	}
	return 0, false
}

// maxSeconds is more than a thousand years.
const maxSeconds = 1 << 36

// arithmetic multiplies and adds, products first.
func (e *Expr) arithmetic() (int64, bool) {
	if len(e.Signs) != len(e.Items)-1 || len(e.Items) == 0 {
		return 0, false
	}
	sum, product := int64(0), int64(1)
	for i := range e.Items {
		n, ok := e.Items[i].Seconds()
		if !ok {
			return 0, false
		}
		if i > 0 && e.Signs[i-1] == "+" {
			sum, product = sum+product, 1
		} else if i > 0 && e.Signs[i-1] != "*" {
			return 0, false
		}
		if product *= n; product > maxSeconds {
			return 0, false
		}
	}
	return sum + product, true
}

func (e *Expr) timedelta() (int64, bool) {
	units := map[string]int64{"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1, "milliseconds": 0, "microseconds": 0}
	order := []string{"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"}
	var sum int64
	for i := range e.Items {
		unit := e.Keys[i]
		if unit == "" && i < len(order) {
			unit = order[i]
		}
		factor, known := units[unit]
		n, ok := e.Items[i].Seconds()
		if !known || !ok {
			return 0, false
		}
		sum += n * factor
	}
	return sum, sum < maxSeconds
}
