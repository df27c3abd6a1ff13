package fleet

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// State says what became of one repository of a list.
type State string

// The states, from the one that a reader has to see first.
const (
	Missing    State = "missing"    // no worker has said anything of it
	Failed     State = "failed"     // there is no report; the reason says why
	Incomplete State = "incomplete" // a part could not be read
	Read       State = "read"       // everything was read
)

// States returns all states, from the one that a reader has to see first.
func States() []State { return []State{Missing, Failed, Incomplete, Read} }

// Rank is the place of a state in States, from 0.
func (s State) Rank() int { return slices.Index(States(), s) }

// Record is what a fleet keeps of the report of one repository: counts in the
// place of lists of refs, versions and skipped objects. It is a pure function of
// the report, and equal on every machine.
type Record struct {
	ID       string       `json:"id"`
	State    State        `json:"state"`
	Reason   string       `json:"reason,omitempty"` // of failed: why
	Tool     scanner.Tool `json:"tool"`
	Settings string       `json:"settings"`       // digest of what the command line adds to the rules
	Refs     string       `json:"refs,omitempty"` // digest of the refs
	Head     string       `json:"head,omitempty"` // object name of HEAD
	Commits  int64        `json:"commits"`        // 0 of an empty repository
	Unread   []Unread     `json:"unread,omitempty"`
	Keys     []Key        `json:"keys"` // open keys of every severity
	// Accepted are the fingerprints of the accepted keys, in their order.
	Accepted []scanner.Fingerprint `json:"accepted,omitempty"`
}

// Unread counts what could not be read for one reason.
type Unread struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// Key is one open key of a repository.
type Key struct {
	Fingerprint scanner.Fingerprint `json:"fingerprint"`
	Class       scanner.Class       `json:"class"`
	Masked      string              `json:"masked"`
	Length      int                 `json:"length"`
	Held
}

// Held is how a repository holds a key.
type Held struct {
	Severity scanner.Severity `json:"severity"`
	Status   scanner.Status   `json:"status"`
	Verdict  scanner.Decision `json:"verdict,omitempty"`
	Pushed   *bool            `json:"pushed"`
	Live     *bool            `json:"live"`
	Rule     string           `json:"rule"`
	Since    string           `json:"since,omitempty"`  // day (UTC) of the first commit that brought it
	Commit   string           `json:"commit,omitempty"` // that commit
	Path     string           `json:"path,omitempty"`   // of the worst place
	Line     int              `json:"line,omitempty"`
	Places   int              `json:"places"` // files and messages that hold or held it
	Refs     int              `json:"refs"`   // refs whose tree holds it now
}

// maxReasons is how many different reasons a record lists for what was not read.
const maxReasons = 10

// recordOf makes the record of a report.
func recordOf(r *scanner.Report, settings, refs string) Record {
	record := Record{
		ID: r.Scope.ID, State: Read, Tool: r.Tool, Settings: settings, Refs: refs, Head: r.Scope.Head, Commits: r.Coverage.Commits,
		Unread: unread(r.Coverage.Skipped), Keys: []Key{},
	}
	if !r.Coverage.Complete {
		record.State = Incomplete
	}
	for i := range r.Keys {
		record.Keys = append(record.Keys, keyOf(&r.Keys[i]))
	}
	for i := range r.Accepted {
		record.Accepted = append(record.Accepted, r.Accepted[i].Fingerprint)
	}
	slices.Sort(record.Accepted)
	return record
}

// unread counts skipped things by reason, the most frequent first.
func unread(skipped []scanner.Skip) []Unread {
	counts := map[string]int64{}
	for _, s := range skipped {
		reason := s.Reason
		if s.ID == "" && s.Path != "" {
			reason = s.Path + ": " + reason // a ref or a file, of which there are few
		}
		counts[reason] += max(1, s.Count)
	}
	var out []Unread
	for reason, n := range counts {
		out = append(out, Unread{reason, n})
	}
	slices.SortFunc(out, func(a, b Unread) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason)) })
	if len(out) > maxReasons {
		rest := Unread{Reason: "for other reasons"}
		for _, u := range out[maxReasons-1:] {
			rest.Count += u.Count
		}
		out = append(out[:maxReasons-1], rest)
	}
	return out
}

func keyOf(k *scanner.Key) Key {
	out := Key{
		Fingerprint: k.Fingerprint, Class: k.Class, Masked: k.Masked, Length: k.Length,
		Held: Held{Severity: k.Severity, Status: k.Status, Rule: k.Rule, Places: len(k.Occurrences)},
	}
	if k.Dossier != nil {
		out.Verdict, out.Pushed, out.Live = k.Decision, k.Pushed, k.Live
	}
	var first *scanner.Commit
	var worst *scanner.Occurrence // a configuration can make a later place worse than the first
	refs := map[string]bool{}
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		if worst == nil || o.Severity > worst.Severity {
			worst = o
		}
		for _, ref := range o.Refs {
			if ref == "HEAD" || strings.HasPrefix(ref, "refs/") { // not what Git notes of a fetch
				refs[ref] = true
			}
		}
		for j := range o.Introduced {
			if c := &o.Introduced[j]; first == nil || cmp.Or(c.Date.Compare(first.Date), cmp.Compare(c.Commit, first.Commit)) < 0 {
				first = c
			}
		}
	}
	out.Refs = len(refs)
	if worst != nil {
		out.Path, out.Line = worst.Path, worst.Line
	}
	if first != nil {
		out.Since, out.Commit = first.Date.UTC().Format(time.DateOnly), first.Commit
	}
	return out
}
