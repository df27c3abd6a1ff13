package policy

import (
	"fmt"
	"strings"
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

// wordy reports whether s is short and plain enough to be quoted: no key is.
func wordy(s string) bool {
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
	if wordy(s) {
		return ` "` + s + `"`
	}
	return ""
}

// nearest proposes the word that s was meant to be, or lists all words.
func nearest(s string, words []string) string {
	best, least := "", 1+len(s)/2
	for _, w := range words {
		if d := distance(normal(s), normal(w)); d < least {
			best, least = w, d
		}
	}
	if best != "" {
		return `did you mean "` + best + `"?`
	}
	return "it can be " + strings.Join(words, ", ")
}

func normal(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "-") }

// distance is the number of characters to insert, delete, replace or swap
// between two words.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
