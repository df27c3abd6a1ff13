package main

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/scanner"
)

func rangeCommand(w world) *cli.Command {
	return &cli.Command{
		Name:      "range",
		Usage:     "search what the commits of a range add",
		ArgsUsage: "BASE..HEAD",
		Description: "Reads the blobs and messages that are new in the commits that HEAD has and\n" +
			"BASE has not, merges included. Keys that BASE holds in a file which the range\n" +
			"changes or deletes are known, and do not fail without --strict.",
		Flags: scanFlags(strictFlag()),
		Action: func(c *cli.Context) error {
			base, head, ok := strings.Cut(c.Args().First(), "..")
			if c.NArg() != 1 || !ok || base == "" || strings.HasPrefix(head, ".") {
				return usageError{"range: give one BASE..HEAD", "djleaks range origin/main..HEAD"}
			}
			if head == "" {
				head = "HEAD"
			}
			s, err := w.newScan(c, scanner.ScopeRange)
			if err != nil {
				return err
			}
			repo, err := openRepository("")
			if err != nil {
				return err
			}
			defer repo.Close()
			if err := s.between(c.Context, repo, base, head); err != nil {
				return err
			}
			return s.finish()
		},
	}
}

func strictFlag() cli.Flag {
	return &cli.BoolFlag{Name: "strict", Usage: "count the keys that the old side holds already"}
}

// between fills the report with the keys that the commits from base to head add.
func (s *scan) between(ctx context.Context, repo *gitstore.Repository, base, head string) error {
	source, err := repo.Range(base, head)
	if err != nil {
		return err
	}
	s.report.Scope.Range = base + ".." + head
	return s.commits(ctx, repo, source)
}

// commits fills the report with the keys that a set of commits adds.
func (s *scan) commits(ctx context.Context, repo *gitstore.Repository, source *gitstore.Range) error {
	if err := s.configure(rootOf(repo)); err != nil {
		return err
	}
	return s.search(ctx, repo, source)
}

// search is commits for a scan that is configured.
func (s *scan) search(ctx context.Context, repo *gitstore.Repository, source *gitstore.Range) error {
	collector := scanner.NewCollector(s.detector)
	collector.Advise()
	source.SetWantKnown(collector.Found)
	sifter := sifter{s: s, ctx: ctx, repo: repo}
	defer sifter.close()
	source.SetSift(sifter.sift)
	coverage, err := collector.Run(ctx, source)
	if err != nil {
		return err
	}
	s.report.Coverage.Add(coverage)
	s.report.Scope.Repository = repo.GitDir()
	s.report.Scope.Base, s.report.Scope.Head = first(source.Base()), first(source.Head())
	findings := collector.Findings()
	s.report.Keys, s.report.Known = scanner.Build(s.detector, findings, rangeHistory(repo, source, findings), scanner.StatusHistory)
	if s.strict {
		s.report.Keys, s.report.Known = append(s.report.Keys, s.report.Known...), nil
	}
	return nil
}

// rangeHistory says what the range did to the items that were found.
func rangeHistory(repo *gitstore.Repository, source *gitstore.Range, findings []scanner.Finding) *scanner.History {
	items, matched := scanner.Items(findings)
	h := &scanner.History{Items: items}
	for n := range items {
		places := source.Places(func(id scanner.ObjectID) bool { return slices.Contains(matched[id], int32(n)) })
		for i := range places {
			p := &places[i]
			for _, head := range source.Head() {
				// What cannot be read here is in the coverage already.
				if id, err := repo.EntryAt(head, p.Path); err == nil && slices.Contains(p.Blobs, id) {
					p.Refs = append(p.Refs, head.String())
				}
			}
		}
		h.Places = append(h.Places, places)
	}
	return h
}

// first is the name of the only commit of a list, or empty.
func first(ids []scanner.ObjectID) string {
	if len(ids) != 1 {
		return ""
	}
	return ids[0].String()
}
