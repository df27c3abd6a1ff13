package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/merge"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/schema"
)

// outputLog names, in a script's environment, the file that gets a copy of all
// that the program prints.
const outputLog = "DJLEAKS_TEST_OUTPUT"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"djleaks": func() {
		log, err := os.OpenFile(os.Getenv(outputLog), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			panic(err)
		}
		var stdout bytes.Buffer
		code := run(context.Background(), append([]string{"djleaks"}, os.Args[1:]...), process{
			stdin:  os.Stdin,
			stdout: io.MultiWriter(os.Stdout, log, &stdout),
			stderr: io.MultiWriter(os.Stderr, log),
			getenv: os.Getenv,
		})
		saveReports(stdout.Bytes())
		os.Exit(code)
	}})
}

// saveReports adds the JSON reports of a run, on its standard output and in the
// files that its arguments name, to those of the script.
func saveReports(stdout []byte) {
	texts := [][]byte{stdout}
	for _, word := range os.Args[1:] {
		name := word[strings.LastIndex(word, "=")+1:]
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			continue // a script has pipes, from which nobody would ever read to the end
		}
		if text, err := os.ReadFile(name); err == nil {
			texts = append(texts, text)
		}
	}
	file, err := os.OpenFile(os.Getenv(outputLog)+".json", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	for _, text := range texts {
		if isReport(text) {
			if _, err := file.Write(append(text, '\n')); err != nil {
				panic(err)
			}
		}
	}
	if err := file.Close(); err != nil {
		panic(err)
	}
}

// isReport reports whether a text is one JSON object with a schema and a tool,
// as a report is; a merged one has a kind as well.
func isReport(text []byte) bool {
	var r struct{ Schema, Tool, Keys, Kind json.RawMessage }
	return json.Unmarshal(text, &r) == nil && r.Schema != nil && r.Tool != nil && r.Keys != nil && r.Kind == nil
}

// checkFleets holds what fleet audit and merge have left below a folder to their
// schemas, and returns how many files those are.
func checkFleets(t *testing.T, dir string, state, merged *jsonschema.Resolved) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".json" || !d.Type().IsRegular() {
			return nil // scripts make folders that cannot be read
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil
		}
		var head struct{ Kind, Record json.RawMessage }
		switch {
		case json.Unmarshal(text, &head) != nil:
		case head.Record != nil && filepath.Base(name) == fleet.StateFile:
			n += int64(checkReports(t, state, bytes.NewReader(text)))
		case string(head.Kind) == strconv.Quote(merge.Kind):
			n += int64(checkReports(t, merged, bytes.NewReader(text)))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// TestScripts runs the stories of testdata/script: real Git, real files, and
// the program as its users call it. No story may print four characters in a row
// of a key's random part.
func TestScripts(t *testing.T) {
	valid, state, merged := validator(t, schema.Report), validator(t, schema.State), validator(t, schema.Merge)
	python := interpreter(t)
	var scripts, reports, fleets atomic.Int64
	t.Cleanup(func() {
		if n := fleets.Load(); n < 20 && scripts.Load() > 20 {
			t.Errorf("only %d states and merged reports were held to their schemas", n)
		}
		if n := reports.Load(); n < scripts.Load() && scripts.Load() > 20 {
			t.Errorf("only %d reports of %d scripts were held to the schema", n, scripts.Load())
		}
	})
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			log := filepath.Join(t.TempDir(), "output")
			e.Setenv(outputLog, log)
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("VERSION", version)
			e.Setenv("PATH", python+string(os.PathListSeparator)+e.Getenv("PATH"))
			for _, entry := range testkit.GitEnvironment() {
				if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "GIT_") {
					e.Setenv(name, value)
				}
			}
			for _, name := range []string{"GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"} {
				e.Setenv(name, "2024-03-04T09:30:00Z")
			}
			e.Defer(func() {
				checkTellsNoKey(t, log)
				text, err := os.ReadFile(log + ".json")
				if err != nil {
					t.Error(err)
				}
				scripts.Add(1)
				reports.Add(int64(checkReports(t, valid, bytes.NewReader(text))))
				fleets.Add(checkFleets(t, e.WorkDir, state, merged))
			})
			return fillKeys(e.WorkDir)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"fill":  scriptFill,
			"rev":   scriptRev,
			"site":  scriptSite,
			"steps": scriptSteps,
		},
	})
}

// interpreter makes a folder that has the Python of this machine as python3. A
// version manager's wrapper starts twenty processes before it, each time.
func interpreter(t *testing.T) string {
	out, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Fatalf("the scripts need python3 on PATH: %v", err)
	}
	dir := t.TempDir()
	if err := os.Symlink(strings.TrimSpace(string(out)), filepath.Join(dir, "python3")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// scriptFill is `fill FILE...`: it puts keys and object names in the place of
// {{key 1}}, {{insecure 1}} and {{rev HEAD}} in files. The files of a script
// itself have their keys already.
func scriptFill(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		file := ts.MkAbs(name)
		ts.Check(fillKey(file))
		text, err := os.ReadFile(file)
		ts.Check(err)
		text = revMark.ReplaceAllFunc(text, func(mark []byte) []byte {
			return []byte(revision(ts, string(revMark.FindSubmatch(mark)[1])))
		})
		ts.Check(os.WriteFile(file, text, 0o644))
	}
}

