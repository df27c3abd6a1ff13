package main

import (
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/report"
)

func reportCommand(w world) *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "show a saved JSON report in another format",
		ArgsUsage: "FILE",
		Description: "FILE is what `djleaks audit --format json --output FILE` wrote; `-` is\n" +
			"standard input. The exit code is 0 if the report could be shown: the verdict\n" +
			"was given by the scan.",
		Flags: scanFlags(),
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usageError{"report: give one FILE", "djleaks audit --format json --output report.json"}
			}
			return w.rerender(c, c.Args().First())
		},
	}
}

// rerender reads a saved report and writes it again.
func (w world) rerender(c *cli.Context, file string) error {
	s, err := w.newScan(c, "")
	if err != nil {
		return err
	}
	var in io.Reader = w.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return usageError{err.Error(), ""}
		}
		defer f.Close()
		in = f
	}
	if s.report, err = report.Read(in); err != nil {
		return configError{fmt.Errorf("report: %s: %w", file, err)}
	}
	return s.write()
}
