package scanner

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// Schema is the version of the JSON report. Fields may be added to a version;
// none is ever renamed or removed.
const Schema = 1

// Verdict is the answer in one word.
type Verdict string

// The verdicts. Clean is said only of a scan that read everything.
const (
	Clean      Verdict = "clean"
	KeysFound  Verdict = "keys-found"
	Incomplete Verdict = "incomplete"
)

// Verdicts returns all verdicts.
func Verdicts() []Verdict { return []Verdict{Clean, KeysFound, Incomplete} }

// Status says where a key is now.
type Status string

// The statuses.
const (
	StatusLive        Status = "live"        // in the tree of a branch, a tag or HEAD
	StatusHistory     Status = "history"     // only in older commits of a ref
	StatusUnreachable Status = "unreachable" // in no ref's history, but in the repository
	StatusStaged      Status = "staged"      // about to be committed
	StatusWorktree    Status = "worktree"    // in a file
)

// Statuses returns all statuses, from the one whose key is the most urgent: one
// that is in current code, staged or not, before one that only old commits hold.
func Statuses() []Status {
	return []Status{StatusLive, StatusStaged, StatusWorktree, StatusHistory, StatusUnreachable}
}

// Rank is the place of a status in Statuses, from 0; an unknown one is last.
func (s Status) Rank() int { return rank(Statuses(), s) }

func rank[T comparable](all []T, x T) int {
	if i := slices.Index(all, x); i >= 0 {
		return i
	}
	return len(all)
}

// Report is the finished, sorted and masked result: what every format shows.
// It holds no key.
type Report struct {
	Schema  int      `json:"schema"`
	Tool    Tool     `json:"tool"`
	Scope   Scope    `json:"scope"`
	Verdict Verdict  `json:"verdict"`
	FailOn  Severity `json:"fail_on"`
	// FailOnVerdict, if set, is asked instead of FailOn: a key fails if its
	// decision is as urgent.
	FailOnVerdict Decision `json:"fail_on_verdict,omitempty"`
	Coverage      Coverage `json:"coverage"`
	Keys          []Key    `json:"keys"`     // open keys of every class and severity
	Accepted      []Key    `json:"accepted"` // keys that a comment, the configuration or the baseline accepts
	// Known are, of staged and range, keys that a file which the change touches
	// holds already, where that place itself fails at the same or a higher
	// severity; and keys that the change takes out.
	Known []Key `json:"known"`
	// NeverCommitted are keys in objects of a clone that no commit has held, and
	// that Git will drop: what the index held before a commit was stopped.
	NeverCommitted []Key `json:"never_committed,omitempty"`
	// Remarks are about comments in current files that accept nothing.
	Remarks []Remark `json:"remarks,omitempty"`

	Project  *Project `json:"project,omitempty"`  // of an audit that found keys
	Playbook []Play   `json:"playbook,omitempty"` // of an audit: what to do, the most urgent first
}

