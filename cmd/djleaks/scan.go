package main

import (
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/scanner"
)

// scanOptions are the options that every scanning command has.
type scanOptions struct {
	format     string
	output     string            // "" and "-" are standard output
	reports    map[string]string // further reports: file → format
	named      scan.Named
	exitZero   bool
	all        bool
	verbose    bool
	quiet      bool
	color      string
	accept     string // the baseline to write
	reason     string
	jobs       int
	strict     bool // keys of the old side count too
	acceptFrom scan.Acceptances
	stopped    bool // a hook: Git waits for the verdict
	fixable    bool // fix takes all failing keys out
	live       scan.Live
	as         string // the repository's name in the report
}

// scanFlags declares them.
func scanFlags(more ...cli.Flag) []cli.Flag {
	flags := append(reportFlags(),
		&cli.StringFlag{Name: "fail-on", Value: "high", Usage: "lowest `SEVERITY` that fails: " + strings.Join(scanner.SeverityNames(), ", ") + "; for an audit also a verdict, such as rotate-now"},
		&cli.BoolFlag{Name: "exit-zero", Usage: "exit 0 even if keys are found"},
		&cli.StringFlag{Name: "baseline", Usage: "accept the keys that `FILE` lists"},
		&cli.StringFlag{Name: "write-baseline", Usage: "accept all open keys from now on by listing them in `FILE`; needs --reason"},
		&cli.StringFlag{Name: "reason", Usage: "`TEXT` that says why the keys of --write-baseline may stay"},
		&cli.StringFlag{Name: "config", EnvVars: []string{"DJLEAKS_CONFIG"}, Usage: "read the configuration from `FILE` instead of .djleaks.toml or pyproject.toml"},
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

func acceptFromFlag() cli.Flag {
	return &cli.StringFlag{Name: "accept-from", Usage: "let comments, configuration and baseline of this `SIDE` accept keys: base or work-tree " +
		"(default: base in ci and in hooks of a server, else work-tree)"}
}

// readScanOptions checks the options before anything is scanned.
func readScanOptions(c *cli.Context) (scanOptions, error) {
	o, err := readReportOptions(c)
	if err != nil {
		return o, err
	}
	o.exitZero, o.jobs, o.strict = c.Bool("exit-zero"), c.Int("jobs"), c.Bool("strict")
	o.named.Config, o.named.Baseline = c.String("config"), c.String("baseline")
	o.accept, o.reason = c.String("write-baseline"), strings.TrimSpace(c.String("reason"))
	if c.IsSet("fail-on") {
		if o.named.FailOn, o.named.Verdict, err = readFailOn(c.Command.Name, c.String("fail-on")); err != nil {
			return o, err
		}
	}
	o.acceptFrom = scan.Acceptances(c.String("accept-from"))
	if c.IsSet("accept-from") && !slices.Contains(scan.AllAcceptances(), o.acceptFrom) {
		return o, usageError{fmt.Sprintf("--accept-from: unknown side %q", o.acceptFrom), "--accept-from base or --accept-from work-tree"}
	}
	if c.IsSet("jobs") {
		if err := checkJobs(o.jobs); err != nil {
			return o, err
		}
	}
	if err := checkOutputs([]string{o.accept}); err != nil {
		return o, err
	}
	if (o.accept == "") != (o.reason == "") {
		return o, usageError{"--write-baseline and --reason go together", `--write-baseline djleaks-baseline.jsonl --reason "rotated on 2026-05-01"`}
	}
	return o, nil
}

// readFailOn reads a severity or, for an audit, a verdict.
func readFailOn(command, word string) (scanner.Severity, scanner.Decision, error) {
	severity, err := scanner.ParseSeverity(word)
	if err == nil {
		return severity, "", nil
	}
	verdict, wrong := scanner.ParseDecision(word)
	if wrong != nil {
		names := scanner.SeverityNames()
		for _, d := range scanner.Decisions() {
			names = append(names, string(d))
		}
		return 0, "", usageError{"--fail-on: " + err.Error(), say.DidYouMean(word, names, "")}
	}
	if command != "audit" && command != "ci" && command != "demo" {
		return 0, "", usageError{fmt.Sprintf("--fail-on %s: only an audit gives verdicts", word), "djleaks audit --fail-on " + word}
	}
	return 0, verdict, nil
}

// readReportOptions checks the options of reportFlags.
func readReportOptions(c *cli.Context) (scanOptions, error) {
	o := scanOptions{
		format: c.String("format"), output: c.String("output"), reports: map[string]string{}, color: c.String("color"),
		all: c.Bool("all"), verbose: c.Bool("verbose"), quiet: c.Bool("quiet"),
	}
	if err := checkColor(o.color); err != nil {
		return o, err
	}
	if err := checkFormat("--format", o.format, report.Formats()...); err != nil {
		return o, err
	}
	for _, word := range c.StringSlice("report") {
		format, file, ok := strings.Cut(word, "=")
		if !ok || file == "" {
			return o, usageError{fmt.Sprintf("--report %q is not FORMAT=FILE", word), "--report sarif=djleaks.sarif"}
		}
		if err := checkFormat("--report", format, report.Formats()...); err != nil {
			return o, err
		}
		o.reports[file] = format
	}
	return o, checkOutputs(append(slices.Sorted(maps.Keys(o.reports)), o.output))
}

// checkOutputs refuses links before a long scan, not after it.
func checkOutputs(files []string) error {
	for _, file := range files {
		if err := report.CheckOutput(file); err != nil {
			return usageOf(err)
		}
	}
	return nil
}

func checkColor(when string) error {
	if slices.Contains([]string{"auto", "always", "never"}, when) {
		return nil
	}
	return usageError{fmt.Sprintf("--color: unknown value %q", when), "--color auto, --color always or --color never"}
}

func checkFormat(option, format string, formats ...string) error {
	if slices.Contains(formats, format) {
		return nil
	}
	return usageError{fmt.Sprintf("%s: unknown format %q", option, format), say.DidYouMean(format, formats, "formats: "+strings.Join(formats, ", "))}
}

func checkJobs(jobs int) error {
	if jobs < 1 {
		return usageError{fmt.Sprintf("--jobs %d: the number of jobs is at least 1", jobs), "--jobs 1"}
	}
	return nil
}

// task is one run of a scanning command, from its options to its exit code.
type task struct {
	process
	options scanOptions
	start   time.Time
}

// newTask reads the options of a command.
func (p process) newTask(c *cli.Context) (*task, error) {
	options, err := readScanOptions(c)
	return &task{process: p, options: options, start: time.Now()}, err
}

// runHere is a run of a use case in the repository that the environment names, or
// that the current folder is in.
func (p process) runHere(c *cli.Context, useCase func(*task, *gitstore.Repository) (*scanner.Report, error)) error {
	t, err := p.newTask(c)
	if err != nil {
		return err
	}
	repo, err := openRepository("")
	if err != nil {
		return err
	}
	defer repo.Close()
	report, err := useCase(t, repo)
	if err != nil {
		return err
	}
	return t.finish(report)
}

// scan is what the use cases are told of the options.
func (t *task) scan() *scan.Scan {
	return &scan.Scan{Version: version, Jobs: t.options.jobs, Getenv: t.getenv, Found: t.found, Named: t.options.named, Strict: t.options.strict, AcceptFrom: t.options.acceptFrom, Live: t.options.live, As: t.options.as}
}

// finish writes the reports, and returns the verdict as an error that carries
// the exit code.
func (t *task) finish(report *scanner.Report) error {
	if err := t.write(report); err != nil {
		return err
	}
	if t.options.accept != "" {
		if err := t.writeBaseline(report); err != nil {
			return err
		}
	}
	switch {
	case report.Verdict == scanner.KeysFound && !t.options.exitZero && t.options.accept == "":
		return verdictError(exitFound)
	case !report.Coverage.Complete:
		return verdictError(exitIncomplete)
	}
	return nil
}

// write writes the report, and the further ones that were asked for.
func (t *task) write(report *scanner.Report) error {
	if !t.options.quiet || report.Verdict != scanner.Clean || t.options.format != "text" {
		if err := t.writeTo(t.options.output, t.options.format, report); err != nil {
			return err
		}
	}
	for _, file := range slices.Sorted(maps.Keys(t.options.reports)) {
		if err := t.writeTo(file, t.options.reports[file], report); err != nil {
			return err
		}
	}
	return nil
}

func (t *task) writeTo(file, format string, rep *scanner.Report) error {
	return t.writeFile(file, func(out io.Writer) error { return report.Write(out, format, rep, t.renderOptions(file)) })
}

// writeFile lets write make a file, or write to standard output if the name is
// empty or "-". A file whose write fails stays as it was.
func (p process) writeFile(name string, write func(io.Writer) error) error {
	out, err := report.Create(name, p.stdout)
	if err != nil {
		return usageOf(err)
	}
	if err := write(out); err != nil {
		out.Discard()
		return err
	}
	return out.Close()
}
