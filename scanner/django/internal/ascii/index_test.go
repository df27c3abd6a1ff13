package ascii

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Index finds what bytes.Index finds: in texts of few letters, where a name is
// almost everywhere, overlaps itself and ends at the end.
func TestIndexIsThatOfBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = "ekX"[r.IntN(3)]
		}
		return b
	}
	found := 0
	for range 20_000 {
		text, name := word(r.IntN(24)), word(r.IntN(5))
		want := bytes.Index(text, name)
		if got := Index(text, string(name)); got != want {
			t.Fatalf("Index(%q, %q) = %d, want %d", text, name, got, want)
		}
		if want > 0 {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d names were found after the start", found)
	}
}
