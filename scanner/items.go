package scanner

import "slices"

// An Item is what the history is asked about: one key, found by one rule. The
// same key in SECRET_KEY and in SECRET_KEY_FALLBACKS is two items.
type Item struct {
	Fingerprint Fingerprint
	Rule        string
	InFallbacks bool
}

func itemOf(f *Finding) Item {
	return Item{f.Secret.Fingerprint(), f.Rule, f.Has(InFallbacks)}
}

// Items numbers the items of findings in blobs and says which blob holds which.
func Items(findings []Finding) (items []Item, matched map[ObjectID][]int32) {
	numbers := map[Item]int32{}
	matched = map[ObjectID][]int32{}
	for i := range findings {
		f := &findings[i]
		if f.Kind != File && f.Kind != FileName || f.ID == "" {
			continue
		}
		item := itemOf(f)
		n, ok := numbers[item]
		if !ok {
			n = int32(len(items))
			numbers[item] = n
			items = append(items, item)
		}
		if !slices.Contains(matched[f.ID], n) {
			matched[f.ID] = append(matched[f.ID], n)
		}
	}
	return items, matched
}

// History is what the commits say of the items of an audit.
type History struct {
	Items  []Item
	Places [][]Presence // by item
	// Marks are those of a commit, as in Presence; nil if nobody asked.
	Marks func(ObjectID) uint32
	// Reachable reports whether a commit or tag object is in a ref's history.
	Reachable func(ObjectID) bool
}

// Presence is what the history says of one item at one path.
type Presence struct {
	Path       string
	Blobs      []ObjectID // versions that hold it; one that is at a tip comes first
	Introduced []Commit   // by author date
	Removed    []Commit   // by author date
	Refs       []string   // full names of the refs whose tip holds it here
	Reachable  bool       // a commit that holds it is in some ref's history
	Marks      uint32     // the sets of commits in whose history it is: MarkRemote, …
}

// The sets of commits that an audit asks about.
const (
	MarkRemote uint32 = 1 << iota // what remotes have or had
	MarkReflog                    // what a reflog of this repository remembers
)
