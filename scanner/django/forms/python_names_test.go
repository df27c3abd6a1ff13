package forms

import (
	"strings"
	"testing"
)

// A name is followed to its assignment past many uses, but not past any number: in
// a schema of a megabyte, the name of a type is used on every line.
func TestANameIsFollowedPastAThousandUses(t *testing.T) {
	for uses, want := range map[int]bool{0: true, maxUses: true, maxUses + 1: false} {
		text := []byte(strings.Repeat("use(_K)\n", uses) + "_K = 'value'\nSECRET_KEY = _K\n")
		doc := newDocument(thePlan(), text, nil, formatPython)
		if got := doc.bind("_K", 1); got.ok != want {
			t.Errorf("after %d uses: %v", uses, got.ok)
		}
	}
}
