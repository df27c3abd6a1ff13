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

// decide is what to do about a key, and why.
func decide(k *scanner.Key, f *Facts) (scanner.Decision, []scanner.Reason) {
	r := roleOf(k)
	because := reasons(k, r, f)
	use, inUse := f.Live.Keys[k.Fingerprint]
	isLive := inUse && k.Live != nil && *k.Live
	notLive := k.Live != nil && !*k.Live
	local := k.Pushed != nil && !*k.Pushed
	switch {
	case k.Accepted != nil && k.Accepted.Rotated != "":
		return scanner.AlreadyRotated, because
	case k.Accepted != nil:
		return scanner.AcceptedKey, because
	case isLive && use.Fallback:
		return scanner.RevokeFallback, because
	case isLive && !use.Local && local:
		return scanner.Rotate, because // nobody has it yet, but a commit does
	case isLive && !local:
		return scanner.RotateNow, because
	case k.Severity <= scanner.Low && (!isLive || use.Local):
		return "", because
	case local && !isLive:
		return scanner.CleanUpLocally, because
	case local:
		return scanner.Rotate, because
	case r.fallback && !r.signs:
		return scanner.RevokeFallback, because
	case notLive:
		return scanner.AlreadyRotated, because
	case r.signs && !r.standard && k.Pushed != nil && k.Severity >= scanner.High:
		return scanner.RotateNow, because
	}
	return scanner.Rotate, because
}

// reasons are all that speak for or against a rotation.
func reasons(k *scanner.Key, r role, f *Facts) []scanner.Reason {
	var out []scanner.Reason
	say := func(is bool, reason scanner.Reason) {
		if is {
			out = append(out, reason)
		}
	}
	use := f.Live.Keys[k.Fingerprint]
	say(k.Accepted != nil && k.Accepted.Rotated != "", scanner.BecauseRotated)
	say(k.Accepted != nil && k.Accepted.Rotated == "", scanner.BecauseAccepted)
	switch {
	case k.Live == nil:
		out = append(out, scanner.BecauseLiveUnknown)
	case !*k.Live:
		out = append(out, scanner.BecauseNotLive)
	case use.Local:
		out = append(out, scanner.BecauseWorkTree)
	case use.Fallback:
		out = append(out, scanner.BecauseLiveFallback)
	default:
		out = append(out, scanner.BecauseLive)
	}
	switch {
	case k.Pushed == nil:
		out = append(out, scanner.BecausePushedUnknown)
	case *k.Pushed:
		out = append(out, scanner.BecausePushed)
	default:
		out = append(out, scanner.BecauseNotPushed)
	}
	say(r.signs && !r.standard, scanner.BecauseAtHead)
	say(r.signs && r.standard, scanner.BecauseDefault)
	say(r.fallback, scanner.BecauseFallback)
	if !r.signs && !r.fallback {
		switch k.Status {
		case scanner.StatusLive:
			out = append(out, scanner.BecauseInRefs)
		case scanner.StatusHistory:
			out = append(out, scanner.BecauseInHistory)
		case scanner.StatusUnreachable:
			out = append(out, scanner.BecauseUnreachable)
		}
	}
	say(!k.Class.Generated(), scanner.BecauseGuessable)
	return out
}
