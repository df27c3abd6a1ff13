package main

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/scanner/django"
)

// output is standard output. It remembers its first error: help, lists and tables
// are printed line by line, and what a full disk or a closed pipe took away from
// them must not end in exit code 0.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// terminal returns the file of a stream if it is a terminal.
func terminal(stream any) (*os.File, bool) {
	if o, ok := stream.(*output); ok {
		stream = o.Writer
	}
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
func (t *task) progress() *report.Progress {
	f, ok := terminal(t.stderr)
	if !ok || t.options.quiet || t.getenv("PRE_COMMIT") != "" || t.getenv("CI") != "" {
		return nil
	}
	return report.NewProgress(f, columns(f))
}

// watched is scan with a line of progress, which done erases.
func (t *task) watched() (s *scan.Scan, done func()) {
	s = t.scan()
	progress := t.progress()
	s.Progress = progress.Update
	return s, progress.Close
}

// renderOptions says how to show the report in a file, or on standard output if
// its name is empty or "-".
func (t *task) renderOptions(file string) report.Options {
	o := report.Options{
		Replacement: django.Replacement,
		All:         t.options.all, Verbose: t.options.verbose, Quiet: t.options.quiet, Fixable: t.options.fixable, Stopped: t.options.stopped,
		Program: t.call(), Found: t.found, Rules: django.New().Rules(), Start: t.start, End: time.Now(),
	}
	f, isTerminal := terminal(t.stdout)
	isTerminal = isTerminal && (file == "" || file == "-")
	o.Color = report.UseColor(t.options.color, t.getenv, isTerminal)
	if isTerminal {
		o.Width = columns(f)
	}
	return o
}
