package scan

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/djleaks/djleaks/internal/source"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// Files searches files and folders outside of Git. The name "-" is stdin. The
// settings are those of the project that the current folder is in, and paths are
// relative to it, however they are typed.
func (s *Scan) Files(ctx context.Context, names []string, stdin io.Reader) (*scanner.Report, error) {
	root, settings, err := s.fileSettings()
	if err != nil {
		return nil, err
	}
	collector, coverage, err := searchFiles(ctx, settings.Detector, root, names, stdin)
	if err != nil {
		return nil, err
	}
	r := s.report(scanner.ScopeFiles, settings)
	r.Coverage.Add(coverage)
	r.Keys, _ = scanner.Build(settings.Detector, s.findings(collector), nil, scanner.StatusWorktree)
	r.Remarks = remarksOf(collector)
	return s.conclude(r, settings), nil
}

// FindInFiles returns what Files finds before it is put together and judged,
// and the detector that has found it.
func (s *Scan) FindInFiles(ctx context.Context, names []string, stdin io.Reader) ([]scanner.Finding, *django.Detector, error) {
	root, settings, err := s.fileSettings()
	if err != nil {
		return nil, nil, err
	}
	collector, _, err := searchFiles(ctx, settings.Detector, root, names, stdin)
	if err != nil {
		return nil, nil, err
	}
	return s.findings(collector), settings.Detector, nil
}

// fileSettings are the settings of files, and the folder that their paths are
// relative to.
func (s *Scan) fileSettings() (root string, settings *Settings, err error) {
	if root, err = projectRoot(); err != nil {
		return "", nil, err
	}
	if settings, err = ReadSettings(Folder(root), s.Named); err == nil {
		settings.learnFromFolder(root)
	}
	return root, settings, err
}

func searchFiles(ctx context.Context, detector *django.Detector, root string, names []string, stdin io.Reader) (*scanner.Collector, scanner.Coverage, error) {
	collector := scanner.NewCollector(detector)
	collector.SuggestReplacements()
	coverage, err := collector.Run(ctx, below{root, source.Files(names, stdin)})
	if errors.Is(err, fs.ErrNotExist) {
		err = Mistake{err, "name files and folders that are there; - is standard input"}
	}
	return collector, coverage, err
}
