package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/cienv"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

func ciCommand(w world) *cli.Command {
	return &cli.Command{
		Name:      "ci",
		Usage:     "search the commits that a CI job is about",
		ArgsUsage: " ",
		Description: "Finds the range in the environment of GitHub, GitLab, Bitbucket, Azure,\n" +
			"CircleCI, Jenkins, Buildkite, Woodpecker, Drone, Gitea or Forgejo, without\n" +
			"asking any server. A scheduled or manual run examines the whole history. For\n" +
			"a pull request the configuration is read from the side that it shall be\n" +
			"merged to. On GitHub, annotations and a summary are written as well.",
		Flags: scanFlags(strictFlag(), jobsFlag(),
			&cli.StringFlag{Name: "base", Usage: "`REVISION` that counts as old, whatever the environment says"}),
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return tooManyArguments(c)
			}
			return w.ci(c)
		},
	}
}

func (w world) ci(c *cli.Context) error {
	job, err := w.job(c.String("base"))
	if err != nil {
		return err
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
	if err := s.ciSearch(c.Context, repo, &job); err != nil {
		return err
	}
	coverage := s.report.Coverage
	if len(repo.Shallow()) > 0 && len(coverage.Skipped) > 0 && !job.Whole {
		s.note("the clone is shallow: %s", job.FetchHint)
	}
	s.note("%s, %s, %s examined", say.Counted(coverage.Commits, "commit", "commits"), say.Counted(coverage.Blobs, "text", "texts"), say.Counted(coverage.Bytes, "byte", "bytes"))
	verdict := s.finish()
	if job.System == "github" && s.report.Verdict != "" {
		return errors.Join(verdict, s.forGitHub(c.IsSet("format")))
	}
	return verdict
}

// job asks the environment for the range; a base that the user names replaces
// what it says.
func (w world) job(base string) (cienv.Range, error) {
	job, err := cienv.Resolve(w.getenv, os.ReadFile)
	if base != "" {
		if errors.Is(err, cienv.ErrNoCI) {
			job.System, job.Head = "no CI system", "HEAD"
		}
		job.Nothing, job.Whole, job.OrAll = false, false, false
		job.Bases, job.Why = []cienv.Base{{Revision: base}}, "--base"
		if job.Head == "" {
			job.Head = "HEAD"
		}
		return job, nil
	}
	if errors.Is(err, cienv.ErrNoCI) {
		return job, usageError{err.Error(), "name the range yourself: djleaks range BASE..HEAD"}
	}
	return job, err
}

// note tells on standard error what the job is about, apart from the report.
func (s *scan) note(format string, args ...any) {
	if !s.options.quiet {
		fmt.Fprintln(s.stderr, "djleaks: ci:", report.Line(fmt.Sprintf(format, args...)))
	}
}

func (s *scan) ciSearch(ctx context.Context, repo *gitstore.Repository, job *cienv.Range) error {
	about := strings.TrimSpace(job.System + " " + job.Event)
	if job.Branch != "" {
		about += " of " + job.Branch
	}
	if job.Target != "" {
		about += " into " + job.Target
	}
	s.note("%s: %s", about, job.Why)
	s.report.Scope.Range = job.Why
	switch {
	case job.Nothing:
		return nil
	case job.Whole:
		s.report.Scope.Kind, s.report.Scope.Range = scanner.ScopeAudit, ""
		if len(repo.Shallow()) > 0 {
			s.report.Coverage.Skip(scanner.Skip{Reason: "the clone is shallow, so older commits are not here: " + job.FetchHint})
		}
		return s.audit(ctx, "")
	}
	head, err := repo.Resolve(job.Head)
	if err == nil && !repo.Has(head) {
		err = fmt.Errorf("%w", gitstore.ErrObjectMissing)
	}
	if err != nil {
		return hintedError{fmt.Errorf("ci: head %s: %w", job.Head, err), job.FetchHint}
	}
	return s.ciRange(ctx, repo, job, head)
}

// ciRange examines what the head has and the first base that is here has not.
func (s *scan) ciRange(ctx context.Context, repo *gitstore.Repository, job *cienv.Range, head scanner.ObjectID) error {
	for _, base := range job.Bases {
		id, err := repo.Resolve(base.Revision + "^{commit}")
		if missing(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("ci: base: %w", err)
		}
		if job.Target != "" {
			s.named = s.trusted(repo, id.String(), head.String())
		}
		if err := s.configure(ciRoot(repo, job, id.String())); err != nil {
			return err
		}
		source := repo.RangeOf(gitstore.RangeSpec{Include: []scanner.ObjectID{head}, Exclude: []scanner.ObjectID{id}})
		if err := s.search(ctx, repo, source); err != nil {
			return err
		}
		if base.Guess && len(source.Commits()) == 0 {
			continue // the guess is the branch itself
		}
		s.report.Scope.Range = base.Revision + ".." + job.Head
		s.note("range %s", s.report.Scope.Range)
		return nil
	}
	if !job.OrAll {
		if len(job.Bases) == 0 {
			return hintedError{fmt.Errorf("ci: nothing names the base: %w", gitstore.ErrMissingBase), job.FetchHint}
		}
		// Its hint is the command for a shell in the job.
		return hintedError{fmt.Errorf("ci: %w", repo.MissingBase(job.Bases[0].Revision)), job.FetchHint}
	}
	if err := s.configure(ciRoot(repo, job, "")); err != nil {
		return err
	}
	s.report.Scope.Range = "all of " + job.Head
	s.note("range: %s, because no base is here", s.report.Scope.Range)
	return s.search(ctx, repo, repo.RangeOf(gitstore.RangeSpec{Include: []scanner.ObjectID{head}}))
}

// ciRoot is where the configuration comes from. A pull request must not bring
// the entry that accepts its own key.
func ciRoot(repo *gitstore.Repository, job *cienv.Range, base string) readFile {
	if job.Target == "" || base == "" {
		return rootOf(repo)
	}
	return func(name string) ([]byte, error) {
		text, err := repo.File(base, name)
		if missing(err) {
			err = fs.ErrNotExist
		}
		return text, err
	}
}

// trusted reads a file that an option names as the base has it. A file that only
// the pull request brings accepts nothing; one that neither side has was made by
// the job.
func (s *scan) trusted(repo *gitstore.Repository, base, head string) readFile {
	return func(name string) ([]byte, error) {
		paths, err := inRepository(repo, []string{name})
		if err != nil {
			return os.ReadFile(name) // it is outside of the repository
		}
		text, err := repo.File(base, paths[0])
		if !missing(err) && !errors.Is(err, fs.ErrNotExist) {
			return text, err
		}
		if _, err := repo.File(head, paths[0]); err == nil {
			s.note("%s is new in this pull request, so it counts once it is merged", name)
			return nil, nil
		}
		return os.ReadFile(name)
	}
}

// forGitHub writes annotations, and a summary of the job.
func (s *scan) forGitHub(formatChosen bool) error {
	if !formatChosen && slices.Contains(report.Formats(), "github") {
		if err := s.writeTo("", "github"); err != nil {
			return err
		}
	}
	path := s.getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	format, fence := "markdown", ""
	if !slices.Contains(report.Formats(), format) {
		format, fence = "text", "```\n"
	}
	var text strings.Builder
	text.WriteString(fence)
	if err := report.Write(&text, format, s.report, report.Options{Rules: s.detector.Rules(), Start: s.start, End: s.end}); err != nil {
		return err
	}
	text.WriteString(fence)
	if text.Len() > maxSummary {
		return nil // GitHub would fail the step's upload
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return usageError{"GITHUB_STEP_SUMMARY: " + err.Error(), ""}
	}
	_, err = file.WriteString(text.String())
	return errors.Join(err, file.Close())
}

// maxSummary is what GitHub takes for the summary of one step, in bytes.
const maxSummary = 1 << 20
