package dossier

import (
	"cmp"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// maxChanges is how many changes of one key its timeline lists.
const maxChanges = 500

// site is a setting of a file: where one key takes the place of another.
type site struct{ path, name string }

// timelines gives each key its dossier with timeline and lineage, which depend
// on each other: what one key loses another one may get.
func timelines(keys []*scanner.Key) {
	arrivals := map[string]map[site][]scanner.Fingerprint{} // by commit
	for _, k := range keys {
		k.Dossier = &scanner.Dossier{}
		arrive(k, arrivals)
	}
	replaces := map[scanner.Fingerprint]scanner.Fingerprint{}
	for _, k := range keys {
		k.Timeline = changes(k, arrivals)
		for _, c := range k.Timeline {
			if c.By != "" {
				k.Lineage.ReplacedBy = c.By
				if replaces[c.By] == "" {
					replaces[c.By] = k.Fingerprint
				}
			}
		}
		if n := len(k.Timeline) - maxChanges; n > 0 {
			k.Timeline, k.MoreChanges = k.Timeline[:maxChanges], n
		}
	}
	for _, k := range keys {
		k.Lineage.Replaces = replaces[k.Fingerprint]
		k.Lineage.SameSymbols = k.SameSymbols()
	}
}

// arrive notes which commits bring a key to which settings.
func arrive(k *scanner.Key, arrivals map[string]map[site][]scanner.Fingerprint) {
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		if inFallbacks(o) {
			continue
		}
		at := site{o.Path, o.Name}
		for _, c := range o.Introduced {
			if arrivals[c.Commit] == nil {
				arrivals[c.Commit] = map[site][]scanner.Fingerprint{}
			}
			arrivals[c.Commit][at] = append(arrivals[c.Commit][at], k.Fingerprint)
		}
	}
}

// commitChanges is what one commit does to a key.
type commitChanges struct {
	commit         scanner.Commit
	added, removed []*scanner.Occurrence
}

// changes tells the life of a key, one entry for each path that a commit
// changes.
func changes(k *scanner.Key, arrivals map[string]map[site][]scanner.Fingerprint) []scanner.Change {
	out := []scanner.Change{}
	there := map[*scanner.Occurrence]int{} // how often it came less how often it went
	for _, c := range byCommit(k) {
		out = append(out, c.changes(k.Fingerprint, there, arrivals[c.commit.Commit])...)
		for _, o := range c.added {
			there[o]++
		}
		for _, o := range c.removed {
			if there[o]--; there[o] <= 0 {
				delete(there, o)
			}
		}
	}
	return out
}

// byCommit sorts what happened to a key by author date, where commits of one
// second go by their names.
func byCommit(k *scanner.Key) []*commitChanges {
	all := map[string]*commitChanges{}
	of := func(c scanner.Commit) *commitChanges {
		if all[c.Commit] == nil {
			all[c.Commit] = &commitChanges{commit: c}
		}
		return all[c.Commit]
	}
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		for _, c := range o.Introduced {
			of(c).added = append(of(c).added, o)
		}
		for _, c := range o.Removed {
			of(c).removed = append(of(c).removed, o)
		}
	}
	out := make([]*commitChanges, 0, len(all))
	for _, c := range all {
		byPath := func(a, b *scanner.Occurrence) int { return strings.Compare(a.Path, b.Path) }
		slices.SortStableFunc(c.added, byPath)
		slices.SortStableFunc(c.removed, byPath)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *commitChanges) int {
		return cmp.Or(a.commit.Date.Compare(b.commit.Date), strings.Compare(a.commit.Commit, b.commit.Commit))
	})
	return out
}

func (c *commitChanges) changes(self scanner.Fingerprint, there map[*scanner.Occurrence]int, arrivals map[site][]scanner.Fingerprint) []scanner.Change {
	var out []scanner.Change
	change := func(kind scanner.ChangeKind, o *scanner.Occurrence) *scanner.Change {
		out = append(out, scanner.Change{Kind: kind, Commit: c.commit, Path: o.Path})
		return &out[len(out)-1]
	}
	renames, moves, copies := c.sources(there)
	left := map[*scanner.Occurrence]bool{}
	for _, o := range c.added {
		switch {
		case inFallbacks(o):
			change(scanner.ChangeFallback, o)
		case renames[o] != nil:
			change(scanner.ChangeRenamed, o)
			left[renames[o]] = true
		case moves[o] != nil:
			change(scanner.ChangeMoved, o).From = moves[o].Path
			left[moves[o]] = true
		case copies[o] != nil:
			change(scanner.ChangeCopied, o).From = copies[o].Path
		default:
			change(scanner.ChangeIntroduced, o)
		}
	}
	for _, o := range c.removed {
		if left[o] {
			continue
		}
		if by := successor(arrivals[site{o.Path, o.Name}], self); by != "" && !inFallbacks(o) {
			change(scanner.ChangeReplaced, o).By = by
		} else {
			change(scanner.ChangeRemoved, o)
		}
	}
	return out
}

// successor is the key that a commit puts into the place of another one.
func successor(keys []scanner.Fingerprint, self scanner.Fingerprint) scanner.Fingerprint {
	for _, k := range keys {
		if k != self {
			return k
		}
	}
	return ""
}
