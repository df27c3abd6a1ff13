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
	collector, coverage, err := searchFiles(ctx, settings.Detector, names, stdin)
	if err != nil {
		return nil, err
	}
	r := s.report(scanner.ScopeFiles, settings)
	r.Coverage.Add(coverage)
	r.Keys, _ = scanner.Build(settings.Detector, s.findings(collector), nil, scanner.StatusWorktree)
	r.Remarks = remarksOf(collector)
	return s.conclude(r, settings, policy.Review{}), nil
}

// FindInFiles returns what Files finds before it is put together and judged,
// and the detector that has found it.
func (s *Scan) FindInFiles(ctx context.Context, names []string, stdin io.Reader) ([]scanner.Finding, *django.Detector, error) {
	settings, err := ReadSettings(Folder("."), s.Named)
	if err != nil {
		return nil, nil, err
	}
	collector, _, err := searchFiles(ctx, settings.Detector, names, stdin)
	if err != nil {
		return nil, nil, err
	}
	return s.findings(collector), settings.Detector, nil
}

func searchFiles(ctx context.Context, detector *django.Detector, names []string, stdin io.Reader) (*scanner.Collector, scanner.Coverage, error) {
	collector := scanner.NewCollector(detector)
	collector.Advise()
	coverage, err := collector.Run(ctx, source.Files(names, stdin))
	if errors.Is(err, fs.ErrNotExist) {
		err = Mistake{err, ""}
	}
	return collector, coverage, err
}
