package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/merge"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/schema"
)

var update = flag.Bool("update", false, "write schema/*.json and docs/reference.md")

// fresh compares a file of the repository that is made from the code with what
// the code makes, or writes it with -update.
func fresh(t *testing.T, name string, made []byte) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if *update {
		if err := os.WriteFile(path, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, made) {
		t.Errorf("%s is not what the code makes: go test ./cmd/djleaks -run 'Reference|Schema' -update (%v)", name, err)
	}
}

// merged is the merged report as a whole: its lists are written as they are made.
type merged struct {
	merge.Fleet
	Repositories []merge.Repository `json:"repositories"` // what was not read first, then by id
	Keys         []merge.Key        `json:"keys"`         // by severity, then by the number of repositories
	Owners       []merge.Owner      `json:"owners"`
	Since        *merge.Since       `json:"since,omitempty"` // with --since
}

func TestTheSchemasAreMadeFromTheTypes(t *testing.T) {
	comments := fieldComments(t)
	for name, c := range map[string]struct {
		of                 reflect.Type
		title, description string
	}{
		"report": {reflect.TypeFor[scanner.Report](), "djleaks report", "What `djleaks --format json` writes."},
		"merge":  {reflect.TypeFor[merged](), "djleaks merged report", "What `djleaks merge --format json` writes."},
		"state":  {reflect.TypeFor[fleet.Result](), "djleaks state of a repository", "What `djleaks fleet audit` writes for each repository as state.json; record is what is the same on every machine."},
	} {
		m := schemaMaker{comments: comments, definitions: map[string]any{}, types: map[string]reflect.Type{}}
		ref := m.schema(c.of)
		made, err := json.MarshalIndent(map[string]any{
			"$schema":     "http://json-schema.org/draft-07/schema#",
			"$id":         "https://raw.githubusercontent.com/djleaks/djleaks/main/schema/" + name + ".json",
			"title":       c.title,
			"description": c.description + " Fields may be added; none is ever renamed or removed.\nhttps://github.com/djleaks/djleaks/blob/main/docs/formats.md",
			"allOf":       []any{ref},
			"definitions": m.definitions,
		}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		fresh(t, "schema/"+name+".json", append(made, '\n'))
	}
}

// schemaMaker makes a schema of Go types, as encoding/json writes them.
type schemaMaker struct {
	comments    map[string]string // of "package.Type.Field"
	definitions map[string]any
	types       map[string]reflect.Type // of the definitions
}

// words are the values of types that have few.
var schemaWords = map[reflect.Type][]string{
	reflect.TypeFor[scanner.Verdict]():     constants(scanner.Verdicts()),
	reflect.TypeFor[scanner.Status]():      constants(scanner.Statuses()),
	reflect.TypeFor[scanner.Severity]():    scanner.SeverityNames(),
	reflect.TypeFor[scanner.Class]():       constants(scanner.Classes()),
	reflect.TypeFor[scanner.ScopeKind]():   constants(scanner.ScopeKinds()),
	reflect.TypeFor[scanner.Decision]():    constants(scanner.Decisions()),
	reflect.TypeFor[scanner.Acceptor]():    constants(scanner.Acceptors()),
	reflect.TypeFor[scanner.RemarkKind]():  constants(scanner.RemarkKinds()),
	reflect.TypeFor[scanner.Difference]():  constants(scanner.Differences()),
	reflect.TypeFor[scanner.Consequence](): {"code", "identity", "data", "links"},
	reflect.TypeFor[scanner.Help]():        {"yes", "no", "unknown"},
	reflect.TypeFor[fleet.State]():         constants(fleet.States()),
	reflect.TypeFor[merge.Change]():        constants(merge.Changes()),
	reflect.TypeFor[scanner.When]():        {"this-hour", "today", "this-week"},
	reflect.TypeFor[scanner.ChangeKind]():  {"introduced", "renamed", "moved", "copied", "fallback", "replaced", "removed"},
}

func (m *schemaMaker) schema(t reflect.Type) any {
	if words, ok := schemaWords[t]; ok {
		return map[string]any{"type": "string", "enum": words}
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[scanner.Fingerprint]():
		return map[string]any{"type": "string", "pattern": "^[0-9a-f]{16}$"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.schema(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": m.schema(t.Elem())}
	case reflect.Struct:
		if other, done := m.types[t.Name()]; done && other != t {
			panic("one name for " + t.String() + " and " + other.String())
		} else if !done {
			m.types[t.Name()] = t
			m.definitions[t.Name()] = nil // a type may hold itself
			m.definitions[t.Name()] = m.object(t)
		}
		return map[string]any{"$ref": "#/definitions/" + t.Name()}
	case reflect.Map:
		return map[string]any{"type": "object", "propertyNames": m.schema(t.Key()), "additionalProperties": m.schema(t.Elem())}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer", "minimum": 0}
	}
	panic("no schema for " + t.String())
}

// object is the schema of a struct. Further properties are allowed: fields may
// be added to a version of the report.
func (m *schemaMaker) object(t reflect.Type) any {
	properties, required := map[string]any{}, []string{}
	for _, field := range reflect.VisibleFields(t) {
		name, options, tagged := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || field.Anonymous && name == "" || !field.IsExported() {
			continue // the fields of an embedded struct are listed after it
		}
		if name == "" && !tagged {
			panic(t.String() + "." + field.Name + " has no name in JSON")
		}
		property := m.schema(field.Type)
		owner := t
		optional := strings.Contains(options, "omitempty")
		for _, i := range field.Index[:len(field.Index)-1] {
			if owner = owner.Field(i).Type; owner.Kind() == reflect.Pointer {
				owner, optional = owner.Elem(), true // nil leaves its fields out
			}
		}
		if field.Type.Kind() == reflect.Pointer && !strings.Contains(options, "omitempty") {
			property = map[string]any{"anyOf": []any{map[string]any{"type": "null"}, property}}
		}
		if comment := m.comments[owner.String()+"."+field.Name]; comment != "" {
			property = described(property.(map[string]any), comment)
		}
		if !optional {
			required = append(required, name)
		}
		properties[name] = property
	}
	return map[string]any{"type": "object", "properties": properties, "required": required}
}

// described adds a description. Beside a $ref it would not count in draft 7.
func described(property map[string]any, comment string) any {
	if property["$ref"] != nil {
		property = map[string]any{"allOf": []any{property}}
	}
	property["description"] = comment
	return property
}

// fieldComments reads what the packages say of the fields of their types.
func fieldComments(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, dir := range []string{"scanner", "internal/fleet", "internal/merge", "cmd/djleaks"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files: %v", dir, err)
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			addFieldComments(all, file)
		}
	}
	return all
}

func addFieldComments(all map[string]string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if fields, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range fields.Fields.List {
				for _, name := range field.Names {
					all[file.Name.Name+"."+spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(field.Doc.Text()+field.Comment.Text()), " ")
				}
			}
		}
		return false
	})
}

