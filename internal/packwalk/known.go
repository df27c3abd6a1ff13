package packwalk

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// Searched says which objects need no other search.
type Searched struct {
	Known int64 // number of objects left out because they are known

	walk *Walk
	set  bitset // by ordinal: known, or searched to the end
}

// SearchNew is Search without the objects that are known: they are not shown,
// not searched and not counted, and inflated only if another object is made
// from them. known gets the id of a blob, commit or tag, borrowed until it
// returns, and is called by several goroutines at a time.
func (w *Walk) SearchNew(ctx context.Context, set *scanner.AnchorSet, known func(id []byte) bool, visit Visit) (scanner.Coverage, *Searched, error) {
	p := &pass{walk: w, set: set, visit: visit, untyped: true, named: true, known: &knownObjects{isKnown: known}}
	p.kinds[packfile.Blob], p.kinds[packfile.Commit], p.kinds[packfile.Tag] = true, true, true
	p.known.searched = newBitset(w.count)
	if err := p.lookUpKnown(ctx); err != nil {
		return scanner.Coverage{}, nil, err
	}
	cov, err := p.run(ctx)
	w.addSkips(&cov)
	return cov, &Searched{Known: p.known.packed + p.known.loose.Load(), walk: w, set: p.known.searched}, err
}

// Names returns the raw ids of all objects that were searched to their end or
// are known, except those in without, concatenated. The error is that of an
// index that can no longer be read.
func (s *Searched) Names(without map[scanner.ObjectID]bool) (names []byte, err error) {
	defer packfile.Guard(&err)()
	add := func(n *ordinals, idAt func(pos int) []byte) {
		for pos := range n.total {
			if n.duplicates.has(pos) || !s.set.has(n.ordinal(pos)) {
				continue
			}
			if id := idAt(pos); !without[scanner.ObjectID(id)] {
				names = append(names, id...)
			}
		}
	}
	for _, p := range s.walk.packs {
		names = slices.Grow(names, p.count*s.walk.opt.IDSize)
		add(&p.ordinals, p.idx.ID)
	}
	add(&s.walk.loose.ordinals, s.walk.loose.id)
	return names, nil
}

// knownObjects is what SearchNew leaves out, and what it has searched.
type knownObjects struct {
	isKnown  func(id []byte) bool
	packs    []knownEntries // like Walk.packs
	packed   int64          // number of known objects in packs
	loose    atomic.Int64   // number of known loose objects
	searched bitset         // by ordinal
}

// knownEntries says for each entry of a pack whether it is known, and whether
// it must be inflated because it, or anything made from it, is not. If both are
// nil, nothing is known.
type knownEntries struct{ known, needed bitset }

// lookUpKnown asks for the objects of all packs whether they are known.
func (p *pass) lookUpKnown(ctx context.Context) error {
	p.known.packs = make([]knownEntries, len(p.walk.packs))
	for i, pack := range p.walk.packs {
		found, err := p.lookUpEntries(ctx, pack)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil { // otherwise the walk reports what is wrong with the pack
			p.known.packs[i] = found
		}
	}
	return nil
}

func (p *pass) lookUpEntries(ctx context.Context, pack *pack) (found knownEntries, err error) {
	defer packfile.Guard(&err)()
	n := pack.len()
	parent := make([]uint32, n) // plus one
	for e := range uint32(n) {
		for c := pack.child[e]; c != 0; c = pack.next[c-1] {
			parent[c-1] = e + 1
		}
	}
	found = knownEntries{newBitset(n), newBitset(n)}
	for e := range uint32(n) {
		if interrupted(ctx, int(e)) {
			return found, ctx.Err()
		}
		s := pack.state[e]
		if !p.kinds[s.kind()] || s&isDuplicate != 0 {
			continue
		}
		if p.known.isKnown(pack.id(e)) {
			found.known.put(e)
			continue
		}
		// All its bases are needed; those of an entry that is marked are marked.
		for up := e + 1; up != 0 && !found.needed.has(up-1); up = parent[up-1] {
			found.needed.put(up - 1)
		}
	}
	for e := range uint32(n) {
		if found.known.has(e) {
			p.known.packed++
			p.known.searched.put(pack.ordinalOf(e))
		}
	}
	return found, nil
}

// isKnown reports whether an entry of the worker's pack is left out.
func (k *worker) isKnown(e uint32) bool {
	return k.pass.known != nil && k.pass.known.packs[k.pack.index].known.has(e)
}

// isNeeded reports whether an entry of the worker's pack, or anything made from
// it, is to be shown.
func (k *worker) isNeeded(e uint32) bool {
	if k.pass.known == nil {
		return true
	}
	needed := k.pass.known.packs[k.pack.index].needed
	return needed == nil || needed.has(e)
}

// skipKnownLoose reports whether a loose object is known, and counts it.
func (k *worker) skipKnownLoose(id []byte, ordinal uint32) bool {
	known := k.pass.known
	if known == nil || !known.isKnown(id) {
		return false
	}
	known.loose.Add(1)
	known.searched.putShared(ordinal)
	k.done++
	return true
}

// markSearched records that an object was searched to its end.
func (k *worker) markSearched(ordinal uint32) {
	if k.pass.known != nil {
		k.pass.known.searched.putShared(ordinal)
	}
}

// bitset is a set of small numbers; nil is empty.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i uint32) bool { return b != nil && b[i>>6]&(1<<(i&63)) != 0 }
func (b bitset) put(i uint32)      { b[i>>6] |= 1 << (i & 63) }

// putShared is put that several goroutines may call at a time.
func (b bitset) putShared(i uint32) { atomic.OrUint64(&b[i>>6], 1<<(i&63)) }
