package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/hooks"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

func hookRunCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "do the work of a hook: what Git and hook managers call",
		ArgsUsage: "HOOK [FILE… | ARGUMENT…]",
		Description: "HOOK is one of " + strings.Join(hooks.Names(), ", ") + ".\n" +
			"pre-commit examines what the commit that is being made adds. If FILEs are named\n" +
			"outside of a commit, as `pre-commit run --all-files` does, it examines all of\n" +
			"them. The other hooks read what Git passes to them: arguments, standard input,\n" +
			"environment.\n" +
			"Nothing is printed when nothing is found.",
		Flags:  scanFlags(jobsFlag(), acceptFromFlag()),
		Action: func(c *cli.Context) error { return p.hookRun(c) },
	}
}

func (p process) hookRun(c *cli.Context) error {
	name, args := c.Args().First(), c.Args().Tail()
	if !slices.Contains(hooks.Names(), name) {
		hint := say.DidYouMean(name, hooks.Names(), "the hooks are "+strings.Join(hooks.Names(), ", "))
		if name == "" {
			return usageError{"hook run: name a HOOK", hint}
		}
		return usageError{fmt.Sprintf("hook run: unknown hook %q", name), hint}
	}
	if name == hooks.CommitMsg {
		return p.hookMessage(c, args)
	}
	if name == hooks.PreCommit || name == hooks.PreMergeCommit {
		return p.hookCommit(c, args)
	}
	spec, err := p.hookRange(name, args)
	if err != nil {
		return err
	}
	if spec.Empty() {
		return nil // deletions are free
	}
	if name == hooks.PreReceive || name == hooks.Update {
		p.stdout = hooks.ServerOutput(p.stdout, p.getenv)
		p.stderr = hooks.ServerOutput(p.stderr, p.getenv)
	}
	kind := scanner.ScopePush
	if name == hooks.ReferenceTransaction {
		kind = scanner.ScopeCommit
	}
	return p.runHere(c, func(t *task, repo *gitstore.Repository) (*scanner.Report, error) {
		t.options.quiet, t.options.stopped = true, true
		// On a server it is somebody else who sends the commits.
		foreign := name == hooks.PreReceive || name == hooks.Update || repo.WorkTree() == ""
		return t.scan().Received(c.Context, repo, kind, spec, foreign)
	})
}

// hookRange reads what Git says to a hook that is about commits.
func (p process) hookRange(name string, args []string) (scanner.Revisions, error) {
	switch name {
	case hooks.PrePush:
		return hooks.PrePushRange(args, p.stdin, p.getenv)
	case hooks.ReferenceTransaction:
		return hooks.ReadTransaction(args, p.stdin)
	case hooks.Update:
		push, err := hooks.ReadUpdate(args, p.getenv)
		return push.Range, err
	default:
		push, err := hooks.ReadPreReceive(p.stdin, p.getenv)
		return push.Range, err
	}
}

// hookMessage examines the message of the commit that is being made.
func (p process) hookMessage(c *cli.Context, args []string) error {
	if len(args) != 1 {
		return usageError{"hook run commit-msg: name the FILE with the message, as Git does", "djleaks hook install --hook commit-msg"}
	}
	return p.runHere(c, func(t *task, repo *gitstore.Repository) (*scanner.Report, error) {
		t.options.quiet, t.options.stopped = true, true
		return t.scan().Message(c.Context, repo, args[0])
	})
}

// hookCommit examines what is staged.
func (p process) hookCommit(c *cli.Context, files []string) error {
	return p.runHere(c, func(t *task, repo *gitstore.Repository) (*scanner.Report, error) {
		// Outside of a commit a hook manager only asks about files: nothing is stopped.
		t.options.quiet, t.options.stopped = true, len(files) == 0 || repo.InCommit()
		return t.staged(c.Context, repo, files)
	})
}
