package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/scanner"
)

func rangeCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "range",
		Usage:     "search what the commits of a range add",
		ArgsUsage: "BASE..HEAD",
		Description: "Reads the blobs and messages that are new in the commits that HEAD has and\n" +
			"BASE has not, merges included. Keys that BASE holds in a file which the range\n" +
			"changes or deletes, and as severely, are known, and do not fail without\n" +
			"--strict.",
		Flags: scanFlags(strictFlag(), acceptFromFlag()),
		Action: func(c *cli.Context) error {
			base, head, ok := strings.Cut(c.Args().First(), "..")
			if c.NArg() != 1 || !ok || base == "" || strings.HasPrefix(head, ".") {
				return usageError{"range: give one BASE..HEAD", "djleaks range origin/main..HEAD"}
			}
			if head == "" {
				head = "HEAD"
			}
			return p.runHere(c, func(t *task, repo *gitstore.Repository) (*scanner.Report, error) {
				return t.scan().Range(c.Context, repo, base, head)
			})
		},
	}
}

func strictFlag() cli.Flag {
	return &cli.BoolFlag{Name: "strict", Usage: "count the keys that the old side holds already"}
}
