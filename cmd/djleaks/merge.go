package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/merge"
	"github.com/djleaks/djleaks/scanner"
)

func mergeCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "merge what fleet audit has written into one report",
		ArgsUsage: "STORE...",
		Description: "Every repository of the list is looked for in all stores; its newest record\n" +
			"counts. The report begins with what was not read; then come the keys, by\n" +
			"severity and by the number of repositories that hold them. --since compares\n" +
			"with an earlier JSON report.\n\n" +
			"Exit codes: 1 keys at or above --fail-on; else 3 if a repository of the list is\n" +
			"missing, failed or incomplete; else 0. 2 is a usage error, or stores that were\n" +
			"written with different lists.",
		Flags: []cli.Flag{
			listFlag(),
			&cli.StringFlag{Name: "since", Usage: "say what has changed since `FILE`, which merge --format json wrote"},
			&cli.DurationFlag{Name: "max-age", Usage: "count a repository that no worker has looked at for this `TIME`, such as 36h, as incomplete"},
			&cli.StringFlag{Name: "write-list", Usage: "write the list with the cost of each audit to `FILE`, for shares that are more even than by size"},
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "markdown", Usage: "`FORMAT` of the report: " + strings.Join(merge.Formats(), ", ")},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the report to `FILE` instead of standard output"},
			&cli.StringFlag{Name: "fail-on", Value: "high", Usage: "lowest `SEVERITY` that fails: " + strings.Join(scanner.SeverityNames(), ", ") + "; or a verdict, such as rotate-now"},
			&cli.BoolFlag{Name: "exit-zero", Usage: "exit 0 even if keys are found"},
		},
		Action: func(c *cli.Context) error { return p.merge(c) },
	}
}

// collectOften is how much garbage a merge lets come together, in per cent of
// what it keeps: most of its memory is kept, and what it reads is soon garbage.
const collectOften = 25

// merge makes one report of stores.
func (p process) merge(c *cli.Context) error {
	defer debug.SetGCPercent(debug.SetGCPercent(collectOften))
	if err := checkMergeFiles(c); err != nil {
		return err
	}
	merged, err := gather(c)
	if err != nil {
		return err
	}
	if err := p.writeFile(c.String("output"), func(out io.Writer) error { return merge.Write(out, c.String("format"), merged) }); err != nil {
		return err
	}
	if list := c.String("write-list"); list != "" {
		if err := p.writeFile(list, merged.Priced().Write); err != nil {
			return err
		}
	}
	switch {
	case merged.Verdict == scanner.KeysFound && !c.Bool("exit-zero"):
		return verdictError(exitFound)
	case !merged.Complete():
		return verdictError(exitIncomplete)
	}
	return nil
}

// checkMergeFiles checks what is to be written, and whether there is anything to
// read.
func checkMergeFiles(c *cli.Context) error {
	output, priced := c.String("output"), c.String("write-list")
	if err := checkFormat("--format", c.String("format"), merge.Formats()...); err != nil {
		return err
	}
	if err := checkOutputs([]string{output, priced}); err != nil {
		return err
	}
	if output != "" && output == priced {
		return usageError{"--output and --write-list name the same file", "--write-list repositories.jsonl"}
	}
	if c.NArg() == 0 {
		return usageError{"merge: which stores?", "djleaks merge DIR --list FILE; DIR is that of fleet audit --store"}
	}
	return nil
}

// gather reads the list, the stores and an earlier report, and merges them.
func gather(c *cli.Context) (*merge.Fleet, error) {
	opt, err := mergeOptions(c)
	if err != nil {
		return nil, err
	}
	list, err := readList(c.String("list"))
	if err != nil {
		return nil, err
	}
	stores, err := openStores(c.Args().Slice())
	if err != nil {
		return nil, err
	}
	old, err := readOld(c.String("since"))
	if err != nil {
		return nil, err
	}
	merged, err := merge.Gather(list, stores, old, opt)
	var refused *merge.RefusedError
	if errors.As(err, &refused) {
		return nil, usageOf(refused)
	}
	return merged, err
}

// mergeOptions says what fails.
func mergeOptions(c *cli.Context) (merge.Options, error) {
	opt := merge.Options{Version: version, MaxAge: c.Duration("max-age"), Now: time.Now()}
	if c.IsSet("max-age") && opt.MaxAge <= 0 {
		return opt, usageError{fmt.Sprintf("--max-age %s: it must be more than zero", opt.MaxAge), "--max-age 36h"}
	}
	var err error
	if opt.FailOn, opt.Verdict, err = readFailOn("audit", c.String("fail-on")); err != nil {
		return opt, err
	}
	if opt.FailOn == scanner.Silent {
		opt.FailOn = scanner.High
	}
	return opt, nil
}

func openStores(dirs []string) (stores []*fleet.Store, err error) {
	for _, dir := range dirs {
		s, err := fleet.OpenStore(dir)
		if err != nil {
			return nil, usageError{err.Error(), "a store is the folder of fleet audit --store"}
		}
		stores = append(stores, s)
	}
	return stores, nil
}

// readOld reads the report of --since, if one is named.
func readOld(name string) (*merge.Old, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, usageError{"--since: " + err.Error(), "name an earlier report of djleaks merge --format json"}
	}
	defer f.Close()
	old, err := merge.ReadOld(f)
	if err != nil {
		return nil, usageError{fmt.Sprintf("--since %s: %v", name, err), "name an earlier report of djleaks merge --format json"}
	}
	return old, nil
}
