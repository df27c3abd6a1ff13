package value

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// A value that a person typed without thinking, or cut off a generator's, is too
// short or too uneven for the model to call it generated. It still works as a
// key, and nobody would guess it.

// Bounds of what counts as mashed. Of 18,000 made-up phrases of common English
// words and names 0.3 % do.
const (
	minMashed      = 10   // bytes
	mashedBits     = 10.0 // score as it is written
	mashedLeet     = 10.0 // with digits read as letters
	mashedMean     = 5.4  // cost of a letter for a human writer; English words cost 4
	mashedWord     = 5.9  // the same if all digits are at the end: a word of a language unknown to the model
	mashedMeanLeet = 5.0
	mixedLeet      = 8.0  // where all kinds of characters are mixed
	plainlyMashed  = 26.0 // both scores, whatever the letters cost
	mashedSpoken   = 6.5  // cost of a letter of what can be spoken: words of languages that the model has not read
)

// isMashed recognises such a value.
func isMashed(v string) bool {
	if len(v) < minMashed || len(v) > maxJudged || distinctBytes(v) < 6 || strings.Contains(v, " ") {
		return false
	}
	plain, leet := theModel().read([]byte(v))
	if plain.bits < mashedBits || leet.bits < mixedLeet || holdsCommonWord(v) {
		return false
	}
	return isMixed(v) || isUnreadable(v, leet.bits)
}

// isUnreadable reports whether the letters of a value are those of no word; leet
// is its score in bits with digits read as letters.
func isUnreadable(v string, leet float64) bool {
	letters, mean := fold(v), mashedMean
	if isSpoken(v) && min(theModel().letterCost(letters), theModel().letterCost(unleet(letters))) < mashedSpoken {
		return false
	}
	if leet >= plainlyMashed {
		return true
	}
	if strings.IndexByte(digits, letters[0]) < 0 && !strings.ContainsAny(strings.TrimRight(letters, digits), digits) {
		mean = mashedWord
	}
	return leet >= mashedLeet && theModel().letterCost(letters) >= mean && theModel().letterCost(unleet(letters)) >= mashedMeanLeet
}

const digits = "0123456789"

// isSpoken reports whether the letters of a value could be spoken: vowels are never
// far, no digit is between them, and capitals begin words if they do not fill them. Of phrases of foreign words that
// the costs alone took for mashed 70 % are so, of drawn and mashed letters at most 7 %.
func isSpoken(v string) bool {
	vowels, letters, capitals, consonants := 0, 0, 0, 0
	for i := range len(strings.TrimRight(v, digits+"!#$%&*+-_.?")) {
		c := v[i]
		if ascii.IsUpper(c) {
			capitals++
			c |= 32
		}
		switch {
		case ascii.IsDigit(c):
			return false
		case !ascii.IsLower(c):
			consonants = 0
			continue
		case strings.IndexByte("aeiouy", c) >= 0:
			vowels, consonants = vowels+1, 0
		default:
			if consonants++; consonants > 3 {
				return false
			}
		}
		letters++
	}
	return letters > 0 && 5*vowels >= letters && (capitals == letters || 3*capitals <= letters)
}

// letterCost is the mean cost of the letters of s for a human writer, in bits.
func (m *model) letterCost(s string) float64 {
	var buf [maxJudged]byte
	var cost costs
	n := copy(buf[:], s)
	m.human(buf[:n], &cost)
	sum, letters := 0.0, 0
	for i, c := range buf[:n] {
		if ascii.IsLetter(c) {
			sum += cost[i]
			letters++
		}
	}
	if letters == 0 {
		return 0
	}
	return sum / float64(letters)
}

// isMixed reports whether a value has capital and small letters, and three or
// more of each of digits and signs.
func isMixed(v string) bool {
	upper, lower, digits, signs := 0, 0, 0, 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case ascii.IsUpper(c):
			upper++
		case ascii.IsLower(c):
			lower++
		case ascii.IsDigit(c):
			digits++
		case c != '-' && c != '_' && c != '.':
			signs++
		}
	}
	return upper > 0 && lower > 0 && digits > 2 && signs > 2
}

// holdsCommonWord reports whether a value has a word in it that people make keys
// of, also where digits stand for letters.
func holdsCommonWord(v string) bool {
	whole := fold(v)
	other := unleet(whole)
	for _, w := range commonWords() {
		if strings.Contains(whole, w) || strings.Contains(other, w) {
			return true
		}
	}
	return false
}
