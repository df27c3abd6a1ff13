package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/scanner"
)

func auditCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "audit",
		Usage:     "search the whole history of a repository, reachable or not",
		ArgsUsage: "[PATH]",
		Description: "Reads every blob of the repository at PATH (the current one by default)\n" +
			"once, and the messages of all commits and tags. For each key it says which\n" +
			"files hold it, which commits brought and removed it, and which refs still\n" +
			"have it. Keys that were never committed, such as those of a stopped commit,\n" +
			"are listed separately, and in a clone they fail only with --strict.",
		Flags: scanFlags(jobsFlag(),
			&cli.BoolFlag{Name: "strict", Usage: "count keys in objects that were never committed, even in a clone"},
			&cli.StringSliceFlag{Name: "live-env", Usage: "say which key is in use: the one in the environment variable `NAME`; may be repeated"},
			&cli.StringSliceFlag{Name: "live-fingerprint", Usage: "say which key is in use: the one with the fingerprint `HEX`; may be repeated; - reads them from standard input"},
			&cli.StringFlag{Name: "as", Usage: "call the repository `ID` in the report, not by its path, so that the same objects give the same report on every machine"},
			&cli.StringFlag{Name: "cache", Usage: "remember in `DIR` what was read, and read only new objects the next time"},
			&cli.StringFlag{Name: "write-leak-list", Usage: "add the fingerprints of all generated keys to `FILE`, for Django's check --deploy"},
			&cli.StringSliceFlag{Name: "known", Usage: "say which keys another repository has too, whose leak list or JSON report is `FILE`; may be repeated"},
			&cli.StringSliceFlag{Name: "verify-purged", Usage: "say only whether the key with this `FINGERPRINT` is gone from all objects; may be repeated"},
			&cli.StringFlag{Name: "expressions", Usage: "with --verify-purged: look for the spellings in `FILE` of a purge kit too"}),
		Action: func(c *cli.Context) error { return p.runAudit(c) },
	}
}

func (p process) runAudit(c *cli.Context) error {
	args, purged := purgedWords(c.Args().Slice(), c.StringSlice("verify-purged"))
	if len(args) > 1 {
		return usageError{fmt.Sprintf("audit: one repository at a time, but %d were given", len(args)), "djleaks fleet audit --list FILE for many"}
	}
	path := strings.Join(args, "")
	cache := c.String("cache")
	if cache == "" && c.IsSet("cache") {
		return usageError{"--cache: the name of the folder is empty", "--cache .git/djleaks"}
	}
	t, err := p.newTask(c)
	if err != nil {
		return err
	}
	if t.options.as = c.String("as"); c.IsSet("as") {
		if problem := scan.CheckID(t.options.as); problem != "" {
			return usageError{fmt.Sprintf("--as %q: %s", t.options.as, problem), "--as github.com/example/site"}
		}
	}
	if t.options.live, err = p.readLive(c.StringSlice("live-env"), c.StringSlice("live-fingerprint")); err != nil {
		return err
	}
	if len(purged) > 0 {
		return t.verifyPurged(c.Context, path, purged, c.String("expressions"))
	}
	if c.IsSet("expressions") {
		return usageError{"--expressions goes with --verify-purged", "djleaks audit --verify-purged FINGERPRINT --expressions FILE"}
	}
	lists, err := readLists(c.String("write-leak-list"), c.StringSlice("known"))
	if err != nil {
		return err
	}
	report, err := t.audit(c.Context, path, cache)
	if err != nil {
		return err
	}
	if err := lists.apply(t, report); err != nil {
		return err
	}
	return t.finish(report)
}

// audit shows how far it is while it runs.
func (t *task) audit(ctx context.Context, path, cache string) (*scanner.Report, error) {
	repo, err := openRepository(path)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	s, done := t.watched()
	defer done()
	s.Recalled = t.recalled
	return s.Audit(ctx, repo, cache)
}

// openRepository finds the repository of a command: the one that Git's
// environment names, or the one at or above a path. The git binary is asked only
// for refs that are not stored as files.
func openRepository(path string) (repo *gitstore.Repository, err error) {
	if path == "" {
		repo, err = gitstore.OpenEnvironment()
	} else {
		repo, err = gitstore.Open(path)
	}
	if err != nil && isAddress(path) {
		return nil, addressError(path)
	}
	if err != nil {
		return nil, err
	}
	repo.UseGit(func(args ...string) (string, error) {
		git, err := exec.LookPath("git")
		if err != nil {
			return "", err
		}
		return askRefs.run(context.Background(), git, repo.GitDir(), args)
	})
	return repo, nil
}
