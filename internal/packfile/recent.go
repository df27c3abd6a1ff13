package packfile

import (
	"math/bits"
	"runtime/debug"

	"github.com/djleaks/djleaks/scanner"
)

// Recent reads objects of which most are versions of those that were read last: the
// trees of one commit after the other. It keeps about twice as many bytes as it is
// made for, in memory that it uses again, so that a text is to be released. It is for
// one goroutine at a time.
type Recent struct {
	store *Store
	limit int // bytes of the newer texts

	newer, older map[scanner.ObjectID]*Text
	places       map[baseKey]*Text // those of both that are packed
	size         int               // of the newer ones

	deltas  []Entry
	between [2][]byte // what is neither the root of a chain of deltas nor its end
	free    [largestFree + 1][][]byte
}

// Text is the content of an object.
type Text struct {
	Type Type
	Data []byte

	owner *Recent // nil: the memory is not used again
	place baseKey
	users int
	gone  bool // from the cache
}

// The sizes of buffers that are used again, as powers of two.
const (
	smallestFree = 8
	largestFree  = 16
)

// Recent makes a reader of objects that keeps up to 2 × limit bytes.
func (s *Store) Recent(limit int) *Recent {
	return &Recent{store: s, limit: limit, newer: map[scanner.ObjectID]*Text{},
		older: map[scanner.ObjectID]*Text{}, places: map[baseKey]*Text{}}
}

// Get returns an object as Store.Get does. Its Data must not be changed, nor be used
// after Release.
func (r *Recent) Get(id scanner.ObjectID) (*Text, error) {
	t := r.newer[id]
	if t == nil {
		if t = r.older[id]; t != nil {
			delete(r.older, id)
		} else if t = r.packed(id); t == nil {
			kind, data, err := r.store.Get(id)
			if err != nil {
				return nil, err
			}
			t = &Text{Type: kind, Data: data}
		}
		r.keep(id, t)
	}
	t.users++
	return t, nil
}

// Release says that Data is no longer used by whoever got it. Without it the memory is
// not used again.
func (t *Text) Release() {
	if t.users--; t.users == 0 && t.gone && t.owner != nil {
		t.owner.reuse(t)
	}
}

// Len is the number of objects that are kept.
func (r *Recent) Len() int { return len(r.newer) + len(r.older) }

func (r *Recent) keep(id scanner.ObjectID, t *Text) {
	size := cap(t.Data) + 200 // with what the maps take
	if r.size += size; r.size > r.limit {
		for _, old := range r.older {
			if delete(r.places, old.place); old.users == 0 {
				r.reuse(old)
			}
			old.gone = true
		}
		clear(r.older)
		r.older, r.newer, r.size = r.newer, r.older, size
	}
	r.newer[id] = t
}

// reuse takes the memory of a text back.
func (r *Recent) reuse(t *Text) {
	if t.owner == nil {
		return
	}
	if class := bits.Len(uint(cap(t.Data))) - 1; class <= largestFree {
		r.free[class] = append(r.free[class], t.Data[:0])
	}
	t.Data = nil
}

// buffer returns memory for size bytes.
func (r *Recent) buffer(size int) []byte {
	class := max(smallestFree, bits.Len(uint(max(size, 1)-1)))
	if class > largestFree {
		return make([]byte, 0, size)
	}
	list := r.free[class]
	if len(list) == 0 {
		return make([]byte, 0, 1<<class)
	}
	r.free[class] = list[:len(list)-1]
	return list[len(list)-1]
}

// packed reads an object from the first pack that has it; nil if none has, or if
// anything is wrong with it: then the store says what, or finds another copy.
func (r *Recent) packed(id scanner.ObjectID) (t *Text) {
	if len(id) != r.store.idSize {
		return nil
	}
	packs, _ := r.store.list(false)
	for _, p := range packs {
		if p.open(r.store.idSize) != nil {
			continue
		}
		var fault error
		func() {
			defer func(before bool) {
				debug.SetPanicOnFault(before)
				Caught(recover(), &fault)
			}(debug.SetPanicOnFault(true))
			if offset, found := p.find([]byte(id)); found {
				r.store.touch(p, offset)
				t, fault = r.resolve(p, offset)
			}
		}()
		if fault != nil {
			return nil
		}
		if t != nil {
			return t
		}
	}
	return nil
}

// resolve is Pack.Resolve, from the first object of the chain that is kept.
func (r *Recent) resolve(p *storePack, offset int64) (*Text, error) {
	var base *Text
	deltas, first, err := p.pack.chain(r.deltas[:0], offset, p.find, func(data int64) bool {
		base = r.places[baseKey{p.pack, data}]
		return base != nil
	})
	r.deltas = deltas
	if err != nil {
		return nil, err
	}
	f := inflaters.Get().(*Inflater)
	defer inflaters.Put(f)
	t := &Text{Type: first.Type, owner: r, place: baseKey{p.pack, first.Data}}
	var text []byte
	switch {
	case base != nil:
		t.Type, text = base.Type, base.Data
	case len(r.deltas) == 0:
		t.Data, err = r.whole(p.pack, f, first, nil)
	default:
		r.between[0], err = r.whole(p.pack, f, first, r.between[0][:0])
		text = r.between[0]
	}
	if err != nil {
		return nil, err
	}
	for i := len(r.deltas) - 1; i >= 0; i-- {
		delta, err := p.pack.inflateScratch(f, r.deltas[i])
		if err != nil {
			return nil, err
		}
		into := &r.between[(len(r.deltas)-i)&1] // the other one holds text
		if i == 0 {
			_, size, _, err := DeltaSizes(delta)
			if err != nil {
				return nil, err
			}
			t.Data = r.buffer(int(min(size, 1<<largestFree)))
			into = &t.Data
		}
		if *into, err = ApplyDelta((*into)[:0], text, delta, MaxObject); err != nil {
			return nil, err
		}
		text = *into
	}
	if len(r.deltas) > 0 {
		t.place.data = r.deltas[0].Data
	}
	r.places[t.place] = t
	return t, nil
}

// whole appends what an entry that is not a delta holds to dst, or to memory that is
// used again if dst is nil.
func (r *Recent) whole(p *Pack, f *Inflater, e Entry, dst []byte) ([]byte, error) {
	if e.Size > keptScratch {
		return p.inflate(f, e)
	}
	text, err := p.inflateScratch(f, e)
	if dst == nil {
		dst = r.buffer(len(text))
	}
	return append(dst, text...), err
}
