package main

import (
	"github.com/urfave/cli/v2"
)

func filesCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "files",
		Usage:     "search files and folders, or standard input",
		ArgsUsage: "PATH...",
		Description: "Folders are read with everything in them except .git. `-` is standard input.\n" +
			"Git is not used. The configuration is that of the project which the current\n" +
			"folder is in, and paths are relative to that project.",
		Flags: scanFlags(&cli.BoolFlag{Name: "explain", Usage: "say why each value is judged as it is, without showing it; exit 0"}),
		Action: func(c *cli.Context) error {
			if !c.Args().Present() {
				return usageError{"files: name at least one PATH, or - for standard input", "djleaks files ."}
			}
			t, err := p.newTask(c)
			if err != nil {
				return err
			}
			if c.Bool("explain") {
				findings, detector, err := t.scan().FindInFiles(c.Context, c.Args().Slice(), p.stdin)
				if err != nil {
					return err
				}
				return p.explain(detector, findings)
			}
			report, err := t.scan().Files(c.Context, c.Args().Slice(), p.stdin)
			if err != nil {
				return err
			}
			return t.finish(report)
		},
	}
}
