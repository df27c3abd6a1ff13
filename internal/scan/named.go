package scan

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/scanner"
)

// CheckID says what is wrong with a name that a repository is to have in
// reports; "" if nothing is.
func CheckID(id string) string {
	switch {
	case id == "":
		return "it is empty"
	case len(id) > maxID:
		return "it is longer than 1,024 bytes"
	case !utf8.ValidString(id):
		return "it is not UTF-8"
	case strings.IndexFunc(id, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\u2028' || c == '\u2029' }) >= 0:
		return "it has a line end or another control character"
	case strings.TrimSpace(id) != id:
		return "it begins or ends with a blank"
	}
	for part := range strings.SplitSeq(id, "/") {
		if part == "" || part == "." || part == ".." {
			return "it is not canonical: a part between slashes is empty, . or .."
		}
	}
	return ""
}

// maxID is the longest name of a repository, in bytes: a forge allows twenty
// groups in one another.
const maxID = 1024

// nameIt makes a report of a repository one of an id, in which nothing depends
// on the machine: neither where the repository is, nor how it got there.
func nameIt(r *scanner.Report, repo *gitstore.Repository, id string) {
	r.Scope.ID, r.Scope.Repository, r.Scope.Remote = id, "", ""
	here := relativePaths(repo)
	for i := range r.Coverage.Skipped {
		s := &r.Coverage.Skipped[i]
		s.Path, s.Reason = here.Replace(s.Path), here.Replace(s.Reason)
	}
	slices.SortStableFunc(r.Coverage.Skipped, func(a, b scanner.Skip) int {
		return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID))
	})
	for i := range r.Coverage.Notes {
		r.Coverage.Notes[i] = here.Replace(r.Coverage.Notes[i])
	}
	if r.Project != nil {
		for i := range r.Project.NotSeen {
			r.Project.NotSeen[i].Reason = here.Replace(r.Project.NotSeen[i].Reason)
		}
	}
}

// relativePaths makes the paths of a repository on this machine relative to it.
func relativePaths(repo *gitstore.Repository) *strings.Replacer {
	var pairs []string
	// The longest goes first: of two names that match, the earlier one is taken.
	for _, dir := range []string{repo.GitDir(), repo.CommonDir(), repo.WorkTree()} {
		if dir != "" && dir != string(filepath.Separator) {
			pairs = append(pairs, dir+string(filepath.Separator), "", dir, ".")
		}
	}
	return strings.NewReplacer(pairs...)
}
