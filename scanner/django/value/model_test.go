package value

import (
	"math"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// referenceKI and referenceKP are the made-up keys of the reference scores, in
// halves so that no key is in the repository.
var (
	referenceKI = "django-insecure-" + "!1975h#p!ol=vi_sb&@^2-#5c" + "t89nlgolc0jqn%t6q5hs-it52"
	referenceKP = "g$6$*33nv#u*&^6227-p__p4$" + "yy45+ycvva3m-eewbn4y_8n(%"
)

func TestTheModelGivesTheReferenceScores(t *testing.T) {
	for _, c := range []struct {
		name, value string
		plain, leet float64
		random      bool
	}{
		{"insecure", referenceKI, 103.0, 60.2, true},
		{"django", referenceKP, 91.0, 45.3, true},
		{"hex", "8716c55f8ef78b6e26052fcfe094890c" + "1a3d257a45dcf3608450a7e6f469453a", 157.0, 105.8, true},
		{"base64", "xmAxkKZ17RBRVMx/6kJytD" + "IBIXyP++ZGhNzUw7feS88=", 131.2, 125.9, true},
		{"words and alnum", "not-a-secret-" + "oHwLMeaZqo9DZDNjN1GT" + "PdVKsb1DS2S5yXB62gin", 168.7, 142.9, true},
		{"uuid", "b3f1c2d4-5e6a-4b7c-8d9e-0f1a2b3c4d5e", 61.4, 16.7, true},
		{"leet sentence", "ci-insecure-k3y-f0r-t3sting-0nly-d0-n0t-use-1n-pr0d", 34.1, 3.5, false},
		{"interleaved", "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z", 19.3, 9.2, false},
		{"placeholder", "django-insecure-your-secret-key-here-change-in-production", 4.4, 4.4, false},
		{"periodic", "0123456789abcdef0123456789abcdef", 6.0, 6.0, false},
		{"one letter", strings.Repeat("x", 50), 3.8, 3.8, false},
		{"words", "correct-horse-battery-staple", 0.9, 0.9, false},
	} {
		plain, leet := theModel().read([]byte(c.value))
		if math.Abs(plain.bits-c.plain) > 0.06 || math.Abs(leet.bits-c.leet) > 0.06 {
			t.Errorf("%s: scores %.2f and %.2f, want %.1f and %.1f", c.name, plain.bits, leet.bits, c.plain, c.leet)
		}
		if got := IsRandom(c.value); got != c.random {
			t.Errorf("%s: random %v", c.name, got)
		}
	}
}

func TestTheSegmentLeavesThePrefixOut(t *testing.T) {
	plain, _ := theModel().read([]byte("not-a-secret-" + "oHwLMeaZqo9DZDNjN1GT" + "PdVKsb1DS2S5yXB62gin"))
	if plain.from != 14 && plain.from != 13 || plain.to < 51 {
		t.Errorf("segment %d:%d, want 14:51", plain.from, plain.to)
	}
}

func TestGeneratedKeysAreRandom(t *testing.T) {
	missed := 0
	for n := range 20000 {
		if !IsRandom(testkit.Key(n)) {
			missed++
		}
	}
	if missed > 1 {
		t.Errorf("%d of 20000 keys are not random", missed)
	}
}

func TestTheModelAllocatesNothing(t *testing.T) {
	key := testkit.Key(1)
	IsRandom(key)
	if n := testing.AllocsPerRun(100, func() { IsRandom(key) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkModel(b *testing.B) {
	key := testkit.Key(1)
	b.ReportAllocs()
	for b.Loop() {
		IsRandom(key)
	}
}
