package scanner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strconv"
)

// InsecurePrefix begins every key that startproject has written since Django
// 3.2 (django/core/management/commands/startproject.py,
// SECRET_KEY_INSECURE_PREFIX).
const InsecurePrefix = "django-insecure-"

// shownCharacters is how many characters of a generated key's random part a
// mask shows: enough for its owner to recognise it, 11 of 282 bits.
const shownCharacters = 2

// Fingerprint names a key without telling it: the first 16 hexadecimal digits
// of the SHA-256 of the key's bytes, after un-escaping and folding. It has no
// salt on purpose, so that anyone can compute it on a production host with
// `printf %s "$KEY" | sha256sum`.
type Fingerprint string

// Secret is the value of a key. No way of printing it shows more than its
// mask; Reveal is the only door to the bytes.
type Secret struct{ value string }

// NewSecret wraps the bytes of a key as Django would see them.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the key itself, for hashing and verifying. What it returns
// must not reach an output.
func (s Secret) Reveal() string { return s.value }

// Len is the length of the key in bytes.
func (s Secret) Len() int { return len(s.value) }

// Fingerprint computes the key's fingerprint.
func (s Secret) Fingerprint() Fingerprint {
	sum := sha256.Sum256([]byte(s.value))
	return Fingerprint(hex.EncodeToString(sum[:8]))
}

// Mask is what may be shown of a key of this class: the prefix that Django
// wrote, the first two characters of a generated key, and the length; of a
// key that a person made up, the length alone.
func (s Secret) Mask(class Class) string {
	length := "(" + strconv.Itoa(len(s.value)) + ")"
	switch class {
	case ClassDjangoInsecure, ClassDjango, ClassRandom:
	default:
		return "…" + length
	}
	rest, prefix := s.value, ""
	if len(rest) > len(InsecurePrefix) && rest[:len(InsecurePrefix)] == InsecurePrefix {
		prefix, rest = InsecurePrefix, rest[len(InsecurePrefix):]
	}
	if len(rest) < 8*shownCharacters || !printable(rest[:shownCharacters]) {
		return prefix + "…" + length
	}
	return prefix + rest[:shownCharacters] + "…" + length
}

func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// String returns the length alone, whatever the class.
func (s Secret) String() string { return "…(" + strconv.Itoa(len(s.value)) + ")" }

// Format writes String for every verb, so that %v, %+v, %#v, %s, %q and %x
// tell nothing.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText returns String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue returns String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
