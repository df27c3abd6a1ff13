package policy

import (
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// oldPlace is a place of the old side before anything was decided about it.
type oldPlace struct {
	path    string
	comment bool // a comment accepts it there
}

// formerPlaces remembers the places of the old side.
func formerPlaces(known []scanner.Key) map[scanner.Fingerprint][]oldPlace {
	out := map[scanner.Fingerprint][]oldPlace{}
	for i := range known {
		k := &known[i]
		for _, o := range k.Occurrences {
			out[k.Fingerprint] = append(out[k.Fingerprint], oldPlace{o.Path, o.Accepted != nil})
		}
	}
	return out
}

// settle decides which of the open keys the old side holds already. Such a key
// is known, and does not fail, only if one of its old places itself fails at the
// same or a higher severity: what was left out, accepted or less severe there
// says nothing about the new place. Keys that the new side does not have stay in
// Known.
func (d *Review) settle(r *scanner.Report, formers map[scanner.Fingerprint][]oldPlace) {
	old := keysByFingerprint(r.Known)
	here := map[scanner.Fingerprint]bool{} // keys of the new side
	for _, list := range [][]scanner.Key{r.Keys, r.Accepted} {
		for i := range list {
			here[list[i].Fingerprint] = true
		}
	}
	known := []scanner.Key{}
	for _, k := range r.Known {
		if !here[k.Fingerprint] {
			known = append(known, k)
		}
	}
	open := []scanner.Key{}
	for _, k := range r.Keys {
		was := old[k.Fingerprint]
		switch {
		case d.Strict:
		case was != nil && was.Accepted == nil && was.Severity >= k.Severity:
			known = append(known, k)
			continue
		case len(formers[k.Fingerprint]) > 0:
			k.Reasons = append([]string{d.reasonAgainst(&k, was, formers[k.Fingerprint])}, k.Reasons...)
		}
		open = append(open, k)
	}
	slices.SortStableFunc(known, scanner.CompareKeys)
	r.Keys, r.Known = open, known
}

// reasonAgainst says in one sentence why a key counts though the old side has it.
func (d *Review) reasonAgainst(k, was *scanner.Key, formers []oldPlace) string {
	at := worst(k.OpenPlaces())
	from, how := formers[0].path, ""
	for _, f := range formers {
		if f.path == at.Path {
			from = f.path
		}
	}
	var place *scanner.Occurrence
	if was != nil {
		if i := slices.IndexFunc(was.Occurrences, func(o scanner.Occurrence) bool { return o.Path == from }); i >= 0 {
			place = &was.Occurrences[i]
		}
	}
	switch {
	case place == nil:
		how = "left out by " + d.Policy.File
	case place.Accepted == nil:
		how = place.Severity.String()
	case place.Accepted.By == scanner.ByConfig:
		how = "accepted by " + d.Policy.File
	default:
		how = "accepted by a " + string(place.Accepted.By)
	}
	switch {
	case from == at.Path:
		return "it was " + how + " in this file before"
	case slices.ContainsFunc(k.Occurrences, func(o scanner.Occurrence) bool { return o.Path == from }):
		return "copied from " + from + " (" + how + ") to " + at.Path
	}
	return "moved from " + from + " (" + how + ") to " + at.Path
}

// worst is the most severe of some places, the first of equals.
func worst(places []*scanner.Occurrence) *scanner.Occurrence {
	at := places[0]
	for _, o := range places {
		if o.Severity > at.Severity {
			at = o
		}
	}
	return at
}
