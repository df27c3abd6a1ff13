package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/report"
)

func reportCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "show a saved JSON report in another format",
		ArgsUsage: "FILE",
		Description: "FILE is what `djleaks audit --format json --output FILE` wrote; `-` is\n" +
			"standard input. The exit code is 0 if the report could be shown, whatever its\n" +
			"verdict.",
		Flags: reportFlags(),
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usageError{"report: give one FILE", "djleaks audit --format json --output report.json"}
			}
			return p.rerender(c, c.Args().First())
		},
	}
}

// rerender reads a saved report and writes it again.
func (p process) rerender(c *cli.Context, file string) error {
	options, err := readReportOptions(c)
	if err != nil {
		return err
	}
	// A report does not say when it was made, which GitLab wants to know.
	t := &task{process: p, options: options, start: time.Now()}
	var in io.Reader = p.stdin
	name := "standard input"
	if file != "-" {
		name = file
		f, err := os.Open(file)
		if err != nil {
			return usageError{"report: " + err.Error(), "djleaks audit --format json --output report.json writes one"}
		}
		defer f.Close()
		in = f
	}
	saved, err := report.Read(in)
	if err != nil {
		return usageError{fmt.Sprintf("%s: %v", name, err), "djleaks audit --format json --output report.json writes one"}
	}
	return t.write(saved)
}
