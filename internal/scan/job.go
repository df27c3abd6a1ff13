package scan

import (
	"context"
	"fmt"
	"strings"

	"github.com/djleaks/djleaks/internal/cienv"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// Job searches the commits that a CI job is about: the first of its bases that
// is in the clone is old. Where the job means no range it is an audit.
func (s *Scan) Job(ctx context.Context, repo *gitstore.Repository, job *cienv.Job) (*scanner.Report, error) {
	s.note(describeJob(job))
	r, err := s.job(ctx, repo, job)
	if err != nil {
		return nil, err
	}
	if len(repo.Shallow()) > 0 && len(r.Coverage.Skipped) > 0 && !job.Whole {
		s.note("the clone is shallow: " + job.FetchHint)
	}
	c := &r.Coverage
	s.note(fmt.Sprintf("%s, %s, %s examined", say.Counted(c.Commits, "commit", "commits"), say.Counted(c.Blobs, "text", "texts"), say.Counted(c.Bytes, "byte", "bytes")))
	return r, nil
}

func describeJob(job *cienv.Job) string {
	about := strings.TrimSpace(job.System + " " + job.Event)
	if job.Branch != "" {
		about += " of " + job.Branch
	}
	if job.Target != "" {
		about += " into " + job.Target
	}
	return about + ": " + job.Why
}

func (s *Scan) job(ctx context.Context, repo *gitstore.Repository, job *cienv.Job) (*scanner.Report, error) {
	switch {
	case job.Nothing:
		return s.nothing(job), nil
	case job.Whole:
		return s.whole(ctx, repo, job)
	}
	head, err := repo.Resolve(job.Head)
	if err == nil && !repo.Has(head) {
		err = gitstore.ErrObjectMissing
	}
	if err != nil {
		return nil, say.WithHint(fmt.Errorf("ci: head %s: %w", job.Head, err), job.FetchHint)
	}
	r, err := s.sinceBase(ctx, repo, job, head)
	if r != nil || err != nil {
		return r, err
	}
	return s.allOf(ctx, repo, job, head)
}

// nothing is the report of a job that is about no commits.
func (s *Scan) nothing(job *cienv.Job) *scanner.Report {
	settings := &Settings{Policy: &policy.Policy{}, Detector: django.New()}
	r := s.report(scanner.ScopeRange, settings)
	r.Scope.Range = job.Why
	return s.conclude(r, settings)
}

// whole is the report of a job that is about the whole history.
func (s *Scan) whole(ctx context.Context, repo *gitstore.Repository, job *cienv.Job) (*scanner.Report, error) {
	var cut []scanner.Skip
	if len(repo.Shallow()) > 0 {
		cut = append(cut, scanner.Skip{Reason: "the clone is shallow, so older commits are not here: " + job.FetchHint})
	}
	settings, err := s.wholeSettings(repo, job)
	if err != nil {
		return nil, err
	}
	return s.audit(ctx, repo, settings, "", cut)
}

// wholeSettings are those of an audit, unless the job is about a pull request
// all the same.
func (s *Scan) wholeSettings(repo *gitstore.Repository, job *cienv.Job) (*Settings, error) {
	if job.Target == "" {
		return s.ofWorkTree(repo)
	}
	head, err := repo.Resolve(job.Head)
	if err != nil {
		return nil, say.WithHint(fmt.Errorf("ci: head %s: %w", job.Head, err), job.FetchHint)
	}
	for _, base := range job.Bases {
		id, err := repo.Resolve(base.Revision + "^{commit}")
		if err == nil {
			return s.jobSettings(repo, job, id, head)
		}
		if !isMissing(err) {
			return nil, fmt.Errorf("ci: base: %w", err)
		}
	}
	return nil, say.WithHint(fmt.Errorf("ci: what %s accepts counts for this pull request, and it is not in the clone", job.Target), job.FetchHint)
}

// sinceBase searches what the head has and the first base that is here has not.
// Without a usable base it returns nil.
func (s *Scan) sinceBase(ctx context.Context, repo *gitstore.Repository, job *cienv.Job, head scanner.ObjectID) (*scanner.Report, error) {
	for _, base := range job.Bases {
		id, err := repo.Resolve(base.Revision + "^{commit}")
		if isMissing(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("ci: base: %w", err)
		}
		settings, err := s.jobSettings(repo, job, id, head)
		if err != nil {
			return nil, err
		}
		source := repo.RangeOf(gitstore.RangeSpec{Include: []scanner.ObjectID{head}, Exclude: []scanner.ObjectID{id}})
		r := s.report(scanner.ScopeRange, settings)
		r.Scope.Range = base.Revision + ".." + job.Head
		r, err = s.decided(ctx, repo, source, branchOf(job, head), settings, r)
		if err != nil {
			return nil, err
		}
		if base.Guess && len(source.Commits()) == 0 {
			job.Bases = nil // the guess is the branch itself: all of it is meant
			break
		}
		s.note("range " + r.Scope.Range)
		return r, nil
	}
	return nil, nil
}

// jobSettings are the settings of a job, and whose acceptances count in it.
// base is empty if none is here. A job that is about all of a branch has no base,
// and like an audit it takes what the branch has.
func (s *Scan) jobSettings(repo *gitstore.Repository, job *cienv.Job, base, head scanner.ObjectID) (*Settings, error) {
	if !s.fromBase(len(job.Bases) > 0) {
		return s.ofWorkTree(repo)
	}
	return s.ofBase(repo, base, inTree(repo, head), ofCommit(repo, head), "merged")
}

// allOf searches all commits of the head, for want of a base.
func (s *Scan) allOf(ctx context.Context, repo *gitstore.Repository, job *cienv.Job, head scanner.ObjectID) (*scanner.Report, error) {
	if !job.OrAll {
		if len(job.Bases) == 0 {
			return nil, say.WithHint(fmt.Errorf("ci: nothing names the base: %w", gitstore.ErrMissingBase), job.FetchHint)
		}
		// Its hint is the command for a shell in the job.
		return nil, say.WithHint(fmt.Errorf("ci: %w", repo.MissingBase(job.Bases[0].Revision)), job.FetchHint)
	}
	settings, err := s.jobSettings(repo, job, "", head)
	if err != nil {
		return nil, err
	}
	r := s.report(scanner.ScopeRange, settings)
	r.Scope.Range = "all of " + job.Head
	s.note("range: " + r.Scope.Range + ", because no base is here")
	if err := s.search(ctx, repo, repo.RangeOf(gitstore.RangeSpec{Include: []scanner.ObjectID{head}}), branchOf(job, head), settings, r); err != nil {
		return nil, err
	}
	return s.conclude(r, settings), nil
}

// branchOf is the branch or the tag that a job is about, as far as a key may be in
// its name, with its commit.
func branchOf(job *cienv.Job, head scanner.ObjectID) map[string]scanner.ObjectID {
	if !scanner.MayNameKey(job.Branch) {
		return nil
	}
	ref := "refs/heads/" + strings.TrimPrefix(job.Branch, "refs/heads/")
	if tag, ok := strings.CutPrefix(job.Branch, "tag "); ok {
		ref = "refs/tags/" + tag
	}
	return map[string]scanner.ObjectID{ref: head}
}
