package dossier

import (
	"cmp"
	"slices"
	"time"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/radius"
	"github.com/djleaks/djleaks/scanner"
)

// Facts are what is known besides the findings of an audit.
type Facts struct {
	Now     time.Time
	Project *project.Project // nil if there is no HEAD to read it from

	// PushUnknown says why it cannot be told from this repository whether a key
	// was pushed: it is bare, shallow, or has no remote. Empty if it can.
	PushUnknown string
	// FirstPush returns when a commit first came to a remote by a push from
	// this repository; ok is false if it came there in another way, or never.
	FirstPush func(commit string) (at time.Time, ok bool)
	// First reports whether a commit has no parent.
	First func(commit string) bool
	// Cut reports whether a shallow clone begins with a commit: what the commit
	// has may be older. Nil if the clone is whole.
	Cut func(commit string) bool
	// Committed returns the committer date of a commit.
	Committed func(commit string) (at time.Time, ok bool)

	Live Live
}

// Live is what somebody said about the keys that Django runs with.
type Live struct {
	// Keys are the fingerprints, each with the words for where it is in use.
	Keys map[scanner.Fingerprint]Use
	// Complete says that all keys in use are in Keys, so that every other key
	// is not.
	Complete bool
}

// Use is how a key is in use.
type Use struct {
	Where    []string // "SECRET_KEY", "the variable DJANGO_SECRET_KEY", ".env:3"
	Fallback bool     // it only verifies
	Local    bool     // only files of this work tree say so
}

// Complete gives each key of an audit its dossier, and the report the project
// and the playbook.
func Complete(r *scanner.Report, f *Facts) {
	keys := slices.Collect(r.AllKeys())
	timelines(keys)
	never := map[scanner.Fingerprint]bool{}
	for i := range r.NeverCommitted {
		never[r.NeverCommitted[i].Fingerprint] = true
	}
	for _, k := range keys {
		k.Held = heldBy(k)
		k.Pushed = pushed(k, f)
		if never[k.Fingerprint] {
			k.Pushed = new(bool) // a push takes commits
		}
		k.Live, k.LiveIn = live(k, f)
		k.Exposure = exposure(k, f)
		k.Decision, k.Because = decide(k, f)
		k.BlastRadius = []scanner.Effect{}
	}
	shareExposure(keys)
	var depends radius.Radius
	if f.Project != nil && slices.ContainsFunc(keys, isOpen) {
		depends = radius.Of(f.Project)
		r.Project = describe(&depends, f.Project)
		for _, k := range keys {
			k.BlastRadius = reached(k, depends.Effects)
		}
	}
	slices.SortStableFunc(r.Keys, func(a, b scanner.Key) int {
		return cmp.Or(cmp.Compare(urgency(a.Decision), urgency(b.Decision)), cmp.Compare(b.Severity, a.Severity))
	})
	r.Playbook = playbook(r, f, &depends)
}

// isOpen reports whether a key may have to be rotated or revoked.
func isOpen(k *scanner.Key) bool { return k.Decision.AsUrgent(scanner.RevokeFallback) }

// urgency orders decisions; no decision comes last.
func urgency(d scanner.Decision) int {
	if n := slices.Index(scanner.Decisions(), d); n >= 0 {
		return n
	}
	return len(scanner.Decisions())
}

func describe(depends *radius.Radius, p *project.Project) *scanner.Project {
	out := &scanner.Project{
		Django: depends.Django, DjangoPath: depends.DjangoAt.Path, DjangoLine: depends.DjangoAt.Line, Settings: p.Settings.Modules,
		NotAffected: depends.NotAffected, NotSeen: depends.NotSeen, Window: depends.Window,
	}
	if out.Settings == nil {
		out.Settings = []string{}
	}
	if out.NotAffected == nil {
		out.NotAffected = []scanner.Evidence{}
	}
	if out.NotSeen == nil {
		out.NotSeen = []scanner.Evidence{}
	}
	return out
}

// reached are the effects of one key. A key that only verifies opens what
// honours fallbacks, and nothing else.
func reached(k *scanner.Key, effects []scanner.Effect) []scanner.Effect {
	if !isOpen(k) || !signsForDjango(k) {
		return []scanner.Effect{}
	}
	if k.Decision != scanner.RevokeFallback {
		return effects
	}
	out := []scanner.Effect{}
	for _, e := range effects {
		if e.Fallbacks != scanner.HelpsNot {
			out = append(out, e)
		}
	}
	return out
}
