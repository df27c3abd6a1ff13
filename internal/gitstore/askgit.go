package gitstore

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// UseGit lets Refs, Head and Resolve ask the git binary if refs are stored in a
// way that is not read here (reftable); nothing else asks it.
// run starts git in the repository with these arguments, which are those of
// plumbing commands that start no other program, and returns what it prints. A
// status other than 0 is an error.
func (r *Repository) UseGit(run func(args ...string) (string, error)) {
	if !r.reftable {
		return
	}
	if _, err := run("rev-parse", "--git-dir"); err != nil {
		return // this git cannot read them either
	}
	r.git = run
	r.warnings = slices.DeleteFunc(r.warnings, func(w Warning) bool { return w.kind == warnRefs && w.Path == r.commonDir })
}

// gitHead is Head as the git binary answers it.
func (r *Repository) gitHead() (Ref, error) {
	head := Ref{Name: "HEAD"}
	target, _ := r.git("symbolic-ref", "-q", "HEAD") // fails if HEAD is detached
	head.Target = strings.TrimRight(target, "\n")
	id, err := r.gitResolve("HEAD")
	if err != nil || id == "" {
		if head.Target == "" {
			return head, fmt.Errorf("head: git finds no HEAD")
		}
		return head, nil
	}
	head.ID = id
	head.Commit, err = r.peelToCommit(id)
	return head, err
}

// gitResolve returns what git finds for a name; empty if nothing.
func (r *Repository) gitResolve(name string) (scanner.ObjectID, error) {
	if name == "" {
		return "", nil
	}
	out, err := r.git("rev-parse", "-q", "--verify", "--end-of-options", name)
	if err != nil {
		return "", nil
	}
	id, ok := r.parseID(strings.TrimSpace(out))
	if !ok {
		return "", fmt.Errorf("refs: git names no object for %q", name)
	}
	return id, nil
}

// gitRefs is Refs as the git binary answers it.
func (r *Repository) gitRefs() ([]Ref, error) {
	out, err := r.git("for-each-ref", "--format=%(refname)%00%(objectname)%00%(symref)")
	if err != nil {
		return nil, fmt.Errorf("refs: %w", err)
	}
	var refs []Ref
	for line := range strings.Lines(out) {
		fields := strings.Split(strings.TrimRight(line, "\n"), "\x00")
		if len(fields) != 3 {
			return nil, fmt.Errorf("refs: git prints a line of %d fields", len(fields))
		}
		id, ok := r.parseID(fields[1])
		if !ok {
			return nil, fmt.Errorf("refs: git names no object for %q", fields[0])
		}
		refs = append(refs, Ref{Name: fields[0], ID: id, Target: fields[2]})
	}
	if head, err := r.gitHead(); err == nil && head.ID != "" {
		refs = append(refs, head)
	}
	trees, err := r.git("worktree", "list", "--porcelain", "-z")
	if err != nil {
		r.warn(warnRefs, r.commonDir, "the HEADs of other worktrees cannot be listed")
	}
	for record := range strings.SplitSeq(trees, "\x00\x00") {
		path, rest, _ := strings.Cut(strings.TrimPrefix(record, "worktree "), "\x00")
		hex, _, _ := strings.Cut(strings.TrimPrefix(rest, "HEAD "), "\x00")
		if id, ok := r.parseID(hex); ok && !id.IsZero() && path != r.workTree {
			refs = append(refs, Ref{Name: "worktrees/" + filepath.Base(path) + "/HEAD", ID: id})
		}
	}
	return append(refs, r.pseudoRefs(&refSet{r: r}, false)...), nil
}
