// Package testkit makes what tests need and the repository must not hold: keys,
// and small Git repositories that hold them, with a Git that nobody's settings
// change.
package testkit

import (
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// alphabet is Django's (django/core/management/utils.py,
// get_random_secret_key).
const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"

// Write writes a file, and makes the folders that it is in.
func Write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// Key returns the n-th made-up key: 50 characters of Django's alphabet, the
// same on every machine, and of no use to anybody.
func Key(n int) string { return Draw("key", n, 50, alphabet) }

// InsecureKey returns the n-th made-up key with startproject's prefix.
func InsecureKey(n int) string { return "django-insecure-" + Key(n) }

// Draw returns the n-th string of this label: length characters of alphabet,
// drawn uniformly.
func Draw(label string, n, length int, alphabet string) string {
	out := make([]byte, 0, length)
	for block := 0; len(out) < length; block++ {
		seed := binary.BigEndian.AppendUint64([]byte("djleaks test "+label), uint64(n))
		for _, b := range sha256.Sum256(binary.BigEndian.AppendUint32(seed, uint32(block))) {
			// Bytes that would favour the first letters are thrown away.
			if int(b) < 256/len(alphabet)*len(alphabet) && len(out) < length {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out)
}
