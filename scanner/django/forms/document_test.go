package forms

import (
	"math/rand/v2"
	"testing"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// lastBreak looks at eight bytes at once, nextBreak at 128 and more.
func TestLineBreaksAreFoundInSteps(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 9))
	bytes := []byte("\n\r\x0b\x0c\x09\x00\x01\x8a\x8d\xff ab")
	found := 0
	for range 50_000 {
		text := make([]byte, random.IntN([...]int{40, 400}[random.IntN(2)]))
		for i := range text {
			text[i] = bytes[2+random.IntN(len(bytes)-2)]
			if random.IntN(100) == 0 {
				text[i] = bytes[random.IntN(2)]
			}
		}
		from := random.IntN(len(text) + 1)
		to := from + random.IntN(len(text)-from+1)
		want := to
		for want > from && !ascii.IsBreak(text[want-1]) {
			want--
		}
		next := from
		for next < to && !ascii.IsBreak(text[next]) {
			next++
		}
		if got := nextBreak(text, from, to); got != next {
			t.Fatalf("nextBreak(%q, %d, %d) = %d, want %d", text, from, to, got, next)
		}
		if got := lastBreak(text, from, to); got != want {
			t.Fatalf("lastBreak(%q, %d, %d) = %d, want %d", text, from, to, got, want)
		}
		if want > from {
			found++
		}
	}
	if found < 5_000 {
		t.Errorf("%d texts had a line break", found)
	}
}
