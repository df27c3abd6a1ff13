package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/scan"
)

func fleetCommand(p process) *cli.Command {
	return &cli.Command{
		Name:  "fleet",
		Usage: "audit the repositories of an organisation, a share of them in each worker",
		Subcommands: []*cli.Command{{
			Name:  "audit",
			Usage: "audit a share of a list of repositories into a store",
			Description: "The list has the repositories that are on this machine, as JSON Lines or\n" +
				"tab-separated values: id, path, bytes (the size of the packs) and optionally\n" +
				"owner and cost, which `djleaks merge --write-list` adds. The share is computed\n" +
				"from the whole list by cost or size, so that all workers agree on it without\n" +
				"any coordination. Each repository is audited by a process of its own, and is\n" +
				"read again only if it has changed since the last time. --shard auto takes the\n" +
				"share from the environment of Kubernetes, GitLab, Slurm, AWS Batch, Cloud Run,\n" +
				"CircleCI, Buildkite or Azure Pipelines.\n\n" +
				"Exit codes: 0 every repository of the share was read, whatever was found;\n" +
				"3 at least one could not be read; 2 usage error. `djleaks merge` says what was\n" +
				"found.",
			Flags: []cli.Flag{
				listFlag(),
				&cli.StringFlag{Name: "store", Usage: "write a report and a record of each repository into `DIR`"},
				&cli.StringFlag{Name: "shard", Usage: "audit share I of N of the list: `I/N`, from 1/N to N/N, or auto (default: the whole list)"},
				&cli.DurationFlag{Name: "timeout", Value: 10 * time.Minute, Usage: "give up on a repository after this `TIME`"},
				&cli.StringFlag{Name: "cache", Usage: "remember in `DIR` what was read, for large repositories"},
				jobsFlag(),
				&cli.StringFlag{Name: "baseline", Usage: "accept the keys that `FILE` lists"},
				&cli.StringFlag{Name: "config", EnvVars: []string{"DJLEAKS_CONFIG"}, Usage: "read the configuration from `FILE` instead of each repository's own"},
				&cli.BoolFlag{Name: "dry-run", Usage: "print the share, and audit nothing"},
				&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "with --dry-run: write the share to `FILE` instead of standard output"},
				&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "do not list the repositories that were read"},
			},
			Action: func(c *cli.Context) error { return p.fleetAudit(c) },
		}},
	}
}

func listFlag() cli.Flag {
	return &cli.StringFlag{Name: "list", Usage: "the repositories: `FILE` of JSON Lines or tab-separated values"}
}

// fleetAudit audits a share of a list.
func (p process) fleetAudit(c *cli.Context) error {
	if c.NArg() > 0 {
		return usageError{"fleet audit: repositories are named in a list", "djleaks fleet audit --list FILE --store DIR"}
	}
	list, err := readList(c.String("list"))
	if err != nil {
		return err
	}
	share, err := p.shareOf(c)
	if err != nil {
		return err
	}
	entries := share.Entries(list)
	if c.Bool("dry-run") {
		return p.printShare(c.String("output"), share, entries, len(list))
	}
	if c.IsSet("output") {
		return usageError{"fleet audit: --output goes with --dry-run", "--store DIR is where the reports go"}
	}
	run, err := p.newRun(c, list)
	if err != nil {
		return err
	}
	tally, err := run.Share(c.Context, entries)
	fmt.Fprintf(p.stdout, "share %s, %s of %s: %s\n", share, say.Thousands(len(entries)), say.Counted(len(list), "repository", "repositories"), tally)
	switch {
	case errors.Is(err, context.Canceled):
		return scan.Interrupted(fmt.Sprintf("interrupted: %s not audited; started again, it goes on from there", say.Counted(tally.Left, "repository was", "repositories were")))
	case err != nil:
		return err
	case tally.Incomplete+tally.Failed > 0:
		return verdictError(exitIncomplete)
	}
	return nil
}

