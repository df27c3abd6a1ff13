package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// The ranks of refs, from what a reader looks at first.
const (
	rankHead = iota // HEAD, or the commit that a range ends with
	rankMain
	rankBranch
	rankRemote
	rankTag
	rankOther
	rankReview // what a host keeps of pull and merge requests
	rankHistory
	rankUnreachable
)

func refRank(ref string) int {
	switch scanner.KindOfRef(ref) {
	case scanner.HeadRef:
		return rankHead
	case scanner.BranchRef:
		if ref == "refs/heads/main" || ref == "refs/heads/master" {
			return rankMain
		}
		return rankBranch
	case scanner.RemoteRef:
		return rankRemote
	case scanner.TagRef:
		return rankTag
	case scanner.ReviewRef:
		return rankReview
	}
	if isObjectName(ref) {
		return rankHead
	}
	return rankOther
}

// isObjectName reports whether a range named its end by its commit.
func isObjectName(ref string) bool {
	_, ok := scanner.ParseObjectID(ref)
	return ok
}

// refName is a ref as people call it.
func refName(ref string) string {
	cut := func(prefix, before string) (string, bool) {
		rest, ok := strings.CutPrefix(ref, prefix)
		return before + clean(rest), ok
	}
	for _, try := range []func() (string, bool){
		func() (string, bool) { return "the stash", ref == "refs/stash" },
		func() (string, bool) { return "commit " + short(ref), isObjectName(ref) },
		func() (string, bool) { return cut("refs/heads/", "") },
		func() (string, bool) { return cut("refs/tags/", "tag ") },
		func() (string, bool) { return cut("refs/remotes/", "") },
		func() (string, bool) {
			one, n := reviewOf(ref)
			return one + " " + strconv.Itoa(n), n > 0
		},
	} {
		if name, ok := try(); ok {
			return name
		}
	}
	return clean(ref)
}

// refNames lists refs in words, each once, what matters most first, at most
// limit of them (0: all).
func refNames(refs []string, limit int) string {
	refs = slices.Clone(refs)
	slices.SortStableFunc(refs, func(a, b string) int { return refRank(a) - refRank(b) })
	var names []string
	seen := map[string]bool{}
	for _, ref := range refs {
		if name := refName(ref); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	more := ""
	if limit > 0 && len(names) > limit {
		more = " and " + say.Counted(len(names)-limit, "more", "more")
		names = names[:limit]
	}
	return strings.Join(names, ", ") + more
}

// keyRefs are the refs that hold a key at any path, each once.
func keyRefs(k *scanner.Key) []string {
	var refs []string
	for i := range k.Occurrences {
		refs = append(refs, k.Occurrences[i].Refs...)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// placeRank is the rank of the first ref that holds a place.
func placeRank(o *scanner.Occurrence) int {
	switch o.Status {
	case scanner.StatusLive:
		rank := rankReview
		for _, ref := range o.Refs {
			rank = min(rank, refRank(ref))
		}
		return rank
	case scanner.StatusStaged, scanner.StatusWorktree:
		return rankHead
	case scanner.StatusHistory:
		return rankHistory
	}
	return rankUnreachable
}

// keyRank is the rank of a key's first place.
func keyRank(k *scanner.Key) int {
	rank := rankUnreachable
	for i := range k.Occurrences {
		rank = min(rank, placeRank(&k.Occurrences[i]))
	}
	return rank
}

// sorted sorts the places of each key by what a reader should see first: the
// worst, then what is at HEAD, on branches, in tags, under review, in history.
// Commits go by date. r is a normalized copy.
func sorted(r *scanner.Report) {
	for k := range r.AllKeys() {
		places := k.Occurrences
		slices.SortStableFunc(places, func(a, b scanner.Occurrence) int {
			return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(placeRank(&a), placeRank(&b)))
		})
		for j := range places {
			byDate(places[j].Introduced)
			byDate(places[j].Removed)
		}
	}
}

func byDate(commits []scanner.Commit) {
	slices.SortStableFunc(commits, func(a, b scanner.Commit) int { return a.Date.Compare(b.Date) })
}
