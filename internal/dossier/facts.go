package dossier

import (
	"slices"
	"strings"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// heldBy counts the refs that hold a key now, each once.
func heldBy(k *scanner.Key) (h scanner.Held) {
	var refs, spare []string
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		h.Reflog = h.Reflog || o.Reflog
		h.Unreachable = h.Unreachable || o.Status == scanner.StatusUnreachable && !o.Reflog
		refs, spare = merged(spare[:0], refs, o.Refs), refs
	}
	for _, ref := range refs {
		switch scanner.KindOfRef(ref) {
		case scanner.HeadRef:
			h.Head = true
		case scanner.BranchRef:
			h.Branches++
		case scanner.RemoteRef:
			h.Remotes++
		case scanner.TagRef:
			h.Tags++
		case scanner.ReviewRef:
			h.PullRequests++
		case scanner.StashRef:
			h.Stashes++
		default:
			h.Others++
		}
	}
	return h
}

// merged appends the strings of two lists, sorted and each once, as the first is. The
// refs of a key in a hundred files are as many lists of thousands of names, nearly
// always sorted.
func merged(out, a, b []string) []string {
	for i := 1; i < len(b); i++ {
		if b[i-1] >= b[i] {
			b = slices.Compact(slices.Sorted(slices.Values(b)))
			break
		}
	}
	out = slices.Grow(out, max(len(a), len(b)))
	for len(a) > 0 && len(b) > 0 {
		switch strings.Compare(a[0], b[0]) {
		case -1:
			out, a = append(out, a[0]), a[1:]
		case 1:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// IsRemote reports whether a ref shows what a remote has: a remote-tracking ref
// or what a host keeps of a pull request.
func IsRemote(ref string) bool {
	kind := scanner.KindOfRef(ref)
	return kind == scanner.RemoteRef || kind == scanner.ReviewRef || strings.HasPrefix(ref, "FETCH_HEAD")
}

// pushed says whether others can have a key by Git.
func pushed(k *scanner.Key, f *Facts) *bool {
	yes, no := true, false
	unknown := f.PushUnknown != ""
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		if o.Pushed || slices.ContainsFunc(o.Refs, IsRemote) {
			return &yes
		}
		// A commit that no log of this clone has was perhaps fetched, from a branch that is
		// gone.
		unknown = unknown || o.Status == scanner.StatusUnreachable && !o.Reflog && !o.NeverCommitted()
	}
	if unknown {
		return nil
	}
	return &no
}

// live says whether Django runs with a key. What a file of the work tree says
// is evidence for a key, never against another one: production has its own.
func live(k *scanner.Key, f *Facts) (*bool, []string) {
	use, found := f.Live.Keys[k.Fingerprint]
	answer := found
	switch {
	case found, f.Live.Complete:
		return &answer, use.Where
	}
	return nil, nil
}

// exposure is the time in which others could have a key; nil for a key that
// only this repository has.
func exposure(k *scanner.Key, f *Facts) *scanner.Exposure {
	if k.Pushed != nil && !*k.Pushed {
		return nil
	}
	first, source := firstSeen(k, f, k.Pushed != nil)
	if first.IsZero() {
		return nil
	}
	e := &scanner.Exposure{First: first, FirstSource: source, Last: f.Now.UTC().Truncate(24 * time.Hour), LastSource: "now"}
	if k.Accepted != nil && k.Accepted.Rotated != "" {
		if day, err := time.Parse(time.DateOnly, k.Accepted.Rotated); err == nil {
			e.Last, e.LastSource = day, "rotated"
		}
	}
	count(e)
	return e
}

// count counts the days of an exposure.
func count(e *scanner.Exposure) {
	if e.Last.Before(e.First) {
		e.Last = e.First
	}
	e.Days = int(e.Last.Sub(e.First).Hours() / 24)
}

// Redate makes the dossiers of a report those of another day: an exposure that
// has not ended lasts until then.
func Redate(r *scanner.Report, now time.Time) {
	for k := range r.AllKeys() {
		if d := k.Dossier; d != nil && d.Exposure != nil && d.Exposure.LastSource == "now" {
			d.Exposure.Last = now.UTC().Truncate(24 * time.Hour)
			count(d.Exposure)
		}
	}
}

// shareExposure begins the exposure of a key when others could first have a key
// that is the same secret: startproject's prefix before it, or its base64.
func shareExposure(keys []*scanner.Key) {
	first := map[scanner.Fingerprint]scanner.Exposure{}
	for _, k := range keys {
		if k.Exposure != nil {
			first[k.Fingerprint] = *k.Exposure
		}
	}
	for _, k := range keys {
		e := k.Exposure
		for _, r := range k.Related {
			if other, known := first[r.Fingerprint]; e != nil && known && other.First.Before(e.First) {
				e.First, e.FirstSource, e.Key = other.First, other.FirstSource, r.Fingerprint
				count(e)
			}
		}
	}
}

// firstSeen is the earliest time at which others could have a key: when this
// repository pushed it, or else when its commit was made. Of a key that was
// pushed only the places that were pushed count.
func firstSeen(k *scanner.Key, f *Facts, pushedOnly bool) (first time.Time, source string) {
	any := slices.ContainsFunc(k.Occurrences, func(o scanner.Occurrence) bool { return o.Pushed })
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		if pushedOnly && any && !o.Pushed {
			continue
		}
		for _, c := range o.Introduced {
			at, how := seenAt(c, f)
			if f.Cut != nil && f.Cut(c.Commit) {
				how = "shallow"
			}
			if !at.IsZero() && (first.IsZero() || at.Before(first)) {
				first, source = at, how
			}
		}
	}
	return first, source
}

func seenAt(c scanner.Commit, f *Facts) (time.Time, string) {
	if f.FirstPush != nil {
		if at, ok := f.FirstPush(c.Commit); ok {
			return at.UTC(), "push"
		}
	}
	if f.Committed != nil {
		if at, ok := f.Committed(c.Commit); ok && at.Unix() > 0 {
			return at.UTC(), "committer-date"
		}
	}
	return c.Date.UTC(), "author-date"
}
