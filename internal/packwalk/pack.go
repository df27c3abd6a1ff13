package packwalk

import (
	"context"
	"fmt"
	"math/bits"
	"sort"

	"github.com/djleaks/djleaks/internal/packfile"
)

// pack is one pack and what the header pass learnt about it. An entry is
// named by its index in the order of offsets; 17 bytes are kept for each.
type pack struct {
	ordinals
	path  string
	index int // in Walk.packs
	idx   *packfile.Index
	data  *packfile.Pack

	keys   []uint64 // offset, and in the low bits the position in the index
	bits   int      // number of those low bits
	child  []uint32 // first child of an entry, plus one; 0 if it has none
	next   []uint32 // next child of the same base, plus one; 0 if it is the last
	state  []state
	counts [8]int // of entries with an ordinal here, by type; 0 is the unknown type
}

// state is the type of an entry's object, 0 if its chain of bases ends at no
// object, and marks.
type state uint8

const (
	typeMask    state = 7
	isDelta     state = 8
	isDuplicate state = 16 // an earlier pack has the object too, or it is only a base of others
	isOptional  state = 32 // shown after WalkOptional
	isExtra     state = 64 // needed for optional objects alone
)

func (s state) kind() packfile.Type { return packfile.Type(s & typeMask) }

// openPack maps a pack and its index and makes the header pass.
func openPack(ctx context.Context, path string, idSize int) (*pack, error) {
	p := &pack{path: path}
	if err := p.open(ctx, idSize); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *pack) open(ctx context.Context, idSize int) (err error) {
	defer packfile.Guard(&err)()
	if p.idx, err = packfile.OpenIndex(p.path+".idx", idSize); err != nil {
		return err
	}
	if p.data, err = packfile.OpenPack(p.path+".pack", idSize); err != nil {
		return err
	}
	if err := p.sort(ctx); err != nil {
		return err
	}
	return p.link(ctx)
}

func (p *pack) close() error {
	var err error
	if p.idx != nil {
		err = p.idx.Close()
	}
	if p.data != nil {
		if e := p.data.Close(); err == nil {
			err = e
		}
	}
	return err
}

// sort lists the entries by offset, equal offsets by their position in the
// index. Both share 64 bits: integers sort several times faster than pairs.
func (p *pack) sort(ctx context.Context) error {
	n := p.idx.Count()
	p.bits = bits.Len(uint(n))
	p.keys = make([]uint64, n)
	for pos := range p.keys {
		if interrupted(ctx, pos) {
			return ctx.Err()
		}
		offset, ok := p.idx.Offset(pos)
		if !ok || offset >= p.data.Size() {
			offset = 0 // no entry can be there: it is reported as damaged
		}
		if bits.Len64(uint64(offset)) > 64-p.bits {
			return fmt.Errorf("%s.pack: %w", p.path, packfile.ErrTooLarge)
		}
		p.keys[pos] = uint64(offset)<<p.bits | uint64(pos)
	}
	sorted, err := sortFrom(ctx, p.keys, p.bits)
	p.keys = sorted
	return err
}

func (p *pack) len() int                  { return len(p.keys) }
func (p *pack) offset(e uint32) int64     { return int64(p.keys[e] >> p.bits) }
func (p *pack) id(e uint32) []byte        { return p.idx.ID(p.pos(e)) }
func (p *pack) ordinalOf(e uint32) uint32 { return p.ordinal(p.pos(e)) }

// pos is the place of an entry in the index.
func (p *pack) pos(e uint32) int {
	if p.isOnlyBase(e) {
		return p.search(e)
	}
	return int(p.keys[e] & (1<<p.bits - 1))
}

// end is where the entry after e begins, or 0 if e is the last one.
func (p *pack) end(e uint32) int64 {
	at := p.offset(e)
	for i := int(e) + 1; i < len(p.keys); i++ {
		if next := p.offset(uint32(i)); next > at {
			return next
		}
	}
	return 0
}

// length is the number of bytes that an entry takes in the pack.
func (p *pack) length(e uint32) int64 {
	if end := p.end(e); end > 0 {
		return end - p.offset(e)
	}
	return p.data.Size() - p.offset(e)
}

