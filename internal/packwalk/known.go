package packwalk

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// Searched says which objects need no other search.
type Searched struct {
	Known      int64 // number of objects left out because they are known
	KnownBlobs int64 // those that are blobs
	KnownBytes int64 // the size of those

	walk  *Walk
	set   bitset   // by ordinal: known, or searched to the end
	sizes []uint32 // of blobs that are in set; NoBlob of others
}

// NoBlob is the size, in bytes, of a known object that is not a blob. A blob of
// that size or more is never known.
const NoBlob = math.MaxUint32

// Known says of an object whether an earlier search has read it, and how large it
// is if it is a blob. id is borrowed until it returns; several goroutines call it
// at a time.
type Known func(id []byte) (size uint32, known bool)

// SearchNew is Search without the objects that are known: they are not shown,
// not searched and not counted, and inflated only if another object is made
// from them. known is asked about blobs, commits and tags.
func (w *Walk) SearchNew(ctx context.Context, set *scanner.AnchorSet, known Known, visit Visit) (scanner.Coverage, *Searched, error) {
	isKnown := func(id []byte, _ uint32) (uint32, bool) { return known(id) }
	p := &pass{walk: w, set: set, visit: visit, untyped: true, named: true, known: &knownObjects{isKnown: isKnown}}
	p.kinds[packfile.Blob], p.kinds[packfile.Commit], p.kinds[packfile.Tag] = true, true, true
	p.known.searched, p.known.sizes = newBitset(w.count), make([]uint32, w.count)
	if err := p.lookUpKnown(ctx); err != nil {
		return scanner.Coverage{}, nil, err
	}
	cov, err := p.run(ctx)
	w.addSkips(&cov)
	k := p.known
	return cov, &Searched{
		Known: k.packed + k.loose.Load(), KnownBlobs: k.blobs.Load(), KnownBytes: k.bytes.Load(), walk: w, set: k.searched, sizes: k.sizes,
	}, err
}

// Blobs shows the blobs among some objects, which are given by their ordinals, in
// no order. Of the others those are inflated that one of them is made from, and
// each once, however many there are. What cannot be read is left out. The error is
// that of visit or of ctx.
func (w *Walk) Blobs(ctx context.Context, ordinals []uint32, visit Visit) error {
	wanted := newBitset(w.count)
	for _, n := range ordinals {
		wanted.put(n)
	}
	p := &pass{walk: w, visit: visit, known: &knownObjects{
		isKnown: func(_ []byte, ordinal uint32) (uint32, bool) { return 0, !wanted.has(ordinal) },
	}}
	p.kinds[packfile.Blob] = true
	if err := p.lookUpKnown(ctx); err != nil {
		return err
	}
	if _, err := p.run(ctx); err != nil {
		return err
	}
	return w.blobsElsewhere(ordinals, visit)
}

// blobsElsewhere shows the blobs whose entries have no type because a base is
// missing, but of which there is another copy.
func (w *Walk) blobsElsewhere(ordinals []uint32, visit Visit) error {
	for _, n := range ordinals {
		if w.Kind(n) != 0 {
			continue
		}
		id := w.ID(n)
		kind, text, ok := w.otherCopy([]byte(id), nil)
		if !ok || kind != packfile.Blob {
			continue
		}
		if err := visit(0, &Object{Kind: kind, Ordinal: n, Text: text, Size: int64(len(text)), Base: None, id: id}); err != nil {
			return err
		}
	}
	return nil
}

// Each shows all objects that were searched to their end or are known, with what
// Known has to say of them later. id is borrowed. The error is that of an index
// that can no longer be read.
func (s *Searched) Each(show func(id []byte, size uint32)) (err error) {
	defer packfile.Guard(&err)()
	add := func(n *ordinals, idAt func(pos int) []byte) {
		for pos := range n.total {
			if ordinal := n.ordinal(pos); !n.duplicates.has(pos) && s.set.has(ordinal) {
				show(idAt(pos), s.sizes[ordinal])
			}
		}
	}
	for _, p := range s.walk.packs {
		if s.walk.some {
			s.eachEntry(p, show)
		} else {
			add(&p.ordinals, p.idx.ID)
		}
	}
	add(&s.walk.loose.ordinals, s.walk.loose.id)
	return nil
}

