package scan

import (
	"errors"
	"fmt"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/scanner/django"
)

// Settings are what a scan goes by.
type Settings struct {
	Policy   *policy.Policy
	Baseline []policy.Entry
	Detector *django.Detector
	Notes    []string // what was not believed, for the report

	review policy.Review // whose acceptances count
}

// ReadFile returns the content of a file, or an error that is fs.ErrNotExist.
type ReadFile func(name string) ([]byte, error)

// schemaHint says where all words of a configuration are.
const schemaHint = "djleaks schema config prints what a configuration can hold"

// ReadSettings reads the configuration and the baseline. It is called before
// anything is scanned, so that a mistake in them costs nothing. Errors about
// their content are a Mistake.
func ReadSettings(from Origin, named Named) (*Settings, error) {
	s := &Settings{}
	var err error
	if named.Config != "" {
		text, err := from.Named(named.Config)
		if err != nil {
			return nil, Mistake{fmt.Errorf("--config: %w", err), "--config, or the variable DJLEAKS_CONFIG, names a file that can be read"}
		}
		if s.Policy, err = policy.Parse(named.Config, text); err != nil {
			return nil, Mistake{err, schemaHint}
		}
	} else if s.Policy, err = policy.Load(from.Root); err != nil {
		var wrong *policy.Error
		if errors.As(err, &wrong) {
			return nil, Mistake{err, schemaHint}
		}
		return nil, Mistake{fmt.Errorf("the repository's configuration cannot be read: %w", err), "--config FILE is read in its place"}
	}
	if s.Baseline, err = ReadBaseline(from.Named, named.Baseline); err != nil {
		return nil, err
	}
	if s.Detector, err = django.New().WithNames(s.Policy.Names); err != nil {
		return nil, Mistake{fmt.Errorf("%s: setting-names: %w", s.Policy.File, err), schemaHint}
	}
	return s, nil
}

// ReadBaseline reads the baseline of this name; "" is an empty one.
func ReadBaseline(read ReadFile, name string) ([]policy.Entry, error) {
	if name == "" {
		return nil, nil
	}
	text, err := read(name)
	if err != nil {
		return nil, Mistake{fmt.Errorf("--baseline: %w", err), "--baseline names a file that can be read; djleaks audit --write-baseline FILE --reason TEXT writes one"}
	}
	entries, err := policy.ParseBaseline(name, text)
	if err != nil {
		return nil, Mistake{err, "mend that line, or write the file anew: djleaks audit --write-baseline FILE --reason TEXT"}
	}
	return entries, nil
}

// isMissing reports whether a revision is simply not here.
func isMissing(err error) bool {
	return errors.Is(err, gitstore.ErrUnknownRevision) || errors.Is(err, gitstore.ErrObjectMissing)
}
