package pysource

import (
	_ "embed"
	"strings"
)

// Import is a name that an import statement makes.
type Import struct {
	Module string // what is imported, or imported from: os, os.path, .helpers
	Member string // of "from Module import Member", "*" for all; "" for "import Module"
	As     string // the name that it gets
	Token  int    // where the statement begins
	Top    bool   // the statement is not indented
}

// Imports returns what the file imports, in its order.
func (f *File) Imports() (list []Import) {
	for _, s := range f.Statements {
		switch f.Word(s.First) {
		case "import":
			list = append(list, f.names(s, s.First+1, "")...)
		case "from":
			n := s.First + 1
			for n < s.End && !f.Is(n, "import") {
				n++
			}
			module := strings.Join(strings.Fields(f.Source(s.First+1, n)), "")
			list = append(list, f.names(s, n+1, module)...)
		}
	}
	return list
}

// names reads "a.b as c, d" from token first on.
func (f *File) names(s Statement, first int, from string) (list []Import) {
	for n := first; n < s.End; n++ {
		var dotted strings.Builder
		for n < s.End && (f.Tokens[n].Kind == Name && !f.Is(n, "as") || f.Is(n, ".")) {
			dotted.WriteString(f.Word(n))
			n++
		}
		if from != "" && f.Is(n, "*") {
			dotted.WriteString("*")
		}
		if dotted.Len() == 0 {
			continue
		}
		i := Import{Module: dotted.String(), As: dotted.String(), Token: s.First, Top: s.Indent == 0}
		if from != "" {
			i.Module, i.Member = from, dotted.String()
		}
		if f.Is(n, "as") {
			i.As = f.Word(n + 1)
			n += 2
		}
		list = append(list, i)
	}
	return list
}

// standard lists the top-level modules of the standard library: those of Python
// 3.14, and of 2.7 and 3.8 what is gone since (sys.stdlib_module_names, and the
// module indexes of their manuals).
//
//go:embed stdlib.txt
var standard string

// IsStandard reports whether a module is in Python's standard library.
func IsStandard(module string) bool {
	top, _, _ := strings.Cut(module, ".")
	return top != "" && strings.Contains(standard, "\n"+top+"\n")
}

// AddImport returns the edit that adds "import module" where isort would put
// it: among the plain imports of the standard library, in their order; else
// before the first import; else after the docstring, the comments at the top
// and the imports from __future__.
func (f *File) AddImport(module string) Edit {
	line := "import " + module + f.Break()
	first, before, after := f.neighbours(module)
	switch {
	case before != nil:
		return f.insert(f.LineStart(f.Tokens[before.First].From), line)
	case after != nil:
		return f.insert(f.LineEnd(f.Tokens[after.End].From), line)
	case first != nil:
		return f.insert(f.LineStart(f.Tokens[first.First].From), line+f.Break())
	}
	return f.afterHead(line)
}

// neighbours returns the first import at the top of the file, and of the
// standard library the first import that must be after "import module", or the
// last one that must be before it. Each is nil if there is no such import.
func (f *File) neighbours(module string) (first, before, after *Statement) {
	for n := range f.Statements {
		s := &f.Statements[n]
		word := f.Word(s.First)
		if n == 0 && f.Tokens[s.First].Kind == String || f.isFuture(s) {
			continue
		}
		if s.Indent > 0 || word != "import" && word != "from" {
			break
		}
		if first == nil {
			first = s
		}
		if name := f.Word(s.First + 1); !IsStandard(name) {
			continue
		} else if word == "import" && name <= module {
			after, before = s, nil
		} else if before == nil {
			before = s
		}
	}
	return first, before, after
}

// isFuture reports whether a statement is "from __future__ import …".
func (f *File) isFuture(s *Statement) bool {
	return f.Is(s.First, "from") && f.Is(s.First+1, "__future__")
}

// afterHead inserts a line, and a blank one after it, where the code begins.
func (f *File) afterHead(line string) Edit {
	at, head := 0, false
	if strings.HasPrefix(string(f.Text), "\xef\xbb\xbf") {
		at = 3
	}
	for at < len(f.Text) && f.Text[at] == '#' && (strings.HasPrefix(string(f.Text[at:]), "#!") || strings.Contains(string(f.Text[at:f.LineEnd(at)]), "coding")) {
		at = f.LineEnd(at)
	}
	for n, s := range f.Statements {
		if n == 0 && f.Tokens[s.First].Kind == String && s.End == s.First+1 || f.isFuture(&s) {
			at, head = f.LineEnd(f.Tokens[s.End].From), true
			continue
		}
		break
	}
	if head {
		return f.insert(at, f.Break()+line)
	}
	return f.insert(at, line+f.Break())
}

// insert adds lines at the start of a line; the line before may be the last one
// of the file and lack its break.
func (f *File) insert(at int, lines string) Edit {
	if at > 0 && at == len(f.Text) && !isBreak(f.Text[at-1]) {
		lines = f.Break() + strings.TrimSuffix(lines, f.Break())
	}
	return Edit{at, at, lines}
}
