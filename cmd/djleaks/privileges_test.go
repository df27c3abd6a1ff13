package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// writers names the rooms that may create, change or remove files, and what
// they write.
var writers = map[string]string{
	"hooks":                      "hook files",
	"internal/cache":             "which objects of a repository hold no key",
	"internal/fleet":             "the store of a fleet",
	"internal/gitstore":          "the repository of the demo",
	"internal/packfile/packtest": "packs for tests",
	"internal/regular":           "nothing: it opens files with flags, to read them",
	"internal/report":            "reports and baselines",
	"internal/testkit":           "files for tests",
	"internal/worktree":          "the user's work tree, where `fix` is asked to",
	"cmd/djleaks":                "the folder of the demo, the job summary of GitHub, and purge kits",
}

// writing are the functions of package os that change what is on the disk, or
// give a handle that can.
var writing = map[string]bool{
	"Chmod": true, "Chown": true, "Chtimes": true, "CopyFS": true, "Create": true, "CreateTemp": true, "Lchown": true,
	"Link": true, "Mkdir": true, "MkdirAll": true, "MkdirTemp": true, "OpenFile": true, "OpenInRoot": true, "OpenRoot": true,
	"Remove": true, "RemoveAll": true, "Rename": true, "Symlink": true, "Truncate": true, "WriteFile": true,
}

// opening are the functions of package os that open a file to read it.
var opening = map[string]bool{"DirFS": true, "Open": true, "OpenFile": true, "OpenInRoot": true, "OpenRoot": true, "ReadFile": true}

// careful are the rooms that read what a repository can choose, and therefore
// open nothing themselves: internal/regular does.
var careful = []string{"internal/gitstore", "internal/packfile", "internal/packwalk", "internal/trace", "internal/policy"}

// ending are the functions that end the process, which main alone does.
var ending = map[string]bool{"Exit": true}

// parse reads the product code of a room.
func parse(t *testing.T, room string) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(room), "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no Go files: %v", room, err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return set, files
}

// uses lists the places in the product code of a room that mention one of the
// functions of package os.
func uses(t *testing.T, room string, functions map[string]bool) []string {
	t.Helper()
	var places []string
	set, parsed := parse(t, room)
	for _, file := range parsed {
		alias := nameOf(t, file, "os")
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && functions[s.Sel.Name] {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == alias {
					places = append(places, set.Position(s.Pos()).String()+": os."+s.Sel.Name)
				}
			}
			return true
		})
	}
	return places
}

// nameOf is the name under which a file imports a package, or "".
func nameOf(t *testing.T, file *ast.File, path string) string {
	t.Helper()
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case imported == "io/ioutil":
			t.Errorf("%s imports io/ioutil: use os", file.Name.Name)
		case imported != path:
		case spec.Name == nil:
			return path
		case spec.Name.Name == ".":
			t.Errorf("%s imports %s without a name", file.Name.Name, path)
		default:
			return spec.Name.Name
		}
	}
	return ""
}

// rooms are the folders of the module that hold product code.
func rooms(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		name := e.Name()
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != root && (name == "testdata" || name[0] == '.' || name[0] == '_'):
			return filepath.SkipDir
		case e.IsDir() && path != root && exists(filepath.Join(path, "go.mod")):
			return filepath.SkipDir // another module: the release builder
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			room, err := filepath.Rel(root, filepath.Dir(path))
			found[filepath.ToSlash(room)] = true
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestOnlyTheListedRoomsWriteFiles(t *testing.T) {
	for _, room := range rooms(t) {
		places := uses(t, room, writing)
		_, may := writers[room]
		switch {
		case may && len(places) == 0:
			t.Errorf("%s may write, and does not: take it off the list", room)
		case !may && len(places) > 0:
			t.Errorf("%s writes files, and is not on the list:\n%s", room, strings.Join(places, "\n"))
		}
	}
}

func TestWhatARepositoryCanChooseIsOpenedByOneRoom(t *testing.T) {
	for _, room := range careful {
		if places := uses(t, room, opening); len(places) > 0 {
			t.Errorf("%s opens files, and has to ask internal/regular:\n%s", room, strings.Join(places, "\n"))
		}
	}
	if len(uses(t, "internal/regular", opening)) == 0 {
		t.Error("internal/regular opens nothing: this test looks for the wrong functions")
	}
}

func TestOnlyMainEndsTheProcess(t *testing.T) {
	for _, room := range rooms(t) {
		for _, place := range uses(t, room, ending) {
			if room != "cmd/djleaks" || !strings.Contains(place, "main.go") {
				t.Errorf("%s", place)
			}
		}
	}
}

func TestEveryPrivilegeIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, p := range list(t, module+"...") {
		for _, path := range p.Imports {
			used[path+" in "+strings.TrimPrefix(p.ImportPath, module)] = true
		}
	}
	for path, rooms := range alone {
		for _, room := range rooms {
			if !used[path+" in "+room] {
				t.Errorf("%s may import %s, and does not", room, path)
			}
		}
	}
}

func TestAWriterIsRecognisedUnderAnyNameOfItsImport(t *testing.T) {
	for text, want := range map[string]string{
		"import \"os\"":                "os",
		"import system \"os\"":         "system",
		"import \"example.org/os\"":    "",
		"import (\n\"fmt\"\n\"os\"\n)": "os",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+text, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		if got := nameOf(t, file, "os"); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal("the rooms are looked for in the wrong folder:", err)
	}
}

// TestStartingCompilesNothing: a hook runs on every commit and shall not pay for
// what other commands need. internal/lazy compiles at the first use.
func TestStartingCompilesNothing(t *testing.T) {
	for _, p := range list(t, module+"...") {
		room := strings.TrimPrefix(p.ImportPath, module)
		if room == "internal/testkit" {
			continue
		}
		set, files := parse(t, room)
		for _, file := range files {
			for _, d := range file.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
					ast.Inspect(g, func(n ast.Node) bool {
						if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "MustCompile" || s.Sel.Name == "Must") {
							t.Errorf("%s: a package variable is compiled when the program starts", set.Position(s.Pos()))
						}
						_, later := n.(*ast.FuncLit)
						return !later
					})
				}
			}
		}
	}
}
