package scan

import (
	"context"
	"errors"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/scanner"
)

// Staged searches what the commit that is being made would add; if it is a merge,
// what the merged commits bring as well. With names of
// files, as the user types them, it reads what the index and the work tree hold
// of them, whether or not it is new.
func (s *Scan) Staged(ctx context.Context, repo *gitstore.Repository, names []string) (*scanner.Report, error) {
	paths, err := Paths(repo, names)
	if err != nil {
		return nil, err
	}
	if repo.WorkTree() == "" && s.Getenv("GIT_INDEX_FILE") == "" {
		return nil, Mistake{errors.New("staged: a bare repository has no index, so nothing can be staged"), "djleaks audit"}
	}
	settings, err := s.stagedSettings(repo)
	if err != nil {
		return nil, err
	}
	var source *gitstore.Staged
	settings.learnFrom(func() []gitstore.TreeFile {
		return source.Files(func(path []byte) bool { return readsKeys(string(path)) })
	}, objectReader(repo))
	collector := scanner.NewCollector(settings.Detector)
	collector.SuggestReplacements()
	source = repo.Staged(gitstore.StagedOptions{Paths: paths, WantKnown: collector.Found})
	coverage, err := collector.Run(ctx, source)
	if err != nil {
		return nil, err
	}
	r := s.report(scanner.ScopeStaged, settings)
	r.Coverage.Add(coverage)
	r.Scope.Repository = repo.GitDir()
	if head, err := repo.Head(); err == nil && head.Commit != "" {
		r.Scope.Head = head.Commit.String() // what it is compared with; empty before the first commit
	}
	r.Scope.Named = len(names) > 0 && !repo.InCommit()
	r.Keys, r.Known = scanner.Build(settings.Detector, s.findings(collector), nil, scanner.StatusStaged)
	r.Remarks = remarksOf(collector)
	r = s.conclude(r, settings)
	if r.Scope.Named {
		return r, nil // all of some files is asked for, not what a commit adds
	}
	return s.merged(ctx, repo, settings, r)
}

// stagedSettings are the settings of a commit that is being made; its base is
// HEAD.
func (s *Scan) stagedSettings(repo *gitstore.Repository) (*Settings, error) {
	if !s.fromBase(false) {
		return s.ofWorkTree(repo)
	}
	head, err := repo.Head()
	if err != nil {
		return nil, err
	}
	// Whatever HEAD does not have is of the change, staged or not.
	return s.ofBase(repo, head.Commit, func(string) bool { return true }, WorkTree(repo), "committed")
}
