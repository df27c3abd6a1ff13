package scanner

import (
	"cmp"
	"slices"
)

// Conclude gives a report its verdict and fills absent lists. A report is clean
// only if everything was read and no open key reaches FailOn.
func (r *Report) Conclude() {
	r.Schema = Schema
	r.Coverage.Complete = len(r.Coverage.Skipped) == 0
	r.Verdict = Clean
	if !r.Coverage.Complete {
		r.Verdict = Incomplete
	}
	if len(r.Failing()) > 0 {
		r.Verdict = KeysFound
	}
	for _, list := range []*[]Key{&r.Keys, &r.Accepted, &r.Known} {
		if *list == nil {
			*list = []Key{}
		}
	}
	if r.Coverage.Skipped == nil {
		r.Coverage.Skipped = []Skip{}
	}
}

// Failing are the keys that make the scan fail. An accepted key is among them
// only if FailOnVerdict asks for its decision.
func (r *Report) Failing() []Key {
	var out []Key
	for i := range r.Keys {
		if r.Fails(&r.Keys[i]) {
			out = append(out, r.Keys[i])
		}
	}
	for i := range r.Accepted {
		if r.FailOnVerdict != "" && r.Fails(&r.Accepted[i]) {
			out = append(out, r.Accepted[i])
		}
	}
	return out
}

// Fails reports whether a key makes the scan fail: by its severity, or if
// FailOnVerdict is set by its decision.
func (r *Report) Fails(k *Key) bool {
	if r.FailOnVerdict != "" {
		return k.Dossier != nil && k.Decision.AsUrgent(r.FailOnVerdict)
	}
	return k.Severity >= r.FailOn
}

// SplitAccepted moves the open keys that are accepted to Accepted.
func (r *Report) SplitAccepted() {
	keys := r.Keys[:0:0]
	for _, k := range r.Keys {
		if k.Accepted != nil {
			r.Accepted = append(r.Accepted, k)
		} else {
			keys = append(keys, k)
		}
	}
	r.Keys = keys
}

// Summarize gives a key what its places have together: the severity and the rule
// of the most severe one, the most urgent status, and whether it is accepted. A
// place that is accepted does not count beside one that is not. A key without
// places keeps what it has.
func (k *Key) Summarize() {
	if len(k.Occurrences) == 0 {
		return
	}
	places := k.OpenPlaces()
	if len(places) == 0 {
		for i := range k.Occurrences {
			places = append(places, &k.Occurrences[i])
		}
	}
	k.Accepted = nil
	for i, o := range places {
		if i == 0 || o.Severity > k.Severity {
			k.Severity, k.Rule, k.Accepted = o.Severity, o.Rule, o.Accepted
		}
		if i == 0 || o.Status.Rank() < k.Status.Rank() {
			k.Status = o.Status
		}
	}
	if k.Accepted != nil {
		k.Accepted = k.Accepted.with(k.Occurrences)
	}
}

// with is an acceptance that lists what those of all places stretch to.
func (a *Acceptance) with(places []Occurrence) *Acceptance {
	all := *a
	all.Stretches = nil
	for i := range places {
		all.Stretches = append(all.Stretches, places[i].Accepted.Stretches...)
	}
	slices.Sort(all.Stretches)
	all.Stretches = slices.Compact(all.Stretches)
	return &all
}

// OpenPlaces are the places that nothing accepts.
func (k *Key) OpenPlaces() (open []*Occurrence) {
	for i := range k.Occurrences {
		if k.Occurrences[i].Accepted == nil {
			open = append(open, &k.Occurrences[i])
		}
	}
	return open
}

// NeverCommitted reports whether no commit has held this place: it is in an
// object that only the index held, or in a tree without a commit.
func (o *Occurrence) NeverCommitted() bool {
	return o.Blob != "" && o.Commit == "" && o.Status == StatusUnreachable && len(o.Introduced) == 0 && len(o.Removed) == 0
}

// CompareKeys orders keys for sorting, the worst first: by severity, then by whether
// they are in current code.
func CompareKeys(a, b Key) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Status.Rank(), b.Status.Rank()),
		cmp.Compare(a.Class.Rank(), b.Class.Rank()), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

func compareOccurrences(a, b Occurrence) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Status.Rank(), b.Status.Rank()),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Blob, b.Blob), cmp.Compare(a.Commit, b.Commit), cmp.Compare(a.Rule, b.Rule))
}