// eachEntry is Each for a pack of which only some objects are walked.
func (s *Searched) eachEntry(p *pack, show func(id []byte, size uint32)) {
	for e := range uint32(p.len()) {
		if p.isOnlyBase(e) {
			continue
		}
		if ordinal := p.ordinalOf(e); s.set.has(ordinal) {
			show(p.id(e), s.sizes[ordinal])
		}
	}
}

// knownObjects is what SearchNew and Blobs leave out, and what SearchNew has
// searched.
type knownObjects struct {
	isKnown      func(id []byte, ordinal uint32) (size uint32, known bool)
	packs        []knownEntries // like Walk.packs
	packed       int64          // number of known objects in packs
	loose        atomic.Int64   // number of known loose objects
	blobs, bytes atomic.Int64   // known blobs, and their size
	searched     bitset         // by ordinal; nil if nobody asks for it
	sizes        []uint32       // by ordinal; so is this
}

// put records a known object.
func (k *knownObjects) put(ordinal, size uint32) {
	if k.sizes == nil {
		return
	}
	k.searched.putShared(ordinal)
	k.sizes[ordinal] = size
	if size != NoBlob {
		k.blobs.Add(1)
		k.bytes.Add(int64(size))
	}
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
	var sizes []uint32
	if p.known.sizes != nil {
		sizes = make([]uint32, n)
	}
	for e := range uint32(n) {
		if interrupted(ctx, int(e)) {
			return found, ctx.Err()
		}
		s := pack.state[e]
		if !p.kinds[s.kind()] || s&isDuplicate != 0 {
			continue
		}
		if size, known := p.known.isKnown(pack.id(e), pack.ordinalOf(e)); known {
			found.known.put(e)
			if sizes != nil {
				sizes[e] = size
			}
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
			if sizes != nil {
				p.known.put(pack.ordinalOf(e), sizes[e])
			}
		}
	}
	return found, nil
}

// isKnown reports whether an entry of the worker's pack is left out.
func (k *worker) isKnown(e uint32) bool {
	return k.pass.known != nil && k.pass.known.packs[k.pack.index].known.has(e)
}

// isNeeded reports whether an entry of a pack, or anything made from it, is to be
// shown.
func (p *pass) isNeeded(pack *pack, e uint32) bool {
	if p.known == nil {
		return true
	}
	needed := p.known.packs[pack.index].needed
	return needed == nil || needed.has(e)
}

// skipKnownLoose reports whether a loose object is known, and counts it.
func (k *worker) skipKnownLoose(id []byte, ordinal uint32) bool {
	known := k.pass.known
	if known == nil {
		return false
	}
	size, ok := known.isKnown(id, ordinal)
	if !ok {
		return false
	}
	known.loose.Add(1)
	known.put(ordinal, size)
	k.done++
	return true
}

// markSearched records that an object was searched to its end; size is in bytes.
func (k *worker) markSearched(ordinal uint32, kind packfile.Type, size int64) {
	known := k.pass.known
	switch {
	case known == nil, known.sizes == nil, kind == packfile.Blob && size >= NoBlob:
		return
	case kind == packfile.Blob:
		known.sizes[ordinal] = uint32(size)
	default:
		known.sizes[ordinal] = NoBlob
	}
	known.searched.putShared(ordinal)
}

// bitset is a set of small numbers; nil is empty.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i uint32) bool { return b != nil && b[i>>6]&(1<<(i&63)) != 0 }
func (b bitset) put(i uint32)      { b[i>>6] |= 1 << (i & 63) }

// putShared is put that several goroutines may call at a time.
func (b bitset) putShared(i uint32) { atomic.OrUint64(&b[i>>6], 1<<(i&63)) }
