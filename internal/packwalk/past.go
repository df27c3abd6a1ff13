package packwalk

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// Searched says which objects a search has dealt with.
type Searched struct {
	Known int64 // objects that were left out because they are known

	walk *Walk
	set  bitset // by ordinal: known, or searched to the end
}

// SearchNew is Search without the objects that are known: they are not shown,
// not searched and not counted, and inflated only if another object is made
// from them. known gets the id of a blob, commit or tag, borrowed until it
// returns, and is called by several goroutines at a time.
func (w *Walk) SearchNew(ctx context.Context, set *scanner.AnchorSet, known func(id []byte) bool, visit Visit) (scanner.Coverage, *Searched, error) {
	p := &pass{walk: w, set: set, visit: visit, orphans: true, named: true, past: &past{known: known}}
	p.kinds[packfile.Blob], p.kinds[packfile.Commit], p.kinds[packfile.Tag] = true, true, true
	p.past.searched = newBitset(w.count)
	if err := p.look(ctx); err != nil {
		return scanner.Coverage{}, nil, err
	}
	cov, err := p.run(ctx)
	w.addSkips(&cov)
	return cov, &Searched{Known: p.past.packed + p.past.loose.Load(), walk: w, set: p.past.searched}, err
}

// Names returns the raw names of all objects that were searched to their end or
// are known, but for some, one behind the other. The error is that of an index
// that cannot be read any more.
func (s *Searched) Names(without map[scanner.ObjectID]bool) (names []byte, err error) {
	defer packfile.Guard(&err)()
	add := func(n *numbers, id func(pos int) []byte) {
		for pos := range n.total {
			if n.doubles.has(pos) || !s.set.has(n.ordinal(pos)) {
				continue
			}
			if name := id(pos); !without[scanner.ObjectID(name)] {
				names = append(names, name...)
			}
		}
	}
	for _, p := range s.walk.packs {
		names = slices.Grow(names, p.count*s.walk.opt.IDSize)
		add(&p.numbers, p.idx.ID)
	}
	add(&s.walk.loose.numbers, s.walk.loose.id)
	return names, nil
}

// past is what a search leaves out, and what it has done.
type past struct {
	known    func(id []byte) bool
	packs    []pastPack // like Walk.packs
	packed   int64      // known objects in packs
	loose    atomic.Int64
	searched bitset // by ordinal
}

// pastPack says for each entry of a pack whether it is known, and whether it or
// anything that is made from it is not. Without them nothing is known.
type pastPack struct{ known, needed bitset }

// look looks up the objects of all packs.
func (p *pass) look(ctx context.Context) error {
	p.past.packs = make([]pastPack, len(p.walk.packs))
	for i, pack := range p.walk.packs {
		found, err := p.lookPack(ctx, pack)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil { // else the walk will say what is wrong with the pack
			p.past.packs[i] = found
		}
	}
	return nil
}

func (p *pass) lookPack(ctx context.Context, pack *pack) (found pastPack, err error) {
	defer packfile.Guard(&err)()
	n := pack.len()
	parent := make([]uint32, n) // plus one
	for e := range uint32(n) {
		for c := pack.child[e]; c != 0; c = pack.next[c-1] {
			parent[c-1] = e + 1
		}
	}
	found = pastPack{newBitset(n), newBitset(n)}
	for e := range uint32(n) {
		if interrupted(ctx, int(e)) {
			return found, ctx.Err()
		}
		s := pack.state[e]
		if !p.kinds[s.kind()] || s&isElsewhere != 0 {
			continue
		}
		if p.past.known(pack.id(e)) {
			found.known.put(e)
			continue
		}
		// All its bases are needed; those of a needed one are marked already.
		for up := e + 1; up != 0 && !found.needed.has(up-1); up = parent[up-1] {
			found.needed.put(up - 1)
		}
	}
	for e := range uint32(n) {
		if found.known.has(e) {
			p.past.packed++
			p.past.searched.put(pack.number(e))
		}
	}
	return found, nil
}

// isKnown reports whether an entry of the worker's pack is not to be shown.
func (k *worker) isKnown(e uint32) bool {
	return k.pass.past != nil && k.pass.past.packs[k.pack.place].known.has(e)
}

// isNeeded reports whether an entry of the worker's pack, or anything that is
// made from it, is to be shown.
func (k *worker) isNeeded(e uint32) bool {
	if k.pass.past == nil {
		return true
	}
	needed := k.pass.past.packs[k.pack.place].needed
	return needed == nil || needed.has(e)
}

// knownLoose leaves out a loose object if it is known.
func (k *worker) knownLoose(id []byte, ordinal uint32) bool {
	past := k.pass.past
	if past == nil || !past.known(id) {
		return false
	}
	past.loose.Add(1)
	past.searched.share(ordinal)
	k.done++
	return true
}

// searched remembers that an object was searched to its end.
func (k *worker) searched(ordinal uint32) {
	if k.pass.past != nil {
		k.pass.past.searched.share(ordinal)
	}
}

// bitset is a set of small numbers; nil is empty.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i uint32) bool { return b != nil && b[i>>6]&(1<<(i&63)) != 0 }
func (b bitset) put(i uint32)      { b[i>>6] |= 1 << (i & 63) }

// share is put, when other goroutines do so too.
func (b bitset) share(i uint32) { atomic.OrUint64(&b[i>>6], 1<<(i&63)) }
