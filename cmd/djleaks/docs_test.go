package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/merge"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/scanner"
)

// root is the folder of the repository, from that of the tests.
const root = "../.."

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents are all texts for users, by their names.
func documents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"cmd/djleaks/doc.go": document(t, "cmd/djleaks/doc.go")}
	for _, pattern := range []string{"*.md", "docs/*.md", "schema/*.md", "docs/ci/*", "templates/*", ".github/ISSUE_TEMPLATE/*", ".pre-commit-hooks.yaml", "action.yml"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no such files: %v", pattern, err)
		}
		for _, file := range files {
			name, _ := filepath.Rel(root, file)
			all[filepath.ToSlash(name)] = document(t, name)
		}
	}
	return all
}

func TestTheConfigurationInTheDocumentationParses(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(document(t, "docs/configuration.md"), -1)
	if len(blocks) == 0 {
		t.Fatal("docs/configuration.md shows no configuration")
	}
	for _, block := range blocks {
		p, err := policy.Parse(".djleaks.toml", []byte(block[1]))
		if err != nil {
			t.Errorf("%v in:\n%s", err, block[1])
			continue
		}
		if p.FailOn == 0 || len(p.Exclude) == 0 || len(p.Names) == 0 || len(p.Severity) == 0 || len(p.Accept) == 0 {
			t.Errorf("not every setting is shown: %+v", p)
		}
	}
}

func TestEveryFieldOfTheReportIsDocumented(t *testing.T) {
	words := document(t, "docs/formats.md") + document(t, "docs/key-match.md")
	var check func(reflect.Type)
	seen := map[reflect.Type]bool{}
	check = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		for _, field := range reflect.VisibleFields(typ) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "" || name == "-" {
				continue
			}
			if !regexp.MustCompile("[`.]" + name + "(\\[\\])?[`:{]").MatchString(words) {
				t.Errorf("docs/formats.md has no word of %s (%s)", name, typ)
			}
			check(field.Type)
		}
	}
	check(reflect.TypeFor[scanner.Report]())
	check(reflect.TypeFor[report.Match]())
	for _, typ := range []reflect.Type{
		reflect.TypeFor[merge.Fleet](), reflect.TypeFor[merge.Repository](), reflect.TypeFor[merge.Key](), reflect.TypeFor[merge.Owner](),
		reflect.TypeFor[merge.Since](), reflect.TypeFor[fleet.Result](),
	} {
		check(typ)
	}
	if len(seen) < 8 {
		t.Errorf("only %d types of the report were looked at", len(seen))
	}
	for _, format := range report.Formats() {
		if !strings.Contains(words, "`"+format+"`") {
			t.Errorf("docs/formats.md has no word of the format %s", format)
		}
	}
}

// constants are the values that a field of the report can have.
func constants[T ~string](all []T) (out []string) {
	for _, c := range all {
		out = append(out, string(c))
	}
	return out
}

func TestEveryWordOfTheReportIsDocumented(t *testing.T) {
	words := document(t, "docs/formats.md")
	for field, values := range map[string][]string{
		"`scope`":         constants(scanner.ScopeKinds()),
		"`verdict`":       constants(scanner.Verdicts()),
		"`state`":         constants(fleet.States()),
		"`change`":        constants(merge.Changes()),
		"`class`":         constants(scanner.Classes()),
		"`severity`":      scanner.SeverityNames(),
		"`status`":        constants(scanner.Statuses()),
		"`accepted.by`":   constants(scanner.Acceptors()),
		"`remarks\\[\\]`": constants(scanner.RemarkKinds()),
	} {
		line := regexp.MustCompile("(?m)^(?:\\| )?" + field + ".*$").FindString(words)
		for _, value := range values {
			if !strings.Contains(line, "`"+value+"`") {
				t.Errorf("docs/formats.md does not say that %s can be %s", field, value)
			}
		}
	}
}

// A call of the program in a text: its words up to the end of the line or of
// the code span.
var called = regexp.MustCompile("(?m)(?:^|[ /\"`$])djleaks\"? +((?:[a-z-][^\n`|<>;#()]*)?)")

