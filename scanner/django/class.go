package django

import (
	"crypto/sha256"
	"encoding/binary"
	"html"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// valueClass is what a value is, finer than scanner.Class.
type valueClass uint8

// The value classes. The order is that of surety: of several readings of a
// value the one with the lowest class is taken.
const (
	insecureValue    valueClass = iota // startproject's prefix and 50 random symbols
	djangoValue                        // 50 random symbols of Django's alphabet
	randomValue                        // another generator's
	publicValue                        // printed in documentation
	humanValue                         // made up by a person
	lowValue                           // long, but periodic, a sequence or of few characters
	dummyValue                         // says that it is for tests, development or builds
	placeholderValue                   // asks to be replaced
	maskedValue                        // ****, [REDACTED]: no value
	referenceValue                     // ${X}, {{ x }}, a path: no value
	emptyValue                         // nothing
)

// class is the public class of a value; empty for one that is no key.
func (v valueClass) class() scanner.Class {
	switch v {
	case insecureValue:
		return scanner.ClassDjangoInsecure
	case djangoValue:
		return scanner.ClassDjango
	case randomValue:
		return scanner.ClassRandom
	case publicValue:
		return scanner.ClassPublic
	case humanValue, lowValue:
		return scanner.ClassWeak
	case dummyValue, placeholderValue:
		return scanner.ClassPlaceholder
	}
	return ""
}

// Properties of Django's generator (get_random_secret_key). The bounds on
// signs and distinct characters miss one key in 100,000.
const (
	djangoLength      = 50
	djangoMinSigns    = 2
	djangoMinDistinct = 20
)

// classify judges a value; name is the setting's, as written, or empty.
func classify(value, name string) valueClass {
	if len(value) == 0 || len(value) > maxJudged {
		return emptyValue
	}
	if v, ok := djangoShape(value); ok {
		return v
	}
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return emptyValue
	case isReference(value, name), inBrackets(value) && !asksForReplacement(value) && !isDummy(value) && !isAboutKeys(value):
		return referenceValue
	case isMasked(value):
		return maskedValue
	case isPublic(value):
		return publicValue
	case isRandom(value):
		return randomValue
	}
	return humanClass(value)
}

// djangoShape knows a key that Django made, with or without startproject's
// prefix. Old versions wrote the key through a template that turned & into
// &amp;, so the shape is looked for in the unescaped text; the key itself is
// what stands in the source.
func djangoShape(value string) (valueClass, bool) {
	tail, insecure := strings.CutPrefix(value, scanner.InsecurePrefix)
	if len(tail) > djangoLength && strings.Contains(tail, "&") {
		tail = html.UnescapeString(tail)
	}
	if len(tail) != djangoLength {
		return 0, false
	}
	signs := 0
	for i := 0; i < len(tail); i++ {
		c := tail[i]
		switch {
		case isLower(c) || isDigit(c) || c == '-' || c == '_':
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
		return insecureValue, true
	}
	return djangoValue, true
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

// isReference knows a value that only says where the key is: variables and
// templates of all kinds, encrypted values, paths and names of secret stores.
func isReference(v, name string) bool {
	switch {
	case strings.Contains(v, "{{") && strings.Contains(v, "}}"),
		strings.Contains(v, "{%") && strings.Contains(v, "%}"),
		strings.Contains(v, "<%") && strings.Contains(v, "%>"),
		strings.Contains(v, "${") && strings.Contains(v, "}"),
		strings.Contains(v, "[["),
		enclosed(v, "$(", ")"), enclosed(v, "((", "))"), enclosed(v, "`", "`"),
		enclosed(v, "%{", "}"), enclosed(v, "#{", "}#"), enclosed(v, "#{", "}"),
		enclosed(v, "%(", ")s"), enclosed(v, "%(", ")"), v == "%s", v == "%r", v == "{}", v == "[]", v == "<>":
		return true
	case marked(v, "%") || marked(v, "@") || marked(v, "@@") || marked(v, "#") || marked(v, "%%") || marked(v, "~~") || marked(v, "$"):
		return true
	case v[0] == '$' && isPlainName(v[1:]):
		return true
	case marked(v, "!") && judgeName(v[1:len(v)-1]) != nameNone, strings.HasPrefix(v, "%%") && len(v) <= 4: // cmd
		return true
	case strings.HasPrefix(v, "__") && strings.HasSuffix(v, "__") && name != "" && strings.Contains(fold(v), fold(name)):
		return true
	}
	for _, p := range [...]string{"-----BEGIN ", "ssh-rsa ", "ENC[", "!vault", "$ANSIBLE_VAULT", "arn:aws", "op://", "vault:", "ref+", "sm://", "ssm:", "file:", "secretsmanager:",
		"!reference", "!Ref", "!Sub", "AWS_SM:", "gcp:", "keyvault:", "http://", "https://", "@format ", "@jinja ", "$encrypted"} {
		if strings.HasPrefix(v, p) {
			return true
		}
	}
	return strings.HasPrefix(v, "projects/") && strings.Contains(v, "/secrets/") || isPath(v) || isImport(v)
}

// isImport knows the dotted name of a function that gives the key.
func isImport(v string) bool {
	dots := 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '.' && i > 0 && v[i-1] != '.' && i+1 < len(v) && !isDigit(v[i+1]):
			dots++
		case !isLetter(c) && !isDigit(c) && c != '_':
			return false
		}
	}
	return dots >= 2 && strings.ContainsRune(v, '_') && !isRandom(v)
}

