package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
)

// readFile returns the content of a file in the root of what is scanned, or an
// error that is fs.ErrNotExist.
type readFile func(name string) ([]byte, error)

// rootOf reads the configuration of a repository: from its work tree, or from
// HEAD's tree if it has none.
func rootOf(repo *gitstore.Repository) readFile {
	if root := repo.WorkTree(); root != "" {
		return inFolder(root)
	}
	return func(name string) ([]byte, error) { return repo.File("HEAD", name) }
}

func inFolder(root string) readFile {
	return func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(root, name)) }
}

// configure reads the configuration and the baseline that a scan goes by. Both
// are read before anything is scanned, so that a mistake in them costs nothing.
func (s *scan) configure(root readFile) error {
	var err error
	if file := s.options.config; file != "" {
		text, err := s.named(file)
		if err != nil {
			return usageError{"--config: " + err.Error(), ""}
		}
		if s.policy, err = policy.Parse(file, text); err != nil {
			return configError{err}
		}
	} else if s.policy, err = policy.Load(root); err != nil {
		return configError{err}
	}
	if !s.options.failSet && s.policy.FailOn != 0 {
		s.options.failOn = s.policy.FailOn
	}
	if file := s.options.baseline; file != "" {
		text, err := s.named(file)
		if err != nil {
			return usageError{"--baseline: " + err.Error(), ""}
		}
		if s.baseline, err = policy.ParseBaseline(file, text); err != nil {
			return configError{err}
		}
	}
	if s.detector, err = s.detector.WithNames(s.policy.Names); err != nil {
		return configError{fmt.Errorf("%s: setting-names: %w", s.policy.File, err)}
	}
	return nil
}

// writeBaseline adds all open keys to a baseline.
func (s *scan) writeBaseline() error {
	entries := policy.Extend(s.baseline, s.report, s.options.reason)
	out, err := report.Create(s.options.accept, s.stdout)
	if err != nil {
		return usageError{err.Error(), ""}
	}
	if err := policy.WriteBaseline(out, entries); err != nil {
		out.Discard()
		return err
	}
	fmt.Fprintf(s.stderr, "djleaks: %s accepts %s; use it with --baseline %[1]s\n", report.Line(s.options.accept), say.Counted(len(s.report.Keys), "key", "keys"))
	return out.Close()
}
