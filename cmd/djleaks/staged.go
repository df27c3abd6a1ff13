package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/scanner"
)

func stagedCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "staged",
		Usage:     "search what the commit that is being made would add",
		ArgsUsage: "[FILE...]",
		Description: "Reads the index that Git names, never the work tree. Keys that HEAD holds in\n" +
			"a file which the commit changes or deletes are known if they were as severe\n" +
			"there: a rename is silent, a move from tests to settings is not. With FILEs, it\n" +
			"searches all of their content in the index and the work tree, new or not.",
		Flags: scanFlags(acceptFromFlag()),
		Action: func(c *cli.Context) error {
			return p.runHere(c, func(t *task, repo *gitstore.Repository) (*scanner.Report, error) {
				return t.staged(c.Context, repo, c.Args().Slice())
			})
		},
	}
}

// staged examines what is staged. Where a text is asked for and keys are found
// it also finds out whether fix would take them out.
func (t *task) staged(ctx context.Context, repo *gitstore.Repository, files []string) (*scanner.Report, error) {
	report, err := t.scan().Staged(ctx, repo, files)
	if err == nil && t.options.format == "text" {
		t.options.fixable = t.scan().Fixable(ctx, repo, report)
	}
	return report, err
}
