package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// refGroup is the refs of one kind.
type refGroup struct {
	kind    string // in words, with their number: "3 branches"
	names   []string
	numbers []int // of pull and merge requests, instead of names
}

// The groups, what matters most first.
const (
	groupHead = iota
	groupBranch
	groupRemote
	groupTag
	groupPull
	groupMerge
	groupStash
	groupOther
)

// groupNames are the groups in words, by their numbers.
var groupNames = [...]struct{ one, many string }{
	{"HEAD", "HEAD"}, {"branch", "branches"}, {"remote-tracking branch", "remote-tracking branches"}, {"tag", "tags"},
	{"pull request", "pull requests"}, {"merge request", "merge requests"}, {"stash entry", "stash entries"}, {"other ref", "other refs"},
}

// groupOf is the group of a ref, and its number or its name in it.
func groupOf(ref string) (group int, name string, number int) {
	switch what, number := reviewOf(ref); what {
	case "pull request":
		return groupPull, "", number
	case "merge request":
		return groupMerge, "", number
	}
	name = groupedName(ref)
	switch scanner.KindOfRef(ref) {
	case scanner.HeadRef:
		return groupHead, name, 0
	case scanner.BranchRef:
		return groupBranch, name, 0
	case scanner.RemoteRef:
		return groupRemote, name, 0
	case scanner.TagRef:
		return groupTag, name, 0
	case scanner.StashRef:
		return groupStash, strings.TrimPrefix(ref, "refs/"), 0
	}
	if isObjectName(ref) {
		return groupHead, name, 0
	}
	return groupOther, name, 0
}

// groupRefs sorts refs into groups, each ref once.
func groupRefs(refs []string) []refGroup {
	var names [len(groupNames)][]string
	var numbers [len(groupNames)][]int
	for _, ref := range refs {
		n, name, number := groupOf(ref)
		if number > 0 {
			numbers[n] = append(numbers[n], number)
		} else {
			names[n] = append(names[n], clean(name))
		}
	}
	var out []refGroup
	for i, k := range groupNames {
		g := refGroup{names: names[i], numbers: numbers[i]}
		slices.Sort(g.numbers)
		g.numbers = slices.Compact(g.numbers)
		slices.SortFunc(g.names, func(a, b string) int {
			return cmp.Or(mainFirst(a)-mainFirst(b), strings.Compare(a, b))
		})
		g.names = slices.Compact(g.names)
		if n := len(g.names) + len(g.numbers); n > 0 {
			if g.kind = say.Counted(n, k.one, k.many); i == groupHead && n == 1 {
				g.kind = "" // HEAD, or the commit that ends a range
			}
			out = append(out, g)
		}
	}
	return out
}

func mainFirst(name string) int {
	switch name {
	case "main", "master", "origin/main", "origin/master":
		return 0
	}
	return 1
}

// groupedName is a ref without what its group says already.
func groupedName(ref string) string {
	for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/remotes/"} {
		if rest, ok := strings.CutPrefix(ref, prefix); ok {
			return rest
		}
	}
	if isObjectName(ref) {
		return "commit " + ref[:10]
	}
	return ref
}

// reviewOf is what a ref is of, a pull request or a merge request, and its
// number; 0 for other refs.
func reviewOf(ref string) (what string, n int) {
	before, n, after, ok := numbered(ref)
	if !ok || after != "/head" && after != "/merge" && after != "/from" {
		return "", 0
	}
	if before == mergeRequests {
		return "merge request", n
	}
	return "pull request", n
}

// ranges writes numbers as "1-3, 7"; after most ranges it counts (0: all).
func ranges(numbers []int, most int) string {
	var parts []string
	rest := 0
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		switch {
		case most > 0 && len(parts) >= most:
			rest += j - i + 1
		case j > i:
			parts = append(parts, strconv.Itoa(numbers[i])+"-"+strconv.Itoa(numbers[j]))
		default:
			parts = append(parts, strconv.Itoa(numbers[i]))
		}
		i = j + 1
	}
	list := strings.Join(parts, ", ")
	if rest > 0 {
		list += " and " + say.Counted(rest, "more", "more")
	}
	return list
}

// words are the refs of a group, at most that many names (0: all).
func (g *refGroup) words(most int) string {
	list := ranges(g.numbers, most)
	if len(g.names) > 0 {
		names, rest := g.names, 0
		if most > 0 && len(names) > most {
			names, rest = names[:most], len(names)-most
		}
		list = strings.Join(names, ", ")
		if rest > 0 {
			list += " and " + say.Counted(rest, "more", "more")
		}
	}
	if g.kind == "" {
		return list
	}
	return g.kind + ": " + list
}

// groupedNames are refs by kind with counts: "HEAD; 2 branches: main, x; 1,204
// pull requests: 1-900, 905 and 303 more".
func groupedNames(refs []string, most int) string {
	var parts []string
	for _, g := range groupRefs(refs) {
		parts = append(parts, g.words(most))
	}
	return strings.Join(parts, "; ")
}
