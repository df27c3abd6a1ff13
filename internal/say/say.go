// Package say holds what every part of the program needs to put something into
// words for a person: the nearest of some names, a number with its noun, a word
// that can be pasted into a shell.
package say

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWord is the longest word, in bytes, for which a nearest name is looked for:
// the time to compare two words is the product of their lengths.
const maxWord = 64

// Nearest returns the name that is at most two edits away from word, one if
// word has two or three characters; "" if there is none. Capital letters, and
// underscores in place of hyphens, do not count as edits.
func Nearest(word string, names []string) string {
	if len(word) > maxWord {
		return ""
	}
	best, distance := "", min(3, 1+len(word)/2)
	for _, name := range names {
		if d := edits(folded(word), folded(name)); d < distance {
			best, distance = name, d
		}
	}
	return best
}

// DidYouMean is the hint for a word that is not one of names: the nearest one as a
// question, or otherwise if none is near.
func DidYouMean(word string, names []string, otherwise string) string {
	if near := Nearest(word, names); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// Called writes a line for a shell so that it works where the program is not
// called djleaks, but program: "uvx djleaks" for somebody who has not installed
// it. Only where a command can begin does the word count.
func Called(line, program string) string {
	const name = "djleaks "
	var b strings.Builder
	rest := line
	for {
		i := strings.Index(rest, name)
		if i < 0 {
			return b.String() + rest
		}
		before := strings.TrimRight(rest[:i], " ")
		if before == "" && b.Len() == 0 || strings.HasSuffix(before, "|") || strings.HasSuffix(before, "&&") || strings.HasSuffix(before, "$(") {
			b.WriteString(rest[:i] + program + " ")
		} else {
			b.WriteString(rest[:i] + name)
		}
		rest = rest[i+len(name):]
	}
}

func folded(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "-") }

// edits is how many bytes to insert, delete, replace or swap to make b of a
// (optimal string alignment).
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// Capitalized returns s with its first letter in upper case.
func Capitalized(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// Counted writes a number with its noun: "1 key", "28,874 blobs".
func Counted[N int | int32 | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Thousands writes a number with commas between groups of three digits.
func Thousands[N int | int32 | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Quote makes one word of a POSIX shell out of any string, and leaves it as it
// is where no shell takes a character of it for anything else.
func Quote(s string) string {
	if s != "" && strings.IndexFunc(s, special) < 0 {
		return s
	}
	return SingleQuote(s)
}

func special(c rune) bool {
	return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("@+:,./_-", c))
}

// SingleQuote is Quote for a file that is compared byte by byte, or for a shell
// in which more characters are special: it quotes always.
func SingleQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
