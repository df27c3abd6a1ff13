package policy

import (
	"slices"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

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
	for _, list := range []*[]scanner.Key{&r.Keys, &r.Known} {
		kept := []scanner.Key{}
		for _, k := range *list {
			rest := p.included(k.Occurrences)
			gone := len(k.Occurrences) - len(rest)
			if list == &r.Keys { // of the old side nothing was asked
				places += gone
				if gone > 0 && len(rest) == 0 {
					keys++
				}
			}
			if gone > 0 {
				k.Occurrences = rest
				k.Summarize()
			}
			if gone == 0 || len(rest) > 0 {
				kept = append(kept, k)
			}
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

// judge gives each place the severity of its path, and each key that of its
// worst place.
func (p *Policy) judge(r *scanner.Report) {
	if len(p.Severity) == 0 {
		return
	}
	changed := 0
	for i := range r.Keys {
		k := &r.Keys[i]
		before := k.Severity
		globs := p.judgePlaces(k)
		k.Summarize()
		if k.Severity != before && len(globs) > 0 {
			changed++
			k.Reasons = append(k.Reasons, "It was "+before.String()+"; "+p.File+` sets the severity of "`+globs[0]+`".`)
		}
	}
	for i := range r.Known {
		p.judgePlaces(&r.Known[i])
	}
	if changed > 0 {
		note(r, p.File+" sets the severity of "+say.Counted(changed, "key", "keys"))
	}
}

// judgePlaces returns the globs that changed a place of k, in k's order.
func (p *Policy) judgePlaces(k *scanner.Key) (globs []string) {
	places := k.Occurrences
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
	return globs
}
