package main

import (
	"errors"
	"io/fs"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/source"
	"github.com/djleaks/djleaks/scanner"
)

func filesCommand(w world) *cli.Command {
	return &cli.Command{
		Name:      "files",
		Usage:     "search files and folders, or standard input",
		ArgsUsage: "PATH...",
		Description: "Folders are read with all that is in them, but for .git. `-` is standard\n" +
			"input. Git is not asked for anything.",
		Flags: scanFlags(&cli.BoolFlag{Name: "explain", Usage: "say of each value why it is judged so, without showing it; exit 0"}),
		Action: func(c *cli.Context) error {
			if !c.Args().Present() {
				return usageError{"files: name at least one PATH, or - for standard input", "djleaks files ."}
			}
			s, err := w.newScan(c, scanner.ScopeFiles)
			if err != nil {
				return err
			}
			if err := s.configure(inFolder(".")); err != nil {
				return err
			}
			collector := scanner.NewCollector(s.detector)
			collector.Advise()
			coverage, err := collector.Run(c.Context, source.Files(c.Args().Slice(), w.stdin))
			if errors.Is(err, fs.ErrNotExist) {
				return usageError{err.Error(), ""}
			}
			if err != nil {
				return err
			}
			if c.Bool("explain") {
				return explain(w.stdout, s.detector, collector.Findings())
			}
			s.report.Coverage.Add(coverage)
			s.report.Keys, _ = scanner.Build(s.detector, collector.Findings(), nil, scanner.StatusWorktree)
			return s.finish()
		},
	}
}
