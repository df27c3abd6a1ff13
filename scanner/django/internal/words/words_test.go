package words_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner/django/internal/words"
)

func TestASetHasItsWordsAndNoComment(t *testing.T) {
	s := words.New("# Clouds.\nAWS\n\n#define\r\nGCP\n")
	for word, want := range map[string]bool{"AWS": true, "GCP": true, "#define": true, "": false, "# Clouds.": false, "aws": false} {
		if s.Has(word) != want || s.HasBytes([]byte(word)) != want {
			t.Errorf("%q: not %v", word, want)
		}
	}
}

// Sorted, so that a doubled word is seen and two people who add words do not
// meet. A comment or an empty line begins another part.
func TestEveryListIsSorted(t *testing.T) {
	lists := 0
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".txt") || !strings.Contains(path, "words/") {
			return err
		}
		lists++
		text, err := os.ReadFile("../../" + path)
		if err != nil {
			return err
		}
		var part []string
		seen := map[string]bool{}
		for n, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
			if line == "" || strings.HasPrefix(line, "# ") {
				part = nil
				continue
			}
			if seen[line] {
				t.Errorf("%s:%d: %q is listed twice", path, n+1, line)
			}
			seen[line] = true
			if part = append(part, line); !slices.IsSorted(part) {
				t.Errorf("%s:%d: %q is out of order", path, n+1, line)
				part = nil
			}
		}
		return nil
	})
	if err != nil || lists == 0 {
		t.Fatalf("%d lists: %v", lists, err)
	}
}
