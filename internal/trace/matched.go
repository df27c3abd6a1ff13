package trace

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/djleaks/djleaks/scanner"
)

// matched are the blobs that hold items. A blob is a number here: its index
// among the matched ones, by id.
type matched struct {
	ids     []scanner.ObjectID
	items   [][]int32 // of each blob, ascending, each once
	numbers map[scanner.ObjectID]uint32
	filter  [1 << 16 / 64]uint64 // by the first two bytes of an id
}

func newMatched(in map[scanner.ObjectID][]int32) *matched {
	m := &matched{numbers: make(map[scanner.ObjectID]uint32, len(in))}
	for id := range in {
		if len(id) > 1 {
			m.ids = append(m.ids, id)
		}
	}
	slices.Sort(m.ids)
	for i, id := range m.ids {
		items := slices.Clone(in[id])
		slices.Sort(items)
		m.items = append(m.items, slices.Compact(items))
		m.numbers[id] = uint32(i)
		head := binary.LittleEndian.Uint16([]byte(id[:2]))
		m.filter[head>>6] |= 1 << (head & 63)
	}
	return m
}

// find is the number of the blob with this id.
func (m *matched) find(id []byte) (number uint32, ok bool) {
	head := binary.LittleEndian.Uint16(id)
	if m.filter[head>>6]>>(head&63)&1 == 0 {
		return 0, false
	}
	number, ok = m.numbers[scanner.ObjectID(id)]
	return number, ok
}

// leaf is a matched file in a tree.
type leaf struct {
	name uint32
	blob uint32 // its number
}

// leafSets are the matched files of each tree that has some. Trees with the
// same ones share them.
type leafSets struct {
	mu    sync.Mutex
	key   []byte
	sets  [][]leaf
	known map[string]uint32 // index of sets; nil once all trees are read
	put   list[treeLeaves]  // in the order of reading
	trees []treeLeaves      // by ordinal, once all trees are read
}

// treeLeaves says which of the sets a tree has.
type treeLeaves struct{ tree, set uint32 }

func (l *leafSets) add(tree uint32, leaves []leaf) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[string]uint32{}
	}
	l.key = l.key[:0]
	for _, f := range leaves {
		l.key = binary.LittleEndian.AppendUint32(l.key, f.name)
		l.key = binary.LittleEndian.AppendUint32(l.key, f.blob)
	}
	n, ok := l.known[string(l.key)]
	if !ok {
		n = uint32(len(l.sets))
		l.sets = append(l.sets, slices.Clone(leaves))
		l.known[string(l.key)] = n
	}
	l.put.add(treeLeaves{tree, n})
}

// sort is called when all trees are read.
func (l *leafSets) sort() {
	l.trees = l.put.appendTo(make([]treeLeaves, 0, l.put.len()))
	l.put, l.known, l.key = list[treeLeaves]{}, nil, nil
	slices.SortFunc(l.trees, func(a, b treeLeaves) int { return cmp.Compare(a.tree, b.tree) })
}

// of are the matched files of a tree that has some.
func (l *leafSets) of(tree uint32) []leaf {
	i, _ := slices.BinarySearchFunc(l.trees, tree, func(t treeLeaves, tree uint32) int { return cmp.Compare(t.tree, tree) })
	return l.sets[l.trees[i].set]
}

// ordinalSet is a set that is empty in most histories. Workers share it.
type ordinalSet struct {
	count atomic.Int32
	all   sync.Map
}

func (s *ordinalSet) add(n uint32) {
	s.all.Store(n, true)
	s.count.Add(1)
}

func (s *ordinalSet) has(n uint32) bool {
	if s.count.Load() == 0 {
		return false
	}
	_, ok := s.all.Load(n)
	return ok
}
