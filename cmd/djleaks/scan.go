package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// scanOptions are the options that every scanning command has.
type scanOptions struct {
	format   string
	output   string            // "" and "-" are standard output
	reports  map[string]string // further reports: file → format
	failOn   scanner.Severity
	failSet  bool // --fail-on was given, so the configuration does not change it
	exitZero bool
	all      bool
	verbose  bool
	quiet    bool
	color    string
	config   string
	baseline string
	accept   string // the baseline to write
	reason   string
	jobs     int
	cache    string // folder of what earlier audits have read; empty for none
}

// scanFlags declares them.
func scanFlags(more ...cli.Flag) []cli.Flag {
	flags := append(reportFlags(),
		&cli.StringFlag{Name: "fail-on", Value: "high", Usage: "lowest `SEVERITY` that fails: " + strings.Join(scanner.SeverityNames(), ", ")},
		&cli.BoolFlag{Name: "exit-zero", Usage: "exit 0 even if keys are found"},
		&cli.StringFlag{Name: "baseline", Usage: "accept the keys that `FILE` lists"},
		&cli.StringFlag{Name: "write-baseline", Usage: "accept all open keys from now on: list them in `FILE`; needs --reason"},
		&cli.StringFlag{Name: "reason", Usage: "why the keys of --write-baseline may stay: `TEXT`"},
		&cli.StringFlag{Name: "config", Usage: "read the configuration from `FILE` instead of .djleaks.toml or pyproject.toml"},
	)
	return append(flags, more...)
}

// reportFlags declare how to show a report, whether it is new or saved.
func reportFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the report: " + strings.Join(report.Formats(), ", ")},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the report to `FILE` instead of standard output"},
		&cli.StringSliceFlag{Name: "report", Usage: "write one more report: `FORMAT=FILE`; may be repeated"},
		&cli.StringFlag{Name: "color", Value: "auto", Usage: "colour the text: `WHEN` is auto, always or never"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print nothing when nothing fails"},
		&cli.BoolFlag{Name: "all", Usage: "show notes in the text too"},
		&cli.BoolFlag{Name: "verbose", Usage: "list every key, place and commit in the text, however many there are"},
	}
}

func jobsFlag() cli.Flag {
	return &cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Value: runtime.GOMAXPROCS(0), Usage: "use `N` processors"}
}

// readScanOptions checks the words before anything is scanned.
func readScanOptions(c *cli.Context) (scanOptions, error) {
	o, err := readReportOptions(c)
	if err != nil {
		return o, err
	}
	o.failSet, o.exitZero, o.jobs = c.IsSet("fail-on"), c.Bool("exit-zero"), c.Int("jobs")
	o.config, o.baseline = c.String("config"), c.String("baseline")
	o.accept, o.reason = c.String("write-baseline"), strings.TrimSpace(c.String("reason"))
	if o.failOn, err = scanner.ParseSeverity(c.String("fail-on")); err != nil {
		return o, usageError{"--fail-on: " + err.Error(), ""}
	}
	if c.IsSet("jobs") && o.jobs < 1 {
		return o, usageError{fmt.Sprintf("--jobs %d: the number of jobs is at least 1", o.jobs), ""}
	}
	if (o.accept == "") != (o.reason == "") {
		return o, usageError{"--write-baseline and --reason go together", `--write-baseline djleaks-baseline.jsonl --reason "rotated on 2026-05-01"`}
	}
	return o, nil
}

// readReportOptions checks the words of reportFlags.
func readReportOptions(c *cli.Context) (scanOptions, error) {
	o := scanOptions{
		format: c.String("format"), output: c.String("output"), reports: map[string]string{}, color: c.String("color"),
		all: c.Bool("all"), verbose: c.Bool("verbose"), quiet: c.Bool("quiet"),
	}
	if !slices.Contains([]string{"auto", "always", "never"}, o.color) {
		return o, usageError{fmt.Sprintf("--color %q is none of auto, always, never", o.color), ""}
	}
	if err := checkFormat("--format", o.format); err != nil {
		return o, err
	}
	for _, word := range c.StringSlice("report") {
		format, file, ok := strings.Cut(word, "=")
		if !ok || file == "" {
			return o, usageError{fmt.Sprintf("--report %q is not FORMAT=FILE", word), "--report sarif=djleaks.sarif"}
		}
		if err := checkFormat("--report", format); err != nil {
			return o, err
		}
		o.reports[file] = format
	}
	return o, nil
}

func checkFormat(flag, format string) error {
	if slices.Contains(report.Formats(), format) {
		return nil
	}
	hint := say.DidYouMean(format, report.Formats(), "formats: "+strings.Join(report.Formats(), ", "))
	return usageError{fmt.Sprintf("%s: %q is no format", flag, format), hint}
}

// scan is one run of a scanning command, from its options to its exit code.
type scan struct {
	world
	options  scanOptions
	detector *django.Detector
	policy   *policy.Policy
	baseline []policy.Entry
	report   *scanner.Report
	strict   bool     // keys of the old side count too
	named    readFile // reads the files that --config and --baseline name
	start    time.Time
	end      time.Time
}

// newScan reads the options of a command and starts an empty report.
func (w world) newScan(c *cli.Context, kind scanner.ScopeKind) (*scan, error) {
	options, err := readScanOptions(c)
	if err != nil {
		return nil, err
	}
	s := &scan{world: w, options: options, detector: django.New(), policy: &policy.Policy{}, strict: c.Bool("strict"), named: os.ReadFile, start: time.Now()}
	s.report = &scanner.Report{
		Tool:  scanner.Tool{Name: "djleaks", Version: version, Rules: s.detector.Version()},
		Scope: scanner.Scope{Kind: kind},
	}
	return s, nil
}

// finish applies what the user accepts, writes the reports, and returns the
// verdict as an error that carries the exit code.
func (s *scan) finish() error {
	s.end = time.Now()
	s.report.FailOn = s.options.failOn
	s.report.SplitAccepted()
	s.report = s.policy.Apply(s.report, s.baseline, s.end)
	if err := s.write(); err != nil {
		return err
	}
	if s.options.accept != "" {
		if err := s.writeBaseline(); err != nil {
			return err
		}
	}
	switch {
	case s.report.Verdict == scanner.KeysFound && !s.options.exitZero && s.options.accept == "":
		return verdictError(exitFound)
	case !s.report.Coverage.Complete:
		return verdictError(exitIncomplete)
	}
	return nil
}

// write writes the report, and the further ones that were asked for.
func (s *scan) write() error {
	if !s.options.quiet || s.report.Verdict != scanner.Clean || s.options.format != "text" {
		if err := s.writeTo(s.options.output, s.options.format); err != nil {
			return err
		}
	}
	files := make([]string, 0, len(s.options.reports))
	for file := range s.options.reports {
		files = append(files, file)
	}
	slices.Sort(files)
	for _, file := range files {
		if err := s.writeTo(file, s.options.reports[file]); err != nil {
			return err
		}
	}
	return nil
}

func (s *scan) writeTo(file, format string) error {
	out, err := report.Create(file, s.stdout)
	if err != nil {
		return usageError{err.Error(), ""}
	}
	stream := io.Writer(out)
	if file == "" || file == "-" {
		stream = s.stdout
	}
	if err := report.Write(out, format, s.report, s.renderOptions(stream)); err != nil {
		out.Discard()
		return err
	}
	return out.Close()
}
