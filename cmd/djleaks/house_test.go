package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/djleaks/djleaks/"

// house says which packages outside the standard library each room may import.
// A name that ends in /... allows what lies below it.
var house = map[string][]string{
	"scanner":                       {},
	"scanner/django":                {module + "scanner", module + "internal/say", module + "scanner/django/forms", module + "scanner/django/value", module + "scanner/django/internal/..."},
	"scanner/django/value":          {module + "scanner", module + "scanner/django/internal/..."},
	"scanner/django/forms":          {module + "scanner", module + "scanner/django/value", module + "scanner/django/internal/..."},
	"scanner/django/internal/ascii": {},
	"scanner/django/internal/words": {},
	"scanner/gogit":                 {module + "scanner", "github.com/go-git/go-git/v5/..."},
	"hooks":                         {module + "scanner", module + "internal/say"},
	"internal/packfile":             {module + "scanner", module + "internal/regular", "github.com/klauspost/compress/..."},
	"internal/packfile/packtest":    {module + "scanner", module + "internal/packfile"},
	"internal/packwalk":             {module + "scanner", module + "internal/packfile", module + "internal/regular"},
	"internal/gitstore":             {module + "scanner", module + "internal/say", module + "internal/packfile", module + "internal/regular", "github.com/go-git/go-git/v5/plumbing/..."},
	"internal/trace":                {module + "scanner", module + "internal/ids"},
	"internal/source":               {module + "scanner", module + "internal/say"},
	"internal/report":               {module + "scanner", module + "internal/say", module + "internal/regular", "github.com/fatih/color"},
	"internal/policy":               {module + "scanner", module + "internal/say", "github.com/BurntSushi/toml", "github.com/bmatcuk/doublestar/v4"},
	"internal/cienv":                {module + "internal/say", module + "scanner"},
	"internal/cache":                {module + "scanner", module + "internal/ids", module + "internal/regular"},
	"internal/project":              {module + "scanner", module + "internal/pysource", module + "internal/lazy", module + "internal/deployment"},
	"internal/project/projecttest":  {module + "internal/project"},
	"internal/radius":               {module + "scanner", module + "internal/project", module + "internal/say", module + "internal/pysource"},
	"internal/dossier":              {module + "scanner", module + "internal/project", module + "internal/radius", module + "internal/say"},
	"internal/scan": {
		module + "scanner", module + "scanner/django", module + "internal/packfile", module + "internal/packwalk", module + "internal/trace",
		module + "internal/gitstore", module + "internal/source", module + "internal/policy", module + "internal/cienv", module + "internal/cache", module + "internal/say",
		module + "internal/regular", module + "internal/fix", module + "internal/worktree",
		module + "internal/signed", module + "internal/purge", module + "internal/project", module + "internal/dossier",
	},
	"internal/fleet":      {module + "scanner", module + "internal/say", module + "internal/lazy", module + "internal/regular"},
	"internal/merge":      {module + "scanner", module + "internal/fleet", module + "internal/report", module + "internal/say"},
	"internal/regular":    {},
	"internal/lsp":        {},
	"internal/lazy":       {},
	"internal/say":        {},
	"internal/ids":        {},
	"internal/pysource":   {},
	"internal/deployment": {},
	"internal/fix":        {module + "scanner", module + "internal/say", module + "internal/lazy", module + "scanner/django", module + "internal/pysource", module + "internal/deployment"},
	"docs/ci":             {},
	"internal/setup":      {module + "hooks", module + "docs/ci", "go.yaml.in/yaml/v3"},
	"internal/worktree":   {module + "internal/say", "github.com/bmatcuk/doublestar/v4"},
	"internal/signed":     {module + "scanner", module + "internal/lazy"},
	"internal/purge":      {module + "scanner"},
	"schema":              {},
	"internal/testkit":    {module + "scanner", "github.com/rogpeppe/go-internal/txtar"},
	"cmd/djleaks": {
		module + "scanner", module + "scanner/django", module + "scanner/django/forms", module + "scanner/django/value", module + "hooks", module + "schema", module + "internal/...",
		"github.com/urfave/cli/v2", "golang.org/x/term", "github.com/rogpeppe/go-internal/diff",
	},
}

// alone names the rooms that may import a package with a privilege; nobody
// else does, directly.
var alone = map[string][]string{
	"os/exec": {"cmd/djleaks", "internal/testkit"},
	"unsafe":  {},
	"plugin":  {},
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Name       string
	Standard   bool
	Imports    []string
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Name,Standard,Imports"}, args...)...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func allowed(rules []string, path string) bool {
	for _, rule := range rules {
		if below, ok := strings.CutSuffix(rule, "/..."); ok && (path == below || strings.HasPrefix(path, below+"/")) || rule == path {
			return true
		}
	}
	return false
}

func TestEveryRoomImportsOnlyWhatTheHouseAllows(t *testing.T) {
	standard := map[string]bool{}
	for _, p := range list(t, "-deps", module+"...") {
		standard[p.ImportPath] = p.Standard
	}
	for _, p := range list(t, module+"...") {
		room := strings.TrimPrefix(p.ImportPath, module)
		rules, known := house[room]
		if !known {
			t.Errorf("package %s is in no plan of the house", room)
			continue
		}
		for _, path := range p.Imports {
			if !standard[path] && !allowed(rules, path) {
				t.Errorf("%s imports %s", room, path)
			}
			if rooms, privileged := alone[path]; privileged && !slices.Contains(rooms, room) {
				t.Errorf("%s imports %s, which only %v may", room, path, rooms)
			}
		}
	}
}

func TestTheProgramCannotUseTheNetwork(t *testing.T) {
	for _, p := range list(t, "-deps", module+"cmd/djleaks") {
		switch p.ImportPath {
		case "net", "net/http", "crypto/tls", "github.com/go-git/go-git/v5", "golang.org/x/crypto/ssh":
			t.Errorf("the program links %s", p.ImportPath)
		}
	}
}

// The program reads repositories with its own code: go-git's decoders cost each
// start of a hook more than its work.
func TestTheProgramDoesNotLinkTheReaderForGoGit(t *testing.T) {
	for _, p := range list(t, "-deps", module+"cmd/djleaks") {
		switch p.ImportPath {
		case module + "scanner/gogit", "github.com/go-git/go-git/v5/plumbing/object", "github.com/go-git/go-git/v5/storage":
			t.Errorf("the program links %s", p.ImportPath)
		}
	}
}

func TestThereIsOneProgram(t *testing.T) {
	// pre-commit builds and installs every package main of the module.
	var programs []string
	for _, p := range list(t, module+"...") {
		if p.Name == "main" {
			programs = append(programs, p.ImportPath)
		}
	}
	if want := []string{module + "cmd/djleaks"}; !slices.Equal(programs, want) {
		t.Errorf("programs: %v, want %v", programs, want)
	}
}

// lowestGo is the Go of Debian 13. What go.mod says decides who can build the
// hook from source.
const lowestGo = "1.24.0"

func TestTheModuleBuildsWithAnOlderGo(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.GoVersion}}").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(out)); got != lowestGo {
		t.Errorf("go.mod says go %s, want %s: has a dependency been raised?", got, lowestGo)
	}
}
