package packwalk

import (
	"bytes"
	"container/heap"
	"context"
	"fmt"
	"math/bits"
)

// ordinals gives the objects of one source, a pack or the loose objects, their
// ordinals: in the order of their ids, those that an earlier source also has
// left out.
type ordinals struct {
	first      uint32 // ordinal of the first object
	count      int    // of objects that have an ordinal here
	total      int    // of objects, duplicates included
	duplicates duplicates
}

func (n *ordinals) ordinal(pos int) uint32 {
	return n.first + uint32(pos-n.duplicates.countBefore(pos))
}

// position is the inverse of ordinal.
func (n *ordinals) position(ordinal uint32) (pos int, ok bool) {
	if ordinal < n.first || ordinal-n.first >= uint32(n.count) {
		return 0, false
	}
	want := int(ordinal - n.first)
	from, to := want, n.total-1
	for from < to {
		mid := int(uint(from+to) >> 1)
		if mid+1-n.duplicates.countBefore(mid+1) > want {
			to = mid
		} else {
			from = mid + 1
		}
	}
	return from, true
}

// duplicates is a set of positions that can count its members below a position.
// The zero value is empty.
type duplicates struct {
	words []uint64
	sums  []uint32 // number of members before each word
}

func (d *duplicates) has(pos int) bool {
	return d.words != nil && d.words[pos>>6]&(1<<(pos&63)) != 0
}

func (d *duplicates) countBefore(pos int) int {
	if d.words == nil {
		return 0
	}
	if pos>>6 == len(d.words) {
		last := len(d.words) - 1
		return int(d.sums[last]) + bits.OnesCount64(d.words[last])
	}
	return int(d.sums[pos>>6]) + bits.OnesCount64(d.words[pos>>6]&(1<<(pos&63)-1))
}

func (d *duplicates) add(pos, total int) {
	if d.words == nil {
		d.words = make([]uint64, (total+63)/64)
	}
	d.words[pos>>6] |= 1 << (pos & 63)
}

// buildSums prepares countBefore and returns the number of members.
func (d *duplicates) buildSums() int {
	d.sums = make([]uint32, len(d.words))
	n := 0
	for i, w := range d.words {
		d.sums[i] = uint32(n)
		n += bits.OnesCount64(w)
	}
	return n
}

// assignOrdinals finds the duplicates and numbers all other objects.
func (w *Walk) assignOrdinals(ctx context.Context) error {
	sources := make([]*ordinals, 0, len(w.packs)+1)
	var merge merger
	for i, p := range w.packs {
		p.total = p.idx.Count()
		sources = append(sources, &p.ordinals)
		merge = append(merge, &cursor{source: i, total: p.total, id: p.idx.ID})
	}
	w.loose.total = w.loose.size()
	sources = append(sources, &w.loose.ordinals)
	merge = append(merge, &cursor{source: len(w.packs), total: w.loose.total, id: w.loose.id})
	err := merge.duplicates(ctx, func(source, pos int) {
		sources[source].duplicates.add(pos, sources[source].total)
	})
	if err != nil {
		return err
	}
	n := 0
	for _, s := range sources {
		s.first = uint32(n)
		s.count = s.total - s.duplicates.buildSums()
		if n += s.count; n >= int(None>>1) {
			return fmt.Errorf("more than %d objects", None>>1)
		}
	}
	w.count = n
	for _, p := range w.packs {
		if err := p.markDuplicates(ctx); err != nil {
			return err
		}
	}
	return nil
}

// cursor points at one id of a sorted list.
type cursor struct {
	source, pos, total int
	id                 func(pos int) []byte
	now                []byte
}

func (c *cursor) next() bool {
	c.pos++
	if c.pos >= c.total {
		return false
	}
	c.now = c.id(c.pos)
	return true
}

// merger is a heap of cursors: the lowest id first, equal ids in the order of
// their sources.
type merger []*cursor

func (m merger) Len() int { return len(m) }
func (m merger) Less(i, j int) bool {
	c := bytes.Compare(m[i].now, m[j].now)
	return c < 0 || c == 0 && m[i].source < m[j].source
}
func (m merger) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *merger) Push(x any)   { *m = append(*m, x.(*cursor)) }
func (m *merger) Pop() any {
	last := len(*m) - 1
	c := (*m)[last]
	*m = (*m)[:last]
	return c
}

// duplicates reports every id that an earlier source has too. It relies on
// sorted lists: in an unsorted one a duplicate may be missed and walked twice.
func (m merger) duplicates(ctx context.Context, found func(source, pos int)) error {
	open := m[:0]
	for _, c := range m {
		c.pos = -1
		if c.next() {
			open = append(open, c)
		}
	}
	m = open
	if len(m) < 2 {
		return nil
	}
	heap.Init(&m)
	last := make([]byte, 0, 32)
	for steps := 0; len(m) > 0; steps++ {
		if interrupted(ctx, steps) {
			return ctx.Err()
		}
		c := m[0]
		if bytes.Equal(c.now, last) {
			found(c.source, c.pos)
		} else {
			last = append(last[:0], c.now...)
		}
		if c.next() {
			heap.Fix(&m, 0)
		} else {
			heap.Pop(&m)
		}
	}
	return nil
}
