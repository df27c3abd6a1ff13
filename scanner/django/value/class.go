package value

import (
	"crypto/sha256"
	"encoding/binary"
	"html"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// Class is what a value is, finer than scanner.Class.
type Class uint8

// The value classes. The order is that of surety: of several readings of a
// value the one with the lowest class is taken.
const (
	Insecure    Class = iota // startproject's prefix and 50 random symbols
	Django                   // 50 random symbols of Django's alphabet
	Random                   // another generator's
	Mashed                   // typed at random: short or uneven, but nobody would guess it
	Public                   // printed in documentation
	MadeUp                   // made up by a person
	Repetitive               // long, but periodic, a sequence or of few characters
	Dummy                    // says that it is for tests, development or builds
	Placeholder              // asks to be replaced
	Masked                   // ****, [REDACTED]: no value
	Reference                // ${X}, {{ x }}, a path: no value
	Empty                    // nothing
)

// Reported is the public class of a value; empty for one that is not a key.
func (v Class) Reported() scanner.Class {
	switch v {
	case Insecure:
		return scanner.ClassDjangoInsecure
	case Django:
		return scanner.ClassDjango
	case Random, Mashed:
		return scanner.ClassRandom
	case Public:
		return scanner.ClassPublic
	case MadeUp, Repetitive:
		return scanner.ClassWeak
	case Dummy, Placeholder:
		return scanner.ClassPlaceholder
	}
	return ""
}

// Properties of Django's generator (get_random_secret_key). The bounds on
// signs and distinct characters miss one key in 100,000.
const (
	DjangoLength      = 50 // in bytes, without startproject's prefix
	djangoMinSigns    = 2
	djangoMinDistinct = 20
)

// Classify judges a value; name is the setting's, as written, or empty.
func Classify(value, name string) Class {
	if len(value) == 0 || len(value) > maxJudged {
		return Empty
	}
	return judged.of(value, name, classify)
}

func classify(value, name string) Class {
	if v, ok := DjangoShape(value); ok {
		return v
	}
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return Empty
	case isReference(value, name), isToken(value):
		return Reference
	case inBrackets(value) && (strings.Contains(value, " ") || !IsRandom(value[1:len(value)-1])):
		return bracketClass(value)
	case isMasked(value):
		return Masked
	case isPublic(value):
		return Public
	case isPattern(value):
		return Reference
	case IsRandom(value):
		return Random
	}
	return humanClass(value)
}

// bracketClass judges <your key>, [SECRET_KEY], {secret}: a field that something
// fills in, or a hint to a reader. Blanks make it a description, whatever its
// letters.
func bracketClass(v string) Class {
	if v[0] == '<' && strings.Contains(v, " ") && fold(v) != "" || asksForReplacement(v) || isDummy(v) || isAboutKeys(v) {
		return Placeholder
	}
	return Reference
}

// DjangoShape recognises a key that Django made, with or without startproject's
// prefix. Old versions wrote the key through a template that turned & into
// &amp;, so the shape is looked for in the unescaped text; the key itself is
// what is in the source.
func DjangoShape(value string) (Class, bool) {
	tail, insecure := strings.CutPrefix(value, scanner.InsecurePrefix)
	if len(tail) > DjangoLength && strings.Contains(tail, "&") {
		tail = html.UnescapeString(tail)
	}
	if len(tail) != DjangoLength {
		return 0, false
	}
	signs := 0
	for i := 0; i < len(tail); i++ {
		c := tail[i]
		switch {
		case ascii.IsLower(c) || ascii.IsDigit(c) || c == '-' || c == '_':
		case isDjangoSign(c):
			signs++
		default:
			return 0, false
		}
	}
	if signs < djangoMinSigns || distinctBytes(tail) < djangoMinDistinct || !theModel().drawn(tail) {
		return 0, false
	}
	if insecure {
		return Insecure, true
	}
	return Django, true
}

// publicKeys are the first eight bytes of the SHA-256 of keys that the
// documentation of Flask, FastAPI and Starlette prints and that hundreds of projects have
// copied. Of keys with escapes each evaluation is listed.
var publicKeys = [...]uint64{
	0x862d0bc611228d2d,
	0xca32f86ce10b8435,
	0x9d0f4f5072c13dbd,
	0xe06a65faf6a10f8f,
	0x2598f7d6adc142d8,
	0x570dad43de1af4c9,
	0xeefbd4136387e762,
	0x7d32ba218501cf10,
	0x683d1960339e539b,
	0xf19c660607310b97,
	0x9cb335cb7b5fb805,
}

