package setup

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/hooks"
)

// Tree is a work tree as the plan needs it. Paths are below the top level, with
// slashes. fix.Tree is the same: both say what they need of worktree.Tree, which
// neither package imports.
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

// Facts are what is known of a repository besides its files.
type Facts struct {
	Origin   string           // the address of the remote repository; "" if there is none
	Managers []hooks.Advice   // the hook managers that are used here
	Hook     hooks.HookStatus // of pre-commit
}

// File is a file that is made, or gets a new text.
type File struct {
	Path     string
	Old, New []byte // Old is nil for a file that is made
}

// Plan is what is missing.
type Plan struct {
	Files []File
	Hook  bool     // Git's own hook has to be installed
	Notes []string // what has to be done by hand, in sentences
}

// Empty reports whether nothing is missing.
func (p *Plan) Empty() bool { return len(p.Files) == 0 && !p.Hook && len(p.Notes) == 0 }

// Unreadable is a configuration that is there and cannot be added to.
type Unreadable struct {
	Path string
	Err  error
}

func (e *Unreadable) Error() string {
	return e.Path + ": " + strings.TrimPrefix(e.Err.Error(), "yaml: ")
}

func (e *Unreadable) Unwrap() error { return e.Err }

// errNoPlace says that a file is written in a way that text cannot be added to.
var errNoPlace = errors.New("it is written in a way that djleaks does not change")

// planner makes one plan.
type planner struct {
	tree  Tree
	facts Facts
	plan  Plan
}

// Make plans what is missing. The error is an *Unreadable if a configuration
// does not parse.
func Make(tree Tree, facts Facts) (*Plan, error) {
	p := &planner{tree: tree, facts: facts}
	for _, step := range []func() error{p.hook, p.ci, p.ignore} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(p.plan.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return &p.plan, nil
}

func (p *planner) note(format string, args ...any) {
	p.plan.Notes = append(p.plan.Notes, fmt.Sprintf(format, args...))
}

// read returns the text of a file; nil if there is none.
func (p *planner) read(path string) ([]byte, error) {
	text, err := p.tree.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &Unreadable{path, err}
	case text == nil:
		text = []byte{}
	}
	return text, nil
}

// add puts a snippet into a file. Where that cannot be done, a note says what to
// add by hand.
func (p *planner) add(path, snippet string, into func(text, snippet string) (string, error)) error {
	old, err := p.read(path)
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(string(old), "\r\n", "\n")
	added, err := into(text, snippet)
	if errors.Is(err, errNoPlace) {
		p.note("Add to %s:\n%s", path, strings.TrimRight(snippet, "\n"))
		return nil
	}
	if err != nil {
		return &Unreadable{path, err}
	}
	if bytes.Contains(old, []byte("\r\n")) {
		added = strings.ReplaceAll(added, "\n", "\r\n")
	}
	p.plan.Files = append(p.plan.Files, File{Path: path, Old: old, New: []byte(added)})
	return nil
}

// atEnd adds a snippet at the end of a text, after an empty line.
func atEnd(text, snippet string) (string, error) {
	if text = strings.TrimRight(text, "\n"); text != "" {
		text += "\n\n"
	}
	return text + snippet, nil
}

// ignore lets Git ignore .env.
func (p *planner) ignore() error {
	const list, name = ".gitignore", ".env"
	old, err := p.read(list)
	if err != nil {
		return err
	}
	if p.tree.Ignored(name, list, old) {
		return nil
	}
	end := "\n"
	if bytes.Contains(old, []byte("\r\n")) {
		end = "\r\n"
	}
	text := slices.Clone(old)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, end...)
	}
	text = append(text, name+end...)
	if !p.tree.Ignored(name, list, text) {
		p.note("A line in .gitignore shows .env again; without it, keys in .env stay out of Git.")
		return nil
	}
	p.plan.Files = append(p.plan.Files, File{Path: list, Old: old, New: text})
	if p.tree.Tracked(name) {
		p.note(".env is in Git already, where .gitignore does not help: djleaks fix takes it out if it holds a key.")
	}
	return nil
}
