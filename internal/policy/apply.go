package policy

import (
	"cmp"
	"slices"
	"time"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// Apply returns a copy of r as the policy and a baseline want it: without the
// places of excluded paths, with the severities of paths, and with the keys
// that they accept moved to Accepted. Whatever it hides it counts in a note of
// the coverage. now decides which entries have expired. r is left as it is;
// its FailOn and its coverage decide about the new verdict.
func (p *Policy) Apply(r *scanner.Report, baseline []Entry, now time.Time) *scanner.Report {
	out := *r
	out.Coverage.Notes = slices.Clone(r.Coverage.Notes)
	p.exclude(&out)
	p.judge(&out)
	accept(&out, p.Accept, scanner.ByConfig, now)
	accept(&out, baseline, scanner.ByBaseline, now)
	slices.SortStableFunc(out.Keys, func(a, b scanner.Key) int { return cmp.Compare(b.Severity, a.Severity) })
	out.Conclude()
	return &out
}

func note(r *scanner.Report, text string) {
	r.Coverage.Notes = append(r.Coverage.Notes, text)
}

// exclude takes the places of excluded paths out of r, and the keys that have
// no other place.
func (p *Policy) exclude(r *scanner.Report) {
	if len(p.Exclude) == 0 {
		return
	}
	places, keys := 0, 0
	for _, list := range []*[]scanner.Key{&r.Keys, &r.Accepted, &r.Known} {
		kept := []scanner.Key{}
		for _, k := range *list {
			rest := p.included(k.Occurrences)
			gone := len(k.Occurrences) - len(rest)
			places += gone
			switch {
			case gone > 0 && len(rest) == 0:
				keys++
				continue
			case gone > 0:
				k.Occurrences = rest
				k.Summarize()
			}
			kept = append(kept, k)
		}
		*list = kept
	}
	if places == 0 {
		return
	}
	text := p.File + " leaves out " + say.Counted(places, "place of a key", "places of keys")
	if keys > 0 {
		text += "; " + say.Counted(keys, "key has", "keys have") + " no other place"
	}
	note(r, text)
}

func (p *Policy) included(places []scanner.Occurrence) []scanner.Occurrence {
	return slices.DeleteFunc(slices.Clone(places), func(o scanner.Occurrence) bool {
		return slices.ContainsFunc(p.Exclude, func(glob string) bool { return matches(glob, o.Path) })
	})
}

// judge gives each place of an open key the severity of its path, and each key
// that of its worst place.
func (p *Policy) judge(r *scanner.Report) {
	if len(p.Severity) == 0 {
		return
	}
	changed := 0
	r.Keys = slices.Clone(r.Keys)
	for i := range r.Keys {
		k := &r.Keys[i]
		before := k.Severity
		globs := p.judgePlaces(k)
		if len(globs) == 0 {
			continue
		}
		k.Summarize()
		if k.Severity != before {
			changed++
			k.Reasons = append(slices.Clone(k.Reasons),
				"It was "+before.String()+"; "+p.File+` sets the severity of "`+globs[0]+`".`)
		}
	}
	if changed > 0 {
		note(r, p.File+" sets the severity of "+say.Counted(changed, "key", "keys"))
	}
}

// judgePlaces returns the globs that changed a place of k, in k's order.
func (p *Policy) judgePlaces(k *scanner.Key) (globs []string) {
	places := slices.Clone(k.Occurrences)
	for i := range places {
		for j := len(p.Severity) - 1; j >= 0; j-- {
			s := p.Severity[j]
			if !matches(s.Path, places[i].Path) {
				continue
			}
			if places[i].Severity != s.Severity {
				places[i].Severity = s.Severity
				globs = append(globs, s.Path)
			}
			break
		}
	}
	k.Occurrences = places
	return globs
}

// accept moves the open keys that an entry covers to Accepted. An entry that
// has expired is told where it would have counted.
func accept(r *scanner.Report, entries []Entry, by scanner.Acceptor, now time.Time) {
	if len(entries) == 0 {
		return
	}
	byKey := map[scanner.Fingerprint][]*Entry{}
	for i := range entries {
		e := &entries[i]
		byKey[e.Fingerprint] = append(byKey[e.Fingerprint], e)
	}
	open, accepted := []scanner.Key{}, slices.Clone(r.Accepted)
	for _, k := range r.Keys {
		valid, expired := choose(byKey[k.Fingerprint], &k, now)
		switch {
		case valid != nil:
			k.Accepted = &scanner.Acceptance{By: by, Reason: valid.Reason}
			accepted = append(accepted, k)
			continue
		case expired != nil:
			note(r, "key "+string(k.Fingerprint)+" was accepted by the "+string(by)+" until "+
				expired.Expires.Format(time.DateOnly))
		}
		open = append(open, k)
	}
	r.Keys, r.Accepted = open, accepted
}

// choose returns the first entry that counts for a key, or one that did.
func choose(entries []*Entry, k *scanner.Key, now time.Time) (valid, expired *Entry) {
	for _, e := range entries {
		switch {
		case !e.covers(k):
		case e.expired(now):
			expired = e
		default:
			return e, nil
		}
	}
	return nil, expired
}
