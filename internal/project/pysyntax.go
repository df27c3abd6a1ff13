package project

import "strings"

// syntax is a Python file while it is read. Its strings are parts of the text, and
// its tokens and assignments last until another file is parsed with the same lexer.
type syntax struct {
	tokens  []token
	called  []int32 // the last name of each call; nil if nobody has asked
	assigns []Assign
	imports []Import
	classes []class
	aliases map[string]string // what `import … as` names here, by that name
}

// class is a Class, and what is in it.
type class struct {
	Class
	body []token
}

// function is a Function, and what is in it.
type function struct {
	Function
	body []token
}

// parse reads Python.
func (l *lexer) parse(text []byte) *syntax {
	f := &syntax{tokens: l.lex(text), assigns: l.assigns[:0]}
	for start := 0; start < len(f.tokens); {
		end := start
		for end < len(f.tokens) && f.tokens[end].kind != tokenEnd {
			end++
		}
		f.resolve(f.tokens[start:end])
		f.statement(f.tokens[start:end], start)
		start = end + 1
	}
	l.assigns = f.assigns
	return f
}

// resolve writes the real names for those that `import … as` gave, so that a
// file reads as one without such imports.
func (f *syntax) resolve(line []token) {
	if len(f.aliases) == 0 {
		return
	}
	for i := range line {
		if real := f.aliases[line[i].text]; real != "" && line[i].kind == tokenName && (i == 0 || line[i-1].text != ".") {
			line[i].text = real
		}
	}
}

// alias notes that an import gave a name of its own.
func (f *syntax) alias(name, real string) {
	if f.aliases == nil {
		f.aliases = map[string]string{}
	}
	if name != real {
		f.aliases[name] = real
	}
}

// statement reads one logical line; from is the place of its first token.
func (f *syntax) statement(line []token, from int) {
	if len(line) < 2 || line[0].kind != tokenName {
		return
	}
	switch line[0].text {
	case "from", "import":
		f.importing(line)
	case "class":
		f.class(line, from)
	case "if", "elif", "else", "try", "except", "finally", "with", "for", "while", "def", "async", "return":
		// Of `if X: NAME = value` the part after the colon counts.
		if n := colonOf(line); n > 0 && n+1 < len(line) {
			f.statement(line[n+1:], from+n+1)
		}
	default:
		f.assign(line)
	}
}

