package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/cienv"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/scanner"
)

func ciCommand(w world) *cli.Command {
	return &cli.Command{
		Name:      "ci",
		Usage:     "search the commits that a CI job is about",
		ArgsUsage: " ",
		Description: "Finds the range in the environment of GitHub, GitLab, Bitbucket, Azure,\n" +
			"CircleCI, Jenkins, Buildkite, Woodpecker, Drone, Gitea or Forgejo, without\n" +
			"asking any server. A scheduled or manual run examines the whole history. What\n" +
			"the change itself accepts does not count before it is merged, see\n" +
			"--accept-from. On GitHub, annotations and a summary are written as well.",
		Flags: scanFlags(strictFlag(), jobsFlag(), acceptFromFlag(),
			&cli.StringFlag{Name: "base", Usage: "`REVISION` that counts as old, whatever the environment says"}),
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return tooManyArguments(c)
			}
			return w.ci(c)
		},
	}
}

func (w world) ci(c *cli.Context) error {
	job, err := cienv.Resolve(w.getenv, os.ReadFile, c.String("base"))
	if errors.Is(err, cienv.ErrNoCI) {
		return usageError{err.Error(), strings.Join(hints(err), "; ")}
	}
	if err != nil {
		return err
	}
	t, err := w.newTask(c)
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
		fmt.Fprintln(t.stderr, "djleaks: ci:", report.Line(text))
	}
}

// forGitHub writes annotations, and a summary of the job.
func (t *task) forGitHub(found *scanner.Report, formatChosen bool) error {
	if !formatChosen {
		if err := t.writeTo("", "github", found); err != nil {
			return err
		}
	}
	path := t.getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	var text strings.Builder
	if err := report.Write(&text, "markdown", found, t.renderOptions(&text)); err != nil {
		return err
	}
	if text.Len() > maxSummary {
		t.note("the report is too long for the summary of a step on GitHub, so there is none: djleaks ci --report markdown=FILE writes it")
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return usageError{"GITHUB_STEP_SUMMARY: " + err.Error(), ""}
	}
	_, err = file.WriteString(text.String())
	return errors.Join(err, file.Close())
}

// maxSummary is what GitHub takes for the summary of one step, in bytes; it
// fails the upload of a longer one.
const maxSummary = 1 << 20
