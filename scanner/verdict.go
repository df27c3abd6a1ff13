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
	if slices.ContainsFunc(r.Keys, func(k Key) bool { return k.Severity >= r.FailOn }) {
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

// SplitAccepted moves the keys that a comment accepts to Accepted.
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
// of the most severe one, and the most urgent status. A key without places keeps
// what it has.
func (k *Key) Summarize() {
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		if i == 0 || o.Severity > k.Severity {
			k.Severity, k.Rule = o.Severity, o.Rule
		}
		if i == 0 || o.Status.Rank() < k.Status.Rank() {
			k.Status = o.Status
		}
	}
}

// compareKeys puts the worst first: severity, then what is still there.
func compareKeys(a, b Key) int {
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
