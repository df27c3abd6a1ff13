package policy

import (
	"cmp"
	"slices"
	"time"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// Review is all that decides which keys of a report stay open.
type Review struct {
	Policy   *Policy   // what it leaves out, how severe it is, what it accepts
	Baseline []Entry   // further accepted keys
	Now      time.Time // decides which entries have expired

	// Strict lets count what is otherwise spared: keys that the old side holds, and
	// objects that were never committed.
	Strict bool
	// Clone says that the repository is one in which somebody works: what was
	// never committed is that person's alone, and Git drops it.
	Clone bool
	// FromBase lets nobody accept their own key: a comment of the change counts
	// only as far as the old side has it. Policy and Baseline are those of the
	// old side then.
	FromBase bool
	// Change is what the change itself accepts, if FromBase is set. It counts
	// for nothing, but the report says who waits for it.
	Change []Source
}

// Source is a list of entries and what it is.
type Source struct {
	By      scanner.Acceptor
	Entries []Entry
}

// Apply returns a copy of r in which everything is decided: r is what Build
// made, with the keys of the old side in Known. Whatever is hidden is counted in
// a note of the coverage. r is left as it is; its FailOn and its coverage decide
// about the verdict.
func (d *Review) Apply(r *scanner.Report) *scanner.Report {
	out := *r
	out.Coverage.Notes = slices.Clone(r.Coverage.Notes)
	out.Keys, out.Known = cloned(r.Keys), cloned(r.Known)
	former := formerPlaces(out.Known)
	d.Policy.exclude(&out)
	d.Policy.judge(&out)
	for _, s := range []Source{{scanner.ByConfig, d.Policy.Accept}, {scanner.ByBaseline, d.Baseline}} {
		d.accept(&out, s)
	}
	for i := range out.Keys {
		stretchComments(&out.Keys[i])
	}
	waiting := d.refuseOwn(&out)
	d.spareNeverCommitted(&out)
	for _, list := range [][]scanner.Key{out.Keys, out.Known} {
		for i := range list {
			list[i].Summarize()
		}
	}
	for i := range out.Keys {
		k := &out.Keys[i]
		if k.AcceptedByChange = waiting.all(k); k.AcceptedByChange != nil {
			k.Reasons = append([]string{"accepted only by this change (" + string(k.AcceptedByChange.By) + ": " + k.AcceptedByChange.Reason + "), which does not count before it is merged"}, k.Reasons...)
		}
		if n := len(k.Occurrences) - len(k.OpenPlaces()); n > 0 && k.Accepted == nil {
			k.Reasons = append(k.Reasons, say.Counted(n, "other place is accepted and does", "other places are accepted and do")+" not count")
		}
	}
	out.SplitAccepted()
	d.settle(&out, former)
	slices.SortStableFunc(out.Keys, func(a, b scanner.Key) int { return cmp.Compare(b.Severity, a.Severity) })
	out.Conclude()
	return &out
}

// cloned copies keys and their places.
func cloned(keys []scanner.Key) []scanner.Key {
	out := make([]scanner.Key, len(keys))
	for i, k := range keys {
		k.Occurrences, k.Reasons = slices.Clone(k.Occurrences), slices.Clone(k.Reasons)
		out[i] = k
	}
	return out
}

// accept marks the open places that an entry covers. An entry that has expired
// is named where it would have counted.
func (d *Review) accept(r *scanner.Report, s Source) {
	if len(s.Entries) == 0 {
		return
	}
	byKey := byFingerprint(s.Entries)
	for _, list := range [][]scanner.Key{r.Keys, r.Known} {
		for i := range list {
			k := &list[i]
			var expired, back *Entry
			for _, o := range k.OpenPlaces() {
				switch valid, late := choose(byKey[k.Fingerprint], o, d.Now); {
				case valid != nil && valid.isBack(o):
					back = valid
				case valid != nil:
					o.Accepted = valid.acceptance(s.By)
				case late != nil:
					expired = late
				}
			}
			if back != nil {
				k.Reasons = append(k.Reasons, "it was replaced on "+back.Rotated.Format(time.DateOnly)+", as the "+string(s.By)+" says, and the code still has it or has it again")
			}
			if expired != nil {
				note(r, "key "+string(k.Fingerprint)+" was accepted by the "+string(s.By)+" until "+expired.Expires.Format(time.DateOnly))
			}
		}
	}
}

func byFingerprint(entries []Entry) map[scanner.Fingerprint][]*Entry {
	byKey := map[scanner.Fingerprint][]*Entry{}
	for i := range entries {
		e := &entries[i]
		byKey[e.Fingerprint] = append(byKey[e.Fingerprint], e)
	}
	return byKey
}

// choose returns the first entry that counts for a place, or one that did.
func choose(entries []*Entry, o *scanner.Occurrence, now time.Time) (valid, expired *Entry) {
	for _, e := range entries {
		switch {
		case !e.Covers(o.Path):
		case e.Expired(now):
			expired = e
		default:
			return e, nil
		}
	}
	return nil, expired
}

// waiting is what a change accepts by itself, by key and place.
type waiting map[scanner.Fingerprint]map[string]*scanner.Acceptance

// all is the acceptance of a key all of whose open places are waiting for it.
func (w waiting) all(k *scanner.Key) *scanner.Acceptance {
	var found *scanner.Acceptance
	for _, o := range k.OpenPlaces() {
		if found = w[k.Fingerprint][placeID(o)]; found == nil {
			return nil
		}
	}
	return found
}

func placeID(o *scanner.Occurrence) string { return o.Path + "\x00" + o.Commit + "\x00" + o.Blob }

// refuseOwn takes away what only the change itself accepts, and returns it.
func (d *Review) refuseOwn(r *scanner.Report) waiting {
	if !d.FromBase {
		return nil
	}
	w := waiting{}
	old := keysByFingerprint(r.Known)
	for i := range r.Keys {
		k := &r.Keys[i]
		w[k.Fingerprint] = map[string]*scanner.Acceptance{}
		for j := range k.Occurrences {
			o := &k.Occurrences[j]
			if o.Accepted != nil && o.Accepted.By == scanner.ByComment && !commentedBefore(old[k.Fingerprint], o) {
				w[k.Fingerprint][placeID(o)] = o.Accepted
				o.Accepted = nil
			}
		}
		for _, s := range d.Change {
			entries := byFingerprint(s.Entries)[k.Fingerprint]
			for _, o := range k.OpenPlaces() {
				if valid, _ := choose(entries, o, d.Now); valid != nil && w[k.Fingerprint][placeID(o)] == nil {
					w[k.Fingerprint][placeID(o)] = valid.acceptance(s.By)
				}
			}
		}
	}
	return w
}

// commentedBefore reports whether the old side accepts the key by a comment in a
// place that is as severe as this one: a comment that moves with its key counts,
// one that is copied to where it costs more does not.
func commentedBefore(old *scanner.Key, o *scanner.Occurrence) bool {
	return old != nil && slices.ContainsFunc(old.Occurrences, func(was scanner.Occurrence) bool {
		return was.Accepted != nil && was.Accepted.By == scanner.ByComment && was.Severity >= o.Severity
	})
}

func keysByFingerprint(keys []scanner.Key) map[scanner.Fingerprint]*scanner.Key {
	out := map[scanner.Fingerprint]*scanner.Key{}
	for i := range keys {
		out[keys[i].Fingerprint] = &keys[i]
	}
	return out
}

// stretchComments accepts what a file held before its comment: places of the same
// path, found by another rule or under another name, that no ref holds now, where
// a ref has the key in this file and nowhere there without a comment.
func stretchComments(k *scanner.Key) {
	now := map[string]*scanner.Acceptance{} // by path; nil where a place at a tip is open
	for i := range k.Occurrences {
		if o := &k.Occurrences[i]; o.Path != "" && len(o.Refs) > 0 {
			accepted, seen := now[o.Path]
			if !seen || accepted != nil {
				now[o.Path] = o.Accepted
			}
		}
	}
	for _, o := range k.OpenPlaces() {
		accepted := now[o.Path]
		if o.Path == "" || len(o.Refs) > 0 || accepted == nil || accepted.By != scanner.ByComment {
			continue
		}
		stretched := *accepted
		stretched.Stretches = nil
		for _, v := range o.Versions {
			stretched.Stretches = append(stretched.Stretches, v.Blob)
		}
		o.Accepted = &stretched
	}
}

// spareNeverCommitted deals with objects that no commit has held. They are
// accepted with the committed places of their key; in a clone, the others go to
// a list of their own.
func (d *Review) spareNeverCommitted(r *scanner.Report) {
	var keys []scanner.Key
	for _, k := range r.Keys {
		if accepted := committedAcceptance(&k); accepted != nil {
			for _, o := range k.OpenPlaces() {
				stretched := *accepted
				stretched.Stretches = []string{o.Blob}
				o.Accepted = &stretched
			}
		}
		if !d.Clone || d.Strict {
			keys = append(keys, k)
			continue
		}
		rest, never := k, k
		rest.Occurrences, never.Occurrences = nil, nil
		for _, o := range k.Occurrences {
			if o.NeverCommitted() && o.Accepted == nil {
				never.Occurrences = append(never.Occurrences, o)
			} else {
				rest.Occurrences = append(rest.Occurrences, o)
			}
		}
		if len(rest.Occurrences) > 0 {
			keys = append(keys, rest)
		}
		if len(never.Occurrences) > 0 {
			never.Summarize()
			r.NeverCommitted = append(r.NeverCommitted, never)
		}
	}
	r.Keys = keys
}

// committedAcceptance is the acceptance of a key all of whose committed places
// are accepted, nil if there is none.
func committedAcceptance(k *scanner.Key) *scanner.Acceptance {
	var found *scanner.Acceptance
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		switch {
		case o.NeverCommitted():
		case o.Accepted == nil:
			return nil
		case found == nil:
			found = o.Accepted // the most severe comes first
		}
	}
	return found
}
