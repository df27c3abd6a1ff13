package trace

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"sync"
)

// names gives numbers to the names of files and directories. A name costs its
// bytes and about eight more. The number is the name's offset in text.
type names struct {
	seed  maphash.Seed
	mu    sync.Mutex
	text  []byte   // each name with its length before it
	table []uint32 // open addressing by hash; number + 1, or 0
	count int
}

// hash is the hash that id takes, and of which directory sets keep the sum.
func (n *names) hash(name []byte) uint64 { return maphash.Bytes(n.seed, name) }

// id returns the number of a name whose hash is given.
func (n *names) id(name []byte, hash uint64) (uint32, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if 4*n.count >= 3*len(n.table) {
		n.grow()
	}
	mask := uint64(len(n.table) - 1)
	at := hash & mask
	for ; n.table[at] != 0; at = (at + 1) & mask {
		if string(n.name(n.table[at]-1)) == string(name) {
			return n.table[at] - 1, nil
		}
	}
	if len(n.text)+len(name) > math.MaxInt32/2 {
		return 0, fmt.Errorf("trace: more than 1 GiB of file names")
	}
	number := uint32(len(n.text))
	n.text = binary.AppendUvarint(n.text, uint64(len(name)))
	n.text = append(n.text, name...)
	n.table[at] = number + 1
	n.count++
	return number, nil
}

// grow doubles the table. Hashes are not kept: they are computed again from
// the names.
func (n *names) grow() {
	n.table = make([]uint32, max(1024, 2*len(n.table)))
	mask := uint64(len(n.table) - 1)
	for at := 0; at < len(n.text); {
		name := n.name(uint32(at))
		slot := n.hash(name) & mask
		for ; n.table[slot] != 0; slot = (slot + 1) & mask {
		}
		n.table[slot] = uint32(at) + 1
		_, width := binary.Uvarint(n.text[at:])
		at += width + len(name)
	}
}

// name returns the name with this number.
func (n *names) name(id uint32) []byte {
	size, width := binary.Uvarint(n.text[id:])
	return n.text[int(id)+width : int(id)+width+int(size)]
}
