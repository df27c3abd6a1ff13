package packwalk

import (
	"slices"

	"github.com/djleaks/djleaks/internal/packfile"
)

// gathered is a copy of some entries of a pack for which there is no room in memory.
// A tree of deltas is spread over the pack: read from there, each page would be read
// from the disk again and again, by itself. So the entries of as many trees as there
// is room for are read in the order of the pack before they are walked.
type gathered struct {
	pack    *pack
	entries []uint32 // ascending
	starts  []int    // where the bytes of each begin; one more for the end of the last
	bytes   []byte
	trail   []uint32 // of tree, to use it again
}

// entry returns the bytes of an entry of p, nil if they are not here.
func (g *gathered) entry(p *pack, e uint32) []byte {
	if g == nil || g.pack != p {
		return nil
	}
	i, ok := slices.BinarySearch(g.entries, e)
	if !ok {
		return nil
	}
	return g.bytes[g.starts[i]:g.starts[i+1]]
}

// stages yields what the workers do one after the other: some trees of deltas of a
// pack for which there is no room, which are then in p.gathered, and at last all the
// rest at once.
func (p *pass) stages(yield func([]part) bool) {
	var rest []part
	for _, pack := range p.walk.packs {
		whole := part{pack, 0, pack.len()}
		if p.walk.some || !pack.data.IsCrowded() {
			rest = append(rest, whole)
			continue
		}
		if !p.gather(whole, yield) {
			return
		}
	}
	yield(append(rest, part{nil, 0, p.walk.loose.size()}))
}

// gather yields the stages of one pack.
func (p *pass) gather(whole part, yield func([]part) bool) bool {
	memory, free, err := packfile.Outside(p.walk.gatherSize())
	if err != nil {
		return yield([]part{whole})
	}
	p.gathered = &gathered{pack: whole.pack, bytes: memory[:0]}
	defer func() {
		p.gathered = nil
		_ = free()
	}()
	for from := 0; from < whole.to && !p.stop.Load(); {
		to := p.choose(from)
		p.gathered.read()
		if !yield([]part{{whole.pack, from, to}}) {
			return false
		}
		from = to
	}
	return true
}

// The smallest and the largest size, in bytes, of the buffer for gathered entries.
const (
	leastGathered = 4 << 20
	mostGathered  = 128 << 20
)

// gatherSize is the size of that buffer, in bytes: half of what the indexes leave of
// the room. The other half is for what the system reads to fill it.
func (w *Walk) gatherSize() int {
	if w.gathers > 0 {
		return w.gathers
	}
	room := packfile.Room()
	for _, pack := range w.packs {
		room -= pack.idx.Size()
	}
	return int(max(leastGathered, min(mostGathered, room/2)))
}

// choose sets the entries that are gathered to those of the trees of deltas from
// this root on, as many as there is room for, or a single one. It returns the root
// that is the next.
func (p *pass) choose(from int) (to int) {
	g := p.gathered
	g.entries = g.entries[:0]
	size := int64(0)
	for to = from; to < g.pack.len(); to++ {
		root := uint32(to)
		if s := g.pack.state[root]; s&isDelta != 0 || !p.kinds[s.kind()] || !p.isNeeded(g.pack, root) {
			continue
		}
		before := len(g.entries)
		size += p.addTree(root)
		if size > int64(cap(g.bytes)) && before > 0 {
			g.entries = g.entries[:before]
			break
		}
	}
	slices.Sort(g.entries)
	return to
}

// addTree adds the entries of a tree of deltas to those that are gathered. It returns
// their length in bytes.
func (p *pass) addTree(root uint32) (size int64) {
	g := p.gathered
	g.trail = append(g.trail[:0], root)
	for len(g.trail) > 0 {
		e := g.trail[len(g.trail)-1]
		g.trail = g.trail[:len(g.trail)-1]
		g.entries = append(g.entries, e)
		size += g.pack.length(e)
		for c := g.pack.child[e]; c != 0; c = g.pack.next[c-1] {
			if p.isNeeded(g.pack, c-1) {
				g.trail = append(g.trail, c-1)
			}
		}
	}
	return size
}

// read copies the bytes of the entries from the pack. What there is no room for, or
// cannot be read, is left out.
func (g *gathered) read() {
	_ = g.copyEntries() // the walk meets the error, too, and says of which objects
	g.entries = g.entries[:len(g.starts)-1]
}

func (g *gathered) copyEntries() (err error) {
	defer packfile.Guard(&err)()
	g.bytes, g.starts = g.bytes[:0], append(g.starts[:0], 0)
	for i := 0; i < len(g.entries); {
		n, from, to := g.run(i)
		g.pack.data.ReadOnce(from, to, func(part []byte) {
			for ; n > 0; n-- {
				at := g.pack.offset(g.entries[i]) - from
				entry := part[at : at+g.pack.length(g.entries[i])]
				if len(entry) > cap(g.bytes)-len(g.bytes) {
					i = len(g.entries)
					return
				}
				g.bytes = append(g.bytes, entry...)
				g.starts = append(g.starts, len(g.bytes))
				i++
			}
		})
	}
	return nil
}

// A page that is read by itself costs the system as much as 64 KB that are read at
// once with others.
const (
	mostBetween = 64 << 10 // bytes that are read for nothing
	mostAtOnce  = 2 << 20
)

// run returns how many entries from the i-th on are read at once, and where they are in
// the pack.
func (g *gathered) run(i int) (n int, from, to int64) {
	from = g.pack.offset(g.entries[i])
	to = from
	for _, e := range g.entries[i:] {
		at := g.pack.offset(e)
		end := at + g.pack.length(e)
		if n > 0 && (at-to > mostBetween || end-from > mostAtOnce) {
			break
		}
		to = max(to, end)
		n++
	}
	return n, from, to
}