func TestEveryCommandAndOptionInTheDocumentationExists(t *testing.T) {
	app := newApp(process{})
	calls := 0
	for name, text := range documents(t) {
		if name == "docs/reference.md" {
			continue // made of the help, whose sentences have no marks around a command
		}
		for _, call := range called.FindAllStringSubmatch(text, -1) {
			commands, flags := app.Commands, app.Flags
			depth := 0
			for _, word := range strings.Fields(call[1]) {
				word = strings.Trim(word, `".,:…`)
				if option, ok := strings.CutPrefix(word, "--"); ok && option != "" {
					option, _, _ = strings.Cut(option, "=")
					if depth > 0 && option != "help" && !slices.ContainsFunc(flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), option) }) {
						t.Errorf("%s: djleaks %s: there is no option --%s", name, call[1], option)
					}
					continue
				}
				if command := find(commands, word); command != nil {
					commands, flags = command.Subcommands, command.Flags
					depth++
					calls++
				} else if commands != nil && depth > 0 && regexp.MustCompile(`^[a-z]{3,}$`).MatchString(word) {
					t.Errorf("%s: djleaks %s: unknown command %s", name, call[1], word)
				}
			}
		}
	}
	if calls < 40 {
		t.Errorf("only %d calls were found", calls)
	}
}

func TestTheManualOfThePackageListsEveryCommand(t *testing.T) {
	text := document(t, "cmd/djleaks/doc.go")
	for _, d := range declarations() {
		if !strings.Contains(text, "\n\tdjleaks "+d.name+" ") {
			t.Errorf("doc.go does not list djleaks %s", d.name)
		}
	}
}

func TestLinksInTheDocumentationLeadSomewhere(t *testing.T) {
	links := 0
	for name, text := range documents(t) {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#]+)`).FindAllStringSubmatch(text, -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			links++
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), link[1])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if links < 10 {
		t.Errorf("only %d links were found", links)
	}
}

// masked takes out of a line what is new at each run of the demonstration.
func masked(line string) string {
	line = regexp.MustCompile(`[0-9a-f]{10,}`).ReplaceAllString(line, "#")
	return regexp.MustCompile(`django-insecure-[^ ]+…`).ReplaceAllString(line, "…")
}

func TestTheMapOfTheRoomsNamesFilesThatAreThere(t *testing.T) {
	rows := regexp.MustCompile(`(?m)^\| (`+"`[a-z/]+`"+`.*?) \| (.*)$`).FindAllStringSubmatch(document(t, "CONTRIBUTING.md"), -1)
	if len(rows) < 10 {
		t.Fatalf("CONTRIBUTING.md has a map of %d rooms", len(rows))
	}
	quoted := regexp.MustCompile("`([^`]+)`")
	for _, row := range rows {
		var folders []string
		for _, folder := range quoted.FindAllStringSubmatch(row[1], -1) {
			folders = append(folders, filepath.Join(root, folder[1]))
		}
		for _, name := range quoted.FindAllStringSubmatch(row[2], -1) {
			if !strings.HasSuffix(name[1], ".go") {
				if _, err := os.Stat(filepath.Join(root, name[1])); err != nil {
					t.Errorf("%s names %s, which is not there", row[1], name[1])
				}
				continue
			}
			for _, folder := range folders {
				if found, _ := filepath.Glob(filepath.Join(folder, name[1])); len(found) == 0 {
					t.Errorf("%s has no file %s", folder, name[1])
				}
			}
		}
	}
}

// The README is read before anything is tried: two screens, and no more.
func TestTheReadmeInTheDocsHas150Lines(t *testing.T) {
	if n := strings.Count(document(t, "README.md"), "\n"); n > 150 {
		t.Errorf("README.md has %d lines", n)
	}
}

// TestTheWalkOfABlobNamesFunctionsThatAreThere reads names as package.Function,
// package.Type or package.Type.Method.
func TestTheWalkOfABlobNamesFunctionsThatAreThere(t *testing.T) {
	_, walk, _ := strings.Cut(document(t, "docs/design.md"), "\n## A blob, from its pack to the report\n")
	walk, _, _ = strings.Cut(walk, "\n## ")
	lines, named := regexp.MustCompile(`(?m)^\d+\. .*$`).FindAllString(walk, -1), 0
	if len(lines) != 10 {
		t.Errorf("the walk has %d lines", len(lines))
	}
	for _, line := range lines {
		for _, name := range regexp.MustCompile("`([a-z]+)\\.([A-Za-z.]+)`").FindAllStringSubmatch(line, -1) {
			named++
			kind, function, method := strings.Cut(name[2], ".")
			declared := `(?m)^func ` + kind + `\(`
			if method {
				declared = `(?m)^func \((\w+ )?\*?` + kind + `\) ` + function + `\(`
			}
			var files []string
			for _, dir := range []string{"internal", "scanner", "scanner/django", "."} {
				found, _ := filepath.Glob(filepath.Join(root, dir, name[1], "*.go"))
				files = append(files, found...)
			}
			if !slices.ContainsFunc(files, func(file string) bool {
				text, err := os.ReadFile(file)
				return err == nil && !strings.HasSuffix(file, "_test.go") && regexp.MustCompile(declared).Match(text)
			}) {
				t.Errorf("no function is named %s", name[0])
			}
		}
	}
	if named < 15 {
		t.Errorf("the walk names %d functions", named)
	}
}