// enclosed reports whether something other than white space stands between
// these brackets and no second pair does. A bracketed generated key is not a
// reference: no generator of keys would close what it opened, but [ and < are
// in no alphabet of theirs.
func enclosed(v, open, closing string) bool {
	return len(v) > len(open)+len(closing) && strings.HasPrefix(v, open) && strings.HasSuffix(v, closing) && !strings.Contains(v[len(open):len(v)-len(closing)], open)
}

// marked reports whether a plain name stands between two equal marks.
func marked(v, mark string) bool {
	return len(v) > 2*len(mark) && strings.HasPrefix(v, mark) && strings.HasSuffix(v, mark) && isPlainName(v[len(mark):len(v)-len(mark)])
}

func isPlainName(v string) bool {
	if v == "" || len(v) > 64 || isDigit(v[0]) {
		return false
	}
	for i := 0; i < len(v); i++ {
		if !isWord(v[i]) {
			return false
		}
	}
	return true
}

// isPath knows the path of a file that holds the key.
func isPath(v string) bool {
	if !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "./") && !strings.HasPrefix(v, "../") && !strings.HasPrefix(v, "~/") {
		return false
	}
	slashes := 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '/':
			slashes++
		case !isWord(c) && c != '.' && c != '-' && c != '~':
			return false
		}
	}
	return slashes > 1 && !isRandom(v) || slashes == 1 && strings.Contains(v, ".")
}

// maskMarks are the words that stand for a value that was taken out.
var maskMarks = [...]string{"redacted", "censored", "filtered", "masked", "hidden", "removed", "sensitive", "encrypted"}

// isMasked knows a value that was made unreadable, or was never one: nothing
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
			if c > 0x7f || isAlnum(byte(c)) {
				letters++
			}
		}
	}
	if letters == 0 && marks == 0 {
		return n < minRandom
	}
	if n > 1 && marks*10 >= n*6 {
		return true
	}
	if strings.HasSuffix(v, "***") || strings.HasSuffix(v, "...") || strings.HasSuffix(v, "…") {
		return strings.HasSuffix(v, "***") || isRandom(v) // a key of which the end was cut off
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
func humanClass(v string) valueClass {
	tail := v
	if t, ok := strings.CutPrefix(v, scanner.InsecurePrefix); ok && t != "" {
		tail = t
	}
	switch {
	case inBrackets(v):
		return placeholderValue
	case len(tail) >= minRandom && isLow(tail):
		return lowValue
	case asksForReplacement(tail):
		return placeholderValue
	case isDummy(tail):
		return dummyValue
	}
	return humanValue
}

// inBrackets knows <your key>, [SECRET_KEY], {secret}: a hint to a reader, or a
// field that something fills in.
func inBrackets(v string) bool {
	return enclosed(v, "<", ">") || enclosed(v, "[", "]") || enclosed(v, "{", "}")
}

// isAboutKeys reports whether a value in brackets names what should stand
// there, in words.
func isAboutKeys(v string) bool {
	return v[0] != '{' && speaks(v, func(w string) bool { return w == "secret" || w == "key" || w == "random" }, nil)
}

// lowBits is the cost in bits a character below which a text says nothing:
// English words take about four, and sequences half a bit.
const lowBits = 1.7

// isLow knows aaaa…, abcabc…, 0123456789….
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
