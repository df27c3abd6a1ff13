package value

import (
	"encoding/base64"
	"math"
	"sync"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// The model tells a generated key from human text by asking which of two
// writers is likelier: a generator that draws every character of an alphabet
// alike, or a person who writes words. The person is a first-order Markov chain
// over 30 classes of characters, trained on word lists of six languages and on
// identifiers; runs and repetitions cost it nothing. The score of a text is the
// logarithm (base 2) of the quotient of both likelihoods, for the segment and
// the generator where it is highest.
//
// Shannon's entropy, which is what scanners use, was tried: it cannot tell a
// key in hexadecimal from a sentence, and at a threshold that misses one key in
// a thousand it takes a third of all human passphrases of that length for keys.

const (
	charClasses = 30 // letters, digit, separator, other, boundary
	classDigit  = 26
	classSep    = 27 // space, _, -, .
	classOther  = 28
	classStart  = 29

	costSep        = 2.0  // bits for which of the four separators it is
	costUpperFirst = 3.3  // bits for a first letter in upper case
	costLowerFirst = 0.15 // … in lower case
	costSameCase   = 0.073
	costOtherCase  = 4.34
	costRun        = 0.5 // at most, for a character that continues aaa, abc, 321 or a1b2c3
	costRepeat     = 0.3 // at most, for one of three or more that were 1 to 32 places before
	repeatLags     = 32
	costLeet       = 1.0 // for each digit or sign that is read as a letter

	// A value is generated if its score is at least randomBits, and at least
	// leetBits when it is read as leet. Chosen so that of 100,000 keys of
	// Django's generator one is missed and none of 78,000 words, identifiers and
	// placeholders is taken.
	randomBits = 40.0
	leetBits   = 12.0

	// MinRandom is the length, in bytes, below which no value is called
	// generated: 40 bits take 17 characters of Django's alphabet.
	MinRandom = 16
	// maxJudged is how many bytes of a value the model looks at.
	maxJudged = 512
)

// A generator draws from an alphabet, each character alike.
var generators = [...]struct {
	name string
	size int
	has  func(c byte) bool
}{
	{"Django's 50 symbols", 50, func(c byte) bool { return ascii.IsLower(c) || ascii.IsDigit(c) || isDjangoSign(c) }},
	{"hexadecimal digits", 16, func(c byte) bool { return ascii.IsDigit(c) || c >= 'a' && c <= 'f' }},
	{"hexadecimal digits", 16, func(c byte) bool { return ascii.IsDigit(c) || c >= 'A' && c <= 'F' }},
	{"lower-case letters and digits", 36, func(c byte) bool { return ascii.IsLower(c) || ascii.IsDigit(c) }},
	{"letters and digits", 62, ascii.IsAlnum},
	{"base64", 64, func(c byte) bool { return ascii.IsAlnum(c) || c == '+' || c == '/' || c == '=' }},
	{"URL-safe base64", 64, func(c byte) bool { return ascii.IsAlnum(c) || c == '-' || c == '_' || c == '=' }},
	{"printable ASCII", 95, func(c byte) bool { return c >= ' ' && c <= '~' }},
}

// isDjangoSign recognises the signs of Django's alphabet (chars in
// django/core/management/utils.py, get_random_secret_key).
func isDjangoSign(c byte) bool {
	switch c {
	case '!', '@', '#', '$', '%', '^', '&', '*', '(', '-', '_', '=', '+', ')':
		return true
	}
	return false
}

// model is the decoded tables.
type model struct {
	bits   [charClasses][charClasses]float64 // cost of a class after a class
	class  [256]uint8
	member [256]uint8 // bit k: generators[k] can draw the character
	gain   [len(generators)]float64
	leet   [256]byte
	key    [256]uint8 // see keyPlaces
}

// chain is the chain's table: 30 × 30 bytes, row = class before, column =
// class, in eighths of a bit.
const chain = "" +
	"QygiIUs4KUgmUDUaIRtaKlMZHBcuMD47NkI2KTUqFSwnNRo7RE4gJk4YO0IfNVgkKTgbWExWJEUvJyYsGUgyPRpASxomXh4hOEoTPk4mNBopQktjO2M2JzErIDk9LBI5PEcZTFApQT0fPl0uKDUmR0" +
	"dVOFk2EywYJzwkITIvNUc3UkooKx0+LzgYFCFCNjknOUQ/GjEdHUM3MiEfQFMSXFQkRT8VR1seMCoiXUhrN2EtHC0rJUM7QRFFLSohXlcoOCYqQWMhITAkRUlgREU5Fy0WFEVFQBBETUocaEo0NzoX" +
	"TV8oMyQsVUZjOlhAGTMgKS8iJiUuKFxFVEQfJRAdK0goGxtPLWY0bS5TOUMyGGpMRg5XalAoRjRXV1AXLWpXJlcWV2pMQ1clJC4gJDo6OA89Mz0dS0omRCsxOU4zIC8xSytoN1o+FC8YGjo8JxE4Rk" +
	"MXa0UdQUIaNmRDKiQnQk5nKFBKITUkFShFORBJUE0ef0kwJzwaGWZGKjQmV1B2NGVCITMjH0MiHBwuGkElUTQ1Qi0eOU9EIBgvMExdQElAGzAhMS4kITstMEs2UzQmIRMnJVUWJSIhMis9R0RDJDkn" +
	"FUg6OhY+SDIid0AdR0scJFkaLh4rQkh3InM4Iy8nTFVLQEtZUlJDbGweUjo7PDs3MEwDbEpObFk9KSooGj0vLhI7LEocXzo2LSwcOl0mIiIsOEFfLldJHS8dLEsrRhpBPisiZjs1Oj4qKkFDIQ8oS0" +
	"JaMl1FGy0VIUYzOxA6TSAcbE45O0UkNWgiKCssT0FKLklBEzIfKyUqMR8vLVUlVk0aIRY1IGIZGxlJTF5GWUlIO0g9D05AUQlAVFEZb3xWOUgmQnxAQUdERk1QUF4uLDgtF0Q7Mh5AUCIQez8yQSMd" +
	"RVYcJEBHUS1GVF47HS4lJUYaPSA/Vj4eZ1w5LEY4GVw+OBNBT0kwLFEjGCIeNDcuNSg3QkgtXU8tLCQvGlc4Hhw6PjNLTkA8ESgSGUlIPQtQTUIWcEw0NT8iPVpKOzoqVz9QNCcyKikaNTU5NTY2WF" +
	"VPSmRQTlFOO2ZWRUFYZlQ1XF4IFxgXICcfJSUhLi8hRDopJiUmJEQmHiAvMypARUMkJCIqKS0xLjYuRD0zREc6ODc/M0ctIS44Qzs0QkYcEw4ZIScfJCYmKismPTkrJiouIkMkHRQtNDA/RkAzISh/"

var theModel = sync.OnceValue(func() *model {
	raw, err := base64.StdEncoding.DecodeString(chain)
	if err != nil || len(raw) != charClasses*charClasses {
		panic("django: the model's table is damaged")
	}
	m := &model{key: keyPlaces()}
	emit := [charClasses]float64{classDigit: math.Log2(10), classSep: costSep, classOther: math.Log2(28)}
	for i, b := range raw {
		m.bits[i/charClasses][i%charClasses] = float64(b)/8 + emit[i%charClasses]
	}
	for c := range 256 {
		m.class[c] = charClass(byte(c))
		for k, g := range generators {
			if g.has(byte(c)) {
				m.member[c] |= 1 << k
			}
		}
	}
	for k, g := range generators {
		m.gain[k] = math.Log2(float64(g.size))
	}
	for i := 0; i < len(leetFrom); i++ {
		m.leet[leetFrom[i]] = leetTo[i]
	}
	return m
})

// Signs that people write for letters.
const (
	leetFrom = "431057@$!98"
	leetTo   = "aeiostasigb"
)

func charClass(c byte) uint8 {
	switch {
	case ascii.IsLetter(c):
		return c | 32 - 'a'
	case ascii.IsDigit(c):
		return classDigit
	case c == ' ' || c == '_' || c == '-' || c == '.':
		return classSep
	}
	return classOther
}

// score is the best segment of a text: its score in bits, its bounds, and the
// generator that explains it best.
type score struct {
	bits      float64
	from, to  int
	generator int
}

// costs is the price in bits of every character for a human writer.
type costs [maxJudged]float64

// caseCosts is the cost of a letter's case after that of the letter before: 0
// for none, 1 for lower, 2 for upper case.
var caseCosts = [3][3]float64{
	{0, costLowerFirst, costUpperFirst},
	{0, costSameCase, costOtherCase},
	{0, costOtherCase, costSameCase},
}

// human fills out with the cost of each byte of s, which has at most maxJudged.
func (m *model) human(s []byte, out *costs) {
	before, caseSeen := uint8(classStart), uint8(0) // 1: lower, 2: upper
	for i, c := range s {
		class := m.class[c]
		bits := m.bits[before][class]
		if class < classDigit {
			letterCase := uint8(1)
			if ascii.IsUpper(c) {
				letterCase = 2
			}
			bits += caseCosts[caseSeen][letterCase]
			caseSeen = letterCase
		}
		out[i], before = bits, class
	}
	for i := 2; i < len(s); i++ {
		d := int(s[i]) - int(s[i-1])
		if d >= -1 && d <= 1 && d == int(s[i-1])-int(s[i-2]) {
			out[i] = min(out[i], costRun)
		}
	}
	for i := 4; i < len(s); i++ {
		if s[i]-s[i-2] == 1 && s[i-1]-s[i-3] == 1 && s[i-2]-s[i-4] == 1 {
			out[i] = min(out[i], costRun)
		}
	}
	m.cheapKeyRuns(s, out)
	m.cheapRepeats(s, out)
}

// keyRows are the keys of a keyboard from left to right, without and with shift.
var keyRows = [...][2]string{
	{"`1234567890-=", "~!@#$%^&*()_+"},
	{"qwertyuiop[]\\", "QWERTYUIOP{}|"},
	{"asdfghjkl;'", "ASDFGHJKL:\""},
	{"zxcvbnm,./", "ZXCVBNM<>?"},
}

// keyPlaces tells for each character where its key is: 32 to a row, 0 for one
// that has none.
func keyPlaces() (at [256]uint8) {
	for row, keys := range keyRows {
		for _, half := range keys {
			for column := range len(half) {
				at[half[column]] = uint8(32*row + column + 1)
			}
		}
	}
	return at
}

// cheapKeyRuns lowers the cost of characters whose keys follow three others in
// one direction: asdf, 0987, and of two to five such runs that take turns, as
// 1q2w3e, qazwsx or 1qaz2wsx. Shorter runs are left alone: a generator draws them too.
func (m *model) cheapKeyRuns(s []byte, out *costs) {
	run, last := 0, uint8(0)
	for i := 1; i < len(s); i++ {
		step := m.key[s[i]] - m.key[s[i-1]]
		switch {
		case m.key[s[i]] == 0 || m.key[s[i-1]] == 0 || step != 1 && step != 0xff:
			run = 0
		case step == last:
			run++
		default:
			run = 1
		}
		if last = step; run >= 3 {
			out[i] = min(out[i], costRun)
		}
		if m.takesTurns(s, i) {
			out[i] = min(out[i], costRun)
		}
	}
}

// takesTurns reports whether the character at i goes on with one of two to five
// runs of keys that take turns.
func (m *model) takesTurns(s []byte, i int) bool {
	for lag := 3; lag <= 5 && i > lag; lag++ {
		if m.isRight(s[i-lag], s[i]) && m.isRight(s[i-lag-1], s[i-1]) {
			return true
		}
	}
	return i >= 4 && m.isRight(s[i-2], s[i]) && m.isRight(s[i-3], s[i-1]) && m.isRight(s[i-4], s[i-2])
}

// isRight reports whether the key of b is next to that of a, on the right.
func (m *model) isRight(a, b byte) bool { return m.key[a] != 0 && m.key[b] == m.key[a]+1 }

// cheapRepeats lowers the cost of characters that repeat earlier ones. For each
// character it keeps the places where it was before as bits, counted back from
// the last one, so that all lags are compared at once.
func (m *model) cheapRepeats(s []byte, out *costs) {
	const lags = 1<<(repeatLags+1) - 2 // bit n: the same character was n places before
	var places [256]uint64
	var last [256]uint16
	var before, before2 uint64
	for i, c := range s {
		if ascii.IsUpper(c) {
			c |= 32
		}
		same := places[c] << (uint16(i) - last[c])
		places[c], last[c] = same|1, uint16(i)
		same &= lags
		if same&before&before2 != 0 {
			out[i] = min(out[i], costRepeat)
		}
		before, before2 = same, before
	}
}

// best finds the segment that a generator explains best, or the first one that
// reaches enough bits.
func (m *model) best(s []byte, cost *costs, enough float64) (r score) {
	for k := range generators {
		sum, from := 0.0, 0
		bit := uint8(1) << k
		for i, c := range s {
			if m.member[c]&bit == 0 {
				sum, from = 0, i+1
				continue
			}
			gain := cost[i] - m.gain[k]
			if sum <= 0 {
				sum, from = gain, i
			} else {
				sum += gain
			}
			if sum > r.bits {
				r = score{sum, from, i + 1, k}
				if sum >= enough {
					return r
				}
			}
		}
	}
	return r
}

// read scores a text as it is written (plain) and with digits and signs beside
// letters read as letters (leet).
func (m *model) read(s []byte) (plain, leet score) {
	s = s[:min(len(s), maxJudged)]
	var cost costs
	m.human(s, &cost)
	return m.best(s, &cost, math.Inf(1)), m.readLeet(s, &cost, math.Inf(1))
}

// plain is the first score of read.
func (m *model) plain(s []byte) score {
	s = s[:min(len(s), maxJudged)]
	var cost costs
	m.human(s, &cost)
	return m.best(s, &cost, math.Inf(1))
}

// readLeet scores with the lower cost of both readings for every character.
func (m *model) readLeet(s []byte, cost *costs, enough float64) score {
	var buf [maxJudged]byte
	var other costs
	t := buf[:len(s)]
	for i, c := range s {
		t[i] = c
		if m.leet[c] != 0 && (i > 0 && (ascii.IsLetter(s[i-1]) || t[i-1] != s[i-1]) || i+1 < len(s) && ascii.IsLetter(s[i+1])) {
			t[i] = m.leet[c]
		}
	}
	m.human(t, &other)
	for i, c := range s {
		if t[i] != c {
			other[i] += costLeet
		}
		other[i] = min(other[i], cost[i])
	}
	return m.best(s, &other, enough)
}

// IsRandom reports whether a value was drawn by a generator. A UUID counts,
// whose fixed digits and dashes the model holds against it.
func IsRandom(value string) bool {
	if len(value) < MinRandom {
		return false
	}
	if isUUID(value) || isRawBytes(value) {
		return true
	}
	m := theModel()
	var buf [maxJudged]byte
	var cost costs
	s := buf[:copy(buf[:], value)]
	m.human(s, &cost)
	return m.best(s, &cost, randomBits).bits >= randomBits &&
		(onlyHex(value) || m.readLeet(s, &cost, leetBits).bits >= leetBits)
}

// drawn reports whether a value of Django's shape was drawn: the shape leaves
// so few leet sentences that the second score is not needed.
func (m *model) drawn(value string) bool {
	var buf [maxJudged]byte
	var cost costs
	s := buf[:copy(buf[:], value)]
	m.human(s, &cost)
	return m.best(s, &cost, randomBits).bits >= randomBits
}

func onlyHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if !ascii.IsHex(s[i]) && s[i] != '-' {
			return false
		}
	}
	return true
}

// isRawBytes recognises the bytes of os.urandom as a literal, which Flask's
// documentation long recommended: nobody types control characters.
func isRawBytes(s string) bool {
	n, control, high := 0, 0, 0
	for _, c := range s {
		n++
		switch {
		case c == '\t' || c == '\n' || c == '\r':
		case c < ' ' || c >= 0x7f && c < 0xa0:
			control++
		case c >= 0xa0: // and what is not UTF-8
			high++
		}
	}
	return control >= 2 && (control+high)*4 >= n
}

// isUUID recognises 8-4-4-4-12 hexadecimal digits, unless they are nearly all the
// same.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && !ascii.IsHex(s[i]) {
			return false
		}
	}
	return distinctBytes(s) >= 9
}

// distinctBytes counts the different bytes of s.
func distinctBytes(s string) (n int) {
	var seen [256]bool
	for i := 0; i < len(s); i++ {
		if !seen[s[i]] {
			seen[s[i]] = true
			n++
		}
	}
	return n
}
