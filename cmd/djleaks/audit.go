package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

func auditCommand(w world) *cli.Command {
	return &cli.Command{
		Name:      "audit",
		Usage:     "search the whole history of a repository, reachable or not",
		ArgsUsage: "[PATH]",
		Description: "Reads every blob of the repository at PATH (the current one by default)\n" +
			"once, and the messages of all commits and tags. For each key it says which\n" +
			"files hold it, which commits brought and removed it, and which refs still\n" +
			"have it.",
		Flags: scanFlags(jobsFlag(), cacheFlag()),
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return usageError{fmt.Sprintf("audit: one repository at a time, but %d were given", c.NArg()), ""}
			}
			s, err := w.newScan(c, scanner.ScopeAudit)
			if err != nil {
				return err
			}
			if s.options.cache, err = readCacheFlag(c); err != nil {
				return err
			}
			if err := s.audit(c.Context, c.Args().First()); err != nil {
				return err
			}
			return s.finish()
		},
	}
}

// audit fills the report with the keys of a repository's history.
func (s *scan) audit(ctx context.Context, path string) error {
	repo, err := openRepository(path)
	if err != nil {
		return err
	}
	defer repo.Close()
	if err := s.configure(rootOf(repo)); err != nil {
		return err
	}
	memory, err := s.openCache(repo.IDSize())
	if err != nil {
		return err
	}
	tips := s.describe(repo)
	progress := s.progress()
	defer progress.Close()
	var read pace
	walk, err := packwalk.Open(ctx, packwalk.Options{
		Dirs: repo.ObjectDirs(), IDSize: repo.IDSize(), Jobs: max(1, s.options.jobs), Progress: read.through(progress.Update),
	})
	if err != nil {
		return read.interrupted(err)
	}
	defer walk.Close()

	collector := scanner.NewCollector(s.detector)
	coverage, searched, err := memory.search(ctx, walk, s.detector.Anchors(), func(_ int, o *packwalk.Object) error {
		collector.Add(chunkOf(repo, o))
		return nil
	})
	if err != nil {
		return read.interrupted(err)
	}
	coverage.Add(collector.Skipped())
	read.searched.Store(true)
	findings := collector.Findings()
	items, matched := scanner.Items(findings)
	result, err := trace.Run(ctx, history{walk, &coverage, max(1, s.options.jobs)}, trace.Input{
		Matched: matched, Items: len(items), Tips: tips, Shallow: repo.Shallow(),
		IDSize: repo.IDSize(), Jobs: max(1, s.options.jobs),
	})
	if err != nil {
		return read.interrupted(err)
	}
	memory.update(searched, findings, &coverage)
	coverage.Commits = result.Commits
	addMissing(&coverage, result, repo)
	s.report.Coverage.Add(coverage)
	s.report.Keys, _ = scanner.Build(s.detector, findings, &scanner.History{
		Items: items, Places: result.Places,
	}, scanner.StatusUnreachable)
	return nil
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
	if err != nil {
		return nil, err
	}
	repo.UseGit(func(args ...string) (string, error) {
		git, err := exec.LookPath("git")
		if err != nil {
			return "", err
		}
		return runGit(context.Background(), git, repo.GitDir(), args)
	})
	return repo, nil
}

// describe puts into the report what is known of the repository before its
// objects are read, and returns the tips of its refs, HEAD first.
func (s *scan) describe(repo *gitstore.Repository) []trace.Tip {
	s.report.Scope.Repository = repo.GitDir()
	head, err := repo.Head()
	if err != nil {
		s.report.Coverage.Skip(scanner.Skip{Path: "HEAD", Reason: err.Error()})
	}
	if head.Commit != "" {
		s.report.Scope.Head = head.Commit.String()
	}
	refs, err := repo.Refs()
	if err != nil {
		s.report.Coverage.Skip(scanner.Skip{Path: "refs", Reason: err.Error()})
	}
	var tips []trace.Tip
	for _, ref := range refs {
		if ref.Commit != "" {
			tips = append(tips, trace.Tip{Ref: ref.Name, Commit: ref.Commit})
		}
	}
	slices.SortStableFunc(tips, func(a, b trace.Tip) int { return cmp.Compare(tipRank(a.Ref), tipRank(b.Ref)) })
	for _, warning := range repo.Warnings() {
		if warning.Incomplete() {
			s.report.Coverage.Skip(scanner.Skip{Path: warning.Path, Reason: warning.Text})
		} else {
			s.report.Coverage.Notes = append(s.report.Coverage.Notes, warning.String())
		}
	}
	return tips
}

// tipRank orders refs by how much their holding a key matters to a reader.
func tipRank(name string) int {
	switch {
	case name == "HEAD":
		return 0
	case strings.HasPrefix(name, "refs/heads/"):
		return 1
	case strings.HasPrefix(name, "refs/remotes/"):
		return 2
	case strings.HasPrefix(name, "refs/tags/"):
		return 3
	}
	return 4
}

// pace remembers how far a walk has come, for when it is interrupted.
type pace struct {
	done, total atomic.Int64
	searched    atomic.Bool // the walk over commits and trees has begun
}

func (p *pace) through(next func(done, total int64)) func(done, total int64) {
	return func(done, total int64) {
		p.done.Store(done)
		p.total.Store(total)
		next(done, total)
	}
}

// interrupted says of an error that ends a walk early what was not read.
func (p *pace) interrupted(err error) error {
	if !errors.Is(err, context.Canceled) {
		return err
	}
	if p.searched.Load() {
		return interruptedError("interrupted: everything was searched, but not yet placed in the history, and nothing is reported")
	}
	done, total := p.done.Load(), p.total.Load()
	if total == 0 {
		return interruptedError("interrupted before any blob was searched")
	}
	return interruptedError(fmt.Sprintf("interrupted: %d %% of the packs were read, and nothing is reported", 100*done/total))
}
