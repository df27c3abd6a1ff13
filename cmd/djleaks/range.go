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
		Description: "Reads the blobs and messages that are new in the commits which HEAD has and\n" +
			"BASE does not, merges included. A key is known if BASE holds it, at the same or\n" +
			"a higher severity, in a file which the range changes or deletes; known keys\n" +
			"fail only with --strict.",
		Flags: scanFlags(strictFlag(), acceptFromFlag()),
		Action: func(c *cli.Context) error {
			base, head, ok := strings.Cut(c.Args().First(), "..")
			if c.NArg() != 1 || !ok || base == "" || strings.HasPrefix(head, ".") || strings.Contains(head, "..") {
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
	return &cli.BoolFlag{Name: "strict", Usage: "count the keys that the old side already holds"}
}
