package scan

import (
	"os"
	"path/filepath"

	"github.com/djleaks/djleaks/internal/fix"
	"github.com/djleaks/djleaks/internal/worktree"
	"github.com/djleaks/djleaks/scanner"
)

// Document is a text that somebody edits: what is on the disk may be older.
type Document struct {
	Path string // of the file; "" for a text that is not a file yet
	Text string

	root string // the folder whose settings hold for it
	name string // below root, with slashes
}

// Remark is an open key of a document.
type Remark struct {
	scanner.Finding
	Severity scanner.Severity
	Reasons  []string
}

// NewDocument finds the folder that a document belongs to: the nearest one with
// a repository or a configuration.
func NewDocument(path, text string) *Document {
	d := &Document{Path: path, Text: text, root: filepath.Dir(path), name: filepath.Base(path)}
	for folder := filepath.Dir(path); path != ""; folder = filepath.Dir(folder) {
		for _, sign := range []string{".git", ".djleaks.toml"} {
			if _, err := os.Lstat(filepath.Join(folder, sign)); err == nil {
				d.root = folder
				if name, err := filepath.Rel(folder, path); err == nil {
					d.name = filepath.ToSlash(name)
				}
				return d
			}
		}
		if folder == filepath.Dir(folder) {
			return d
		}
	}
	return d
}

// Remarks returns the open keys of a document, by offset, and the rules that
// they are found by.
func (s *Scan) Remarks(d *Document) ([]Remark, []scanner.Rule, error) {
	settings, err := ReadSettings(Folder(d.root), s.Named)
	if err != nil {
		return nil, nil, err
	}
	settings.learnFromFolder(d.root)
	collector := scanner.NewCollector(settings.Detector)
	collector.SuggestReplacements()
	collector.Add(&scanner.Chunk{Path: d.name, Text: []byte(d.Text), Worktree: true})
	findings := s.findings(collector)
	r := s.report(scanner.ScopeFiles, settings)
	r.Keys, _ = scanner.Build(settings.Detector, findings, nil, scanner.StatusWorktree)
	r = s.conclude(r, settings)
	type place struct {
		key          scanner.Fingerprint
		line, column int
	}
	open := map[place]*scanner.Key{}
	for i := range r.Keys {
		for _, o := range r.Keys[i].OpenPlaces() {
			open[place{r.Keys[i].Fingerprint, o.Line, o.Column}] = &r.Keys[i]
		}
	}
	var list []Remark
	for _, f := range findings {
		if k := open[place{f.Secret.Fingerprint(), f.Line, f.Column}]; k != nil && f.Allow == nil && k.Severity > scanner.Note {
			list = append(list, Remark{f, k.Severity, k.Reasons})
		}
	}
	return list, settings.Detector.Rules(), nil
}

// FixDocument returns the text of a document without one of its keys, "" if no
// change is known. Other files that the change needs are left to Fix.
func FixDocument(d *Document, r *Remark) string {
	tree, err := worktree.Open(d.root, nil)
	if err != nil {
		return ""
	}
	plan := fix.Make(edited{tree, d}, []fix.Leak{fix.LeakOf(&r.Finding)}, nil, func() string { return "" })
	for _, f := range plan.Files {
		if f.Path == d.name {
			return string(f.New)
		}
	}
	return ""
}

// edited is a work tree with one file as its editor has it.
type edited struct {
	*worktree.Tree
	document *Document
}

// Read returns the edited text, or what is on the disk.
func (e edited) Read(path string) ([]byte, error) {
	if path == e.document.name {
		return []byte(e.document.Text), nil
	}
	return e.Tree.Read(path)
}
