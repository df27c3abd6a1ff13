package scan

import (
	"strings"
	"testing"
)

func TestAnIDIsAPathWithoutDotsOrControls(t *testing.T) {
	for _, id := range []string{"site", "github.com/example/site", "git.example.org/Team/with..dots", "gitlab.com/" + strings.Repeat("g/", 140) + "x", "münchen/größe", "a b"} {
		if problem := CheckID(id); problem != "" {
			t.Errorf("%q: %s", id, problem)
		}
	}
	for _, id := range []string{"", "..", "a/../b", "./a", "/a", "a/", "a//b", "a\nb", "a\tb", "a\x7fb", "a\u2028b", "a\xffb", " a", "a ", strings.Repeat("x", maxID+1)} {
		if CheckID(id) == "" {
			t.Errorf("%q was taken for a name", id)
		}
	}
}
