package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/djleaks/djleaks/internal/report"
)

// terminal returns the file behind a stream if it is a terminal.
func terminal(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// columns is the width of a terminal; 0 if it is not known. pre-commit gives its
// hooks a terminal of no columns at all.
func columns(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// progress is a line on standard error for whoever watches: not for a log, and
// not under a hook runner, which shows the output when all is over.
func (s *scan) progress() *report.Progress {
	f, ok := terminal(s.stderr)
	if !ok || s.options.quiet || s.getenv("PRE_COMMIT") != "" || s.getenv("CI") != "" {
		return nil
	}
	return report.NewProgress(f, columns(f))
}

// renderOptions says how to show the report in one file.
func (s *scan) renderOptions(out io.Writer) report.Options {
	o := report.Options{All: s.options.all, Verbose: s.options.verbose, Quiet: s.options.quiet, Rules: s.detector.Rules(), Start: s.start, End: s.end}
	f, isTerminal := terminal(out)
	o.Color = report.UseColor(s.options.color, s.getenv, isTerminal)
	if isTerminal {
		o.Width = columns(f)
	}
	return o
}
