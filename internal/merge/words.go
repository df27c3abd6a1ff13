package merge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// title is the verdict in words.
func title(f *Fleet) string {
	t := &f.Totals
	unread := say.Counted(t.unread(), "repository was", "repositories were") + " not read to the end"
	switch {
	case f.Verdict == scanner.KeysFound && t.unread() > 0:
		return keysWords(t.Failing) + " found, and " + unread
	case f.Verdict == scanner.KeysFound:
		return keysWords(t.Failing) + " found"
	case f.Verdict == scanner.Incomplete:
		return unread
	}
	return "clean"
}

func keysWords(n int) string { return say.Counted(n, "key", "keys") }

// totalsWords say what the list came to.
func totalsWords(f *Fleet) string {
	t := &f.Totals
	text := fmt.Sprintf("Of %s in the list %s read", say.Counted(t.Repositories, "repository", "repositories"), wasWere(t.Read))
	if t.Empty > 0 {
		text += fmt.Sprintf(" (%s of them empty)", say.Thousands(t.Empty))
	}
	for _, part := range []struct {
		n    int
		word string
	}{{t.Incomplete, "read in part"}, {t.Failed, "failed"}, {t.Missing, "missing"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %s %s", say.Thousands(part.n), part.word)
		}
	}
	return text + fmt.Sprintf(". %s, %s of them at or above %s, %s in more than one repository.",
		say.Counted(t.Keys, "different key", "different keys"), say.Thousands(t.Failing), threshold(f), say.Thousands(t.Shared))
}

// threshold is from where on a key decides the exit code.
func threshold(f *Fleet) string {
	if f.FailOnVerdict != "" {
		return string(f.FailOnVerdict)
	}
	return f.FailOn.String()
}

// mostCauses is how many reasons are named before the list of what was not read.
const mostCauses = 4

// causeWords say why repositories were not read, the most frequent reason first; ""
// if a look at the list says it.
func causeWords(f *Fleet) string {
	number := map[string]int{}
	for i := range f.repositories {
		if r := &f.repositories[i]; r.State != fleet.Read {
			number[cause(r)]++
		}
	}
	if f.Totals.unread() <= mostCauses {
		return ""
	}
	all := slices.SortedFunc(maps.Keys(number), func(a, b string) int { return cmp.Or(cmp.Compare(number[b], number[a]), cmp.Compare(a, b)) })
	var parts []string
	for _, reason := range all[:min(len(all), mostCauses)] {
		parts = append(parts, say.Thousands(number[reason])+" × "+reason)
	}
	if n := len(all) - len(parts); n > 0 {
		parts = append(parts, say.Counted(n, "other reason", "other reasons"))
	}
	return "Why: " + strings.Join(parts, "; ") + "."
}

// cause is the first reason for which a repository was not read.
func cause(r *Repository) string {
	switch {
	case r.State == fleet.Missing:
		return unwritten
	case r.Reason == "" && len(r.Unread) > 0:
		return r.Unread[0].Reason
	}
	return r.Reason
}

// unwritten is the reason of a missing repository.
const unwritten = "no worker has written a record of it"

func wasWere(n int) string {
	if n == 1 {
		return "1 was"
	}
	return say.Thousands(n) + " were"
}

// unreadWords say of a repository that was not read what is the matter.
func unreadWords(r *Repository) string {
	switch {
	case r.State == fleet.Missing:
		return unwritten
	case r.Reason != "":
		return r.Reason
	case len(r.Unread) == 0:
		return ""
	}
	text := r.Unread[0].Reason
	if r.Unread[0].Count > 1 {
		text = say.Thousands(r.Unread[0].Count) + " × " + text
	}
	if n := len(r.Unread) - 1; n > 0 {
		text += " and " + say.Counted(n, "other reason", "other reasons")
	}
	return text
}

// placeWords are a repository, and the worst place in it.
func placeWords(h Holder) string {
	switch {
	case h.Path == "" && h.Commit == "":
		return h.ID
	case h.Path == "":
		return h.ID + ", the message of " + h.Commit[:min(len(h.Commit), 10)]
	}
	return h.ID + ": " + h.Path + ":" + strconv.Itoa(h.Line)
}

// changeWords are the headings of the changes.
func changeWords(c Change) string {
	switch c {
	case New:
		return "New"
	case Reopened:
		return "Accepted before, and open again"
	case FirstRead:
		return "In repositories that had not been read before"
	case NewByRules:
		return "New only because the rules changed"
	case Unknown:
		return "Not known: the repository could not be read, or has become empty"
	case Unlisted:
		return "Of repositories that are not in the list any more"
	case Gone:
		return "Gone"
	case GoneByRule:
		return "Gone only because the rules changed"
	case Accepted:
		return "Accepted now"
	}
	return "As before"
}

// stateBefore is what a repository was in the earlier report.
func stateBefore(t Turn) string {
	if t.Was == "" {
		return "not in the list"
	}
	return string(t.Was)
}

// stateNow is what it is in this one.
func stateNow(t Turn) string {
	switch {
	case t.State == "":
		return "not in the list"
	case t.Emptied:
		return "empty: what its keys were is not known any more"
	}
	return string(t.State)
}
