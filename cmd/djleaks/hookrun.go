package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/hooks"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

func hookRunCommand(w world) *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "do the work of a hook: what Git and hook managers call",
		ArgsUsage: "HOOK [FILE… | ARGUMENT…]",
		Description: "HOOK is one of " + strings.Join(hooks.Names(), ", ") + ".\n" +
			"pre-commit examines what the commit that is being made adds; of FILEs outside\n" +
			"of a commit, as `pre-commit run --all-files` names them, everything. The other\n" +
			"hooks read what Git gives to them: arguments, standard input, environment.\n" +
			"Nothing is printed when nothing is found.",
		Flags:  scanFlags(jobsFlag()),
		Action: func(c *cli.Context) error { return w.hookRun(c) },
	}
}

func (w world) hookRun(c *cli.Context) error {
	name, args := c.Args().First(), c.Args().Tail()
	if !slices.Contains(hooks.Names(), name) {
		hint := say.DidYouMean(name, hooks.Names(), "the hooks are "+strings.Join(hooks.Names(), ", "))
		if name == "" {
			return usageError{"hook run: name a HOOK", hint}
		}
		return usageError{fmt.Sprintf("hook run: %q is no hook", name), hint}
	}
	if name == hooks.PreCommit || name == hooks.PreMergeCommit {
		return w.hookCommit(c, args)
	}
	spec, err := w.hookRange(name, args)
	if err != nil {
		return err
	}
	if spec.Empty() {
		return nil // deletions are free
	}
	if name == hooks.PreReceive || name == hooks.Update {
		w.stdout = hooks.ServerOutput(w.stdout, w.getenv)
		w.stderr = hooks.ServerOutput(w.stderr, w.getenv)
	}
	kind := scanner.ScopePush
	if name == hooks.ReferenceTransaction {
		kind = scanner.ScopeCommit
	}
	s, err := w.newScan(c, kind)
	if err != nil {
		return err
	}
	s.options.quiet = true
	repo, err := openRepository("")
	if err != nil {
		return err
	}
	defer repo.Close()
	s.report.Scope.Range = spec.Why
	source, err := rangeOf(repo, spec)
	if err != nil {
		return err
	}
	if err := s.commits(c.Context, repo, source); err != nil {
		return err
	}
	return s.finish()
}

// hookRange reads what Git says to a hook that is about commits.
func (w world) hookRange(name string, args []string) (hooks.RangeSpec, error) {
	switch name {
	case hooks.PrePush:
		return hooks.PrePushRange(args, w.stdin, w.getenv)
	case hooks.ReferenceTransaction:
		return hooks.ReadTransaction(args, w.stdin)
	case hooks.Update:
		push, err := hooks.ReadUpdate(args, w.getenv)
		return push.Range, err
	default:
		push, err := hooks.ReadPreReceive(w.stdin, w.getenv)
		return push.Range, err
	}
}

// hookCommit examines what is staged.
func (w world) hookCommit(c *cli.Context, files []string) error {
	s, err := w.newScan(c, scanner.ScopeStaged)
	if err != nil {
		return err
	}
	s.options.quiet = true
	repo, err := openRepository("")
	if err != nil {
		return err
	}
	defer repo.Close()
	paths, err := inRepository(repo, files)
	if err != nil {
		return err
	}
	if err := s.staged(c.Context, repo, paths); err != nil {
		return err
	}
	return s.finish()
}

// rangeOf turns what a hook was told into objects of the repository.
func rangeOf(repo *gitstore.Repository, spec hooks.RangeSpec) (*gitstore.Range, error) {
	var out gitstore.RangeSpec
	for _, revision := range spec.Include {
		id, err := repo.Resolve(revision)
		if err != nil {
			return nil, fmt.Errorf("hook run: %w", err)
		}
		out.Include = append(out.Include, id)
	}
	for _, revision := range spec.Exclude {
		id, err := repo.Resolve(revision)
		if err != nil && !missing(err) {
			return nil, fmt.Errorf("hook run: %w", err)
		}
		if _, _, err := repo.Object(id); id != "" && err == nil {
			out.Exclude = append(out.Exclude, id)
		}
	}
	if !spec.Local && !spec.NotOnRemotes && !spec.NotInRefs {
		return repo.RangeOf(out), nil
	}
	refs, err := repo.Refs()
	if err != nil {
		return nil, fmt.Errorf("hook run: %w", err)
	}
	for _, ref := range refs {
		remote := strings.HasPrefix(ref.Name, "refs/remotes/")
		switch {
		case ref.Commit == "":
		case spec.NotInRefs && settled(ref.Name), spec.NotOnRemotes && remote:
			out.Exclude = append(out.Exclude, ref.Commit)
		case spec.Local && (ref.Name == "HEAD" || strings.HasPrefix(ref.Name, "refs/heads/") || strings.HasPrefix(ref.Name, "refs/tags/")):
			out.Include = append(out.Include, ref.Commit)
		}
	}
	out.Include, out.Exclude = distinct(out.Include), distinct(out.Exclude)
	return repo.RangeOf(out), nil
}

// settled reports whether a commit of a ref of this name has been let in
// already. What Git notes for a cherry-pick or a rebase on its way, and what is
// stashed, has not.
func settled(name string) bool {
	return name == "HEAD" || strings.HasPrefix(name, "refs/") && name != "refs/stash"
}

// missing reports whether a revision is simply not here.
func missing(err error) bool {
	return errors.Is(err, gitstore.ErrUnknownRevision) || errors.Is(err, gitstore.ErrObjectMissing)
}

func distinct(ids []scanner.ObjectID) []scanner.ObjectID {
	slices.Sort(ids)
	return slices.Compact(ids)
}
