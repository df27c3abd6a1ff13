package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/djleaks/djleaks/internal/fix"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/worktree"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// Location is a file of the work tree, or a line of it.
type Location struct {
	Path string // below the top level, with slashes
	Line int    // from 1; 0 for the whole file
}

// Fix plans the change that takes the open keys out of the work tree: those that
// fail, and what a machine made for tests; of the places that are named, all.
// The coverage says what could not be read. newKey makes a key for .env.
func (s *Scan) Fix(ctx context.Context, repo *gitstore.Repository, places []Location, newKey func() string) (*fix.Plan, *worktree.Tree, scanner.Coverage, error) {
	settings, err := ReadSettings(WorkTree(repo), s.Named)
	if err != nil {
		return nil, nil, scanner.Coverage{}, err
	}
	tracked, err := repo.IndexPaths()
	if err != nil {
		return nil, nil, scanner.Coverage{}, err
	}
	tree, err := worktree.Open(repo.WorkTree(), tracked)
	if err != nil {
		return nil, nil, scanner.Coverage{}, err
	}
	if err := checkPlaces(tree, places); err != nil {
		return nil, nil, scanner.Coverage{}, err
	}
	settings.learnFromFolder(repo.WorkTree())
	collector := scanner.NewCollector(settings.Detector)
	coverage, err := collector.Run(ctx, workTreeSource{tree, places})
	if err != nil {
		return nil, nil, coverage, err
	}
	findings := s.findings(collector)
	r := s.report(scanner.ScopeFiles, settings)
	r.Coverage.Add(coverage)
	r.Keys, _ = scanner.Build(settings.Detector, findings, nil, scanner.StatusWorktree)
	leaks, others := split(s.conclude(r, settings), settings.Detector, findings, places)
	return fix.Make(tree, leaks, others, newKey), tree, r.Coverage, nil
}

// Fixable reports whether Fix, without a place named, takes every failing key of
// a report on what is staged out of the files that hold it.
func (s *Scan) Fixable(ctx context.Context, repo *gitstore.Repository, r *scanner.Report) bool {
	if r.Verdict != scanner.KeysFound || repo.WorkTree() == "" {
		return false
	}
	plan, _, _, err := s.Fix(ctx, repo, nil, func() string { return "" })
	if err != nil || len(plan.Refusals) > 0 {
		return false
	}
	changes := map[string]bool{}
	for _, f := range plan.Files {
		changes[f.Path] = true
	}
	for i := range r.Keys {
		if r.Keys[i].Severity < r.FailOn {
			continue
		}
		for _, o := range r.Keys[i].Occurrences {
			if !changes[o.Path] {
				return false
			}
		}
	}
	return true
}

// checkPlaces makes sure that what the user names is there.
func checkPlaces(tree *worktree.Tree, places []Location) error {
	for _, p := range places {
		text, err := tree.Read(p.Path)
		lines := bytes.Count(text, []byte("\n"))
		if !bytes.HasSuffix(text, []byte("\n")) {
			lines++
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return Mistake{fmt.Errorf("%s: no such file in the work tree", p.Path), "djleaks fix, without a name, looks everywhere"}
		case errors.Is(err, worktree.ErrLink):
			return Mistake{fmt.Errorf("%w: a link is not changed, and neither is what it leads to", err), "name the file that it leads to"}
		case err != nil:
			return err
		case p.Line > lines:
			return Mistake{fmt.Errorf("%s:%d: the file has %s", p.Path, p.Line, say.Counted(lines, "line", "lines")), "djleaks fix " + say.Quote(p.Path) + " for the whole file"}
		}
	}
	return nil
}

// split tells the findings that are to be fixed from the others.
func split(r *scanner.Report, detector *django.Detector, findings []scanner.Finding, places []Location) (leaks, others []fix.Leak) {
	type place struct {
		key        scanner.Fingerprint
		path       string
		line, from int
	}
	open := map[place]bool{}
	for i := range r.Keys {
		for _, o := range r.Keys[i].OpenPlaces() {
			open[place{r.Keys[i].Fingerprint, o.Path, o.Line, o.Column}] = true
		}
	}
	for i := range findings {
		f := &findings[i]
		leak := fix.LeakOf(f)
		severity, _ := detector.Severity(&f.Match, f.Path)
		wanted := severity >= r.FailOn || leak.Test && severity >= scanner.Medium
		if len(places) > 0 {
			wanted = isNamed(places, f) && severity > scanner.Note
		}
		if wanted && f.Allow == nil && open[place{f.Secret.Fingerprint(), f.Path, f.Line, f.Column}] {
			leaks = append(leaks, leak)
		} else {
			others = append(others, leak)
		}
	}
	return leaks, others
}

func isNamed(places []Location, f *scanner.Finding) bool {
	for _, p := range places {
		if p.Path == f.Path && (p.Line == 0 || p.Line == f.Line) {
			return true
		}
	}
	return false
}

// workTreeSource yields the files of a work tree, or those that are named.
type workTreeSource struct {
	tree   *worktree.Tree
	places []Location
}

// Chunks implements scanner.Source.
func (s workTreeSource) Chunks(ctx context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	var coverage scanner.Coverage
	paths := s.tree.Paths()
	if len(s.places) > 0 {
		paths = nil
		for _, p := range s.places {
			paths = append(paths, p.Path)
		}
	}
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return coverage, err
		}
		text, err := s.tree.Read(path)
		if err != nil {
			coverage.Skip(scanner.Skip{Path: path, Reason: err.Error()})
			continue
		}
		coverage.Blobs++
		coverage.Bytes += int64(len(text))
		if err := yield(&scanner.Chunk{Path: path, Text: text, Worktree: true}); err != nil {
			return coverage, err
		}
	}
	return coverage, nil
}
