package fix

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/deployment"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// Leak is one key in one file of the work tree.
type Leak struct {
	Path           string // below the top level of the work tree, with slashes
	Offset, Length int    // of the value as written, in bytes from 0
	Line           int    // from 1
	Name           string // the setting or variable as written
	Form           string // how it is written
	Test           bool   // only tests run with it
	Value          string // the key itself; never in any output
	Mask           string // what may be shown of it
}

// LeakOf is the leak that a finding in the work tree is.
func LeakOf(f *scanner.Finding) Leak {
	return Leak{
		Path: f.Path, Offset: f.Offset, Length: f.Length, Line: f.Line, Name: f.Name, Form: string(f.Form),
		Test:  f.Has(scanner.TestOnly) || f.Has(scanner.BuildOnly) || django.ContextOf(f.Path) == django.Test,
		Value: f.Secret.Reveal(), Mask: f.Secret.Mask(f.Class),
	}
}

// Tree is a work tree as the plan needs it. Paths are below the top level, with
// slashes.
type Tree interface {
	Paths() []string // the files that belong to the project, sorted
	// Read returns a file's bytes, or an error for which errors.Is says
	// fs.ErrNotExist. It follows no link.
	Read(path string) ([]byte, error)
	Tracked(path string) bool
	// Ignored reports whether Git ignores a path, if the .gitignore file of the
	// name list had this text.
	Ignored(path, list string, text []byte) bool
}

// File is what becomes of one file.
type File struct {
	Path     string
	Old, New []byte // Old is nil for a file that is made, New for one that is removed
	Private  bool   // 0600: it holds a key
	// OldShown and NewShown are the two texts with all keys masked, for people.
	OldShown, NewShown []byte
}

// Refusal is a place that cannot be fixed, and what to write by hand.
type Refusal struct {
	Path   string
	Line   int // from 1; 0 for the whole file
	Reason string
	ByHand string // the line to write; may be empty
}

// Plan is a change of the work tree that belongs together.
type Plan struct {
	Files    []File
	Untrack  []string // files that leave the index and stay in the work tree
	Notes    []string // what to do or to know, in sentences
	Refusals []Refusal
}

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Files) == 0 && len(p.Untrack) == 0 && len(p.Refusals) == 0 }

// Removes reports whether a file leaves the work tree.
func (p *Plan) Removes(file string) bool {
	return slices.ContainsFunc(p.Files, func(f File) bool { return f.Path == file && f.New == nil })
}

// planner makes one plan.
type planner struct {
	tree      Tree
	newKey    func() string
	plan      Plan
	texts     map[string][]byte // files as they will be
	olds      map[string][]byte
	private   map[string]bool
	leaks     []Leak
	others    []Leak
	fresh     []string // the keys that were made
	variables []variable
	project   project
	testsRun  bool // settings of tests got a key that is written in them
}

// variable is a variable of the environment that the project reads from now on.
type variable struct {
	name   string
	reader string // the file that reads it
	line   int    // of its old text
	kind   getter
}

// Make plans the change for leaks. Others are keys that stay where they are;
// they are masked like the leaks where a text shows them. newKey makes a key for
// .env.
func Make(tree Tree, leaks, others []Leak, newKey func() string) *Plan {
	p := &planner{tree: tree, texts: map[string][]byte{}, olds: map[string][]byte{}, private: map[string]bool{}, leaks: leaks, others: others}
	p.newKey = func() string {
		key := newKey()
		p.fresh = append(p.fresh, key)
		return key
	}
	p.project = survey(tree)
	byFile := map[string][]Leak{}
	for _, l := range leaks {
		byFile[l.Path] = append(byFile[l.Path], l)
	}
	files := make([]string, 0, len(byFile))
	for file := range byFile {
		files = append(files, file)
	}
	slices.Sort(files)
	for _, file := range files {
		p.file(file, byFile[file])
	}
	if len(p.plan.Refusals) == 0 {
		p.environment()
		p.starts()
	}
	p.collect()
	return &p.plan
}

// file sends the leaks of a file to the function for its kind.
func (p *planner) file(file string, leaks []Leak) {
	text, err := p.read(file)
	if err != nil {
		p.refuse(file, 0, "it cannot be read: "+err.Error(), "")
		return
	}
	slices.SortFunc(leaks, func(a, b Leak) int { return cmp.Compare(a.Offset, b.Offset) })
	for _, l := range leaks {
		if l.Offset < 0 || l.Offset+l.Length > len(text) {
			p.refuse(file, l.Line, "the file has changed since it was searched", "")
			return
		}
	}
	p.kind(file, text, leaks)(file, text, leaks)
}

// kind is what changes a file of this kind.
func (p *planner) kind(file string, text []byte, leaks []Leak) func(string, []byte, []Leak) {
	base := strings.ToLower(path.Base(file))
	switch {
	case isCompiled(base):
		return p.compiled
	case isTemplate(file, text):
		return p.template
	case strings.HasSuffix(withoutBackup(base), ".py"):
		return p.python
	case isDotenv(base), isSecretFile(file) && !isManifest(text) && !isAnsible(file):
		return p.dotenv
	case deployment.IsCompose(base):
		return p.compose
	case base == "app.json":
		return p.appJSON
	case deployment.IsWorkflow(file):
		return p.workflow
	case django.ContextOf(file) == django.Doc:
		return p.documentation
	case allTests(leaks) && bytes.IndexByte(text, 0) < 0:
		return p.dummies
	case p.project.dynaconf && isSettings(base):
		return p.dynaconf
	}
	return p.other
}

func allTests(leaks []Leak) bool {
	for i := range leaks {
		if !leaks[i].Test {
			return false
		}
	}
	return true
}

func (p *planner) refuse(file string, line int, reason, byHand string) {
	p.plan.Refusals = append(p.plan.Refusals, Refusal{file, line, reason, byHand})
}

func (p *planner) note(format string, args ...any) {
	note := fmt.Sprintf(format, args...)
	if !slices.Contains(p.plan.Notes, note) {
		p.plan.Notes = append(p.plan.Notes, note)
	}
}

// read returns a file as the plan has it so far.
func (p *planner) read(file string) ([]byte, error) {
	if text, ok := p.texts[file]; ok {
		return text, nil
	}
	text, err := p.tree.Read(file)
	if err != nil {
		return nil, err
	}
	if text == nil {
		text = []byte{}
	}
	p.texts[file], p.olds[file] = text, text
	return text, nil
}

// write sets a file's new text.
func (p *planner) write(file string, text []byte) {
	if _, known := p.texts[file]; !known {
		p.olds[file] = nil
	}
	if text == nil { // which would mean that it is removed
		text = []byte{}
	}
	p.texts[file] = text
}

// collect makes the list of files; a plan that refuses changes none.
func (p *planner) collect() {
	if len(p.plan.Refusals) > 0 {
		p.plan.Untrack = nil
		return
	}
	for file, text := range p.texts {
		if old := p.olds[file]; old == nil || text == nil || string(old) != string(text) {
			p.plan.Files = append(p.plan.Files, File{Path: file, Old: old, New: text, Private: p.private[file], OldShown: p.shown(file, old, true), NewShown: p.shown(file, text, false)})
		}
	}
	// .gitignore comes first: what it hides must not be there before it.
	slices.SortFunc(p.plan.Files, func(a, b File) int {
		return cmp.Or(-compareBool(path.Base(a.Path) == ".gitignore", path.Base(b.Path) == ".gitignore"), cmp.Compare(a.Path, b.Path))
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// exists reports whether a file is in the work tree.
func exists(tree Tree, file string) bool {
	_, err := tree.Read(file)
	return err == nil
}
