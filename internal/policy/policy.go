// Package policy is what a team decided about keys: the configuration in
// .djleaks.toml or pyproject.toml, and the baseline of keys that are accepted.
//
// It can leave paths out, judge paths more or less severely, name further
// settings, and accept single keys with a reason. It cannot switch a rule off
// or add a pattern of its own, and nothing that it hides goes uncounted: keys
// become accepted, and what is left out is a note in the report's coverage.
package policy

import (
	"errors"
	"slices"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// Policy is a configuration. The zero value changes nothing.
type Policy struct {
	File     string           // the file it was read from; empty if there is none
	FailOn   scanner.Severity // Silent if the file does not say
	Exclude  []string         // globs of paths to leave out
	Severity []PathSeverity   // the last one that matches a path counts
	Names    []string         // further names of settings that hold a key
	Accept   []Entry
}

// PathSeverity is the severity of every key in some paths.
type PathSeverity struct {
	Path     string // glob
	Severity scanner.Severity
}

// Status says what an entry says of its key.
type Status string

// The statuses.
const (
	StatusAccepted Status = "accepted" // it may stay where it is
	StatusRotated  Status = "rotated"  // it was replaced: it may stay in the history alone
)

// Entry accepts one key.
type Entry struct {
	Fingerprint scanner.Fingerprint
	Reason      string
	Rotated     time.Time // the day on which the key was replaced; zero: nobody says
	Expires     time.Time // the first day (UTC) on which it no longer counts; zero: never
	Path        string    // glob: it accepts the key in these places alone; empty: everywhere
	Status      Status    // empty: rotated if Rotated is set, accepted otherwise
	By          string    // the person who decided; may be empty
}

// State is e's status, whether or not it is written.
func (e *Entry) State() Status {
	switch {
	case e.Status != "":
		return e.Status
	case !e.Rotated.IsZero():
		return StatusRotated
	}
	return StatusAccepted
}

// isBack reports whether a place has a key that e says was replaced: at HEAD, in
// the work tree, or about to be committed. There it would be used again.
func (e *Entry) isBack(o *scanner.Occurrence) bool {
	return e.State() == StatusRotated && (o.Status == scanner.StatusStaged || o.Status == scanner.StatusWorktree || slices.Contains(o.Refs, "HEAD"))
}

// Expired reports whether e no longer counts at a time.
func (e *Entry) Expired(now time.Time) bool {
	return !e.Expires.IsZero() && !now.Before(e.Expires)
}

// acceptance is what e says of a key that it accepts.
func (e *Entry) acceptance(by scanner.Acceptor) *scanner.Acceptance {
	a := &scanner.Acceptance{By: by, Reason: e.Reason, Person: e.By}
	if !e.Rotated.IsZero() {
		a.Rotated = e.Rotated.Format(time.DateOnly)
	}
	return a
}

// Covers reports whether a path, relative to the configuration, matches the
// entry's. An empty path matches no glob.
func (e *Entry) Covers(path string) bool { return e.Path == "" || matches(e.Path, path) }

// CoversAny reports whether one of these keys is e's, and has a place that e
// covers.
func (e *Entry) CoversAny(keys []scanner.Key) bool {
	return slices.ContainsFunc(keys, func(k scanner.Key) bool {
		return k.Fingerprint == e.Fingerprint && slices.ContainsFunc(k.Occurrences, func(o scanner.Occurrence) bool { return e.Covers(o.Path) })
	})
}

// Over returns e with the fields that it does not set taken from old.
func (e Entry) Over(old Entry) Entry {
	if e.Reason == "" {
		e.Reason = old.Reason
	}
	if e.Expires.IsZero() {
		e.Expires = old.Expires
	}
	if e.Rotated.IsZero() {
		e.Rotated = old.Rotated
	}
	if e.Status == "" {
		e.Status = old.Status
	}
	if e.By == "" {
		e.By = old.By
	}
	return e
}

// Check says what is wrong with an entry.
func (e Entry) Check() error {
	raw := e.raw()
	_, _, problem, hint := raw.entry()
	switch {
	case problem == "":
		return nil
	case hint == "":
		return errors.New(problem)
	}
	return errors.New(problem + "; " + hint)
}
