package scan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/dossier"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

// logs are what the reflogs of a repository add to its refs: what remotes had,
// when this repository pushed it, and what only a reflog remembers.
type logs struct {
	marks [][]scanner.ObjectID // remote, reflog: see scanner.MarkRemote
	order []scanner.ObjectID   // what remotes had, in order of time
	sent  []pushed             // of each in order
}

// pushed is how a remote got what it had.
type pushed struct {
	at     time.Time
	byPush bool // by a push from this repository; else it was fetched
}

// readLogs reads the reflogs, and adds older stashes to the tips: Git keeps them
// in the reflog of refs/stash only.
func (h *history) readLogs() {
	var remote, remembered []scanner.ObjectID
	for _, tip := range h.tips {
		if dossier.IsRemote(tip.Ref) {
			remote = append(remote, tip.Object)
		}
	}
	type sent struct {
		id scanner.ObjectID
		pushed
	}
	var all []sent
	stashes := []scanner.ObjectID{}
	last := ""
	for _, e := range h.repo.Reflogs() {
		for _, id := range []scanner.ObjectID{e.Old, e.New} {
			if id != "" {
				remembered = append(remembered, id)
			}
		}
		if e.Ref == "refs/stash" && e.New != "" {
			stashes = append(stashes, e.New)
		}
		if !strings.HasPrefix(e.Ref, "refs/remotes/") {
			continue
		}
		if e.Old != "" && e.Ref != last {
			all = append(all, sent{e.Old, pushed{}}) // it was there before the log began
		}
		last = e.Ref
		if e.New != "" {
			remote = append(remote, e.New)
			all = append(all, sent{e.New, pushed{e.Time, strings.HasPrefix(e.Message, "update by push")}})
		}
	}
	slices.SortStableFunc(all, func(a, b sent) int { return a.at.Compare(b.at) })
	for _, x := range all {
		h.order, h.sent = append(h.order, x.id), append(h.sent, x.pushed)
	}
	h.marks = [][]scanner.ObjectID{remote, remembered}
	h.addStashes(stashes)
}

// addStashes makes each stash a tip, with the commit of its untracked files. The
// last entry of the log is refs/stash itself.
func (h *history) addStashes(stashes []scanner.ObjectID) {
	slices.Reverse(stashes)
	for i, id := range stashes {
		name := fmt.Sprintf("refs/stash@{%d}", i)
		if i > 0 {
			h.tips = append(h.tips, trace.Tip{Ref: name, Object: id})
		}
		if c, err := h.repo.Commit(id); err == nil && len(c.Parents) == 3 {
			h.tips = append(h.tips, trace.Tip{Ref: name + "^3", Object: c.Parents[2]})
		}
	}
}

// firstPush says when a commit came to a remote by a push from here.
func (h *history) firstPush(commit string) (time.Time, bool) {
	id, ok := scanner.ParseObjectID(commit)
	if !ok || h.result == nil {
		return time.Time{}, false
	}
	n := h.result.First(id)
	if n < 0 || !h.sent[n].byPush || h.sent[n].at.IsZero() {
		return time.Time{}, false
	}
	return h.sent[n].at, true
}

// committed is the committer date of a commit.
func (h *history) committed(commit string) (time.Time, bool) {
	id, ok := scanner.ParseObjectID(commit)
	if !ok {
		return time.Time{}, false
	}
	c, err := h.repo.Commit(id)
	if err != nil || c.Committed <= 0 || c.Committed > maxCommitted {
		return time.Time{}, false
	}
	return time.Unix(c.Committed, 0).UTC(), true
}

// isFirst reports whether a commit has no parent.
func (h *history) isFirst(commit string) bool {
	id, _ := scanner.ParseObjectID(commit)
	c, err := h.repo.Commit(id)
	return err == nil && len(c.Parents) == 0
}

// maxCommitted is the last second of the year 9999.
const maxCommitted = 253402300799

// pushUnknown says why this repository does not tell what others have; empty if
// it does.
func pushUnknown(repo *gitstore.Repository) string {
	switch {
	case repo.WorkTree() == "":
		return "the repository is bare"
	case len(repo.Shallow()) > 0:
		return "the clone is shallow"
	case len(repo.Config().Remotes()) == 0:
		return "the repository has no remote"
	}
	return ""
}
