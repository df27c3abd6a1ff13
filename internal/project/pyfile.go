package project

import (
	"slices"
	"strings"
)

// File is a Python file: what it assigns, imports, calls and defines.
type File struct {
	Path    string
	tokens  []token
	Assigns []Assign
	Imports []Import
	Classes []Class
	aliases map[string]string // what `import … as` names here, by that name
	defined []Function        // nil until they are asked for
	calls   []int             // tokens that are the last name of a call; nil until they are asked for
}

// Assign is one assignment to a name, or to a key of a name:
// SIMPLE_JWT["SIGNING_KEY"] = …
type Assign struct {
	Name  string
	Key   string // empty unless a string in brackets follows the name
	Line  int
	Value Expr
	Added bool // += and |=: the name had a value before
}

// Import is one imported module, and the names taken from it.
type Import struct {
	Module string // "django.core.signing"; with leading dots if it is relative
	Names  []string
	Line   int
}

// Class is one class definition.
type Class struct {
	Name  string
	Bases []string // dotted names as written
	Line  int
	body  []token
}

// parseFile reads Python.
func parseFile(path string, text []byte) *File {
	f := &File{Path: path, tokens: lex(string(text))}
	for start := 0; start < len(f.tokens); {
		end := start
		for end < len(f.tokens) && f.tokens[end].kind != tokenEnd {
			end++
		}
		f.resolve(f.tokens[start:end])
		f.statement(f.tokens[start:end], start)
		start = end + 1
	}
	return f
}

