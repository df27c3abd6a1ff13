package testkit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Commit is one commit of a made history.
type Commit struct {
	Message string
	Files   map[string]string // what the commit writes, by path; other files stay
}

// History writes commits as a stream for `git fast-import`, which makes all of
// them in one process, where `git add` and `git commit` need two for each. They
// become the branch of that name and go on from a commit: Tip of a branch that
// the repository has, refs/heads/NAME of one that the same stream makes, or ""
// for none. The index and the work tree are left alone.
//
// With `-c fastimport.unpackLimit=N` fewer than N objects become loose ones.
func History(branch string, from string, commits ...Commit) string {
	var out strings.Builder
	for n, c := range commits {
		fmt.Fprintf(&out, "commit refs/heads/%s\ncommitter Ada <ada@example.com> %d +0000\n%s\n", branch, 1_700_000_000+n, data(c.Message))
		if n == 0 && from != "" {
			fmt.Fprintf(&out, "from %s\n", from)
		}
		for _, path := range slices.Sorted(maps.Keys(c.Files)) {
			fmt.Fprintf(&out, "M 100644 inline %s\n%s\n", path, data(c.Files[path]))
		}
	}
	return out.String()
}

// Tip names the tip that a branch has in the repository, for History.
func Tip(branch string) string { return "refs/heads/" + branch + "^0" }

func data(text string) string { return fmt.Sprintf("data %d\n%s", len(text), text) }