// AllKeys are the keys of every list of a report, the open ones first. The
// pointers lead into the lists.
func (r *Report) AllKeys() iter.Seq[*Key] {
	return func(yield func(*Key) bool) {
		for _, list := range [][]Key{r.Keys, r.Accepted, r.Known, r.NeverCommitted} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

// Tool names the program that made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Rules   string `json:"rules"` // version of the detector
}

// ScopeKind is the kind of question that a report answers.
type ScopeKind string

// The kinds of scope.
const (
	ScopeAudit  ScopeKind = "audit"  // all objects of a repository
	ScopeStaged ScopeKind = "staged" // what the next commit adds
	ScopeRange  ScopeKind = "range"  // what the commits of a range add
	ScopeFiles  ScopeKind = "files"  // files outside Git, and standard input
	ScopePush   ScopeKind = "push"   // in a hook: commits that are about to be sent or have been received
	ScopeCommit ScopeKind = "commit" // in a hook: commits that a ref is about to get
)

// ScopeKinds returns all kinds of scope.
func ScopeKinds() []ScopeKind {
	return []ScopeKind{ScopeAudit, ScopeStaged, ScopeRange, ScopeFiles, ScopePush, ScopeCommit}
}

// Scope says what was asked.
type Scope struct {
	Kind       ScopeKind `json:"kind"`
	Repository string    `json:"repository,omitempty"`
	ID         string    `json:"id,omitempty"`     // of an audit: the name that it was given, in the place of the repository's path
	Remote     string    `json:"remote,omitempty"` // address of its remote "origin", without a login
	Head       string    `json:"head,omitempty"`   // object name of HEAD
	Range      string    `json:"range,omitempty"`  // BASE..HEAD as asked
	Base       string    `json:"base,omitempty"`   // object name of BASE
	Named      bool      `json:"named,omitempty"`  // staged: files were named outside of a commit, and all in them counts

	// AcceptFrom is "base" if only acceptances count that were there before the
	// change, as in CI and on a server; else empty.
	AcceptFrom string `json:"accept_from,omitempty"`

	Merges bool `json:"-"` // of a range: there are merges in it
}

// Key is one secret value and all its places.
type Key struct {
	Fingerprint Fingerprint `json:"fingerprint"`
	Class       Class       `json:"class"`
	Severity    Severity    `json:"severity"`
	Status      Status      `json:"status"`
	Masked      string      `json:"masked" redact:"own"`
	Length      int         `json:"length"`            // in bytes
	Rule        string      `json:"rule" redact:"own"` // of the most severe occurrence
	Reasons     []string    `json:"reasons"`
	Accepted    *Acceptance `json:"accepted,omitempty"` // set if all of its places are accepted
	// AcceptedByChange is what accepts an open key, but is brought by the same
	// change as the key, so that it does not count.
	AcceptedByChange *Acceptance  `json:"accepted_by_change,omitempty"`
	Occurrences      []Occurrence `json:"occurrences"`
	*Dossier                      // of an audit; nil otherwise
	// AlsoIn are the files of --known that have the key too.
	AlsoIn []string `json:"also_in,omitempty"`
	// Related are keys of the same report that are the same secret, written
	// differently.
	Related []Relation `json:"related,omitempty"`
}

// Acceptor is what can accept a key.
type Acceptor string

// The acceptors.
const (
	ByComment  Acceptor = "comment"  // a comment beside the key
	ByConfig   Acceptor = "config"   // an entry of the configuration
	ByBaseline Acceptor = "baseline" // a line of a baseline
)

// Acceptors returns all acceptors.
func Acceptors() []Acceptor { return []Acceptor{ByComment, ByConfig, ByBaseline} }

// Acceptance says what accepted a key, and why.
type Acceptance struct {
	By     Acceptor `json:"by"`
	Reason string   `json:"reason"`
	// Stretches are the blobs without a comment to which a comment stretches:
	// older versions of the file, and objects that were never committed.
	Stretches []string `json:"stretches,omitempty"`
	// Rotated is the day on which the key was replaced, if an entry says so:
	// "2026-05-01".
	Rotated string `json:"rotated,omitempty"`
	// Person is who decided, if an entry says so.
	Person string `json:"person,omitempty"`
}

// Part says where a key is that is in no file and in no message.
type Part string

// The parts.
const (
	PartHeaders Part = "headers" // of Occurrence.Commit: the author, the merged tag, …
	PartName    Part = "name"    // Occurrence.Path itself
	PartRef     Part = "ref"     // the name of a ref to Occurrence.Commit
)

// Occurrence is one file, or one message, that holds or held a key.
type Occurrence struct {
	Path        string    `json:"path"`              // empty for a message and for an object that no tree names
	Line        int       `json:"line"`              // from 1, in Blob
	Column      int       `json:"column"`            // from 1, in bytes, in Blob
	Repeats     int       `json:"repeats,omitempty"` // further places of Blob that hold the same and are not listed
	Blob        string    `json:"blob"`              // the version that is at a tip, else the last one read
	Part        Part      `json:"part,omitempty"`    // where the key is, if it is in no file and in no message
	Commit      string    `json:"commit,omitempty"`  // the commit or tag whose message holds the key
	Tag         string    `json:"tag,omitempty"`     // the name of that tag, or of the tag whose name holds the key
	Form        Form      `json:"form"`
	Rule        string    `json:"rule" redact:"own"`
	Name        string    `json:"name"`
	Severity    Severity  `json:"severity"`
	Introduced  []Commit  `json:"introduced"` // commits that brought the key to this path
	Removed     []Commit  `json:"removed"`    // commits that took it from this path
	Refs        []string  `json:"refs"`       // refs whose tree holds it at this path now
	Status      Status    `json:"status"`
	Pushed      bool      `json:"pushed,omitempty"`   // of an audit: a remote has or had it here
	Reflog      bool      `json:"reflog,omitempty"`   // of an audit: only a reflog remembers the commits that have it here
	Replacement string    `json:"instead,omitempty"`  // the line of code to write in its place
	Versions    []Version `json:"versions,omitempty"` // all blobs that hold the key at this path
	// Accepted is set if this place is accepted, even where another one keeps the
	// key open.
	Accepted *Acceptance `json:"accepted,omitempty"`
}

// IsNote reports whether the file is a note, as git notes writes them: its path is
// the name of an object, with or without slashes in it.
func (o *Occurrence) IsNote() bool {
	name := strings.ReplaceAll(o.Path, "/", "")
	_, ok := ParseObjectID(name)
	return ok && strings.ToLower(name) == name
}

// Version is one blob that holds a key.
type Version struct {
	Blob   string `json:"blob"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Commit is one commit in a key's life.
type Commit struct {
	Commit string    `json:"commit"` // object name
	Author string    `json:"author"` // name, without the address
	Date   time.Time `json:"date"`   // author date
	// AtOrBefore is set where the history is cut off: the change happened in
	// this commit or in one that is not here.
	AtOrBefore bool `json:"at_or_before,omitempty"`

	// Of a range, for the advice how to take a key out of it.
	Tip  bool `json:"-"` // a branch of the range ends here
	Root bool `json:"-"` // it has no parents
}