// maxList bounds a list, in bytes: that of a million repositories is a quarter of
// it.
const maxList = 1 << 30

// readList reads a list of repositories. A mistake in it is a usage error.
func readList(name string) (fleet.List, error) {
	if name == "" {
		return nil, usageError{"--list is missing: which repositories?", "--list repositories.jsonl"}
	}
	text, err := regular.Read(name, maxList)
	if err != nil {
		return nil, usageError{"--list: " + err.Error(), "--list FILE, with a line of JSON for each repository; all workers read the same one"}
	}
	list, err := fleet.ParseList(text, scan.CheckID)
	if err != nil {
		return nil, usageOf(fmt.Errorf("--list %s: %w", name, err))
	}
	return list, nil
}

// shareOf is the share that --shard says, or the whole.
func (p process) shareOf(c *cli.Context) (share fleet.Share, err error) {
	switch word := c.String("shard"); {
	case !c.IsSet("shard"):
		return fleet.Share{Number: 1, Of: 1}, nil
	case word == "auto":
		share, err = fleet.AutoShare(p.getenv)
	default:
		share, err = fleet.ParseShare(word)
	}
	if err != nil {
		return share, usageOf(fmt.Errorf("--shard: %w", err))
	}
	return share, nil
}

func (p process) printShare(file string, share fleet.Share, entries []fleet.Entry, all int) error {
	var bytes int64
	err := p.writeFile(file, func(out io.Writer) error {
		for _, e := range entries {
			bytes += e.Bytes
			if _, err := fmt.Fprintf(out, "%s\t%s\t%d\n", e.ID, e.Path, e.Bytes); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stderr, "share %s: %s of %s, %s bytes\n", share, say.Thousands(len(entries)),
		say.Counted(all, "repository", "repositories"), say.Thousands(bytes))
	return err
}

// newRun checks the options before anything is read.
func (p process) newRun(c *cli.Context, list fleet.List) (*fleet.Run, error) {
	named := scan.Named{Config: c.String("config"), Baseline: c.String("baseline")}
	if err := scan.CheckNamed(named); err != nil {
		return nil, err
	}
	jobs, timeout := c.Int("jobs"), c.Duration("timeout")
	if err := checkJobs(jobs); err != nil {
		return nil, err
	}
	switch {
	case c.String("store") == "":
		return nil, usageError{"--store is missing: where do the reports go?", "--store DIR"}
	case timeout <= 0:
		return nil, usageError{fmt.Sprintf("--timeout %s: it must be more than zero", timeout), "--timeout 10m"}
	case c.IsSet("cache") && c.String("cache") == "":
		return nil, usageError{"--cache: the name of the folder is empty", "--cache DIR"}
	}
	store, err := fleet.CreateStore(c.String("store"))
	if err != nil {
		return nil, usageError{"--store: " + err.Error(), "name a folder that this worker can write to"}
	}
	// Git's own variables lead to one repository; here there are many.
	for _, name := range repositoryVariables() {
		if err := os.Unsetenv(name); err != nil {
			return nil, err
		}
	}
	child, err := newChild(p.getenv, named, c.String("cache"), jobs)
	if err != nil {
		return nil, err
	}
	quiet := c.Bool("quiet")
	return &fleet.Run{
		Store: store, Auditor: child, List: list.Digest(), Timeout: timeout, Now: time.Now,
		Note: func(e fleet.Entry, s fleet.State, text string) {
			if s != fleet.Read || !quiet {
				fmt.Fprintln(p.stderr, p.line(fmt.Sprintf("%s: %s: %s", s, e.ID, text)))
			}
		},
	}, nil
}

// repositoryVariables are those by which Git finds a repository and its parts:
// what `git rev-parse --local-env-vars` lists.
func repositoryVariables() []string {
	return []string{
		"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_OBJECT_DIRECTORY", "GIT_DIR",
		"GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE",
		"GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR",
	}
}
