package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/scanner"
)

func stagedCommand(w world) *cli.Command {
	return &cli.Command{
		Name:      "staged",
		Usage:     "search what the commit that is being made would add",
		ArgsUsage: "[FILE...]",
		Description: "Reads the index that Git names, never the work tree. Keys that HEAD holds in\n" +
			"a file which the commit changes or deletes are known: a rename or a move is\n" +
			"silent. With FILEs, reads what the index and the work tree hold of them,\n" +
			"whether or not it is new.",
		Flags: scanFlags(),
		Action: func(c *cli.Context) error {
			s, err := w.newScan(c, scanner.ScopeStaged)
			if err != nil {
				return err
			}
			repo, err := openRepository("")
			if err != nil {
				return err
			}
			defer repo.Close()
			paths, err := inRepository(repo, c.Args().Slice())
			if err != nil {
				return err
			}
			if err := s.staged(c.Context, repo, paths); err != nil {
				return err
			}
			return s.finish()
		},
	}
}

// staged fills the report with the keys that are about to be committed.
func (s *scan) staged(ctx context.Context, repo *gitstore.Repository, paths []string) error {
	if repo.WorkTree() == "" && s.getenv("GIT_INDEX_FILE") == "" {
		return usageError{"staged: a bare repository has no index, so nothing can be staged", "djleaks audit"}
	}
	if err := s.configure(rootOf(repo)); err != nil {
		return err
	}
	collector := scanner.NewCollector(s.detector)
	collector.Advise()
	source := repo.Staged(gitstore.StagedOptions{Paths: paths, WantKnown: collector.Found})
	coverage, err := collector.Run(ctx, source)
	if err != nil {
		return err
	}
	s.report.Coverage.Add(coverage)
	s.report.Scope.Repository = repo.GitDir()
	s.report.Keys, s.report.Known = scanner.Build(s.detector, collector.Findings(), nil, scanner.StatusStaged)
	return nil
}

// inRepository turns the names that a user gives into paths below the top level
// of the work tree, as the index has them.
func inRepository(repo *gitstore.Repository, names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	top := repo.WorkTree()
	if top == "" {
		return nil, usageError{"a bare repository has no staged files", ""}
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	top, here = resolved(top), resolved(here)
	paths := make([]string, len(names))
	for i, name := range names {
		full := name
		if !filepath.IsAbs(name) {
			full = filepath.Join(here, name)
		}
		path, err := filepath.Rel(top, full)
		if err != nil || path == ".." || strings.HasPrefix(path, ".."+string(filepath.Separator)) {
			return nil, usageError{fmt.Sprintf("%s is outside of the repository at %s", name, top), ""}
		}
		paths[i] = filepath.ToSlash(path)
	}
	return paths, nil
}

// resolved follows links, so that two names of one folder compare equal.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
