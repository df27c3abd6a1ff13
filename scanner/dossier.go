package scanner

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Dossier is what an audit says of a key beyond its places: whether others can
// have it, whether it runs, and what to do.
type Dossier struct {
	// Decision is empty for a key of severity note or low that is not live:
	// there is nothing to decide.
	Decision Decision `json:"verdict,omitempty"`
	Because  []Reason `json:"verdict_reasons"`
	// Pushed says whether others can have the key by Git; nil where that cannot
	// be told from this repository.
	Pushed *bool `json:"pushed"`
	// Live says whether Django runs with the key; nil where nobody said.
	Live     *bool     `json:"live"`
	LiveIn   []string  `json:"live_in,omitempty"` // where it is in use: "SECRET_KEY", "the variable X", a file of the work tree
	Exposure *Exposure `json:"exposure"`          // nil for a key that only this repository has
	Held     Held      `json:"held"`
	Timeline []Change  `json:"timeline"` // by date
	// MoreChanges is how many changes are left out of the timeline; all of them
	// are in the occurrences.
	MoreChanges int      `json:"more_changes,omitempty"`
	Lineage     Lineage  `json:"lineage"`
	BlastRadius []Effect `json:"blast_radius"` // worst first
}

// Decision is what to do about a key, in one word.
type Decision string

// The decisions, the most urgent first.
const (
	RotateNow      Decision = "rotate-now"       // it runs, or the code at HEAD runs it, and others can have it
	Rotate         Decision = "rotate"           // others can have it, and nobody said that it is not in use
	RevokeFallback Decision = "revoke-fallback"  // it signs nothing any more, but is still accepted
	CleanUpLocally Decision = "clean-up-locally" // only this repository has it, and it is not in use
	AlreadyRotated Decision = "already-rotated"  // it is not in use any more
	AcceptedKey    Decision = "accepted"         // a comment, the configuration or a baseline accepts it
)

// Decisions returns all decisions, the most urgent first.
func Decisions() []Decision {
	return []Decision{RotateNow, Rotate, RevokeFallback, CleanUpLocally, AlreadyRotated, AcceptedKey}
}

// ParseDecision reads a decision's name.
func ParseDecision(name string) (Decision, error) {
	if slices.Contains(Decisions(), Decision(name)) {
		return Decision(name), nil
	}
	names := make([]string, 0, len(Decisions()))
	for _, d := range Decisions() {
		names = append(names, string(d))
	}
	return "", fmt.Errorf("unknown verdict %q: it is one of %s", name, strings.Join(names, ", "))
}

// AsUrgent reports whether d is at least as urgent as e. No decision is not
// urgent at all.
func (d Decision) AsUrgent(e Decision) bool {
	at := slices.Index(Decisions(), d)
	return at >= 0 && at <= slices.Index(Decisions(), e)
}

// Reason is why a key has its decision, for programs.
type Reason string

// The reasons.
const (
	BecauseLive          Reason = "live"            // Django runs with it
	BecauseLiveFallback  Reason = "live-fallback"   // Django still accepts it
	BecauseNotLive       Reason = "not-live"        // Django runs with other keys
	BecauseLiveUnknown   Reason = "live-unknown"    // nobody said what Django runs with
	BecauseWorkTree      Reason = "in-worktree"     // a file of the work tree that is not committed has it
	BecauseAtHead        Reason = "at-head"         // the code at HEAD has it
	BecauseDefault       Reason = "default-at-head" // the code at HEAD has it for where the environment has none
	BecauseInRefs        Reason = "in-refs"         // some branch, tag or other ref has it
	BecauseInHistory     Reason = "in-history"      // only older commits have it
	BecauseUnreachable   Reason = "unreachable"     // no ref's history has it
	BecauseFallback      Reason = "in-fallbacks"    // SECRET_KEY_FALLBACKS at HEAD lists it
	BecausePushed        Reason = "pushed"          // others can have it
	BecauseNotPushed     Reason = "not-pushed"      // no remote has it, as far as this clone says
	BecausePushedUnknown Reason = "pushed-unknown"  // this repository does not say
	BecauseGuessable     Reason = "guessable"       // a person made it up, or everybody can know it
	BecauseRotated       Reason = "rotated"         // an entry says when it was rotated
	BecauseAccepted      Reason = "accepted"        // an entry or a comment accepts it
)

// Exposure is the time in which others could have a key.
type Exposure struct {
	First time.Time `json:"first"` // when others could first have it
	// Last is the day of the scan, so that two scans on one day are the same, or
	// the day on which the key was rotated. It is never before First.
	Last time.Time `json:"last"`
	Days int       `json:"days"`
	// FirstSource is how First is known: "push" (the reflog of a
	// remote-tracking ref), "committer-date" or "author-date".
	FirstSource string `json:"first_source"`
	LastSource  string `json:"last_source"` // "now" or "rotated"
	// Key is the related key that others could have first: it is the same secret.
	Key Fingerprint `json:"key,omitempty"`
}

