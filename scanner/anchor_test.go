package scanner

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

// testSets are anchor sets of several shapes: the shortest literal decides the
// stride.
var testSets = sync.OnceValue(func() map[string]*AnchorSet {
	word := func(text []byte, end int) bool { return end < len(text) && text[end] == '=' }
	return map[string]*AnchorSet{
		"short":  NewAnchorSet(Anchor{Text: "abcd"}, Anchor{Text: "bcda"}),
		"nested": NewAnchorSet(Anchor{Text: "secret"}, Anchor{Text: "secret_key"}, Anchor{Text: "cretin"}),
		"accept": NewAnchorSet(Anchor{Text: "secret", Accept: word, Lookahead: 1}, Anchor{Text: "signing_key"}, Anchor{Text: "s\x00e\x00c\x00"}),
		"long":   NewAnchorSet(Anchor{Text: "django-insecure-"}, Anchor{Text: "ZGphbmdvLWluc2VjdXJl"}),
	}
})

// naive looks at every place.
func (s *AnchorSet) naive(text []byte, from, to int) []int32 {
	var out []int32
	for i := from; i < min(to, len(text)); i++ {
		for _, a := range s.anchors {
			end := i + len(a.Text)
			if end <= len(text) && strings.EqualFold(string(text[i:end]), a.Text) &&
				isASCII(text[i:end]) && (a.Accept == nil || a.Accept(text, end)) {
				out = append(out, int32(i))
				break
			}
		}
	}
	return out
}

// isASCII is there because strings.EqualFold also folds the Kelvin sign.
func isASCII(text []byte) bool {
	return !slices.ContainsFunc(text, func(c byte) bool { return c >= 0x80 })
}

func checkAppend(t *testing.T, text []byte, from, to int) {
	t.Helper()
	for name, s := range testSets() {
		got := s.Append([]int32{-1, int32(from)}, text, from, to)
		if want := append([]int32{-1, int32(from)}, s.naive(text, from, to)...); !slices.Equal(got, want) {
			t.Errorf("%s: %q[%d:%d]: got %v, want %v", name, text, from, to, got, want)
		}
	}
}

func TestAnchorsAreFoundWhereverTheyBegin(t *testing.T) {
	pieces := []string{"abcd", "bcda", "SECRET", "secret_key", "SeCreTin", "signing_key", "s\x00e\x00c\x00",
		"django-insecure-", "ZGphbmdvLWluc2VjdXJl", "zgphbmdvlwluc2vjdxjl", "=", "x", "se", "\xe2\x84\xaa", "_", "\n"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var text []byte
		for range random.IntN(12) {
			text = append(text, pieces[random.IntN(len(pieces))]...)
		}
		checkAppend(t, text, 0, len(text))
		from := random.IntN(len(text) + 1)
		checkAppend(t, text, from, from+random.IntN(len(text)-from+1))
	}
}

func TestAnchorsAreFoundAtEveryEdge(t *testing.T) {
	for length := range 45 {
		for at := range length + 1 {
			text := []byte(strings.Repeat("-", at) + "secretin_abcda" + strings.Repeat("-", 30))[:length]
			for from := range min(at+3, length) {
				for to := max(from, at-2); to <= min(at+12, length); to++ {
					checkAppend(t, text, from, to)
				}
			}
		}
	}
}

func FuzzAnchors(f *testing.F) {
	f.Add([]byte("abcdabcdSECRET_KEY=secretinsigning_key"), 2, 30)
	f.Add([]byte("s\x00e\x00c\x00django-insecure-ZGphbmdvLWluc2VjdXJl"), 0, 100)
	f.Fuzz(func(t *testing.T, text []byte, from, to int) {
		if from < 0 || from > len(text) || to < from {
			return
		}
		checkAppend(t, text, from, min(to, len(text)))
	})
}

// BenchmarkAnchors searches source code in which every 100th line has an
// anchor.
func BenchmarkAnchors(b *testing.B) {
	s := NewAnchorSet(Anchor{Text: "secret"}, Anchor{Text: "signing_key"}, Anchor{Text: "django-insecure-"},
		Anchor{Text: "ZGphbmdvLWluc2VjdXJlL"})
	var text strings.Builder
	for n := range 20000 {
		text.WriteString([]string{"    def create(self, request, *args, **kwargs):\n", "        return response.render(context)\n",
			"import os, sys, designing, engine\n", "    # second and third increase\n"}[n%4])
		if n%100 == 0 {
			text.WriteString("SECRET_KEY = 1\n")
		}
	}
	data := []byte(text.String())
	var found []int32
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		found = s.Append(found[:0], data, 0, len(data))
	}
	if len(found) != 200 {
		b.Fatalf("%d found", len(found))
	}
}
