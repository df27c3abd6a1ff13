package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/hooks"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/setup"
	"github.com/djleaks/djleaks/internal/worktree"
)

func initCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "add what a repository lacks: the hook, the CI file, .env in .gitignore",
		ArgsUsage: "[PATH]",
		Description: "Looks at what is there and shows, as one diff, what is missing so that djleaks\n" +
			"guards the repository: Git's hook, or the entry in the configuration of\n" +
			"pre-commit, prek, lefthook, husky or overcommit, whichever is used; the CI file\n" +
			"of the forge that remote.origin.url names; .env in .gitignore. Nothing is\n" +
			"written without --write, and nothing is added twice.",
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "make the change"}},
		Action: func(c *cli.Context) error { return p.init(c) },
	}
}

func (p process) init(c *cli.Context) error {
	if c.Args().Len() > 1 {
		return tooManyArguments(c)
	}
	repo, err := openRepository(c.Args().First())
	if err != nil {
		return err
	}
	defer repo.Close()
	if repo.WorkTree() == "" {
		return usageError{"init: a bare repository has no work tree, so nobody commits in it", "djleaks hook install --hook pre-receive examines what is pushed to it"}
	}
	tracked, err := repo.IndexPaths()
	if err != nil {
		return err
	}
	tree, err := worktree.Open(repo.WorkTree(), tracked)
	if err != nil {
		return err
	}
	target := hookTarget(c.Context, repo)
	options := hooks.Options{Hooks: []string{hooks.PreCommit}, Version: version}
	plan, err := p.missing(repo, tree, target, &options)
	var unreadable *setup.Unreadable
	if errors.As(err, &unreadable) {
		return usageError{"init: nothing is written: " + err.Error(), "mend " + say.Quote(unreadable.Path) + ", or install Git's own hook: djleaks hook install"}
	}
	switch {
	case err != nil:
		return fmt.Errorf("init: %w", err)
	case plan.Empty():
		p.say("nothing is missing: djleaks examines each commit here, and .env is ignored")
		return nil
	case c.Bool("write"):
		return p.writeInit(tree, target, options, plan)
	}
	p.showInit(plan)
	return nil
}

// missing plans what the repository lacks. Where a hook could not find this
// program again, a note takes the place of Git's own hook.
func (p process) missing(repo *gitstore.Repository, tree *worktree.Tree, target hooks.Target, options *hooks.Options) (*setup.Plan, error) {
	var lost error
	options.Program, lost = programPath()
	status, err := hooks.Status(target, *options)
	if err != nil {
		return nil, err
	}
	origin, _ := repo.Config().Get("remote.origin.url")
	plan, err := setup.Make(tree, setup.Facts{Origin: origin, Managers: hooks.Managers(repo.WorkTree(), options.Hooks, version), Hook: status[0]})
	if err != nil || !plan.Hook || lost == nil {
		return plan, err
	}
	plan.Hook = false
	plan.Notes = append(plan.Notes, "The hook is not installed: "+lost.Error())
	var usage usageError
	if errors.As(lost, &usage) {
		plan.Notes = append(plan.Notes, "hint: "+usage.hint)
	}
	return plan, nil
}

func (p process) showInit(plan *setup.Plan) {
	for _, f := range plan.Files {
		name := "a/" + f.Path
		if f.Old == nil {
			name = "/dev/null"
		}
		p.showDiff(name, f.Old, f.Path, f.New)
	}
	if plan.Hook {
		if len(plan.Files) > 0 {
			fmt.Fprintln(p.stdout)
		}
		p.say("Git's pre-commit hook: djleaks hook install, so that Git runs djleaks before each commit")
	}
	if len(plan.Notes) > 0 && (len(plan.Files) > 0 || plan.Hook) {
		fmt.Fprintln(p.stdout)
	}
	p.notes(plan)
	if len(plan.Files) > 0 || plan.Hook {
		fmt.Fprintln(p.stdout)
		p.say("Nothing is written yet. To make this change: djleaks init --write")
	}
}

func (p process) notes(plan *setup.Plan) {
	for _, note := range plan.Notes {
		fmt.Fprintln(p.stdout, p.found.Redact(note))
	}
}

// writeInit makes the change.
func (p process) writeInit(tree *worktree.Tree, target hooks.Target, options hooks.Options, plan *setup.Plan) error {
	changes := make([]worktree.Change, len(plan.Files))
	for i, f := range plan.Files {
		changes[i] = worktree.Change{Path: f.Path, Old: f.Old, New: f.New}
	}
	if err := tree.Write(changes); err != nil {
		return usageError{"init: nothing is written: " + err.Error(), "see what has changed, and run djleaks init again"}
	}
	undo := ""
	for _, f := range plan.Files {
		switch {
		case f.Old == nil:
			p.say("made %s", f.Path)
			undo += "rm " + say.Quote(f.Path) + "; "
		case tree.Tracked(f.Path):
			p.say("changed %s", f.Path)
			undo += "git checkout -- " + say.Quote(f.Path) + "; "
		default:
			p.say("changed %s, which Git does not track", f.Path)
		}
	}
	if plan.Hook {
		result, err := hooks.Install(target, options)
		p.changes(result)
		if err != nil {
			return refusal(err)
		}
		undo += "djleaks hook uninstall; "
	}
	if len(plan.Notes) > 0 {
		fmt.Fprintln(p.stdout)
	}
	p.notes(plan)
	if undo != "" {
		fmt.Fprintln(p.stdout)
		p.say("To undo it: %s", undo[:len(undo)-2])
	}
	return nil
}