var revMark = regexp.MustCompile(`\{\{rev ([^}]+)\}\}`)

// scriptRev is `rev VARIABLE REVISION`: it sets a variable to an object name.
func scriptRev(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: rev VARIABLE REVISION")
	}
	ts.Setenv(args[0], revision(ts, args[1]))
}

func revision(ts *testscript.TestScript, name string) string {
	ts.Check(ts.Exec("git", "rev-parse", "--verify", name))
	return strings.TrimSpace(ts.ReadFile("stdout"))
}

// scriptSite is `site`: it makes a repository in site and goes there. On its
// branch main settings.py reads the key from the environment; topic, which is
// checked out, brings {{insecure 1}} in line 3, column 15, and takes it out
// again.
func scriptSite(ts *testscript.TestScript, _ bool, _ []string) {
	const clean = "import os\n\nSECRET_KEY = os.environ[\"DJANGO_SECRET_KEY\"]\n"
	leaking := "import os\n\nSECRET_KEY = '" + testkit.InsecureKey(1) + "'\n"
	commit := func(message, text string) testkit.Commit {
		return testkit.Commit{Message: message, Files: map[string]string{"settings.py": text}}
	}
	history := testkit.History("main", "", commit("clean", clean)) +
		testkit.History("topic", "refs/heads/main", commit("leak", leaking), commit("mended", clean))
	file := ts.MkAbs("history")
	ts.Check(os.WriteFile(file, []byte(history), 0o600))
	ts.Check(ts.Exec("git", "init", "-q", "-b", "topic", "site"))
	ts.Check(ts.Chdir("site"))
	ts.Check(ts.Exec("sh", "-c", "git fast-import --quiet <../history && git reset -q --hard && rm ../history"))
}

// scriptSteps is `steps FILE`: it writes what the playbook of the report on
// standard output says to run into a file.
func scriptSteps(ts *testscript.TestScript, _ bool, args []string) {
	var report scanner.Report
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &report))
	var script strings.Builder
	for _, play := range report.Playbook {
		for _, step := range play.Steps {
			script.WriteString(step.Run + "\n")
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(script.String()), 0o644))
}

var keyMark = regexp.MustCompile(`\{\{(key|insecure) (\d+)\}\}`)

// signedMark is replaced by a value of testdata/signed, all of which key 1 has
// signed: {{signed django-6.1 dumps}}.
var signedMark = regexp.MustCompile(`\{\{signed (\S+) (\S+)\}\}`)

// signedValue is the value of a name in a file of testdata/signed.
func signedValue(file, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "signed", file+".jsonl"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		var v struct{ ID, Value string }
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			return "", err
		}
		if strings.HasSuffix(v.ID, "/"+name) {
			return v.Value, nil
		}
	}
	return "", fmt.Errorf("%s has no value %s", file, name)
}

// fillKeys replaces {{key 1}} and {{insecure 1}} in the files of a script.
func fillKeys(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return fillKey(path)
	})
}

func fillKey(path string) error {
	text, err := os.ReadFile(path)
	if err != nil || !keyMark.Match(text) && !signedMark.Match(text) {
		return err
	}
	text = signedMark.ReplaceAllFunc(text, func(mark []byte) []byte {
		part := signedMark.FindSubmatch(mark)
		var value string
		if value, err = signedValue(string(part[1]), string(part[2])); err != nil {
			return mark
		}
		return []byte(value)
	})
	if err != nil {
		return err
	}
	filled := keyMark.ReplaceAllFunc(text, func(mark []byte) []byte {
		part := keyMark.FindSubmatch(mark)
		n, _ := strconv.Atoi(string(part[2]))
		if string(part[1]) == "insecure" {
			return []byte(testkit.InsecureKey(n))
		}
		return []byte(testkit.Key(n))
	})
	return os.WriteFile(path, filled, 0o644)
}

// keysInScripts is how many made keys the scripts may use: 1 to this.
const keysInScripts = 20

func checkTellsNoKey(t *testing.T, log string) {
	text, err := os.ReadFile(log)
	if err != nil {
		t.Errorf("a script that never ran the program: %v", err)
		return
	}
	if at, told := tells(string(text)); told {
		t.Error(at)
	}
}

// tells looks for four characters in a row of a made key, and says which key's
// without showing them. The text of the program itself is not a key, and four that
// are all hexadecimal digits may be part of an object name.
func tells(text string) (string, bool) {
	for n := 1; n <= keysInScripts; n++ {
		key := testkit.Key(n)
		for i := 0; i+4 <= len(key); i++ {
			if strings.Trim(key[i:i+4], "0123456789abcdef") == "" {
				continue
			}
			if at := strings.Index(text, key[i:i+4]); at >= 0 {
				line := 1 + strings.Count(text[:at], "\n")
				return fmt.Sprintf("output line %d has characters %d to %d of key %d", line, i, i+4, n), true
			}
		}
	}
	return "", false
}

func TestTellsSeesFourCharactersOfAKey(t *testing.T) {
	key := testkit.Key(7)
	if _, told := tells("x " + key[11:15] + " y"); !told {
		t.Error("four characters of a key pass unseen")
	}
	if at, told := tells("djleaks: 1 key in settings.py:23 " + key[:2]); told {
		t.Error("an output without a key is accused: ", at)
	}
}
