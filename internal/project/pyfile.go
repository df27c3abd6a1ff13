package project

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// File is what a Python file says that somebody may ask for: it is plain data, and
// holds no part of the text.
type File struct {
	Path     string
	Settings bool     // it is a settings module
	Assigns  []Assign // of a settings module those to names in capital letters, and of any file X.secret_key
	Imports  []Import
	Classes  []Class
	Called   []Expr     // calls for whose last name isAskedCall holds
	Made     []Place    // first calls of other names that begin with a capital letter
	Named    []Mention  // of names for which isAskedName holds
	Values   []Flow     // assignments of what may be made of a setting
	Returns  []Flow     // functions that return such
	Defined  []Function // with one of Called in them
	Kept     []int      // lines of Called that begin with self.name =
	Opaque   []Place    // calls that can set names that the file does not write, of a settings module
	Broken   string     // why a settings module cannot be read as Python would; "" if it can
}

// Place is a name and the line that it is on.
type Place struct {
	Name string
	Line int // from 1
}

// Mention is a name and the lines that have it, from 1, in order.
type Mention struct {
	Name  string
	Lines []int
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
	Words []string // those of askedWords that are in its body
}

// Function is one definition of a function or method.
type Function struct {
	Name      string
	Line, End int // its first and its last line
}

// parseFile reads a Python file.
func (l *lexer) parseFile(path string, text []byte) *File {
	s := l.parse(text)
	f := &File{Path: path, Imports: s.imports, Settings: isSettings(path, s.assigns)}
	for _, a := range s.assigns {
		if f.Settings && isUpper(pysource.LastName(a.Name)) || strings.HasSuffix(a.Name, ".secret_key") {
			f.Assigns = append(f.Assigns, a)
		}
	}
	for i := range s.classes {
		f.Classes = append(f.Classes, s.classes[i].facts())
	}
	f.Called = s.callsOf(isAskedCall)
	f.Made, f.Named = s.made(), s.mentions()
	if f.Settings {
		f.Opaque = s.opaque()
		if err := pysource.Check(text); err != nil {
			f.Broken = err.Error()
		}
	}
	functions := s.functions()
	f.follow(s, functions)
	f.around(s, functions)
	l.keep(f)
	return f
}

// facts is what is kept of a class.
func (c *class) facts() Class {
	for _, word := range askedWords {
		if slices.ContainsFunc(c.body, func(t token) bool { return t.text == word }) {
			c.Words = append(c.Words, word)
		}
	}
	return c.Class
}

// made are the first calls of names that begin with a capital letter.
func (f *syntax) made() (out []Place) {
	seen := map[string]bool{}
	f.calls(func(name string, i int) {
		if 'A' <= name[0] && name[0] <= 'Z' && !seen[name] {
			seen[name] = true
			out = append(out, Place{name, f.tokens[i].line})
		}
	})
	return out
}

// mentions are the lines of the names that may be asked for. A name that is set, or
// given by name, is not one.
func (f *syntax) mentions() (out []Mention) {
	index := map[string]int{}
	for i := range f.tokens {
		t := &f.tokens[i]
		switch t.kind {
		case tokenName:
			if i+1 < len(f.tokens) && f.tokens[i+1].text == "=" && (i == 0 || f.tokens[i-1].text != ".") {
				continue
			}
		case tokenString:
			if i < 4 || f.tokens[i-1].text != "," || f.tokens[i-4].text != "getattr" {
				continue
			}
		default:
			continue
		}
		if !isAskedName(t.text) {
			continue
		}
		at, known := index[t.text]
		if !known {
			at = len(out)
			index[t.text] = at
			out = append(out, Mention{Name: t.text})
		}
		out[at].Lines = append(out[at].Lines, t.line)
	}
	return out
}

// opaque are the calls that can set names that the file does not write.
func (f *syntax) opaque() (out []Place) {
	for i, t := range f.tokens {
		if makesNames(f.tokens, i) {
			out = append(out, Place{t.text, t.line})
		}
	}
	return out
}

// around keeps the functions in which a call of f is, and the lines on which an
// attribute is given what is called.
func (f *File) around(s *syntax, functions []function) {
	lines := map[int]bool{}
	for i := range f.Called {
		lines[f.Called[i].Line] = true
	}
	if len(lines) == 0 {
		return
	}
	for _, d := range functions {
		if len(d.body) > 0 && slices.ContainsFunc(f.Called, func(c Expr) bool { return d.Line <= c.Line && c.Line <= d.End }) {
			f.Defined = append(f.Defined, d.Function)
		}
	}
	for i := range s.tokens {
		t := &s.tokens[i]
		begins := i == 0 || s.tokens[i-1].kind == tokenEnd
		if begins && lines[t.line] && t.kind == tokenName && i+3 < len(s.tokens) && s.tokens[i+1].text == "." && s.tokens[i+3].text == "=" {
			f.Kept = append(f.Kept, t.line)
		}
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

// Calls returns the calls whose last name is one of these, in order; asked.go has to
// know the names.
func (f *File) Calls(names ...string) []Expr {
	return f.CallsOf(func(name string) bool { return slices.Contains(names, name) })
}

// CallsOf returns the calls whose last name is wanted, in order.
func (f *File) CallsOf(wanted func(name string) bool) []Expr {
	var out []Expr
	for i := range f.Called {
		if len(out) >= maxCalls {
			break
		}
		if wanted(pysource.LastName(f.Called[i].Text)) {
			out = append(out, f.Called[i])
		}
	}
	return out
}

// Makes returns the first call of one of these classes.
func (f *File) Makes(classes []string) (Place, bool) {
	n := slices.IndexFunc(f.Made, func(m Place) bool { return slices.Contains(classes, m.Name) })
	if n < 0 {
		return Place{}, false
	}
	return f.Made[n], true
}

// Names returns the lines that have a name whose last part is word, or
// getattr(…, "word"). asked.go has to list the word.
func (f *File) Names(word string) []int {
	n := slices.IndexFunc(f.Named, func(m Mention) bool { return m.Name == word })
	if n < 0 {
		return nil
	}
	return f.Named[n].Lines
}

// Around is the innermost function that has the line of a call; ok is false if none
// has.
func (f *File) Around(line int) (d Function, ok bool) {
	for _, one := range f.Defined {
		if one.Line <= line && line <= one.End {
			d, ok = one, true
		}
	}
	return d, ok
}

// Keeps reports whether the statement at the line of a call gives an attribute its
// value: self.code = ….
func (f *File) Keeps(line int) bool { return slices.Contains(f.Kept, line) }

// Has reports whether a name or the text of a string is in the class. asked.go has
// to know the word.
func (c *Class) Has(word string) bool { return slices.Contains(c.Words, word) }
