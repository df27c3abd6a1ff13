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
		f.statement(f.tokens[start:end], start)
		start = end + 1
	}
	return f
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
			out.Names = importedNames(line[min(i+1, len(line)):])
			f.Imports = append(f.Imports, out)
			return
		}
		f.Imports = append(f.Imports, out)
		for i < len(line) && line[i].text != "," { // import a as b, c
			i++
		}
		i++
	}
}

// importedNames are the names in `a, b as c` or `(a, *)`.
func importedNames(tokens []token) (names []string) {
	for i := 0; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t.text == "as":
			i++
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
	out := Assign{Line: line[0].line}
	switch {
	case target.Kind == Name:
		out.Name = target.Text
	case target.Kind == Operation && len(target.Signs) == 1 && target.Signs[0] == "[]" && target.Items[0].Kind == Name:
		out.Name = target.Items[0].Text
		if key := target.Items[1]; len(key.Items) == 1 && key.Items[0].Kind == Text {
			out.Key = key.Items[0].Text
		}
	case target.Kind == Call && strings.HasSuffix(target.Text, ".update") && len(target.Items) > 0:
		out.Name, out.Added, out.Value = strings.TrimSuffix(target.Text, ".update"), true, target.Items[0]
		f.Assigns = append(f.Assigns, out)
		return
	case target.Kind == Operation && len(target.Signs) == 1 && (target.Signs[0] == "+=" || target.Signs[0] == "|=") && len(target.Items) == 2 && target.Items[0].Kind == Name:
		out.Name, out.Added, out.Value = target.Items[0].Text, true, target.Items[1]
		f.Assigns = append(f.Assigns, out)
		return
	default:
		return
	}
	if p.isOp(":") { // an annotation
		for p.at < len(line) && !p.isOp("=") {
			p.at++
		}
	}
	names := []Assign{out}
	for p.isOp("=") {
		p.at++
		e := p.expression()
		if p.isOp("=") && e.Kind == Name { // a = b = …
			names = append(names, Assign{Name: e.Text, Line: out.Line})
			continue
		}
		if p.isOp(",") { // a tuple without brackets
			e = Expr{Kind: List, Line: e.Line, Items: []Expr{e}}
			for p.isOp(",") {
				p.at++
				if p.at < len(line) {
					e.Items = append(e.Items, p.expression())
				}
			}
		}
		for _, a := range names {
			a.Value = e
			f.Assigns = append(f.Assigns, a)
		}
		return
	}
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
	var out []Expr
	for i, t := range f.tokens {
		if len(out) >= maxCalls {
			break
		}
		if t.kind != tokenName || !slices.Contains(names, t.text) || i+1 >= len(f.tokens) || f.tokens[i+1].text != "(" || f.tokens[i+1].kind != tokenOp {
			continue
		}
		if i > 0 && f.tokens[i-1].kind == tokenName && (f.tokens[i-1].text == "def" || f.tokens[i-1].text == "class") {
			continue
		}
		start := i
		for start >= 2 && f.tokens[start-1].text == "." && f.tokens[start-2].kind == tokenName {
			start -= 2
		}
		p := parser{tokens: f.tokens[start:min(len(f.tokens), i+maxCallTokens)]}
		word := p.tokens[0].text
		for p.at = 1; p.at <= i-start; p.at++ {
			word += p.tokens[p.at].text
		}
		e := p.call(Expr{Kind: Name, Text: word, Line: t.line})
		out = append(out, e)
	}
	return out
}

// What is read of the arguments of one call, and how many calls of one file.
const (
	maxCallTokens = 400
	maxCalls      = 500
)

// Names returns the lines on which a name stands whose last part is word.
func (f *File) Names(word string) []int {
	var out []int
	for i, t := range f.tokens {
		if t.kind == tokenName && t.text == word {
			if i+1 < len(f.tokens) && f.tokens[i+1].text == "=" && (i == 0 || f.tokens[i-1].text != ".") {
				continue // it is set here, or given by name
			}
			out = append(out, t.line)
		}
	}
	return out
}

// Has reports whether a name or the text of a string is in the class.
func (c *Class) Has(word string) bool {
	return slices.ContainsFunc(c.body, func(t token) bool { return t.text == word })
}