// entryAt finds the entry that begins at an offset.
func (p *pack) entryAt(offset int64) (uint32, bool) {
	want := uint64(offset) << p.bits
	i := sort.Search(len(p.keys), func(i int) bool { return p.keys[i] >= want })
	if i == len(p.keys) || p.offset(uint32(i)) != offset {
		return 0, false
	}
	return uint32(i), true
}

// lookup finds the offset of an id's entry, for deltas that name their base by
// id.
func (p *pack) lookup(id []byte) (offset int64, ok bool) {
	pos, ok := p.idx.Find(id)
	if !ok {
		return 0, false
	}
	return p.idx.Offset(pos)
}

// link reads the heads of all entries and builds the lists of children.
func (p *pack) link(ctx context.Context) error {
	p.data.ReadAhead(true)
	defer p.data.ReadAhead(false)
	n := len(p.keys)
	p.child, p.next, p.state = make([]uint32, n), make([]uint32, n), make([]state, n)
	parent := make([]uint32, n) // plus one
	forgotten := p.data.Size()
	// From the last to the first, so that each list of children ascends.
	for i := n - 1; i >= 0; i-- {
		if interrupted(ctx, i) {
			return ctx.Err()
		}
		e := uint32(i)
		if at := p.offset(e); forgotten-at > maxResident {
			p.data.Forget()
			forgotten = at
		}
		head, err := p.data.Entry(p.offset(e))
		if err != nil {
			continue
		}
		base, ok := uint32(0), true
		switch head.Type {
		case packfile.OfsDelta:
			base, ok = p.entryAt(head.Base)
		case packfile.RefDelta:
			var at int64
			if at, ok = p.lookup(head.BaseID); ok {
				base, ok = p.entryAt(at)
			}
		default:
			p.state[e] = state(head.Type)
			continue
		}
		p.state[e] = isDelta
		if ok {
			parent[e] = base + 1
			p.next[e], p.child[base] = p.child[base], e+1
		}
	}
	return p.spreadTypes(ctx, parent)
}

// spreadTypes gives every delta the type of the entry at the end of its chain,
// and puts the child with the most descendants at the end of each list: then
// the walk keeps at most log2(n) texts for later. It follows links instead of
// recursing, because a chain is as long as an attacker likes. Cycles cannot be
// reached from an entry that is not a delta.
func (p *pack) spreadTypes(ctx context.Context, parent []uint32) error {
	size := make([]uint32, len(p.keys)) // descendants and itself
	steps := 0
	for r := range p.keys {
		if interrupted(ctx, r) {
			return ctx.Err()
		}
		if p.state[r]&isDelta != 0 || p.child[r] == 0 {
			continue
		}
		kind := p.state[r] & typeMask
		root := uint32(r)
		e := root
		for {
			if steps++; interrupted(ctx, steps) {
				return ctx.Err()
			}
			size[e] = 1
			if c := p.child[e]; c != 0 { // down
				e = c - 1
				p.state[e] |= kind
				continue
			}
			for e != root && p.next[e] == 0 { // up
				e = parent[e] - 1
				p.largestLast(e, size)
			}
			if e == root {
				break
			}
			e = p.next[e] - 1 // across
			p.state[e] |= kind
		}
	}
	return nil
}

// largestLast sums up the descendants of e and moves the child with the most to
// the end of the list.
func (p *pack) largestLast(e uint32, size []uint32) {
	var heavy, before, last uint32 // plus one
	previous := uint32(0)
	for c := p.child[e]; c != 0; c = p.next[c-1] {
		size[e] += size[c-1]
		if heavy == 0 || size[c-1] >= size[heavy-1] {
			heavy, before = c, previous
		}
		previous, last = c, c
	}
	if heavy == last {
		return
	}
	if before == 0 {
		p.child[e] = p.next[heavy-1]
	} else {
		p.next[before-1] = p.next[heavy-1]
	}
	p.next[last-1], p.next[heavy-1] = heavy, 0
}

// markDuplicates marks the entries that an earlier pack has too, and counts the
// others by type.
func (p *pack) markDuplicates(ctx context.Context) error {
	for e := range p.keys {
		if interrupted(ctx, e) {
			return ctx.Err()
		}
		if p.duplicates.has(p.pos(uint32(e))) {
			p.state[e] |= isDuplicate
		} else {
			p.counts[p.state[e]&typeMask]++
		}
	}
	return nil
}