// Held is where a key is now, as numbers of refs by kind.
type Held struct {
	Head         bool `json:"head"`
	Branches     int  `json:"branches"`
	Remotes      int  `json:"remotes"` // remote-tracking refs
	Tags         int  `json:"tags"`
	PullRequests int  `json:"pull_requests"` // and merge requests
	Stashes      int  `json:"stashes"`
	Others       int  `json:"others"`      // other refs
	Reflog       bool `json:"reflog"`      // commits that only a reflog remembers
	Unreachable  bool `json:"unreachable"` // objects that nothing leads to
}

// ChangeKind says what a commit did to a key.
type ChangeKind string

// The kinds of change.
const (
	ChangeIntroduced ChangeKind = "introduced"
	ChangeRenamed    ChangeKind = "renamed"  // within a file, from one setting to another
	ChangeMoved      ChangeKind = "moved"    // from one path to another
	ChangeCopied     ChangeKind = "copied"   // to a further path
	ChangeFallback   ChangeKind = "fallback" // put into SECRET_KEY_FALLBACKS
	ChangeReplaced   ChangeKind = "replaced" // by another key at the same place
	ChangeRemoved    ChangeKind = "removed"
)

// Change is one commit in a key's life, at one path.
type Change struct {
	Kind ChangeKind `json:"change"`
	Commit
	Path string      `json:"path"`
	From string      `json:"from,omitempty"` // of moved and copied: the other path
	By   Fingerprint `json:"by,omitempty"`   // of replaced: the new key
}

// Lineage says which keys came before and after.
type Lineage struct {
	Replaces   Fingerprint `json:"replaces,omitempty"`    // the key that was at its place before
	ReplacedBy Fingerprint `json:"replaced_by,omitempty"` // the key that took its place last
	// SameSymbols are keys with the same symbols after another prefix: one
	// with django-insecure- and one without are one secret.
	SameSymbols []Fingerprint `json:"same_symbols,omitempty"`
}

// Consequence says what a leaked key, or its rotation, costs.
type Consequence string

// The consequences, from the worst.
const (
	EffectCode     Consequence = "code"     // an attacker runs code
	EffectIdentity Consequence = "identity" // an attacker becomes a user
	EffectData     Consequence = "data"     // a rotation loses data, or an attacker reads it
	EffectLinks    Consequence = "links"    // links, tokens and sessions die
)

// Help says whether SECRET_KEY_FALLBACKS keeps a feature working.
type Help string

// The answers; HelpUnknown depends on a version that is not known.
const (
	Helps       Help = "yes"
	HelpsNot    Help = "no"
	HelpUnknown Help = "unknown"
)

// Effect is one feature of the project at HEAD that depends on the key.
type Effect struct {
	Effect  Consequence `json:"effect"`
	Feature string      `json:"feature"` // a noun phrase
	Path    string      `json:"path"`    // where it was seen; empty for what Django does by itself
	Line    int         `json:"line"`    // from 1; 0 without a path
	Reason  string      `json:"reason"`  // what was seen there
	// Certain is false where a version or a setting that decides is not known.
	Certain   bool   `json:"certain"`
	Attack    string `json:"attack"`   // what a holder of the key can do, and on what condition
	Rotation  string `json:"rotation"` // what a new key breaks
	Fallbacks Help   `json:"fallbacks"`
}

// Evidence is a feature that does not depend on the key, or that could not be
// seen, and why.
type Evidence struct {
	Feature string `json:"feature"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"` // from 1
	Reason  string `json:"reason"`
}

// Window is how long what the old key signed is accepted, at most.
type Window struct {
	Seconds int64  `json:"seconds"`
	Setting string `json:"setting"` // which setting decides
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"` // from 1; 0 for Django's default
}

// Project is what the files at HEAD say of the project.
type Project struct {
	Django      string     `json:"django"` // its version in words; empty if it is not known
	DjangoPath  string     `json:"django_path,omitempty"`
	DjangoLine  int        `json:"django_line,omitempty"`
	Settings    []string   `json:"settings"` // settings modules
	NotAffected []Evidence `json:"not_affected"`
	NotSeen     []Evidence `json:"not_seen"`
	Window      Window     `json:"window"`
}

// When is the box of a playbook that a step belongs to.
type When string

// The boxes.
const (
	ThisHour When = "this-hour"
	Today    When = "today"
	ThisWeek When = "this-week"
)

// Play is what to do about the keys of one decision.
type Play struct {
	Decision Decision      `json:"verdict"`
	Keys     []Fingerprint `json:"keys"`
	Steps    []Step        `json:"steps"`
}

// Step is one thing to do.
type Step struct {
	When When   `json:"when"`
	Do   string `json:"do"`             // sentences
	Run  string `json:"run,omitempty"`  // a command, or code, of one or more lines
	Path string `json:"path,omitempty"` // the file that the step is about
	Line int    `json:"line,omitempty"` // from 1
}
