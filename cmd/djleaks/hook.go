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

func hookCommand(w world) *cli.Command {
	which := func(what, standard string) []cli.Flag {
		return []cli.Flag{
			&cli.StringSliceFlag{Name: "hook", Usage: what + " `HOOK`, or several with commas between them: " + strings.Join(hooks.Names(), ", ") + standard},
			&cli.BoolFlag{Name: "global", Usage: "for all repositories of the user, not for this one"},
		}
	}
	force := &cli.BoolFlag{Name: "force", Usage: "also over a djleaks hook that somebody has edited, or beside a manager that moves hooks away"}
	return &cli.Command{
		Name:  "hook",
		Usage: "examine every commit and every push before it is made",
		Subcommands: []*cli.Command{
			{
				Name:      "install",
				Usage:     "let Git run djleaks",
				ArgsUsage: " ",
				Description: "Puts djleaks into the hooks of the repository, or with Git 2.54 and newer\n" +
					"into its configuration. A hook that is there already stays and runs first.\n" +
					"Doing it again brings the hook up to date and changes nothing else.",
				Flags: append(which("install", " (default: pre-commit)"), force,
					&cli.BoolFlag{Name: "files", Usage: "write files even where Git has hooks in its configuration"}),
				Action: func(c *cli.Context) error { return w.hookInstall(c) },
			},
			{
				Name:      "uninstall",
				Usage:     "take djleaks out again, and put back what was there before",
				ArgsUsage: " ",
				Flags:     append(which("remove", " (default: all)"), force),
				Action:    func(c *cli.Context) error { return w.hookUninstall(c) },
			},
			{
				Name:      "status",
				Usage:     "say what Git would run, and in which order",
				ArgsUsage: " ",
				Flags:     which("show", " (default: all that can be installed here)"),
				Action:    func(c *cli.Context) error { return w.hookStatus(c) },
			},
			hookRunCommand(w),
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
	return hooks.Options{Hooks: names, Global: c.Bool("global"), Force: c.Bool("force"), Files: c.Bool("files")}, nil
}

// refusal makes a wrong word out of what the hooks package refuses to do.
func refusal(err error) error {
	var r *hooks.Refusal
	if errors.As(err, &r) {
		return usageError{r.What, r.Way}
	}
	return err
}

// hookHere opens the repository and adds the program's path to the options.
func hookHere(c *cli.Context, o *hooks.Options) (hooks.Site, error) {
	repo, err := openRepository("")
	if err != nil {
		return hooks.Site{}, err
	}
	defer repo.Close()
	o.Program, err = programPath()
	return hookSite(c.Context, repo), err
}

func (w world) hookInstall(c *cli.Context) error {
	o, err := hookOptions(c, hooks.PreCommit)
	if err != nil {
		return err
	}
	site, err := hookHere(c, &o)
	if err != nil {
		return err
	}
	if site.WorkTree == "" && !o.Global && !c.IsSet("hook") {
		return usageError{"hook install: nobody commits in a bare repository", "djleaks hook install --hook pre-receive examines what is pushed to it"}
	}
	result, err := hooks.Install(site, o)
	for _, advice := range result.Advice {
		if err != nil || !strings.Contains(advice.Manager, "husky") {
			w.say("# %s is used here. To run djleaks from it, add to %s:", advice.Manager, advice.File)
			_, _ = fmt.Fprint(w.stdout, advice.Snippet)
		}
	}
	w.changes(result)
	if err == nil {
		w.sayOfHusky(site.WorkTree, result)
	}
	return refusal(err)
}

// sayOfHusky tells what is still missing where husky is used: it starts the
// files in .husky only once it has set itself up, and from then on Git passes
// over those in .git/hooks.
func (w world) sayOfHusky(workTree string, result hooks.Result) {
	if !slices.ContainsFunc(result.Advice, func(a hooks.Advice) bool { return a.Manager == "husky" }) {
		return
	}
	for _, change := range result.Changes {
		if filepath.Dir(change.Where) != filepath.Join(workTree, ".husky") {
			w.say("note: this repository uses husky, which is not set up in this clone; when it is, Git passes these hooks over: djleaks hook install again then")
			return
		}
		if _, err := os.Stat(filepath.Join(workTree, ".husky", "_", change.Hook)); err != nil {
			w.say("note: husky is not set up in this clone, so Git does not run %s yet: npx husky", change.Hook)
			return
		}
	}
}

func (w world) hookUninstall(c *cli.Context) error {
	o, err := hookOptions(c, hooks.Names()...)
	if err != nil {
		return err
	}
	repo, err := openRepository("")
	if err != nil {
		return err
	}
	defer repo.Close()
	result, err := hooks.Uninstall(hookSite(c.Context, repo), o)
	if !c.IsSet("hook") {
		result.Changes = slices.DeleteFunc(result.Changes, func(ch hooks.Change) bool { return ch.Action == hooks.NotThere })
		if err == nil && len(result.Changes) == 0 {
			w.say("no djleaks hook is installed here")
		}
	}
	w.changes(result)
	return refusal(err)
}

// say writes one line of what was done. If standard output is closed, what was
// done is done all the same.
func (w world) say(format string, args ...any) {
	_, _ = fmt.Fprintln(w.stdout, w.line(fmt.Sprintf(format, args...)))
}

func (w world) changes(result hooks.Result) {
	for _, change := range result.Changes {
		switch {
		case change.Where == "":
			w.say("%s: %s", change.Hook, change.Action)
		default:
			w.say("%s: %s (%s)", change.Hook, change.Action, change.Where)
		}
	}
}

func (w world) hookStatus(c *cli.Context) error {
	o, err := hookOptions(c, hooks.Names()...)
	if err != nil {
		return err
	}
	site, err := hookHere(c, &o)
	if err != nil && site.CommonDir == "" {
		return err // but `go run` may ask
	}
	all, err := hooks.Status(site, o)
	if err != nil {
		return refusal(err)
	}
	for _, h := range all {
		server := h.Hook == hooks.PreReceive || h.Hook == hooks.Update
		if !c.IsSet("hook") && h.State == hooks.Absent && server == (site.WorkTree != "") {
			continue // cannot run here
		}
		w.say("%-21s  %s", h.Hook, h.State)
		if h.Where != "" {
			w.say("  at:   %s", h.Where)
		}
		if len(h.Runs) > 0 {
			w.say("  runs: %s", strings.Join(h.Runs, ", then "))
		}
		if h.Note != "" {
			w.say("  note: %s", h.Note)
		}
	}
	return nil
}