func TestTheReadmeShowsWhatTheDemoPrints(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```text\n(.*?)```").FindStringSubmatch(document(t, "README.md"))
	code, stdout, stderr := program("", "demo")
	if blocks == nil || code != 0 {
		t.Fatalf("exit %d, %s; block: %v", code, stderr, blocks)
	}
	var printed []string
	for _, line := range strings.Split(stdout, "\n") {
		printed = append(printed, masked(line))
	}
	for _, line := range strings.Split(strings.TrimSpace(blocks[1]), "\n") {
		if !slices.Contains(printed, masked(line)) {
			t.Errorf("the demo does not print: %s", line)
		}
	}
}

func TestTheReadmeGivesTheErrorRates(t *testing.T) {
	code, stdout, stderr := program("", "rules", "--error-rates")
	if code != 0 {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	var django, generated, written, leet float64 // the highest of each kind, in percent
	group := &generated
	for _, line := range regexp.MustCompile(`(?m)^(.*?) {2,}(.*?) {2,}([0-9.]+ %|missed|taken for keys) .*$`).FindAllStringSubmatch(stdout, -1) {
		rate, err := strconv.ParseFloat(strings.TrimSuffix(line[3], " %"), 64)
		kind := group
		switch {
		case line[3] == "missed" || line[3] == "taken for keys":
			if line[3] == "taken for keys" {
				group = &written
			}
			continue
		case err != nil:
			t.Fatalf("%q: %v", line[0], err)
		case strings.Contains(line[1], "Django") || strings.Contains(line[1], "startproject"):
			kind = &django
		case strings.Contains(line[1], "leet"):
			kind = &leet
		}
		*kind = max(*kind, rate)
	}
	readme := strings.Join(strings.Fields(document(t, "README.md")), " ")
	for _, want := range []string{
		fmt.Sprintf("misses %.2f %% of Django's own keys and at most %.2f %% of any other", django, generated),
		fmt.Sprintf("of what people write, it takes at most %.2f %% for a generated key, or %.2f %% if", written, leet),
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("README.md does not say %q; the rates are\n%s", want, stdout)
		}
	}
}

// CONTRIBUTING.md promises it. A copy without its history is read as files.
func TestThisRepositoryHoldsNoKey(t *testing.T) {
	code, stdout, stderr := program("", "audit", root, "--verbose")
	if strings.Contains(stderr, "not a Git repository") {
		code, stdout, stderr = program("", "files", root, "--verbose")
	}
	// A shallow clone is incomplete, which is not what this is about.
	if code != exitClean && code != exitIncomplete || !strings.Contains(stdout, "read ") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

// TestEveryProofOfRobustnessExists: what docs/robustness.md names as the proof of
// something is there.
func TestEveryProofOfRobustnessExists(t *testing.T) {
	declared := map[string]bool{}
	declaration := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	for _, room := range rooms(t) {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(room), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range declaration.FindAllSubmatch(text, -1) {
				declared[string(m[1])] = true
			}
		}
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`((?:Test|Fuzz)\\w+|\\w+\\.txtar|\\.ci/[\\w-]+|[\\w/]+_test\\.go)`").FindAllStringSubmatch(document(t, "docs/robustness.md"), -1) {
		name := m[1]
		named[name] = true
		there := declared[name]
		switch {
		case strings.HasSuffix(name, ".txtar"):
			there = exists(filepath.Join(root, "testdata", "script", name))
		case strings.Contains(name, "/"):
			there = exists(filepath.Join(root, filepath.FromSlash(name)))
		}
		if !there {
			t.Errorf("docs/robustness.md names %s, which is not there", name)
		}
	}
	for name := range declared {
		if strings.HasPrefix(name, "Fuzz") && !named[name] {
			t.Errorf("docs/robustness.md has no word of %s", name)
		}
	}
	if len(named) < 50 {
		t.Errorf("docs/robustness.md names %d proofs", len(named))
	}
}
