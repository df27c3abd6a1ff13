package packfile

import (
	"bytes"
	"hash/adler32"
	"testing"
)

func FuzzAdler32(f *testing.F) {
	// The largest sums there can be, at the ends of groups, spans and parts.
	for _, n := range []int{0, 1, 7, 8, 9, adlerSpan - 1, adlerSpan, adlerSpan + 1, adlerMost - 1, adlerMost, adlerMost + 8, 3*adlerMost + 5} {
		f.Add(bytes.Repeat([]byte{0xff}, n))
	}
	f.Add([]byte("Wikipedia"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, want := checksum(data), adler32.Checksum(data); got != want {
			t.Fatalf("%d bytes: %08x, want %08x", len(data), got, want)
		}
	})
}

func BenchmarkAdler32(b *testing.B) {
	for _, size := range []int{100, 1000, 10_000} {
		data := bytes.Repeat([]byte("source "), size/7)
		for name, sum := range map[string]func([]byte) uint32{"own": checksum, "standard": adler32.Checksum} {
			b.Run(name, func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				for range b.N {
					sum(data)
				}
			})
		}
	}
}
