package fix_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/fix"
	"github.com/djleaks/djleaks/internal/pysource"
	"github.com/djleaks/djleaks/internal/testkit"
)

// names are the files that a text is tried as, one of each kind that is fixed, and two that are refused.
var names = []string{
	"site/settings.py", ".env", "compose.yaml", "Dockerfile", "app.json", ".github/workflows/ci.yml", "docs/deploy.md", ".env.example",
	"secret_key.txt", "tests/settings.py", "tests/conf.json", "notes.txt",
}

// FuzzPlan plans the change for a project of one text, and holds the plan to what
// a user relies on (an at sign in the data is a key, so that a change of what is around it leaves it one):
//
//   - one that refuses anything says why, and changes nothing;
//   - what it calls a file's old text is what the file holds, and its new one is another;
//   - no text that is shown has the key;
//   - of the file with the key only the lines of the statements that hold one change, but for lines
//     that are added to Python; it is still Python, and elsewhere no line is added;
//   - afterwards no file that Git tracks holds a key that was found before.
func FuzzPlan(f *testing.F) {
	key := testkit.InsecureKey(1)
	for n, text := range []string{
		"import os\n\nSECRET_KEY = \"@\"\n", "A=b\nSECRET_KEY=@\nC=d\n", "services:\n  web:\n    environment:\n      SECRET_KEY: \"@\"\n",
		"FROM python\nENV SECRET_KEY=@\n", "{\"env\": {\"SECRET_KEY\": {\"value\": \"@\"}}}\n",
		"jobs:\n  test:\n    env:\n      SECRET_KEY: @\n", "Set it:\n\n    SECRET_KEY = \"@\"\n", "DEBUG=1\nSECRET_KEY=@\n", "@\n",
		"SECRET_KEY = (\n    \"@\"  # tests\n)\nDEBUG = True\n", "{\"SECRET_KEY\": \"@\"}\n", "SECRET_KEY = \"@\"\n",
	} {
		f.Add(uint8(n), text)
	}
	f.Add(uint8(4), "{\"env\": {\"SECRET_KEY\": {\"value\":\n\n\n\n\"@\"}}}")
	f.Add(uint8(0), "x\r+y:\n  web:\n    environment:\n      SECRET_KEY: \"@\"\n") // gets an import in a line of its own
	f.Fuzz(func(t *testing.T, n uint8, text string) {
		if len(text) > 4<<10 || strings.Count(text, "@") > 8 {
			return
		}
		name, text := names[int(n)%len(names)], strings.ReplaceAll(text, "@", key)
		tree := memory{map[string][]byte{name: []byte(text)}, map[string]bool{name: true}}
		leaks := tree.leaks(t, nil)
		if len(leaks) == 0 {
			return
		}
		plan := fix.Make(tree, leaks, nil, func() string { return freshKey })
		if len(plan.Refusals) > 0 {
			checkRefusals(t, plan)
			return
		}
		after := memory{maps.Clone(tree.files), maps.Clone(tree.tracked)}
		for _, file := range plan.Files {
			checkFile(t, tree, &file, leaks)
			after.files[file.Path] = file.New
			if file.New == nil {
				delete(after.files, file.Path)
			}
			if file.Path == name && file.New != nil {
				checkLines(t, name, []byte(text), file.New, leaks)
			}
		}
		for _, file := range plan.Untrack {
			delete(after.files, file)
		}
		delete(after.files, ".env") // has the new one
		for _, left := range after.leaks(t, nil) {
			for _, l := range leaks {
				if left.Value == l.Value && left.Path == name {
					t.Errorf("%s, line %d: the key of line %d was left", left.Path, left.Line, l.Line)
				}
			}
		}
	})
}

func checkRefusals(t *testing.T, plan *fix.Plan) {
	t.Helper()
	if len(plan.Files)+len(plan.Untrack) > 0 {
		t.Errorf("a plan that refuses %d places changes %d files", len(plan.Refusals), len(plan.Files)+len(plan.Untrack))
	}
	for _, r := range plan.Refusals {
		if r.Path == "" || r.Reason == "" {
			t.Errorf("a refusal without a reason: %+v", r)
		}
	}
}

func checkFile(t *testing.T, tree memory, file *fix.File, leaks []fix.Leak) {
	t.Helper()
	old, was := tree.files[file.Path]
	if was != (file.Old != nil) || !bytes.Equal(old, file.Old) {
		t.Errorf("%s: its old text is another", file.Path)
	}
	if was && file.New != nil && bytes.Equal(old, file.New) {
		t.Errorf("%s: nothing changes", file.Path)
	}
	for _, l := range leaks {
		if len(l.Value) >= 20 && (bytes.Contains(file.OldShown, []byte(l.Value)) || bytes.Contains(file.NewShown, []byte(l.Value))) {
			t.Errorf("%s is shown with a key", file.Path)
		}
	}
}

// checkLines makes sure that every line that has no part of a statement with a key is there afterwards, in its order.
func checkLines(t *testing.T, name string, before, after []byte, leaks []fix.Leak) {
	t.Helper()
	source, _ := pysource.Parse(before)
	python := bytes.HasSuffix([]byte(name), []byte(".py"))
	if python {
		if _, err := pysource.Parse(after); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	old, rest := linesOf(before), linesOf(after)
	if !python && len(rest) > len(old) {
		t.Errorf("%s: %d lines are %d", name, len(old), len(rest))
	}
	at := 0
	for i, line := range old {
		from, to := at, at+len(line)
		at = to
		if touched(source, python, before, leaks, from, to) {
			continue
		}
		for len(rest) > 0 && !bytes.Equal(rest[0], line) {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			t.Fatalf("%s: line %d has changed, or moved:\n%q\n%q\n%+v", name, i+1, before, after, leaks)
		}
		rest = rest[1:]
	}
}

// linesOf are the lines of a text with what ends them: in Python a carriage return
// does, too.
func linesOf(text []byte) (lines [][]byte) {
	from := 0
	for i, c := range text {
		if c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			lines, from = append(lines, text[from:i+1]), i+1
		}
	}
	if from < len(text) {
		lines = append(lines, text[from:])
	}
	return lines
}

// touched reports whether bytes [from, to) hold a part of a statement with a key, or
// in app.json of the member whose value it is.
func touched(source *pysource.File, python bool, text []byte, leaks []fix.Leak, from, to int) bool {
	for i := range leaks {
		first, last := leaks[i].Offset, leaks[i].Offset+leaks[i].Length
		if name := bytes.LastIndex(text[:first], []byte(`"value"`)); leaks[i].Path == "app.json" && name >= 0 {
			first = name // which becomes "generator"
		}
		if python {
			if token := source.At(first); token >= 0 {
				s := source.Statements[source.StatementOf(token)]
				first, last = source.Tokens[s.First].From, source.Tokens[s.End-1].To
			}
		}
		if first < to && last > from {
			return true
		}
	}
	return false
}
