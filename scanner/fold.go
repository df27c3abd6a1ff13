package scanner

// MaxMatches is the largest number of matches that a detector returns for one text. If
// it returns that many, there may be more.
const MaxMatches = 10_000

// maxEqual is how many equal matches of one text are kept.
const maxEqual = 64

// Fold drops, in place, all but the first few of the matches of one text that
// differ in nothing but their place, and counts them in the Repeats of the last
// one that is kept. A text can repeat one assignment millions of times in a
// pack of a hundred kilobytes. A match that a comment accepts is not equal to
// one that none does, because a key is accepted only if all its places are.
func Fold(matches []Match) []Match {
	if len(matches) <= maxEqual {
		return matches
	}
	type group struct{ kept, last int }
	groups := map[Match]group{}
	allows := map[Allow]*Allow{}
	kept := matches[:0]
	for _, m := range matches {
		same := m
		same.Offset, same.Length, same.Repeats = 0, 0, 0
		if m.Allow != nil {
			allow := *m.Allow
			allow.Line = 0
			if allows[allow] == nil {
				allows[allow] = m.Allow
			}
			same.Allow = allows[allow]
		}
		g := groups[same]
		if g.kept == maxEqual {
			kept[g.last].Repeats += 1 + m.Repeats
			continue
		}
		groups[same] = group{g.kept + 1, len(kept)}
		kept = append(kept, m)
	}
	clear(matches[len(kept):])
	return kept
}