// colonOf is the place of the colon that ends a head such as `if X:`.
func colonOf(line []token) int {
	depth := 0
	for i := range line {
		t := &line[i]
		if t.kind != tokenOp {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ":":
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

func (f *syntax) importing(line []token) {
	i := 1
	for i < len(line) {
		out := Import{Line: line[0].line}
		var module strings.Builder
		for ; i < len(line) && line[i].text != "import" && line[i].text != "," && line[i].text != "as"; i++ {
			module.WriteString(line[i].text)
		}
		out.Module = module.String()
		if line[0].text == "from" {
			out.Names = f.importedNames(line[min(i+1, len(line)):])
			f.imports = append(f.imports, out)
			return
		}
		f.imports = append(f.imports, out)
		if i+1 < len(line) && line[i].text == "as" {
			f.alias(line[i+1].text, out.Module)
		}
		for i < len(line) && line[i].text != "," { // import a as b, c
			i++
		}
		i++
	}
}

// importedNames are the names in `a, b as c` or `(a, *)`.
func (f *syntax) importedNames(tokens []token) (names []string) {
	for i := 0; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t.text == "as":
			if i++; i < len(tokens) && len(names) > 0 {
				f.alias(tokens[i].text, names[len(names)-1])
			}
		case t.kind == tokenName || t.text == "*":
			names = append(names, t.text)
		}
	}
	return names
}

func (f *syntax) class(line []token, from int) {
	c := class{Class: Class{Name: line[1].text, Line: line[0].line}}
	p := parser{tokens: line, at: 1}
	if e := p.expression(); e.Kind == Call {
		for i := range e.Items {
			if e.Items[i].Kind == Name && e.Keys[i] == "" {
				c.Bases = append(c.Bases, e.Items[i].Text)
			}
		}
	}
	end := from + len(line)
	for end < len(f.tokens) && (f.tokens[end].indent > line[0].indent || f.tokens[end].kind == tokenEnd) {
		end++
	}
	c.body = f.tokens[from+len(line) : end]
	f.classes = append(f.classes, c)
}

// assign reads NAME = …, NAME: type = …, NAME["key"] = …, NAME += …,
// NAME.update(…) and NAME.setdefault("key", …).
func (f *syntax) assign(line []token) {
	if !mayAssign(line) {
		return
	}
	p := parser{tokens: line}
	target := p.expression()
	if added, ok := addition(&target); ok {
		added.Line = line[0].line
		f.assigns = append(f.assigns, added)
		return
	}
	first, ok := assignee(&target)
	if !ok {
		return
	}
	first.Line = line[0].line
	if p.isOp(":") { // an annotation
		for p.at < len(line) && !p.isOp("=") {
			p.at++
		}
	}
	names := []Assign{first}
	for p.isOp("=") {
		p.at++
		e := p.expression()
		if p.isOp("=") && e.Kind == Name { // a = b = …
			names = append(names, Assign{Name: e.Text, Line: first.Line})
			continue
		}
		if p.isOp(",") {
			e = p.bareTuple(e)
		}
		for _, a := range names {
			a.Value = e
			f.assigns = append(f.assigns, a)
		}
		return
	}
}

// mayAssign tells most statements apart from those that assign, at a small part of
// the price of reading them: a sign or .update is outside of brackets.
func mayAssign(line []token) bool {
	depth := 0
	for i := range line {
		switch t := &line[i]; t.text {
		case "(", "[", "{":
			if t.kind == tokenOp {
				depth++
			}
		case ")", "]", "}":
			if t.kind == tokenOp {
				depth--
			}
		case "=", "+=", "|=", "update":
			if depth <= 0 {
				return true
			}
		}
	}
	return depth != 0 // brackets without partners
}

// assignee is the left side of an assignment: NAME or NAME["key"].
func assignee(e *Expr) (a Assign, ok bool) {
	switch {
	case e.Kind == Name:
		return Assign{Name: e.Text}, true
	case isBinary(e, "[]") && e.Items[0].Kind == Name:
		a.Name = e.Items[0].Text
		if key := e.Items[1]; len(key.Items) == 1 && key.Items[0].Kind == Text {
			a.Key = key.Items[0].Text
		}
		return a, true
	}
	return a, false
}

// addition is a statement that adds to what a name has: NAME.update(…),
// NAME += … and NAME |= ….
func addition(e *Expr) (a Assign, ok bool) {
	switch {
	case e.Kind == Call && strings.HasSuffix(e.Text, ".update") && len(e.Items) > 0:
		return Assign{Name: strings.TrimSuffix(e.Text, ".update"), Added: true, Value: e.Items[0]}, true
	case (isBinary(e, "+=") || isBinary(e, "|=")) && e.Items[0].Kind == Name:
		return Assign{Name: e.Items[0].Text, Added: true, Value: e.Items[1]}, true
	}
	return a, false
}

// isBinary reports whether an expression is two operands with this sign.
func isBinary(e *Expr, sign string) bool {
	return e.Kind == Operation && len(e.Signs) == 1 && e.Signs[0] == sign && len(e.Items) == 2
}

// bareTuple reads the rest of a tuple without brackets.
func (p *parser) bareTuple(first Expr) Expr {
	tuple := Expr{Kind: List, Line: first.Line, Items: []Expr{first}}
	for p.isOp(",") {
		p.at++
		if p.at < len(p.tokens) {
			tuple.Items = append(tuple.Items, p.expression())
		}
	}
	return tuple
}

// calls calls do for the last name of each call, which is token i.
func (f *syntax) calls(do func(name string, i int)) {
	if f.called == nil {
		for i := range f.tokens {
			if f.tokens[i].kind == tokenName && f.isCall(i) && !f.isDefined(i) {
				f.called = append(f.called, int32(i))
			}
		}
	}
	for _, i := range f.called {
		do(f.tokens[i].text, int(i))
	}
}

// callsOf returns the first calls of each of some names.
func (f *syntax) callsOf(wanted func(name string) bool) []Expr {
	var out []Expr
	most := map[string]int{}
	f.calls(func(name string, i int) {
		if wanted(name) && most[name] < maxCalls {
			most[name]++
			out = append(out, f.callAt(i))
		}
	})
	return out
}

// isCall reports whether a bracket follows token i.
func (f *syntax) isCall(i int) bool {
	return i+1 < len(f.tokens) && f.tokens[i+1].text == "(" && f.tokens[i+1].kind == tokenOp
}

// isDefined reports whether token i is the name that a def or class defines.
func (f *syntax) isDefined(i int) bool {
	return i > 0 && f.tokens[i-1].kind == tokenName && (f.tokens[i-1].text == "def" || f.tokens[i-1].text == "class")
}

// callAt reads the call whose last name is token i.
func (f *syntax) callAt(i int) Expr {
	start := i
	for start >= 2 && f.tokens[start-1].text == "." && f.tokens[start-2].kind == tokenName {
		start -= 2
	}
	p := parser{tokens: f.tokens[start:min(len(f.tokens), i+maxCallTokens)]}
	word := p.tokens[0].text
	for p.at = 1; p.at <= i-start; p.at++ {
		word += p.tokens[p.at].text
	}
	return p.call(Expr{Kind: Name, Text: word, Line: f.tokens[i].line})
}

// What is read of the arguments of one call, and how many calls of one file.
const (
	maxCallTokens = 400
	maxCalls      = 500
)

// functions are all definitions in a file.
func (f *syntax) functions() []function {
	var out []function
	for i := range f.tokens {
		t := &f.tokens[i]
		if t.kind != tokenName || t.text != "def" {
			continue
		}
		begins := i == 0 || f.tokens[i-1].kind == tokenEnd || f.tokens[i-1].text == "async"
		if !begins || i+1 >= len(f.tokens) {
			continue
		}
		end := i + 1
		for end < len(f.tokens) && (f.tokens[end].kind == tokenEnd || f.tokens[end].indent > t.indent || f.tokens[end].line == t.line) {
			end++
		}
		d := function{Function{Name: f.tokens[i+1].text, Line: t.line}, f.tokens[i+2 : max(i+2, end)]}
		if n := len(d.body); n > 0 {
			d.End = d.body[n-1].line
		}
		out = append(out, d)
	}
	return out
}