// validator reads a schema and holds values to it.
func validator(t *testing.T, text []byte) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

// checkReports holds JSON objects, one after the other, to the schema of the
// report, and returns how many they were.
func checkReports(t *testing.T, valid *jsonschema.Resolved, in io.Reader) (n int) {
	t.Helper()
	for decoder := json.NewDecoder(in); ; n++ {
		var value any
		if err := decoder.Decode(&value); errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			t.Fatalf("report %d: %v", n+1, err)
		}
		if err := valid.Validate(value); err != nil {
			t.Errorf("report %d is not as its schema says: %v", n+1, err)
		}
	}
}

func TestTheSavedReportsAreAsTheSchemaSays(t *testing.T) {
	valid := validator(t, schema.Report)
	files, err := filepath.Glob(filepath.Join(root, "testdata/report/*.json"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		if strings.Count(filepath.Base(file), ".") > 1 {
			continue // another format's
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n += checkReports(t, valid, bytes.NewReader(text))
	}
	if n < 5 {
		t.Errorf("only %d reports", n)
	}
}

// A schema that takes everything would pass all the tests above.
func TestTheSchemasRefuseOthers(t *testing.T) {
	refuses(t, schema.Report, document(t, "testdata/report/dossier.json"), [][2]string{
		{`"schema": 1`, `"schema": "1"`}, {`"verdict": "keys-found"`, `"verdict": "found"`}, {`"coverage"`, `"covrage"`},
		{`"severity": "high"`, `"severity": "silent"`}, {`"fingerprint": "`, `"fingerprint": "x`}, {`"line": `, `"line": -`},
		{`"effect": "identity"`, `"effect": "worst"`},
	})
	refuses(t, schema.Merge, mergedExample, [][2]string{
		{`"kind":"fleet"`, `"kind":1`}, {`"state":"failed"`, `"state":"lost"`}, {`"owners"`, `"owner"`}, {`"change":"new"`, `"change":"fresh"`},
		{`"fingerprint":"0`, `"fingerprint":"x`}, {`"held_by":1`, `"held_by":-1`}, {`{"still":2}`, `{"old":2}`}, {`"pushed":null,`, ``},
	})
	refuses(t, schema.State, stateExample, [][2]string{
		{`"state":"read"`, `"state":"missing?"`}, {`"record"`, `"recrod"`}, {`"finished":"`, `"begun":"`}, {`"cost":5`, `"cost":"5"`},
		{`"severity":"high"`, `"severity":"worst"`}, {`"places":1`, `"places":[]`},
	})
}

const (
	mergedExample = `{"schema":1,"kind":"fleet","tool":{"name":"djleaks","version":"1"},"verdict":"keys-found","fail_on":"high","list":"0",
"totals":{"repositories":2,"read":1,"incomplete":0,"failed":1,"missing":0,"empty":0,"keys":1,"failing":1,"shared":0},
"rules":[{"rules":"djleaks 1 (django/1)","settings":"0","repositories":1}],
"repositories":[{"id":"b","state":"failed","reason":"no such file or directory","commits":0,"keys":{"critical":0,"high":0,"medium":0,"low":0,"note":0}}],
"keys":[{"fingerprint":"0123456789abcdef","class":"django","severity":"high","status":"live","masked":"ab…(50)","length":50,"held_by":1,
"in":[{"id":"a","change":"new","severity":"high","status":"live","pushed":null,"live":true,"rule":"django-secret-key","places":1,"refs":1}]}],
"owners":[],"since":{"counts":{"still":2},"changes":[],"repositories":[{"id":"c","was":"read"}]}}`
	stateExample = `{"schema":1,"list":"0","finished":"2026-11-28T09:00:00Z","checked":"2026-11-28T09:00:00Z","cost":5,
"record":{"id":"a","state":"read","tool":{"name":"djleaks","version":"1","rules":"django/1"},"settings":"0","commits":1,
"keys":[{"fingerprint":"0123456789abcdef","class":"django","masked":"ab…(50)","length":50,
"severity":"high","status":"live","pushed":null,"live":null,"rule":"django-secret-key","places":1,"refs":1}]}}`
)

// refuses checks that a schema takes a text, and none of its changes.
func refuses(t *testing.T, text []byte, good string, changes [][2]string) {
	t.Helper()
	valid := validator(t, text)
	if n := checkReports(t, valid, strings.NewReader(good)); n != 1 {
		t.Errorf("%d examples", n)
	}
	for _, change := range changes {
		text := strings.Replace(good, change[0], change[1], 1)
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil || text == good {
			t.Fatalf("%s: %v", change[0], err)
		}
		if valid.Validate(value) == nil {
			t.Errorf("%s instead of %s is taken", change[1], change[0])
		}
	}
}

func TestTheSchemasArePrinted(t *testing.T) {
	for name, want := range map[string][]byte{"report": schema.Report, "config": schema.Config, "merge": schema.Merge, "state": schema.State} {
		if code, stdout, stderr := program("", "schema", name); code != exitClean || stdout != string(want) {
			t.Errorf("%s: exit %d, %s", name, code, stderr)
		}
	}
	for words, want := range map[string]string{
		"schema":               "name a schema\nhint: schemas: report, config, merge, state; djleaks schema report",
		"schema baseline":      "unknown schema \"baseline\"\nhint: schemas: report, config, merge, state",
		"schema confg":         "unknown schema \"confg\"\nhint: did you mean config?",
		"schema config report": "one schema at a time, but 2 were given\nhint: djleaks schema config",
		"completion":           "name a shell\nhint: shells: bash, zsh, fish, powershell; djleaks completion bash",
		"completion csh":       "unknown shell \"csh\"\nhint: ",
	} {
		if code, _, stderr := program("", strings.Fields(words)...); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %s", words, code, stderr)
		}
	}
}
