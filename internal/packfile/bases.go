package packfile

import (
	"sync"

	"github.com/djleaks/djleaks/scanner"
)

// bases caches the objects that a store has read last, because the next one is
// often stored as a delta from one of them. The objects in the middle of a chain
// are not cached: for one object at the end of a long chain that took three times
// as long.
type bases struct {
	mu            sync.Mutex
	recent, older map[baseKey]baseText
	size, limit   int64 // of recent, in bytes
}

type baseKey struct {
	pack *Pack
	data int64 // offset of the entry's stream
}

type baseText struct {
	t    Type
	text []byte
}

// CacheBases makes the store cache up to about this number of bytes of what it
// has read from packs, which pays if many versions of the same files are read.
// What Get returns is then shared, and must not be changed. It must be called
// before the first Get.
func (s *Store) CacheBases(bytes int64) {
	s.bases = &bases{recent: map[baseKey]baseText{}, limit: bytes / 2}
}

func (b *bases) get(key baseKey) (baseText, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found, ok := b.recent[key]; ok {
		return found, true
	}
	found, ok := b.older[key]
	if ok {
		b.keep(key, found)
	}
	return found, ok
}

func (b *bases) put(key baseKey, text baseText) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.recent[key]; !ok && int64(len(text.text)) <= b.limit/4 {
		b.keep(key, text)
	}
}

func (b *bases) keep(key baseKey, text baseText) {
	size := int64(cap(text.text)) + 100 // what the map itself takes
	if b.size += size; b.size > b.limit {
		b.older, b.recent, b.size = b.recent, map[baseKey]baseText{}, size
	}
	b.recent[key] = text
}

// resolve is Resolve for an object of at most limit bytes, and follows the chain
// only to the first object that is cached.
func (b *bases) resolve(p *Pack, f *Inflater, offset, limit int64, lookup Lookup) (Type, []byte, error) {
	var from baseText
	deltas, root, err := p.chain(nil, offset, lookup, func(data int64) (ok bool) {
		from, ok = b.get(baseKey{p, data})
		return ok
	})
	if err != nil {
		return 0, nil, err
	}
	own := from.t == 0 // text may be overwritten
	if len(deltas) == 0 && (own && root.Size > limit || int64(len(from.text)) > limit) {
		return 0, nil, ErrTooLarge
	}
	if own {
		from.t = root.Type
		if from.text, err = p.inflate(f, root); err != nil {
			return 0, nil, err
		}
	}
	last := root
	text := from.text
	var spare []byte
	for i := len(deltas) - 1; i >= 0; i-- {
		last = deltas[i]
		delta, err := p.inflateScratch(f, last)
		if err != nil {
			return 0, nil, err
		}
		most := int64(MaxObject)
		if i == 0 {
			most = limit
		}
		made, err := ApplyDelta(spare[:0], text, delta, most)
		if err != nil {
			return 0, nil, err
		}
		spare = nil
		if own {
			spare = text
		}
		text, own = made, true
	}
	b.put(baseKey{p, last.Data}, baseText{from.t, text})
	return from.t, text, nil
}

// Place returns where an object is packed: the number of a pack and the offset in
// it, in bytes; the number is -1 for one that is in no pack. A delta usually
// follows its base, so many objects are read fastest in this order.
func (s *Store) Place(id scanner.ObjectID) (pack int, offset int64) {
	if len(id) != s.idSize {
		return -1, 0
	}
	packs, _ := s.list(false)
	for i, p := range packs {
		if p.open(s.idSize) != nil {
			continue
		}
		if offset, ok := p.lookup([]byte(id)); ok {
			return i, offset
		}
	}
	return -1, 0
}
