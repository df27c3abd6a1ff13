package policy

import (
	"fmt"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// Error is a mistake in a configuration or baseline: something that its author
// has to change. It never quotes a value, which could be a key in the wrong
// place.
type Error struct {
	File    string // as it was read
	Line    int    // from 1; 0 if it is not known
	Problem string
	Hint    string // the nearest right word, or what to write; may be empty
}

// Error is "file:line: problem; hint".
func (e *Error) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	text := where + ": " + e.Problem
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// isPlainWord reports whether s is short and plain enough to be quoted: no key is.
func isPlainWord(s string) bool {
	if len(s) > 24 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '-' && c != '_' && (c|32 < 'a' || c|32 > 'z') {
			return false
		}
	}
	return s != ""
}

// quoted names s if it is a word.
func quoted(s string) string {
	if isPlainWord(s) {
		return ` "` + s + `"`
	}
	return ""
}

// nearest proposes the word that s was meant to be, or lists all words.
func nearest(s string, words []string) string {
	if near := say.Nearest(s, words); near != "" {
		return `did you mean "` + near + `"?`
	}
	return "it can be " + strings.Join(words, ", ")
}