func isPublic(value string) bool {
	// Documentation quotes keys in Python, also where no Python is read.
	if value[0] == 'b' && len(value) > 3 && (value[1] == '\'' || value[1] == '"') {
		value = value[1:]
	}
	if n := len(value) - 1; n > 1 && (value[0] == '\'' || value[0] == '"') && value[n] == value[0] {
		value = value[1:n]
	}
	switch len(value) {
	case 16, 17, 20, 23, 24, 30, 32, 34, 64:
	default:
		return false
	}
	sum := sha256.Sum256([]byte(value))
	h := binary.BigEndian.Uint64(sum[:8])
	for _, k := range publicKeys {
		if h == k {
			return true
		}
	}
	return false
}

// maskMarks are the words that stand for a value that was taken out.
var maskMarks = [...]string{"redacted", "censored", "filtered", "masked", "hidden", "removed", "sensitive", "encrypted"}

// isMasked recognises a value that was made unreadable, or was never one: nothing
// but punctuation.
func isMasked(v string) bool {
	v = strings.TrimPrefix(v, scanner.InsecurePrefix)
	marks, letters, n := 0, 0, 0
	for _, c := range v {
		n++
		switch c {
		case '*', 'x', 'X', '•', '.', '…', '●':
			marks++
		default:
			if c > 0x7f || ascii.IsAlnum(byte(c)) {
				letters++
			}
		}
	}
	if letters == 0 && marks == 0 {
		return n < MinRandom
	}
	if n > 1 && marks*10 >= n*6 {
		return true
	}
	if strings.HasSuffix(v, "***") {
		return true
	}
	if strings.HasSuffix(v, "...") || strings.HasSuffix(v, "…") {
		return IsRandom(v) // a key of which the end was cut off
	}
	bare := fold(strings.Trim(v, "*[](){}<>- _"))
	for _, m := range maskMarks {
		if bare == m || bare == m+"value" {
			return true
		}
	}
	return false
}

// humanClass divides what people write: low complexity, placeholder, dummy,
// the rest.
func humanClass(v string) Class {
	tail := v
	if t, ok := strings.CutPrefix(v, scanner.InsecurePrefix); ok && t != "" {
		tail = t
	}
	switch {
	case len(tail) >= MinRandom && isLow(tail):
		return Repetitive
	case asksForReplacement(tail):
		return Placeholder
	case isDummy(tail):
		return Dummy
	case isMashed(tail):
		return Mashed
	}
	return MadeUp
}

// inBrackets recognises a value that is all in one pair of brackets.
func inBrackets(v string) bool {
	return enclosed(v, "<", ">") || enclosed(v, "[", "]") || enclosed(v, "{", "}")
}

// isAboutKeys reports whether a value in brackets names what should be
// there, in words.
func isAboutKeys(v string) bool {
	return v[0] != '{' && saysOneOf(v, func(w string) bool { return w == "secret" || w == "key" || w == "random" }, nil)
}

// lowBits is the cost in bits a character below which a text says nothing:
// English words take about four, and sequences half a bit.
const lowBits = 1.7

// isLow recognises aaaa…, abcabc…, 0123456789….
func isLow(v string) bool {
	if distinctBytes(v) < 5 {
		return true
	}
	var buf [maxJudged]byte
	var cost costs
	n := copy(buf[:], v)
	theModel().human(buf[:n], &cost)
	sum := 0.0
	for _, c := range cost[:n] {
		sum += c
	}
	return sum < lowBits*float64(n)
}

// IsProse reports whether a value is a sentence: three words or more.
func IsProse(v string) bool {
	words := 0
	for i := 1; i < len(v); i++ {
		if v[i] == ' ' && v[i-1] != ' ' {
			words++
		}
	}
	return words > 1
}

// InDjangoAlphabet reports whether Django's generator can draw a byte.
func InDjangoAlphabet(c byte) bool { return djangoBits[c>>6]>>(c&63)&1 != 0 }

// djangoBits has a bit for each byte that is a lower-case letter, a digit or a
// sign of Django's alphabet: see isDjangoSign.
var djangoBits = [4]uint64{
	(1<<10-1)<<'0' | 1<<'!' | 1<<'#' | 1<<'$' | 1<<'%' | 1<<'&' | 1<<'*' | 1<<'(' | 1<<')' | 1<<'-' | 1<<'=' | 1<<'+',
	(1<<26-1)<<('a'-64) | 1<<('@'-64) | 1<<('^'-64) | 1<<('_'-64),
}

// AnyGenerated reports whether one of the values is a machine's.
func AnyGenerated(values []string) bool { return Surest(values) <= Random }

// Surest is the surest class of some values.
func Surest(values []string) Class {
	best := Empty
	for _, v := range values {
		best = min(best, Classify(v, ""))
	}
	return best
}
