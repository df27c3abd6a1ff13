package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/cienv"
)

func ciCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "ci",
		Usage:     "search the commits that a CI job is about",
		ArgsUsage: " ",
		Description: "Finds the range in the environment of GitHub, GitLab, Bitbucket, Azure,\n" +
			"CircleCI, Jenkins, Buildkite, Woodpecker, Drone, Gitea or Forgejo, without\n" +
			"asking any server. A scheduled or manual run examines the whole history. A\n" +
			"change cannot accept its own keys: what it accepts counts once it is merged,\n" +
			"see --accept-from. On GitHub it also writes annotations, a summary, and the\n" +
			"step outputs verdict and keys.",
		Flags: scanFlags(strictFlag(), jobsFlag(), acceptFromFlag(),
			&cli.StringFlag{Name: "base", Usage: "search what is not in `REVISION`, whatever the environment says"},
			&cli.BoolFlag{Name: "audit", Usage: "search the whole history, whatever the environment says"}),
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return tooManyArguments(c)
			}
			return p.ci(c)
		},
	}
}

func (p process) ci(c *cli.Context) error {
	job, err := cienv.Resolve(p.getenv, os.ReadFile, c.String("base"))
	if errors.Is(err, cienv.ErrNoCI) && c.Bool("audit") {
		return usageError{err.Error(), "outside of CI: djleaks audit"}
	}
	if errors.Is(err, cienv.ErrNoCI) {
		return usageOf(err)
	}
	if err != nil {
		return err
	}
	if c.Bool("audit") {
		if c.IsSet("base") {
			return usageError{"ci: --audit is about the whole history, and --base about what is new since a revision", "one of the two"}
		}
		job.Everything("--audit")
	}
	t, err := p.newTask(c)
	if err != nil {
		return err
	}
	repo, err := openRepository("")
	if err != nil {
		return err
	}
	defer repo.Close()
	s := t.scan()
	s.Note = t.note
	found, err := s.Job(c.Context, repo, &job)
	if err != nil {
		return err
	}
	verdict := t.finish(found)
	if job.System == "github" {
		return errors.Join(verdict, t.forGitHub(found, c.IsSet("format")))
	}
	return verdict
}

// note tells on standard error what the job is about, apart from the report.
func (t *task) note(text string) {
	if !t.options.quiet {
		fmt.Fprintln(t.stderr, "djleaks: ci:", t.line(text))
	}
}
