package dossier

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// role is how the code at HEAD has a key.
type role struct {
	signs    bool // as the key itself
	fallback bool // in SECRET_KEY_FALLBACKS
	standard bool // signs, but only where the environment has no other
}

// roleOf reads the role from the places that HEAD's tree has.
func roleOf(k *scanner.Key) role {
	r := role{standard: true}
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		if !slices.Contains(o.Refs, "HEAD") {
			continue
		}
		if inFallbacks(o) {
			r.fallback = true
			continue
		}
		if o.Severity <= scanner.Low && k.Severity > scanner.Low {
			continue // a test or an example beside the real place
		}
		r.signs = true
		r.standard = r.standard && strings.HasSuffix(string(o.Form), "-default")
	}
	r.standard = r.standard && r.signs
	return r
}

// inFallbacks reports whether a place is a list of old keys.
func inFallbacks(o *scanner.Occurrence) bool {
	return strings.Contains(strings.ToUpper(o.Name), "FALLBACK") || strings.HasSuffix(o.Rule, "-fallback") || o.Rule == scanner.RuleLeakedFallback
}

// signsForDjango reports whether a key can be a SECRET_KEY: by a name, or by
// its shape where it has none.
func signsForDjango(k *scanner.Key) bool {
	return slices.ContainsFunc(k.Occurrences, func(o scanner.Occurrence) bool {
		name := strings.ToUpper(o.Name)
		return name == "" || !strings.Contains(name, "JWT") && !strings.Contains(name, "SIGNING") && (strings.Contains(name, "SECRET") || strings.Contains(name, "FALLBACK") || strings.Contains(name, "DJANGO"))
	})
}

// situation is what a decision about a key depends on.
type situation struct {
	*scanner.Key
	role
	use Use // by the process that has it
	// What is known for certain: all three can be false together.
	isLive  bool // a running process has it
	notLive bool // no running process has it
	local   bool // no remote has it
}

func situationOf(k *scanner.Key, f *Facts) situation {
	use, inUse := f.Live.Keys[k.Fingerprint]
	return situation{
		Key: k, role: roleOf(k), use: use,
		isLive:  inUse && k.Live != nil && *k.Live,
		notLive: k.Live != nil && !*k.Live,
		local:   k.Pushed != nil && !*k.Pushed,
	}
}

// decide is what to do about a key, and why.
func decide(k *scanner.Key, f *Facts) (scanner.Decision, []scanner.Reason) {
	s := situationOf(k, f)
	switch {
	case s.local && isNeverCommitted(k) && k.Severity > scanner.Low:
		return scanner.CleanUpLocally, s.reasons() // whoever uses it, Git gives it to nobody
	case k.Accepted != nil && k.Accepted.Rotated != "":
		return scanner.AlreadyRotated, s.reasons()
	case k.Accepted != nil:
		return scanner.AcceptedKey, s.reasons()
	case s.isLive:
		return s.decideLive(), s.reasons()
	}
	return s.decideOther(), s.reasons()
}

// decideLive is what to do about a key that a running process has.
func (s *situation) decideLive() scanner.Decision {
	switch {
	case s.use.Fallback:
		return scanner.RevokeFallback
	case !s.local:
		return scanner.RotateNow
	case s.use.Local && s.Severity <= scanner.Low:
		return ""
	}
	return scanner.Rotate // nobody has it yet, but a commit does
}

// decideOther is what to do about a key that no running process has, as far as
// is known.
func (s *situation) decideOther() scanner.Decision {
	switch {
	case s.Severity <= scanner.Low:
		return ""
	case s.local:
		return scanner.CleanUpLocally
	case s.fallback && !s.signs:
		return scanner.RevokeFallback
	case s.notLive:
		return scanner.AlreadyRotated
	case s.signs && !s.standard && s.Pushed != nil && s.Severity >= scanner.High:
		return scanner.RotateNow
	}
	return scanner.Rotate
}

// reasons are all that speak for or against a rotation.
func (s *situation) reasons() []scanner.Reason {
	var out []scanner.Reason
	say := func(is bool, reason scanner.Reason) {
		if is {
			out = append(out, reason)
		}
	}
	if s.Accepted != nil {
		say(s.Accepted.Rotated != "", scanner.BecauseRotated)
		say(s.Accepted.Rotated == "", scanner.BecauseAccepted)
	}
	out = append(out, s.liveReason(), s.pushedReason())
	say(s.signs && !s.standard, scanner.BecauseAtHead)
	say(s.signs && s.standard, scanner.BecauseDefault)
	say(s.fallback, scanner.BecauseFallback)
	if !s.signs && !s.fallback {
		reason, ok := statusReasons[s.Status]
		say(ok, reason)
	}
	say(!s.Class.Generated(), scanner.BecauseGuessable)
	return out
}

// statusReasons are those of a key that HEAD does not have.
var statusReasons = map[scanner.Status]scanner.Reason{
	scanner.StatusLive:        scanner.BecauseInRefs,
	scanner.StatusHistory:     scanner.BecauseInHistory,
	scanner.StatusUnreachable: scanner.BecauseUnreachable,
}

// liveReason says what is known of running processes.
func (s *situation) liveReason() scanner.Reason {
	switch {
	case s.Live == nil:
		return scanner.BecauseLiveUnknown
	case s.notLive:
		return scanner.BecauseNotLive
	case s.use.Local:
		return scanner.BecauseWorkTree
	case s.use.Fallback:
		return scanner.BecauseLiveFallback
	}
	return scanner.BecauseLive
}

// pushedReason says what is known of remotes.
func (s *situation) pushedReason() scanner.Reason {
	switch {
	case s.Pushed == nil:
		return scanner.BecausePushedUnknown
	case s.local:
		return scanner.BecauseNotPushed
	}
	return scanner.BecausePushed
}
