package gogit

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/djleaks/djleaks/scanner"
)

// file is a blob at a path.
type file struct {
	path string
	blob plumbing.Hash
}

// files are files in the order in which they were added, with commits.
type files struct {
	order   []file
	commits map[file][]scanner.Commit
}

func (f *files) add(at file, commits ...scanner.Commit) {
	if f.commits == nil {
		f.commits = map[file][]scanner.Commit{}
	}
	if !f.has(at) {
		f.order = append(f.order, at)
	}
	f.commits[at] = append(f.commits[at], commits...)
}

func (f *files) has(at file) bool {
	_, ok := f.commits[at]
	return ok
}

// yieldAll yields the new texts, and those from before.
func (h *History) yieldAll(commits []*object.Commit) error {
	added, before := h.sides()
	for _, at := range added.order {
		if err := h.blob(at.blob, scanner.Chunk{Path: at.path, Commits: added.commits[at]}); err != nil {
			return err
		}
	}
	for _, c := range commits {
		if err := h.object(plumbing.CommitObject, scanner.CommitMessage, c.Hash, h.summary(c)); err != nil {
			return err
		}
	}
	for _, t := range h.tips {
		for _, tag := range t.tags {
			if err := h.object(plumbing.TagObject, scanner.TagMessage, tag.Hash); err != nil {
				return err
			}
		}
		if t.kind == plumbing.BlobObject {
			if err := h.blob(t.id, scanner.Chunk{}); err != nil {
				return err
			}
		}
	}
	if h.WantKnown != nil && !h.WantKnown() {
		return nil
	}
	for _, at := range before.order {
		if err := h.blob(at.blob, scanner.Chunk{Path: at.path, Known: true}); err != nil {
			return err
		}
	}
	return nil
}

// sides returns the files that the commits add, and those from before at the paths
// that they change. A file of a parent that no earlier commit has added is from
// before; so is one that an excluded commit has at such a path. A blob that is only
// put back at paths where it was is not added.
func (h *History) sides() (added, before files) {
	var brought files
	for _, ch := range h.changes {
		for _, old := range ch.olds {
			if at := (file{ch.path, old}); !old.IsZero() && !brought.has(at) {
				before.add(at)
			}
		}
		if at := (file{ch.path, ch.blob}); ch.commit != nil && !ch.blob.IsZero() {
			brought.add(at, h.summary(ch.commit))
		} else if ch.commit == nil {
			brought.add(at)
		}
	}
	moved := map[plumbing.Hash]bool{}
	for _, ch := range h.changes {
		if ch.commit == nil || !before.has(file{ch.path, ch.blob}) {
			moved[ch.blob] = true
		}
	}
	for _, at := range brought.order {
		if moved[at.blob] {
			added.add(at, brought.commits[at]...)
		}
	}
	h.addBases(&before)
	return added, before
}

// addBases adds what the excluded commits have at changed paths.
func (h *History) addBases(before *files) {
	for _, base := range h.bases {
		for _, ch := range h.changes {
			if blob := h.fileAt(base, ch.path); !blob.IsZero() && ch.commit != nil {
				before.add(file{ch.path, blob})
			}
		}
	}
}

// Presences says which commits introduced or removed some items, and at which
// paths: an item is introduced by a commit if no parent has it at the path, and
// removed if all have. matched names the items that a blob holds; items are 0 to
// items-1. Refs are the included objects, or the refs, that hold the item. It may
// be called after Chunks has returned.
func (h *History) Presences(matched map[scanner.ObjectID][]int32, items int) [][]scanner.Presence {
	type place struct {
		item int32
		path string
	}
	found := map[place]*scanner.Presence{}
	at := func(item int32, path string) *scanner.Presence {
		p := found[place{item, path}]
		if p == nil {
			p = &scanner.Presence{Path: path, Reachable: true}
			found[place{item, path}] = p
		}
		return p
	}
	for _, ch := range h.changes {
		holds := func(item int32) func(plumbing.Hash) bool {
			return func(blob plumbing.Hash) bool { return slices.Contains(matched[objectID(blob)], item) }
		}
		for _, item := range matched[objectID(ch.blob)] {
			p, id := at(item, ch.path), objectID(ch.blob)
			p.Blobs = slices.DeleteFunc(p.Blobs, func(other scanner.ObjectID) bool { return other == id })
			p.Blobs = slices.Insert(p.Blobs, 0, id) // the newest version first
			if ch.commit != nil && !slices.ContainsFunc(ch.olds, holds(item)) {
				p.Introduced = append(p.Introduced, h.summary(ch.commit))
			}
		}
		if len(ch.olds) == 0 {
			continue
		}
		for _, item := range matched[objectID(ch.olds[0])] {
			lacks := func(blob plumbing.Hash) bool { return !holds(item)(blob) }
			if !holds(item)(ch.blob) && !slices.ContainsFunc(ch.olds, lacks) {
				p := at(item, ch.path)
				p.Removed = append(p.Removed, h.summary(ch.commit))
			}
		}
	}
	out := make([][]scanner.Presence, items)
	for where, p := range found {
		if len(p.Blobs) == 0 {
			continue // only removed: it was there before
		}
		for _, t := range h.tips {
			if slices.Contains(p.Blobs, objectID(h.fileAt(t.tree, p.Path))) {
				p.Refs = append(p.Refs, t.name)
			}
		}
		byDate := func(a, b scanner.Commit) int {
			return cmp.Or(a.Date.Compare(b.Date), strings.Compare(a.Commit, b.Commit))
		}
		slices.SortFunc(p.Introduced, byDate)
		slices.SortFunc(p.Removed, byDate)
		out[where.item] = append(out[where.item], *p)
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b scanner.Presence) int { return strings.Compare(a.Path, b.Path) })
	}
	return out
}
