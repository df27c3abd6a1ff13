package dossier

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestEachRefIsCountedOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var k scanner.Key
		seen := map[string]bool{}
		for range r.IntN(4) {
			var refs []string
			for range r.IntN(5) {
				refs = append(refs, "refs/tags/"+strings.Repeat("v", r.IntN(6)))
				seen[refs[len(refs)-1]] = true
			}
			if r.IntN(3) > 0 {
				slices.Sort(refs)
			}
			before := slices.Clone(refs)
			k.Occurrences = append(k.Occurrences, scanner.Occurrence{Refs: refs})
			if h := heldBy(&k); h.Tags != len(seen) || !slices.Equal(refs, before) {
				t.Fatalf("%d tags instead of %d in %+v", h.Tags, len(seen), k.Occurrences)
			}
		}
	}
}
