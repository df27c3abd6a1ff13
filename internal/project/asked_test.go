package project

import (
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestAllThatIsAskedOfAFileIsKept reads the packages that ask: a name that is not
// kept would never be found.
func TestAllThatIsAskedOfAFileIsKept(t *testing.T) {
	var files []string
	for _, asks := range []string{"dossier", "radius"} {
		list, err := filepath.Glob("../" + asks + "/*.go")
		if err != nil || len(list) == 0 {
			t.Fatalf("%s: %d files, %v", asks, len(list), err)
		}
		files = append(files, list...)
	}
	lists := map[string][]string{} // of strings, by the name of the variable
	var asked []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := goparser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, value := range n.Values {
					lists[n.Names[i].Name] = literals(value)
				}
			case *ast.RangeStmt: // for _, word := range []string{…} { … f.Names(word) … }
				if name, ok := n.Value.(*ast.Ident); ok && asks(n.Body, name.Name) {
					asked = append(asked, literals(n.X)...)
				}
			case *ast.CallExpr:
				if isQuestion(n) {
					for _, argument := range n.Args {
						asked = append(asked, literals(argument)...)
						if list, ok := argument.(*ast.Ident); ok && n.Ellipsis.IsValid() {
							asked = append(asked, "*"+list.Name)
						}
					}
				}
			}
			return true
		})
	}
	names := 0
	for _, name := range asked {
		list := []string{name}
		if variable, ok := strings.CutPrefix(name, "*"); ok {
			list = lists[variable]
		}
		for _, name := range list {
			if names++; !isAsked(name) {
				t.Errorf("%q is asked for, and not kept", name)
			}
		}
	}
	if names < 90 {
		t.Errorf("only %d names are asked for", names)
	}
}

// isQuestion recognises the questions for names of a File or a Class.
func isQuestion(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (f.Sel.Name == "Calls" || f.Sel.Name == "Names" || f.Sel.Name == "Has" && len(call.Args) == 1)
}

// asks reports whether there is a question for what a variable has.
func asks(body ast.Node, variable string) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && isQuestion(call) && len(call.Args) == 1 {
			name, ok := call.Args[0].(*ast.Ident)
			found = found || ok && name.Name == variable
		}
		return true
	})
	return found
}

// literals are the strings in an expression.
func literals(e ast.Expr) (out []string) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == gotoken.STRING {
			out = append(out, s)
		}
	case *ast.CompositeLit:
		for _, element := range e.Elts {
			out = append(out, literals(element)...)
		}
	}
	return out
}

// isAsked reports whether a File can answer for a name: of a call, of anything, or
// of what is in a class.
func isAsked(name string) bool {
	return isAskedCall(name) || isAskedName(name) || slices.Contains(askedWords[:], name)
}
