package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/hooks"
)

func hookCommand(p process) *cli.Command {
	which := func(what, standard string) []cli.Flag {
		return []cli.Flag{
			&cli.StringSliceFlag{Name: "hook", Usage: what + " `HOOK`, or several with commas between them: " + strings.Join(hooks.Names(), ", ") + standard},
			&cli.BoolFlag{Name: "global", Usage: "for all repositories of the user, not only for this one"},
		}
	}
	force := &cli.BoolFlag{Name: "force", Usage: "overwrite a djleaks hook that somebody has edited, and install beside a manager that moves hooks away"}
	return &cli.Command{
		Name:  "hook",
		Usage: "examine every commit and every push before it is made",
		Subcommands: []*cli.Command{
			{
				Name:      "install",
				Usage:     "make Git run djleaks",
				ArgsUsage: " ",
				Description: "Adds djleaks to the hooks of the repository, or, with Git 2.54 and newer, to\n" +
					"its configuration. A hook that is already there stays and runs first.\n" +
					"Installing again brings the hook up to date and changes nothing else.",
				Flags: append(which("install", " (default: pre-commit)"), force,
					&cli.BoolFlag{Name: "files", Usage: "write hook files even if Git can take hooks from its configuration"}),
				Action: func(c *cli.Context) error { return p.hookInstall(c) },
			},
			{
				Name:      "uninstall",
				Usage:     "remove djleaks, and restore what was there before",
				ArgsUsage: " ",
				Flags:     append(which("remove", " (default: all)"), force),
				Action:    func(c *cli.Context) error { return p.hookUninstall(c) },
			},
			{
				Name:      "status",
				Usage:     "say what Git would run, and in which order",
				ArgsUsage: " ",
				Flags:     which("show", " (default: all that can be installed here)"),
				Action:    func(c *cli.Context) error { return p.hookStatus(c) },
			},
			hookRunCommand(p),
		},
	}
}

// hookOptions reads what install, uninstall and status have in common.
func hookOptions(c *cli.Context, standard ...string) (hooks.Options, error) {
	if c.Args().Present() {
		return hooks.Options{}, tooManyArguments(c)
	}
	var names []string
	for _, list := range c.StringSlice("hook") {
		for _, name := range strings.Split(list, ",") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	if names == nil {
		names = standard
	}
	names, err := hooks.Expand(names)
	if err != nil {
		return hooks.Options{}, refusal(err)
	}
	return hooks.Options{Hooks: names, Version: version, Global: c.Bool("global"), Force: c.Bool("force"), Files: c.Bool("files")}, nil
}

// refusal makes a usage error of what the hooks package refuses to do.
func refusal(err error) error {
	var r *hooks.Refusal
	if errors.As(err, &r) {
		return usageError{r.What, r.Next}
	}
	return err
}

// hookHere opens the repository and adds the program's path to the options.
func hookHere(c *cli.Context, o *hooks.Options) (hooks.Target, error) {
	repo, err := openRepository("")
	if err != nil {
		return hooks.Target{}, err
	}
	defer repo.Close()
	o.Program, err = programPath()
	return hookTarget(c.Context, repo), err
}

func (p process) hookInstall(c *cli.Context) error {
	o, err := hookOptions(c, hooks.PreCommit)
	if err != nil {
		return err
	}
	target, err := hookHere(c, &o)
	if err != nil {
		return err
	}
	if target.WorkTree == "" && !o.Global && !c.IsSet("hook") {
		return usageError{"hook install: nobody commits in a bare repository", "djleaks hook install --hook pre-receive examines what is pushed to it"}
	}
	result, err := hooks.Install(target, o)
	for _, advice := range result.Advice {
		if err != nil || !strings.Contains(advice.Manager, "husky") {
			p.say("# %s is used here. To run djleaks from it, add to %s:", advice.Manager, advice.File)
			_, _ = fmt.Fprint(p.stdout, advice.Snippet)
		}
	}
	p.changes(result)
	if err == nil {
		p.sayOfHusky(target.WorkTree, result)
	}
	return refusal(err)
}

// sayOfHusky tells what is still missing where husky is used: it starts the
// files in .husky only once it has set itself up, and from then on Git passes
// over those in .git/hooks.
func (p process) sayOfHusky(workTree string, result hooks.Result) {
	if !slices.ContainsFunc(result.Advice, func(a hooks.Advice) bool { return a.Manager == "husky" }) {
		return
	}
	for _, change := range result.Changes {
		if filepath.Dir(change.Where) != filepath.Join(workTree, ".husky") {
			p.say("note: this repository uses husky, which is not set up in this clone; once it is, Git ignores these hooks: run djleaks hook install again then")
			return
		}
		if _, err := os.Stat(filepath.Join(workTree, ".husky", "_", change.Hook)); err != nil {
			p.say("note: husky is not set up in this clone, so Git does not run %s yet: npx husky", change.Hook)
			return
		}
	}
}

func (p process) hookUninstall(c *cli.Context) error {
	o, err := hookOptions(c, hooks.Names()...)
	if err != nil {
		return err
	}
	repo, err := openRepository("")
	if err != nil {
		return err
	}
	defer repo.Close()
	result, err := hooks.Uninstall(hookTarget(c.Context, repo), o)
	if !c.IsSet("hook") {
		result.Changes = slices.DeleteFunc(result.Changes, func(ch hooks.Change) bool { return ch.Action == hooks.NotThere })
		if err == nil && len(result.Changes) == 0 {
			p.say("no djleaks hook is installed here")
		}
	}
	p.changes(result)
	return refusal(err)
}

// say writes one line of what was done. If standard output is closed, what was
// done is done all the same.
func (p process) say(format string, args ...any) {
	_, _ = fmt.Fprintln(p.stdout, p.line(fmt.Sprintf(format, args...)))
}

func (p process) changes(result hooks.Result) {
	for _, change := range result.Changes {
		switch {
		case change.Where == "":
			p.say("%s: %s", change.Hook, change.Action)
		default:
			p.say("%s: %s (%s)", change.Hook, change.Action, change.Where)
		}
	}
}

func (p process) hookStatus(c *cli.Context) error {
	o, err := hookOptions(c, hooks.Names()...)
	if err != nil {
		return err
	}
	target, err := hookHere(c, &o)
	if err != nil && target.CommonDir == "" {
		return err // but `go run` may ask
	}
	all, err := hooks.Status(target, o)
	if err != nil {
		return refusal(err)
	}
	for _, h := range all {
		server := h.Hook == hooks.PreReceive || h.Hook == hooks.Update
		if !c.IsSet("hook") && h.State == hooks.Absent && server == (target.WorkTree != "") {
			continue // cannot run here
		}
		p.say("%-21s  %s", h.Hook, h.State)
		if h.Where != "" {
			p.say("  at:   %s", h.Where)
		}
		if len(h.Runs) > 0 {
			p.say("  runs: %s", strings.Join(h.Runs, ", then "))
		}
		if h.Note != "" {
			p.say("  note: %s", h.Note)
		}
	}
	return nil
}