// resolve writes the real names for those that `import … as` gave, so that a
// file reads as one without such imports.
func (f *File) resolve(line []token) {
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
func (f *File) alias(name, real string) {
	if f.aliases == nil {
		f.aliases = map[string]string{}
	}
	if name != real {
		f.aliases[name] = real
	}
}

// statement reads one logical line; from is the place of its first token.
func (f *File) statement(line []token, from int) {
	if len(line) < 2 || line[0].kind != tokenName {
		return
	}
	switch line[0].text {
	case "from", "import":
		f.imports(line)
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
	for i, t := range line {
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

func (f *File) imports(line []token) {
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
			f.Imports = append(f.Imports, out)
			return
		}
		f.Imports = append(f.Imports, out)
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
func (f *File) importedNames(tokens []token) (names []string) {
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

func (f *File) class(line []token, from int) {
	c := Class{Name: line[1].text, Line: line[0].line}
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
	f.Classes = append(f.Classes, c)
}

// assign reads NAME = …, NAME: type = …, NAME["key"] = …, NAME += …,
// NAME.update(…) and NAME.setdefault("key", …).
func (f *File) assign(line []token) {
	p := parser{tokens: line}
	target := p.expression()
	if added, ok := addition(&target); ok {
		added.Line = line[0].line
		f.Assigns = append(f.Assigns, added)
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
			f.Assigns = append(f.Assigns, a)
		}
		return
	}
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

// Imported returns the first import of a module, of what is below it, or of a
// name from it: Imported("django.core.signing") finds `from django.core import
// signing` too.
func (f *File) Imported(module string) (Import, bool) {
	parent, last := module, ""
	if n := strings.LastIndexByte(module, '.'); n >= 0 {
		parent, last = module[:n], module[n+1:]
	}
	for _, i := range f.Imports {
		if i.Module == module || strings.HasPrefix(i.Module, module+".") ||
			last != "" && i.Module == parent && slices.Contains(i.Names, last) {
			return i, true
		}
	}
	return Import{}, false
}

// Calls returns the calls whose last name is one of these, in order.
func (f *File) Calls(names ...string) []Expr {
	return f.CallsOf(func(name string) bool { return slices.Contains(names, name) })
}

// CallsOf returns the calls whose last name is wanted, in order.
func (f *File) CallsOf(wanted func(name string) bool) []Expr {
	if f.calls == nil {
		f.calls = f.findCalls()
	}
	var out []Expr
	for _, i := range f.calls {
		if len(out) >= maxCalls {
			break
		}
		if wanted(f.tokens[i].text) {
			out = append(out, f.callAt(i))
		}
	}
	return out
}

// findCalls returns the tokens that are the last name of a call.
func (f *File) findCalls() []int {
	calls := []int{}
	for i := range f.tokens {
		if f.tokens[i].kind == tokenName && f.isCall(i) && !f.isDefined(i) {
			calls = append(calls, i)
		}
	}
	return calls
}

// isCall reports whether a bracket follows token i.
func (f *File) isCall(i int) bool {
	return i+1 < len(f.tokens) && f.tokens[i+1].text == "(" && f.tokens[i+1].kind == tokenOp
}

// isDefined reports whether token i is the name that a def or class defines.
func (f *File) isDefined(i int) bool {
	return i > 0 && f.tokens[i-1].kind == tokenName && (f.tokens[i-1].text == "def" || f.tokens[i-1].text == "class")
}

// callAt reads the call whose last name is token i.
func (f *File) callAt(i int) Expr {
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

// Names returns the lines that have a name whose last part is word, or
// getattr(…, "word").
func (f *File) Names(word string) []int {
	var out []int
	for i, t := range f.tokens {
		switch {
		case t.text != word:
		case t.kind == tokenString && i >= 4 && f.tokens[i-1].text == "," && f.tokens[i-4].text == "getattr":
			out = append(out, t.line)
		case t.kind == tokenName:
			if i+1 < len(f.tokens) && f.tokens[i+1].text == "=" && (i == 0 || f.tokens[i-1].text != ".") {
				continue // it is set here, or given by name
			}
			out = append(out, t.line)
		}
	}
	return out
}

// Holding returns these names, and those that the file gives to what is made
// of them: KEY = settings.SECRET_KEY, or a function that returns it.
func (f *File) Holding(names ...string) []string {
	out := slices.Clone(names)
	for range maxSteps {
		n := len(out)
		if n > maxHoldings {
			break
		}
		for i := range f.Assigns {
			if a := &f.Assigns[i]; len(out) <= maxHoldings && !slices.Contains(out, lastPart(a.Name)) && a.Value.Holds(out) {
				out = append(out, lastPart(a.Name))
			}
		}
		for _, d := range f.functions() {
			if len(out) <= maxHoldings && !slices.Contains(out, d.Name) && slices.ContainsFunc(d.returned(), func(e Expr) bool { return e.Holds(out) }) {
				out = append(out, d.Name)
			}
		}
		if len(out) == n {
			break
		}
	}
	return out
}

// How many names Holding returns, and how many steps from one to the next it
// follows.
const (
	maxHoldings = 64
	maxSteps    = 4
)

// Function is one definition of a function or method.
type Function struct {
	Name string
	Line int
	body []token
}

// functions are all definitions in a file.
func (f *File) functions() []Function {
	if f.defined != nil {
		return f.defined
	}
	f.defined = []Function{}
	for i, t := range f.tokens {
		begins := i == 0 || f.tokens[i-1].kind == tokenEnd || f.tokens[i-1].text == "async"
		if t.kind != tokenName || t.text != "def" || !begins || i+1 >= len(f.tokens) {
			continue
		}
		end := i + 1
		for end < len(f.tokens) && (f.tokens[end].kind == tokenEnd || f.tokens[end].indent > t.indent || f.tokens[end].line == t.line) {
			end++
		}
		f.defined = append(f.defined, Function{Name: f.tokens[i+1].text, Line: t.line, body: f.tokens[i+2 : max(i+2, end)]})
	}
	return f.defined
}

// Around is the innermost function that has a line; ok is false if none has.
func (f *File) Around(line int) (d Function, ok bool) {
	for _, one := range f.functions() {
		if n := len(one.body); n > 0 && one.Line <= line && line <= one.body[n-1].line {
			d, ok = one, true
		}
	}
	return d, ok
}

// returned are the expressions after return.
func (d *Function) returned() []Expr {
	var out []Expr
	for i, t := range d.body {
		if t.kind == tokenName && t.text == "return" {
			p := parser{tokens: d.body[i+1 : min(len(d.body), i+1+maxCallTokens)]}
			out = append(out, p.expression())
		}
	}
	return out
}

// Kept reports whether the statement at a line gives an attribute its value:
// self.code = ….
func (f *File) Kept(line int) bool {
	for i, t := range f.tokens {
		if t.line > line {
			return false
		}
		begins := i == 0 || f.tokens[i-1].kind == tokenEnd
		if t.line == line && begins && t.kind == tokenName && i+3 < len(f.tokens) && f.tokens[i+1].text == "." && f.tokens[i+3].text == "=" {
			return true
		}
	}
	return false
}

// Has reports whether a name or the text of a string is in the class.
func (c *Class) Has(word string) bool {
	return slices.ContainsFunc(c.body, func(t token) bool { return t.text == word })
}
