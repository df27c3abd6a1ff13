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

	ids          map[scanner.ObjectID]*Text
	places       map[baseKey]*Text // those that are packed
	newer, older []*Text
	size         int    // of the newer ones
	turn         uint32 // the number of times that they became the older ones
	reads        int

	deltas []Entry
	middle [2][]byte // what is neither the root of a chain of deltas nor its end
	free   [largestFree + 1][][]byte
}

// Text is the content of an object.
type Text struct {
	Type Type
	Data []byte

	owner *Recent          // nil: the memory is not used again
	id    scanner.ObjectID // empty if nobody has asked for it yet
	place baseKey
	turn  uint32 // in which it was used last
	users int
	gone  bool // from the cache
}

// The sizes of buffers that are used again, as powers of two.
const (
	smallestFree = 8
	largestFree  = 16
)

// mostMiddle is the size of the largest buffer that is kept for texts in the middle of a
// chain, in bytes.
const mostMiddle = 1 << 20

// fewReads is how many objects are read until those in the middle of a chain of deltas
// are kept, too. Who reads many asks for them soon: a chain is versions of one object,
// though not in the order in which they were made. For a few it would be in vain.
const fewReads = 512

// Recent makes a reader of objects that keeps up to 2 × limit bytes.
func (s *Store) Recent(limit int) *Recent {
	return &Recent{store: s, limit: limit, ids: map[scanner.ObjectID]*Text{}, places: map[baseKey]*Text{}}
}

// Get returns an object as Store.Get does. Its Data must not be changed, nor be used
// after Release.
func (r *Recent) Get(id scanner.ObjectID) (*Text, error) {
	t := r.ids[id]
	if t == nil {
		if t = r.packed(id); t == nil {
			kind, data, err := r.store.Get(id)
			if err != nil {
				return nil, err
			}
			t = r.keep(&Text{Type: kind, Data: data})
		}
		delete(r.ids, t.id) // two names of one place, in a damaged index
		t.id, r.ids[id] = id, t
	}
	r.use(t)
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

// Len is the number of objects that were asked for and are kept.
func (r *Recent) Len() int { return len(r.ids) }

// keep adds a text to the newer ones.
func (r *Recent) keep(t *Text) *Text {
	if t.turn = r.turn - 1; t.place.pack != nil {
		r.places[t.place] = t
	}
	r.use(t)
	return t
}

// use makes a text one of the newer ones.
func (r *Recent) use(t *Text) {
	if t.turn == r.turn {
		return
	}
	size := cap(t.Data) + 200 // with what the maps take
	if r.size += size; r.size > r.limit {
		t.turn = r.turn // for it may be one of the older ones
		r.dropOlder()
		r.size = size
	}
	t.turn = r.turn
	r.newer = append(r.newer, t)
}

// dropOlder drops the older texts that were not used again, and makes the newer ones
// the older ones.
func (r *Recent) dropOlder() {
	for _, t := range r.older {
		if t.turn == r.turn {
			continue
		}
		t.gone = true
		delete(r.ids, t.id)
		if r.places[t.place] == t {
			delete(r.places, t.place)
		}
		if t.users == 0 {
			r.reuse(t)
		}
	}
	clear(r.older)
	r.older, r.newer = r.newer, r.older[:0]
	r.turn++
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
	r.reads++
	var base *Text
	deltas, first, err := p.pack.chain(r.deltas[:0], offset, p.find, func(data int64) bool {
		base = r.places[baseKey{p.pack, data}]
		return base != nil
	})
	if r.deltas = deltas; err != nil {
		return nil, err
	}
	f := inflaters.Get().(*Inflater)
	defer inflaters.Put(f)
	if base != nil {
		r.use(base)
	} else if base, err = r.make(p.pack, f, first, nil, len(deltas)); err != nil {
		return nil, err
	}
	for i := len(deltas) - 1; i >= 0; i-- {
		if base, err = r.make(p.pack, f, deltas[i], base, i); err != nil {
			return nil, err
		}
	}
	return base, nil
}

// make makes the text of an entry, of a delta from its base. left is how many others
// are to be made from it in turn.
func (r *Recent) make(p *Pack, f *Inflater, e Entry, base *Text, left int) (t *Text, err error) {
	kept := left == 0 || r.reads > fewReads
	if kept && base == nil && e.Size > keptScratch {
		data, err := p.inflate(f, e)
		if err != nil {
			return nil, err
		}
		return r.keep(&Text{Type: e.Type, Data: data, owner: r, place: baseKey{p, e.Data}}), nil
	}
	stream, err := p.inflateScratch(f, e)
	if err != nil {
		return nil, err
	}
	size := int64(len(stream))
	if base != nil {
		if _, size, _, err = DeltaSizes(stream); err != nil {
			return nil, err
		}
	}
	into := r.middle[left&1][:0] // the base may be in the other one
	if kept {
		into = r.buffer(int(min(size, 1<<largestFree)))
	}
	t = &Text{Type: e.Type, owner: r, place: baseKey{p, e.Data}}
	if base == nil {
		t.Data = append(into, stream...)
	} else {
		t.Type = base.Type
		t.Data, err = ApplyDelta(into, base.Data, stream, MaxObject)
	}
	switch {
	case err != nil:
		return nil, err
	case kept:
		return r.keep(t), nil
	case cap(t.Data) <= mostMiddle:
		r.middle[left&1] = t.Data
	}
	return t, nil
}
