package django_test

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

func findAll(text string) []scanner.Match {
	d := django.New()
	return d.Find([]byte(text), d.Anchors().Append(nil, []byte(text), 0, len(text)))
}

// A text that repeats one assignment must not cost a match for each.
func TestARepeatedAssignmentIsFolded(t *testing.T) {
	const n = 50_000
	text := strings.Repeat("SECRET_KEY: YWJj\n", n)
	found := findAll(text)
	places := 0
	for _, m := range found {
		places += 1 + m.Repeats
	}
	if len(found) > 5000 || places != n {
		t.Errorf("%d matches for %d places, want %d places", len(found), places, n)
	}
}

func TestAKeyAmongRepeatedAssignmentsIsFound(t *testing.T) {
	key := testkit.Key(1)
	noise := strings.Repeat("SECRET_KEY: YWJj\n", 20_000)
	for name, text := range map[string]string{
		"at the end":       noise + "SECRET_KEY: " + key + "\n",
		"in the middle":    noise + "SECRET_KEY: " + key + "\n" + noise,
		"not accepted":     strings.Repeat("SECRET_KEY: "+key+" # djleaks: allow[test]\n", 20_000) + "SECRET_KEY: " + key + "\n" + noise,
		"at the beginning": "SECRET_KEY: " + key + "\n" + noise,
	} {
		open := false
		for _, m := range findAll(text) {
			open = open || m.Secret.Reveal() == key && m.Allow == nil
		}
		if !open {
			t.Errorf("%s: the key is not found, or counts as accepted", name)
		}
	}
}

func TestManyDifferentMatchesAreCutOff(t *testing.T) {
	var text strings.Builder
	for i := range 40_000 {
		text.WriteString("SECRET_KEY: " + strings.Repeat("ab", i%50) + "c" + strings.Repeat("de", i/50%50) + "f" + strings.Repeat("gh", i/2500) + "\n")
	}
	if n := len(findAll(text.String())); n != scanner.MaxMatches {
		t.Errorf("%d matches, want %d", n, scanner.MaxMatches)
	}
}
