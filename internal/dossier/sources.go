package dossier

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// likeness names what two places have in common, so that one of them is likely
// to come from the other.
type likeness func(*scanner.Occurrence) []string

// likenesses are from the surest to none at all. A commit that moves a folder
// changes the beginning of its paths and keeps their ends.
var likenesses = []likeness{
	blobs,
	func(o *scanner.Occurrence) []string { return []string{tail(o.Path, 3)} },
	func(o *scanner.Occurrence) []string { return []string{tail(o.Path, 2)} },
	func(o *scanner.Occurrence) []string { return []string{path.Base(o.Path) + "\x00" + o.Name} },
	func(o *scanner.Occurrence) []string { return []string{path.Base(o.Path)} },
	func(o *scanner.Occurrence) []string { return []string{o.Name} },
	func(*scanner.Occurrence) []string { return []string{""} },
}

// sources finds where the places that a commit adds have the key from: renames
// from another setting of the same file, moves from a place that the commit
// removes, each used once, and copies from one that is there. A fallback has no
// source, and is not the source of a move.
func (c *commitChanges) sources(there map[*scanner.Occurrence]int) (renames, moves, copies map[*scanner.Occurrence]*scanner.Occurrence) {
	var added, gone []*scanner.Occurrence
	for _, o := range c.added {
		if !inFallbacks(o) {
			added = append(added, o)
		}
	}
	for _, o := range c.removed {
		if !inFallbacks(o) {
			gone = append(gone, o)
		}
	}
	renames = sameFile(added, gone)
	added = slices.DeleteFunc(added, func(o *scanner.Occurrence) bool { return renames[o] != nil })
	for _, o := range renames {
		gone = slices.DeleteFunc(gone, func(g *scanner.Occurrence) bool { return g == o })
	}
	moves = pair(added, gone, true)
	added = slices.DeleteFunc(added, func(o *scanner.Occurrence) bool { return moves[o] != nil })
	if len(added) == 0 {
		return renames, moves, nil
	}
	held := make([]*scanner.Occurrence, 0, len(there))
	for o := range there {
		held = append(held, o)
	}
	slices.SortFunc(held, byPlace)
	return renames, moves, pair(added, held, false)
}

// sameFile gives places the ones of the same file that a commit removes, each
// used once.
func sameFile(places, gone []*scanner.Occurrence) map[*scanner.Occurrence]*scanner.Occurrence {
	of := map[*scanner.Occurrence]*scanner.Occurrence{}
	byPath := map[string][]*scanner.Occurrence{}
	for _, g := range gone {
		byPath[g.Path] = append(byPath[g.Path], g)
	}
	for _, p := range places {
		if left := byPath[p.Path]; len(left) > 0 {
			of[p], byPath[p.Path] = left[0], left[1:]
		}
	}
	return of
}

// pair gives places the source they are most like, the surest pairs first. A
// source is in another file; of equal ones it is the first. With once, no two
// places share one.
func pair(places, sources []*scanner.Occurrence, once bool) map[*scanner.Occurrence]*scanner.Occurrence {
	of := map[*scanner.Occurrence]*scanner.Occurrence{}
	for _, alike := range likenesses {
		if len(of) == len(places) || len(sources) == 0 {
			break
		}
		index := map[string][]*scanner.Occurrence{}
		for _, s := range sources {
			for _, have := range alike(s) {
				index[have] = append(index[have], s)
			}
		}
		used := map[*scanner.Occurrence]bool{}
		for _, p := range places {
			if of[p] == nil {
				of[p] = firstElsewhere(p, alike(p), index, used)
			}
			if of[p] == nil {
				delete(of, p)
			} else if once {
				used[of[p]] = true
			}
		}
		sources = slices.DeleteFunc(slices.Clone(sources), func(s *scanner.Occurrence) bool { return used[s] })
	}
	return of
}

// firstElsewhere is the first unused place of index under one of have that is
// in another file than p; nil if there is none. The used ones before it are
// dropped from index.
func firstElsewhere(p *scanner.Occurrence, have []string, index map[string][]*scanner.Occurrence, used map[*scanner.Occurrence]bool) *scanner.Occurrence {
	for _, h := range have {
		for len(index[h]) > 0 && used[index[h][0]] {
			index[h] = index[h][1:]
		}
		for _, s := range index[h] {
			if !used[s] && s.Path != p.Path && s.Path != "" {
				return s
			}
		}
	}
	return nil
}

func byPlace(a, b *scanner.Occurrence) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Name, b.Name), cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column), strings.Compare(a.Blob, b.Blob), strings.Compare(string(a.Form), string(b.Form)))
}

// blobs are the versions of a file that hold the key.
func blobs(o *scanner.Occurrence) []string {
	out := make([]string, 0, len(o.Versions)+1)
	for _, v := range o.Versions {
		out = append(out, v.Blob)
	}
	if o.Blob != "" && len(out) == 0 {
		out = append(out, o.Blob)
	}
	return out
}

// tail is the last n elements of a path; all of it if it has fewer.
func tail(path string, n int) string {
	at := len(path)
	for ; n > 0; n-- {
		if at = strings.LastIndexByte(path[:at], '/'); at < 0 {
			return path
		}
	}
	return path[at+1:]
}
