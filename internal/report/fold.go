package report

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// The JSON inside of a page says once what many keys repeat. Refs of pull
// requests are written as one, refs/pull/{..3,7,12..900}/head, which no ref can
// be called, because Git allows no ".." in a name. A blast radius that is null
// is that of the first key which has one. The JSON formats have all of it.

// maxUnfolded bounds what Read makes of a page.
const maxUnfolded = 1 << 20

// fold makes a report short, which is a copy.
func fold(r *scanner.Report) {
	eachRefs(r, func(refs []string) []string {
		if !slices.IsSorted(refs) {
			return refs // their order would be lost
		}
		return foldRefs(refs)
	})
	var first []scanner.Effect
	eachDossier(r, func(d *scanner.Dossier) {
		switch {
		case first == nil && len(d.BlastRadius) > 0:
			first = d.BlastRadius
		case first != nil && reflect.DeepEqual(first, d.BlastRadius):
			d.BlastRadius = nil
		}
	})
}

// unfold reverses fold.
func unfold(r *scanner.Report) error {
	left := maxUnfolded
	var err error
	eachRefs(r, func(refs []string) []string {
		if err != nil || !slices.ContainsFunc(refs, func(ref string) bool { return strings.Contains(ref, "..") }) {
			return refs
		}
		out := refs[:0:0]
		for _, ref := range refs {
			if out = unfoldRef(out, ref, &left); left < 0 {
				err = errors.New("a page with more refs than any repository has")
				return refs
			}
		}
		slices.Sort(out)
		return out
	})
	var first []scanner.Effect
	eachDossier(r, func(d *scanner.Dossier) {
		switch {
		case first == nil && len(d.BlastRadius) > 0:
			first = d.BlastRadius
		case d.BlastRadius == nil:
			d.BlastRadius = slices.Clone(first)
		}
	})
	return err
}

func eachDossier(r *scanner.Report, do func(*scanner.Dossier)) {
	for k := range r.AllKeys() {
		if k.Dossier != nil {
			do(k.Dossier)
		}
	}
}

func eachRefs(r *scanner.Report, change func([]string) []string) {
	for k := range r.AllKeys() {
		for j := range k.Occurrences {
			k.Occurrences[j].Refs = change(k.Occurrences[j].Refs)
		}
	}
}

// foldRefs writes the refs of requests of one kind as one.
func foldRefs(refs []string) []string {
	type kind struct{ before, after string }
	numbers := map[kind][]int{}
	var kinds []kind
	var out []string
	for _, ref := range refs {
		before, n, after, ok := numbered(ref)
		if !ok {
			out = append(out, ref)
			continue
		}
		k := kind{before, after}
		if numbers[k] == nil {
			kinds = append(kinds, k)
		}
		numbers[k] = append(numbers[k], n)
	}
	for _, k := range kinds {
		list := numbers[k]
		slices.Sort(list)
		var parts []string
		for i := 0; i < len(list); {
			j := i
			for j+1 < len(list) && list[j+1] == list[j]+1 {
				j++
			}
			part := strconv.Itoa(list[i])
			if j > i {
				part += ".." + strconv.Itoa(list[j])
			}
			parts = append(parts, part)
			i = j + 1
		}
		out = append(out, k.before+"{.."+strings.Join(parts, ",")+"}"+k.after)
	}
	return out
}

// mergeRequests is how the refs of GitLab's merge requests begin.
const mergeRequests = "refs/merge-requests/"

// numbered splits refs/pull/12/head around its number.
func numbered(ref string) (before string, n int, after string, ok bool) {
	for _, prefix := range []string{"refs/pull/", "refs/pull-requests/", mergeRequests} {
		rest, found := strings.CutPrefix(ref, prefix)
		if !found {
			continue
		}
		digits, end, _ := strings.Cut(rest, "/")
		n, err := strconv.Atoi(digits)
		if err == nil && n > 0 && strconv.Itoa(n) == digits {
			return prefix, n, "/" + end, true
		}
	}
	return "", 0, "", false
}

// unfoldRef appends what foldRefs made of one ref. left is how many refs may
// still be made; it becomes negative where that is not enough.
func unfoldRef(out []string, ref string, left *int) []string {
	before, rest, found := strings.Cut(ref, "{..")
	inside, after, closed := strings.Cut(rest, "}")
	if !found || !closed {
		return append(out, ref)
	}
	for part := range strings.SplitSeq(inside, ",") {
		from, to, isRange := strings.Cut(part, "..")
		if !isRange {
			to = from
		}
		first, err1 := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil || first < 1 || last < first || last-first >= *left {
			*left = -1
			return out
		}
		*left -= last - first + 1
		for n := first; n <= last; n++ {
			out = append(out, before+strconv.Itoa(n)+after)
		}
	}
	return out
}
