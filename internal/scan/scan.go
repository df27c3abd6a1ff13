package scan

import (
	"slices"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// Scan is what all use cases have in common. It holds no state of a run: its
// methods may be called one after the other and at the same time.
type Scan struct {
	Version string              // of the program
	Jobs    int                 // processors to use; less than 1 is 1
	Getenv  func(string) string // reads the environment
	Named   Named               // what the command line says about settings
	// AcceptFrom says whose acceptances count; empty for what the use case takes.
	AcceptFrom Acceptances
	Strict     bool // keys that the old side holds, and objects that were never committed, count too
	Live       Live // what is said about the keys that run
	// As names the repository in the report of an audit, instead of its place on
	// this machine; "" for the place.
	As string

	// Found is told every key that is found, so that names and reasons can be
	// shown without it; may be nil.
	Found *scanner.Redactor

	Progress func(done, total int64) // told how many bytes of packs were read; may be nil
	Recalled func()                  // told that an audit goes on from what a cache keeps; may be nil
	Note     func(text string)       // told what a CI job is about; may be nil
	Now      func() time.Time        // the clock; nil for the system's
}

// Named is what the command line says about settings.
type Named struct {
	Config   string           // file to read instead of the repository's own; "" for none
	Baseline string           // file of accepted keys; "" for none
	FailOn   scanner.Severity // Silent if it does not say
	Verdict  scanner.Decision // fail on this decision instead of a severity; "" if it does not say
}

func (s *Scan) jobs() int { return max(1, s.Jobs) }

func (s *Scan) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// findings are what a collector has found.
func (s *Scan) findings(c *scanner.Collector) []scanner.Finding {
	all := c.Findings()
	for i := range all {
		s.Found.Add(all[i].Secret, all[i].Class)
	}
	return all
}

func (s *Scan) note(text string) {
	if s.Note != nil {
		s.Note(text)
	}
}

func (s *Scan) report(kind scanner.ScopeKind, settings *Settings) *scanner.Report {
	return &scanner.Report{
		Tool:     scanner.Tool{Name: "djleaks", Version: s.Version, Rules: settings.Detector.Version()},
		Scope:    scanner.Scope{Kind: kind},
		Coverage: scanner.Coverage{Notes: slices.Clone(settings.Notes)},
	}
}

// conclude decides which keys stay open, and gives the verdict.
func (s *Scan) conclude(r *scanner.Report, settings *Settings) *scanner.Report {
	r.FailOn = s.Named.FailOn
	if r.FailOn == scanner.Silent {
		r.FailOn = settings.Policy.FailOn
	}
	if r.FailOn == scanner.Silent {
		r.FailOn = scanner.High
	}
	review := settings.review
	if review.FromBase {
		r.Scope.AcceptFrom = string(FromBase)
	}
	review.Policy, review.Baseline, review.Now, review.Strict = settings.Policy, settings.Baseline, s.now(), s.Strict
	return review.Apply(r)
}
