package gitstore

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

const (
	// maxPlaces is the largest number of presences that are reported of a range.
	maxPlaces = 1 << 16
	// maxLookups bounds how often a path is looked up in the tree of a head.
	maxLookups = 1 << 18
)

// rangePlace is an item at a path of the range.
type rangePlace struct {
	item, path          uint32
	introduced, removed []*node
	blobs               []uint32 // versions that hold it, the newest one last
}

// Places says which commits of the range introduced or removed some items, and
// at which paths. matched names the items that a blob holds, including the blobs
// that were yielded as Known; items are 0 to items-1. Refs are the heads of the
// range that hold the item. whole is false if there is more than can be listed.
// It may be called after Chunks has returned.
func (s *Range) Places(matched map[scanner.ObjectID][]int32, items int) (places [][]scanner.Presence, whole bool) {
	c := s.compared
	blobs := newBitset(len(c.blobs.all))
	held := map[uint32][]int32{}
	for id, list := range matched {
		if n, ok := c.blobs.numbers[id]; ok {
			blobs.put(n)
			held[n] = slices.Sorted(slices.Values(list))
		}
	}
	known := map[[2]uint32]*rangePlace{}
	var all []*rangePlace
	at := func(item int32, path uint32) *rangePlace {
		key := [2]uint32{uint32(item), path}
		p := known[key]
		if p == nil && len(all) < maxPlaces {
			p = &rangePlace{item: key[0], path: path}
			known[key] = p
			all = append(all, p)
		}
		return p
	}
	whole = s.eachChange(blobs, func(a *addition, path uint32, ch *change) bool {
		now, olds := held[ch.to], c.oldsOf(ch)
		for _, item := range now {
			p := at(item, path)
			if p == nil {
				return false
			}
			p.blobs = append(p.blobs, ch.to)
			if a.commit != nil && !slices.ContainsFunc(olds, func(old uint32) bool { return hasItem(held[old], item) }) {
				p.introduced = append(p.introduced, a.commit)
			}
		}
		if len(olds) == 0 {
			return true
		}
		for _, item := range held[olds[0]] {
			if hasItem(now, item) || slices.ContainsFunc(olds, func(old uint32) bool { return !hasItem(held[old], item) }) {
				continue
			}
			p := at(item, path)
			if p == nil {
				return false
			}
			p.removed = append(p.removed, a.commit)
		}
		return true
	})
	return s.finishPlaces(all, items), whole
}

func hasItem(items []int32, item int32) bool {
	_, ok := slices.BinarySearch(items, item)
	return ok
}

// finishPlaces makes the Presences of each item, by path.
func (s *Range) finishPlaces(all []*rangePlace, items int) [][]scanner.Presence {
	out := make([][]scanner.Presence, items)
	heads := s.heads()
	lookups := 0
	for _, p := range all {
		if len(p.blobs) == 0 {
			continue // only removed: it was there before the range
		}
		place := scanner.Presence{Path: s.compared.pathName(p.path), Reachable: true,
			Introduced: s.summaries(p.introduced), Removed: s.summaries(p.removed)}
		seen := map[uint32]bool{}
		for _, blob := range slices.Backward(p.blobs) { // the last version first
			if !seen[blob] {
				seen[blob] = true
				place.Blobs = append(place.Blobs, s.compared.blobs.all[blob])
			}
		}
		for _, h := range heads {
			if lookups++; lookups > maxLookups {
				break
			}
			// A tree that cannot be read is in the coverage already.
			if _, id, err := s.trees.find(h.tree, place.Path); err == nil && slices.Contains(place.Blobs, id) {
				place.Refs = append(place.Refs, h.name)
			}
		}
		out[p.item] = append(out[p.item], place)
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b scanner.Presence) int { return strings.Compare(a.Path, b.Path) })
	}
	return out
}

// head is an included commit or tree.
type head struct {
	name string
	tree scanner.ObjectID
}

func (s *Range) heads() (heads []head) {
	for _, id := range s.spec.Include {
		if tree, err := s.r.peelTo(id, "tree"); err == nil {
			heads = append(heads, head{id.String(), tree})
		}
	}
	return heads
}

func (s *Range) summaries(nodes []*node) []scanner.Commit {
	var out []scanner.Commit
	for _, n := range nodes {
		out = append(out, s.summary(n.commit))
	}
	slices.SortStableFunc(out, func(a, b scanner.Commit) int { return a.Date.Compare(b.Date) })
	return out
}
