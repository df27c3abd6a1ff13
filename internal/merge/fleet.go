package merge

import (
	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/scanner"
)

// Schema is the version of the merged JSON. Fields may be added to a version;
// none is ever renamed or removed.
const Schema = 1

// Kind tells the merged JSON from the report of one repository.
const Kind = "fleet"

// Fleet is the finished, sorted and masked answer about all repositories of a
// list: the head of the merged JSON, and what its lists are made from.
type Fleet struct {
	Schema        int              `json:"schema"`
	Kind          string           `json:"kind"` // fleet
	Tool          Tool             `json:"tool"`
	Verdict       scanner.Verdict  `json:"verdict"`
	FailOn        scanner.Severity `json:"fail_on"`
	FailOnVerdict scanner.Decision `json:"fail_on_verdict,omitempty"`
	List          string           `json:"list"` // digest of the list
	Totals        Totals           `json:"totals"`
	Rules         []RuleSet        `json:"rules"` // what the repositories were read with; more than one is worth a look

	repositories []Repository // by state, then by id
	keys         []keyGroup   // the worst first
	since        *Since
	priced       fleet.List
}

// Priced is the list, with what the last audit of each repository cost.
func (f *Fleet) Priced() fleet.List { return f.priced }

// Tool names the program that merged; with which rules each repository was read
// is said of the repository.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Totals counts repositories by state and keys.
type Totals struct {
	Repositories int `json:"repositories"`
	Read         int `json:"read"`
	Incomplete   int `json:"incomplete"`
	Failed       int `json:"failed"`
	Missing      int `json:"missing"`
	Empty        int `json:"empty"`   // of those that were read: without a commit
	Keys         int `json:"keys"`    // different open keys
	Failing      int `json:"failing"` // of these, those that reach --fail-on
	Shared       int `json:"shared"`  // of these, those that several repositories hold
}

// unread is how many repositories of the list were not read to the end.
func (t *Totals) unread() int { return t.Incomplete + t.Failed + t.Missing }

// RuleSet counts the repositories that were read with the same rules.
type RuleSet struct {
	Rules        string `json:"rules"`    // version of the program and of the detector
	Settings     string `json:"settings"` // digest of what the command line added
	Repositories int    `json:"repositories"`
}

// Repository is one repository of the list.
type Repository struct {
	ID       string         `json:"id"`
	State    fleet.State    `json:"state"` // read, incomplete, failed, missing
	Owner    string         `json:"owner,omitempty"`
	Reason   string         `json:"reason,omitempty"` // of failed: why
	Unread   []fleet.Unread `json:"unread,omitempty"`
	Rules    string         `json:"rules,omitempty"`
	Settings string         `json:"settings,omitempty"`
	Refs     string         `json:"refs,omitempty"` // digest of the refs
	Head     string         `json:"head,omitempty"`
	Commits  int64          `json:"commits"`
	Keys     Counts         `json:"keys"`

	Accepted []scanner.Fingerprint `json:"accepted,omitempty"`
}

// Counts are open keys by severity.
type Counts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Note     int `json:"note"`
}

func (c *Counts) add(s scanner.Severity) {
	switch s {
	case scanner.Critical:
		c.Critical++
	case scanner.High:
		c.High++
	case scanner.Medium:
		c.Medium++
	case scanner.Low:
		c.Low++
	default:
		c.Note++
	}
}

// Key is one value, with all repositories that hold it.
type Key struct {
	Fingerprint scanner.Fingerprint `json:"fingerprint"`
	Class       scanner.Class       `json:"class"`
	Severity    scanner.Severity    `json:"severity"` // the highest
	Status      scanner.Status      `json:"status"`   // the most urgent
	Verdict     scanner.Decision    `json:"verdict,omitempty"`
	Masked      string              `json:"masked"`
	Length      int                 `json:"length"`
	Since       string              `json:"since,omitempty"` // the earliest
	HeldBy      int                 `json:"held_by"`         // number of repositories
	In          []Holder            `json:"in"`              // by severity, then by id
}

// Holder is a repository that holds a key.
type Holder struct {
	ID     string `json:"id"`
	Owner  string `json:"owner,omitempty"`
	Change Change `json:"change,omitempty"` // with --since
	fleet.Held
}

// Owner is what one owner of the list has to do.
type Owner struct {
	Owner        string `json:"owner"`
	Repositories int    `json:"repositories"`
	Unread       int    `json:"unread"` // repositories that were not read to the end
	Keys         Counts `json:"keys"`   // different keys, each by its highest severity here
	New          int    `json:"new"`    // with --since
	Gone         int    `json:"gone"`   // with --since
}
