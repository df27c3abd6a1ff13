package scan

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/source"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// Files searches files and folders outside of Git. The name "-" is stdin. The
// settings are those of the current folder.
func (s *Scan) Files(ctx context.Context, names []string, stdin io.Reader) (*scanner.Report, error) {
	settings, err := ReadSettings(Folder("."), s.Named)
	if err != nil {
		return nil, err
	}
	findings, coverage, err := searchFiles(ctx, settings.Detector, names, stdin)
	if err != nil {
		return nil, err
	}
	r := s.report(scanner.ScopeFiles, settings)
	r.Coverage.Add(coverage)
	r.Keys, _ = scanner.Build(settings.Detector, findings, nil, scanner.StatusWorktree)
	return s.conclude(r, settings, policy.Review{}), nil
}

// FindInFiles returns what Files finds before it is put together and judged,
// and the detector that has found it.
func (s *Scan) FindInFiles(ctx context.Context, names []string, stdin io.Reader) ([]scanner.Finding, *django.Detector, error) {
	settings, err := ReadSettings(Folder("."), s.Named)
	if err != nil {
		return nil, nil, err
	}
	findings, _, err := searchFiles(ctx, settings.Detector, names, stdin)
	return findings, settings.Detector, err
}

func searchFiles(ctx context.Context, detector *django.Detector, names []string, stdin io.Reader) ([]scanner.Finding, scanner.Coverage, error) {
	collector := scanner.NewCollector(detector)
	collector.Advise()
	coverage, err := collector.Run(ctx, source.Files(names, stdin))
	if errors.Is(err, fs.ErrNotExist) {
		err = Mistake{err, ""}
	}
	return collector.Findings(), coverage, err
}
