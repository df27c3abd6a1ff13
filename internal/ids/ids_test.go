package ids

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestEachNameIsFoundOnce has names that are spread evenly, as hashes are, and such
// that somebody has made.
func TestEachNameIsFoundOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 60 {
		rows := Rows{Length: 20 + round%2*4, ID: 20}
		want := map[string]bool{}
		for range r.IntN(400) {
			row := make([]byte, rows.Length)
			head := r.Uint32()
			if round%3 > 0 {
				head >>= r.IntN(33) // many are low
			}
			binary.BigEndian.PutUint32(row, head)
			row[19] = byte(r.IntN(3))
			want[string(row[:20])] = true
			rows.Bytes = append(rows.Bytes, row...)
		}
		if rows.Bytes = rows.Compact(); rows.Len() != len(want) {
			t.Fatalf("%d names, want %d", rows.Len(), len(want))
		}
		for i := range rows.Len() {
			id := rows.Name(i)
			if at, ok := rows.Find(id); !ok || at != i || !want[string(id)] || i > 0 && bytes.Compare(rows.Name(i-1), id) >= 0 {
				t.Fatalf("name %d of %d: %d, %v", i, rows.Len(), at, ok)
			}
			other := bytes.Clone(id)
			other[19] += 3
			if at, ok := rows.Find(other); ok {
				t.Fatalf("name %d is taken for another one", at)
			}
		}
		if _, ok := rows.Find([]byte("short")); ok {
			t.Fatal("a short name is found")
		}
	}
}
