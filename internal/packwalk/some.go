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
func OpenSome(ctx context.Context, opt Options, ids []scanner.ObjectID) (*Walk, error) {
	w, err := newWalk(opt)
	if err != nil {
		return nil, err
	}
	w.some = true
	if err := w.openSome(ctx, slices.Compact(slices.Sorted(slices.Values(ids)))); err != nil {
		w.Close()
		return nil, fmt.Errorf("walk: %w", err)
	}
	return w, nil
}

func (w *Walk) openSome(ctx context.Context, ids []scanner.ObjectID) error {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	paths, _ := packfile.ListPacks(w.opt.Dirs) // what is not found is reported
	for _, path := range paths {
		p := &pack{path: path}
		left, err := p.openSome(ctx, w.opt.IDSize, ids)
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
func (p *pack) openSome(ctx context.Context, idSize int, ids []scanner.ObjectID) (left []scanner.ObjectID, err error) {
	defer packfile.Guard(&err)()
	if p.idx, err = packfile.OpenIndex(p.path+".idx", idSize); err != nil {
		return ids, err
	}
	p.bits = bits.Len(uint(p.idx.Count()))
	at := map[int64]bool{}
	for _, id := range ids {
		pos, ok := p.idx.Find([]byte(id))
		offset := int64(0)
		if ok {
			offset, ok = p.idx.Offset(pos)
		}
		if !ok || bits.Len64(uint64(offset)) > 64-p.bits {
			left = append(left, id)
			continue
		}
		at[offset] = true
		p.keys = append(p.keys, uint64(offset)<<p.bits|uint64(pos))
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
		p.addBases(p.offset(uint32(i)), at)
	}
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
	}
	return left, nil
}

// addBases adds the entries that the one at offset is made from, as far as they
// are not among the offsets at.
func (p *pack) addBases(offset int64, at map[int64]bool) {
	for {
		head, err := p.data.Entry(offset)
		ok := err == nil
		switch {
		case !ok:
		case head.Type == packfile.OfsDelta:
			offset = head.Base
		case head.Type == packfile.RefDelta:
			offset, ok = p.lookup(head.BaseID)
		default:
			return
		}
		if !ok || at[offset] || bits.Len64(uint64(offset)) > 64-p.bits {
			return
		}
		at[offset] = true
		p.keys = append(p.keys, uint64(offset)<<p.bits|uint64(p.idx.Count()))
	}
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
