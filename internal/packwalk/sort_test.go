package packwalk

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
)

func TestKeysAreSortedByTheirHighBitsAndStayInOrderOtherwise(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, bits := range []int{0, 1, 11, 12, 30, 44} {
		for _, low := range []int{0, 1, 13, 20} {
			keys := make([]uint64, random.IntN(3000))
			for i := range keys {
				keys[i] = random.Uint64N(1<<bits)<<low | random.Uint64N(1<<low)
			}
			want := slices.Clone(keys)
			slices.SortStableFunc(want, func(a, b uint64) int { return cmp.Compare(a>>low, b>>low) })
			got, err := sortFrom(t.Context(), keys, low)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%d keys of %d+%d bits: not sorted, %v", len(keys), bits, low, err)
			}
		}
	}
}

// countdown is a context that ends when it has been asked so often.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestOpenAsksOftenWhetherToStop opens packs with enough entries that every loop
// over them must ask, and ends each time at another question.
func TestOpenAsksOftenWhetherToStop(t *testing.T) {
	dir := t.TempDir()
	for name, first := range map[string]int{"a": 0, "b": 5000} {
		var p packtest.Pack
		root := p.Whole(packfile.Blob, []byte("root of "+name))
		for n := range 20000 {
			var d packtest.Delta
			d.Insert([]byte("one"))
			p.Ofs(root, binary.BigEndian.AppendUint32(make([]byte, 16), uint32(first+n)), d.Bytes(len("root of "+name)))
		}
		p.Write(t, dir, name, packtest.Version2)
	}
	opt := Options{Dirs: []string{dir}, IDSize: 20}
	for n := 0; ; n++ {
		w, err := Open(&countdown{context.Background(), n}, opt)
		if err == nil {
			w.Close()
			// Eight loops over 40,000 entries.
			if n < 8*40000/4096 {
				t.Errorf("asked %d times only", n)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at question %d: %v", n, err)
		}
	}
}
