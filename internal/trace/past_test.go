package trace

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// TestEachCommitOfAPastIsFound has ids that are spread evenly, as hashes are, and
// such that somebody has made.
func TestEachCommitOfAPastIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 60 {
		ids := make([][]byte, r.IntN(400))
		for i := range ids {
			ids[i] = make([]byte, 20)
			head := r.Uint32()
			if round%3 > 0 {
				head >>= r.IntN(33) // many are low
			}
			binary.BigEndian.PutUint32(ids[i], head)
			ids[i][19] = byte(r.IntN(3))
		}
		slices.SortFunc(ids, bytes.Compare)
		ids = slices.CompactFunc(ids, bytes.Equal)
		p := &Past{Commits: bytes.Join(ids, nil), Dates: make([]uint32, len(ids))}
		for i, id := range ids {
			if at, ok := p.find(id, 20); !ok || int(at) != i {
				t.Fatalf("commit %d of %d: %d, %v", i, len(ids), at, ok)
			}
			other := bytes.Clone(id)
			other[19] += 3
			if at, ok := p.find(other, 20); ok {
				t.Fatalf("commit %d is taken for another one", at)
			}
			if !p.HasCommit(scanner.ObjectID(id)) || p.HasCommit(scanner.ObjectID(other)) {
				t.Fatalf("commit %d of %d", i, len(ids))
			}
		}
	}
}
