package packwalk

import (
	"context"
	"fmt"
	"math/bits"
	"runtime/debug"
	"slices"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// OpenSome is Open for some objects: it reads the heads of their entries and of
// those that they are made from, which are inflated but not shown. What it costs
// depends on them, not on the size of the packs. An object that is in no pack that
// can be read is taken for a loose one, and reported if it is not that either.
// Ordinals are given to all objects of the packs, Options.LeaveOut is not asked.
//
// Of the optional objects those are walked that the others are made from, or that are
// made from these in turn, as far as they come after a call of WalkOptional: their
// bases are inflated anyway. None is walked in another pack, or loose.
func OpenSome(ctx context.Context, opt Options, ids, optional []scanner.ObjectID) (*Walk, error) {
	w, err := newWalk(opt)
	if err != nil {
		return nil, err
	}
	w.some = true
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if err := w.openSome(ctx, ids, optional); err != nil {
		w.Close()
		return nil, fmt.Errorf("walk: %w", err)
	}
	return w, nil
}

// WalkOptional begins to walk the optional objects too. Visitors may call it.
func (w *Walk) WalkOptional() { w.optional.Store(true) }

func (w *Walk) openSome(ctx context.Context, ids, optional []scanner.ObjectID) error {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	paths, _ := packfile.ListPacks(w.opt.Dirs) // what is not found is reported
	for _, path := range paths {
		p := &pack{path: path}
		left, err := p.openSome(ctx, w.opt.IDSize, ids, optional)
		if ctx.Err() != nil {
			p.close()
			return ctx.Err()
		}
		if err != nil || p.len() == 0 {
			p.close()
			continue
		}
		ids = left
		p.index = len(w.packs)
		w.packBytes += p.data.Size()
		w.packs = append(w.packs, p)
	}
	w.loose = &looseList{dirs: w.opt.Dirs, idSize: w.opt.IDSize, kinds: make([]packfile.Type, len(ids))}
	for _, id := range ids {
		w.loose.ids = append(w.loose.ids, id...)
	}
	sources := []*ordinals{}
	for _, p := range w.packs {
		p.total = p.idx.Count()
		sources = append(sources, &p.ordinals)
	}
	w.loose.total = w.loose.size()
	for _, s := range append(sources, &w.loose.ordinals) {
		s.first, s.count = uint32(w.count), s.total
		if w.count += s.count; w.count >= int(None>>1) {
			return fmt.Errorf("more than %d objects", None>>1)
		}
	}
	return nil
}

// openSome is open for some objects. It returns those that are not here.
func (p *pack) openSome(ctx context.Context, idSize int, ids, optional []scanner.ObjectID) (left []scanner.ObjectID, err error) {
	defer packfile.Guard(&err)()
	if p.idx, err = packfile.OpenIndex(p.path+".idx", idSize); err != nil {
		return ids, err
	}
	p.bits = bits.Len(uint(p.idx.Count()))
	entries := &someEntries{pack: p, at: make(map[int64]int, 2*len(ids))}
	for _, id := range ids {
		if offset, pos, ok := entries.find(id); ok {
			entries.add(offset, pos)
		} else {
			left = append(left, id)
		}
	}
	if len(p.keys) == 0 {
		return left, nil
	}
	if p.data, err = packfile.OpenPack(p.path+".pack", idSize); err != nil {
		return ids, err
	}
	for i := range len(p.keys) {
		if interrupted(ctx, i) {
			return ids, ctx.Err()
		}
		entries.addBases(p.offset(uint32(i)))
	}
	marks := entries.addOptional(optional)
	slices.Sort(p.keys)
	if err := p.link(ctx); err != nil {
		return ids, err
	}
	for e := range uint32(p.len()) {
		if p.isOnlyBase(e) {
			p.state[e] |= isDuplicate
		} else {
			p.counts[p.state[e]&typeMask]++
		}
		p.state[e] |= marks[p.offset(e)]
	}
	return left, nil
}

// someEntries are the entries of a pack of which some are walked.
type someEntries struct {
	pack *pack
	at   map[int64]int // offsets → indexes of pack.keys
}

// find returns where an object is in the pack and in its index.
func (s *someEntries) find(id scanner.ObjectID) (offset int64, pos int, ok bool) {
	if pos, ok = s.pack.idx.Find([]byte(id)); ok {
		offset, ok = s.pack.idx.Offset(pos)
	}
	return offset, pos, ok && s.fits(offset)
}

func (s *someEntries) fits(offset int64) bool { return bits.Len64(uint64(offset)) <= 64-s.pack.bits }

func (s *someEntries) has(offset int64) bool {
	_, ok := s.at[offset]
	return ok
}

// add adds an entry. One of which no place in the index is given, which is then that
// of none, is only a base of others.
func (s *someEntries) add(offset int64, pos int) {
	key := uint64(offset)<<s.pack.bits | uint64(pos)
	if i, ok := s.at[offset]; ok {
		s.pack.keys[i] = key
		return
	}
	s.at[offset] = len(s.pack.keys)
	s.pack.keys = append(s.pack.keys, key)
}

// base returns the offset of what an entry is made from. It is false for one that is
// not a delta or cannot be read.
func (s *someEntries) base(offset int64) (int64, bool) {
	head, err := s.pack.data.Entry(offset)
	switch {
	case err != nil:
		return 0, false
	case head.Type == packfile.OfsDelta:
		return head.Base, s.fits(head.Base)
	case head.Type == packfile.RefDelta:
		base, ok := s.pack.lookup(head.BaseID)
		return base, ok && s.fits(base)
	}
	return 0, false
}

// addBases adds the entries that the one at offset is made from.
func (s *someEntries) addBases(offset int64) {
	for {
		base, ok := s.base(offset)
		if !ok || s.has(base) {
			return
		}
		s.add(base, s.pack.idx.Count())
		offset = base
	}
}

// maxOptionalChain is how many deltas of which none is walked anyway may lead from an
// optional object to one that is: Git makes chains of up to 50.
const maxOptionalChain = 64

// addOptional adds the optional objects that are there anyway, or are made from what is
// there, and returns the marks of their entries and of those between.
func (s *someEntries) addOptional(ids []scanner.ObjectID) map[int64]state {
	marks, apart := map[int64]state{}, map[int64]bool{}
	for _, id := range ids {
		offset, pos, ok := s.find(id)
		if !ok {
			continue
		}
		if i, found := s.at[offset]; found {
			if key := s.pack.keys[i]; int(key&(1<<s.pack.bits-1)) == s.pack.idx.Count() { // only a base
				s.add(offset, pos)
				marks[offset] |= isOptional
			}
			continue
		}
		chain := []int64{offset}
		for !apart[offset] && len(chain) <= maxOptionalChain {
			if offset, ok = s.base(offset); !ok || s.has(offset) {
				break
			}
			chain = append(chain, offset)
		}
		if !ok || !s.has(offset) {
			for _, offset := range chain {
				apart[offset] = true
			}
			continue
		}
		for _, between := range chain {
			s.add(between, s.pack.idx.Count())
			marks[between] |= isExtra
		}
		s.add(chain[0], pos)
		marks[chain[0]] |= isOptional
	}
	return marks
}

// isOnlyBase reports whether an entry is there because others are made from it.
// Its place in the index is not known then.
func (p *pack) isOnlyBase(e uint32) bool { return int(p.keys[e]&(1<<p.bits-1)) == p.idx.Count() }

// search finds the place of an entry in the index, which is slow: only what is
// damaged is asked for.
func (p *pack) search(e uint32) (pos int) {
	for pos := range p.idx.Count() {
		if offset, ok := p.idx.Offset(pos); ok && offset == p.offset(e) {
			return pos
		}
	}
	return 0
}
