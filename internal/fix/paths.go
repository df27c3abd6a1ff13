package fix

import (
	"path"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

func dirOf(file string) string {
	if dir := path.Dir(file); dir != "." {
		return dir
	}
	return ""
}

func joinPath(folder, name string) string {
	if joined := path.Join(folder, name); joined != "." {
		return joined
	}
	return ""
}

// located is a path below the top level, as an expression of Python gives it.
type located struct {
	path string
	ok   bool
}

// pathOf evaluates the expression of tokens [first, end) as far as it is made
// of __file__, names, literals and the usual functions of os.path, pathlib and
// environ.Path.
func (py *pythonFile) pathOf(first, end, depth int) located {
	if depth > 8 || first >= end {
		return located{}
	}
	value, next := py.pathOperand(first, end, depth)
	for next < end && value.ok {
		switch {
		case py.Is(next, "/"), py.Is(next, "+"):
			var right located
			right, next = py.pathOperand(next+1, end, depth)
			value = located{joinPath(value.path, right.path), right.ok}
		case py.Is(next, "-") && py.Tokens[next+1].Kind == pysource.Number:
			n, _ := strconv.Atoi(py.Word(next + 1))
			for range min(n, 20) {
				value = parent(value)
			}
			next += 2
		default:
			value.ok = false
		}
	}
	return value
}

func parent(l located) located {
	if l.path == "" {
		return located{} // above the top level
	}
	return located{dirOf(l.path), l.ok}
}

// pathOperand evaluates one operand with its attributes and calls.
func (py *pythonFile) pathOperand(first, end, depth int) (value located, next int) {
	next = first + 1
	switch t := py.Tokens[first]; {
	case t.Kind == pysource.String:
		text, ok := py.Value(first)
		return located{text, ok && !strings.HasPrefix(text, "/")}, next
	case py.Is(first, "("):
		value, next = py.pathOf(first+1, t.Close, depth+1), t.Close+1
	case py.Is(first, "__file__"):
		value = located{py.path, true}
	case t.Kind == pysource.Name:
		value, next = py.pathName(first, end, depth)
	default:
		return located{}, next
	}
	return py.pathTail(value, next, end, depth)
}

// pathName evaluates a name, or the call of a function.
func (py *pythonFile) pathName(first, end, depth int) (value located, next int) {
	next = first + 1
	for next+1 < end && py.Is(next, ".") && py.Tokens[next+1].Kind == pysource.Name && isPathModule(py.Word(next-1)) {
		next += 2
	}
	if next < end && py.Is(next, "(") {
		call := py.CallAt(next)
		switch pysource.LastName(call.Callee) {
		case "join":
			return py.joinedPath(located{"", true}, call, depth), call.Close + 1
		case "dirname":
			return parent(py.firstPath(call, depth)), call.Close + 1
		case "abspath", "realpath", "normpath", "str", "Path", "fspath", "PurePath", "find_dotenv":
			return py.firstPath(call, depth), call.Close + 1
		}
	}
	return py.pathVariable(py.Word(first), depth), first + 1
}

func isPathModule(name string) bool {
	return name == "os" || name == "path" || name == "pathlib" || name == "environ" || name == "dotenv"
}

func (py *pythonFile) firstPath(call *pysource.Call, depth int) located {
	if len(call.Arguments) == 0 {
		return located{}
	}
	return py.pathOf(call.Arguments[0].Value, call.Arguments[0].End, depth+1)
}

// pathVariable is the value of a variable of this file, or of one that it
// imports from another file of the project.
func (py *pythonFile) pathVariable(name string, depth int) located {
	for n := len(py.Statements) - 1; n >= 0; n-- {
		st := py.Statements[n]
		if st.Indent == 0 && py.Is(st.First, name) && py.Is(st.First+1, "=") {
			return py.pathOf(st.First+2, st.End, depth+1)
		}
	}
	for _, i := range py.Imports() {
		if i.As != name && i.Member != "" {
			continue
		}
		if other := py.module(i.Module); other != nil && depth < 4 {
			return other.pathVariable(name, depth+2)
		}
	}
	return located{}
}

// pathTail evaluates .parent, .resolve(), .parents[n], ("sub") after a path.
func (py *pythonFile) pathTail(value located, next, end, depth int) (located, int) {
	for next < end {
		switch {
		case py.Is(next, "("): // environ.Path: root("sub")
			call := py.CallAt(next)
			value, next = py.joinedPath(value, call, depth), call.Close+1
		case py.Is(next, ".") && py.Is(next+1, "parent"):
			value, next = parent(value), next+2
		case py.Is(next, ".") && py.Is(next+1, "parents") && py.Is(next+2, "["):
			value, next = py.parents(value, next+2), py.Tokens[next+2].Close+1
		case py.Is(next, ".") && py.Is(next+2, "("):
			call := py.CallAt(next + 2)
			value, next = py.pathMethod(value, py.Word(next+1), call, depth), call.Close+1
		default:
			return value, next
		}
	}
	return value, next
}

// joinedPath is a path with the arguments of a call below it.
func (py *pythonFile) joinedPath(value located, call *pysource.Call, depth int) located {
	for _, a := range call.Arguments {
		part := py.pathOf(a.First, a.End, depth+1)
		value = located{joinPath(value.path, part.path), value.ok && part.ok}
	}
	return value
}

// parents is path.parents[n]; open is the bracket.
func (py *pythonFile) parents(value located, open int) located {
	n, err := strconv.Atoi(py.Source(open+1, py.Tokens[open].Close))
	if err != nil {
		return located{}
	}
	for range min(n+1, 20) {
		value = parent(value)
	}
	return value
}

func (py *pythonFile) pathMethod(value located, name string, call *pysource.Call, depth int) located {
	switch name {
	case "joinpath", "path":
		return py.joinedPath(value, call, depth)
	case "resolve", "absolute", "as_posix", "expanduser", "strip":
		return value
	}
	return located{}
}
