package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// refGroup is the refs of one kind.
type refGroup struct {
	kind    string // in words, with their number: "3 branches"
	names   []string
	numbers []int // of pull and merge requests, instead of names
}

// groupRefs sorts refs into kinds, what matters most first, each ref once.
func groupRefs(refs []string) []refGroup {
	type kind struct {
		one, many string
		rank      int
		numbered  bool
	}
	kinds := []kind{
		{"HEAD", "HEAD", rankHead, false}, {"branch", "branches", rankMain, false}, {"remote-tracking branch", "remote-tracking branches", rankRemote, false},
		{"tag", "tags", rankTag, false}, {"pull request", "pull requests", rankReview, true}, {"merge request", "merge requests", -1, true},
		{"stash entry", "stash entries", -1, false}, {"other ref", "other refs", rankOther, false},
	}
	names := make([][]string, len(kinds))
	numbers := make([][]int, len(kinds))
	for _, ref := range refs {
		n := len(kinds) - 1
		number, name := reviewNumber(ref)
		switch {
		case strings.HasPrefix(ref, "refs/stash"):
			n, name = 6, strings.TrimPrefix(ref, "refs/")
		case number > 0 && strings.HasPrefix(ref, "refs/merge-requests/"):
			n = 5
		case number > 0:
			n = 4
		default:
			number, name = 0, groupedName(ref)
			switch refRank(ref) {
			case rankHead:
				n = 0
			case rankMain, rankBranch:
				n = 1
			case rankRemote:
				n = 2
			case rankTag:
				n = 3
			}
		}
		if number > 0 {
			numbers[n] = append(numbers[n], number)
		} else {
			names[n] = append(names[n], clean(name))
		}
	}
	var out []refGroup
	for i, k := range kinds {
		g := refGroup{names: names[i], numbers: numbers[i]}
		slices.Sort(g.numbers)
		g.numbers = slices.Compact(g.numbers)
		slices.SortFunc(g.names, func(a, b string) int {
			return mainFirst(a) - mainFirst(b) + 2*strings.Compare(a, b)*boolInt(mainFirst(a) == mainFirst(b))
		})
		g.names = slices.Compact(g.names)
		if n := len(g.names) + len(g.numbers); n > 0 {
			if g.kind = say.Counted(n, k.one, k.many); i == 0 && n == 1 {
				g.kind = "" // HEAD, or the commit that ends a range
			}
			out = append(out, g)
		}
	}
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
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

// reviewNumber is the number of a pull or merge request; 0 for other refs.
func reviewNumber(ref string) (n int, name string) {
	for _, prefix := range []string{"refs/pull/", "refs/pull-requests/", "refs/merge-requests/"} {
		rest, ok := strings.CutPrefix(ref, prefix)
		if !ok {
			continue
		}
		digits, end, _ := strings.Cut(rest, "/")
		n, err := strconv.Atoi(digits)
		if err == nil && n > 0 && (end == "head" || end == "merge" || end == "from") {
			return n, ""
		}
	}
	return 0, ref
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
