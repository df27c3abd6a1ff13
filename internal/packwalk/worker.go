package packwalk

import (
	"fmt"
	"slices"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// worker walks trees of deltas. It shares none of its fields, so that it needs
// no locks.
type worker struct {
	pass   *pass
	walk   *Walk
	number int

	pack      *pack
	stack     []frame // bases with children still to come, the oldest ancestor first
	inflate   packfile.Inflater
	buffers   buffers
	delta     []byte // the inflated delta
	file      []byte // a loose file
	loose     []byte // text of a loose object
	window    []byte // part of a rope's text
	copies    []Copy
	fresh     []Span
	object    Object
	oversized bool // holds pass.oversized

	cov   scanner.Coverage
	done  int64 // objects read or reported
	bytes int64 // read of the pack, not yet added to pass.bytes
}

// frame is an object whose children are being walked.
type frame struct {
	entry      uint32
	next       uint32   // the next child to be walked, plus one
	until      uint32   // the first child that another worker walks, plus one; 0 is the end of the list
	backing    *backing // nil if it was dropped, to be made again
	pieces     []piece  // nil if backing.data is the text itself
	size       int      // of the text in bytes
	anchors    []int32
	known      bool // not searched: what is made from it is searched whole
	unreadable bool // its children can only be found elsewhere
}

func (k *worker) stopped() bool { return k.pass.stop.Load() }

// flush adds what the worker has read to what all have read, and releases the
// packs' pages after every maxResident bytes.
func (k *worker) flush() {
	before := k.pass.bytes.Add(k.bytes) - k.bytes
	if before/maxResident != (before+k.bytes)/maxResident {
		k.walk.forgetPages()
	}
	k.bytes = 0
}

// entries walks the trees of deltas whose roots are the entries from … to-1.
func (k *worker) entries(p *pack, from, to int) {
	k.pack = p
	for e := uint32(from); e < uint32(to) && !k.stopped(); e++ {
		switch s := p.state[e]; {
		case !k.pass.kinds[s.kind()] || !k.pass.isNeeded(p, e):
			k.bytes += p.length(e)
		case s&isDelta == 0:
			k.deltaTree(e)
		}
		if k.bytes > 1<<20 {
			k.flush()
		}
	}
}

// deltaTree walks an entry that is not a delta, and all that is made from it.
func (k *worker) deltaTree(e uint32) {
	k.bytes += k.pack.length(e)
	duplicate := k.pack.state[e]&isDuplicate != 0
	if duplicate && k.pack.child[e] == 0 {
		return
	}
	head, src, err := k.readEntry(e)
	if err == nil && head.Size > k.walk.opt.StreamLimit && k.pack.child[e] == 0 && head.Type == packfile.Blob {
		k.stream(e, head, src)
		return
	}
	if head.Size > k.walk.largeText {
		k.lockOversized()
	}
	f := frame{entry: e, next: k.pack.child[e], known: k.isKnown(e)}
	var text []byte
	if err == nil {
		text, err = k.inflateEntry(head, src)
	}
	if err == nil {
		k.setText(&f, text)
		k.show(&f, None)
	} else if !k.stopped() {
		k.readElsewhere(&f, err)
	}
	k.keep(f)
	k.descend()
	k.unlockOversized()
}

// descend walks all descendants of the frames on the stack.
func (k *worker) descend() {
	for len(k.stack) > 0 {
		top := len(k.stack) - 1
		f := &k.stack[top]
		if f.next == f.until || k.stopped() {
			k.drop(f)
			k.stack = k.stack[:top]
			continue
		}
		if k.pass.wanted.Load() > 0 {
			k.handOver()
		}
		c := f.next - 1
		f.next = k.pack.next[c]
		if !k.pass.isNeeded(k.pack, c) || k.leavesOut(k.pack.state[c], isExtra) {
			continue // entries has counted it
		}
		k.bytes += k.pack.length(c)
		if k.pack.state[c]&isDuplicate != 0 && k.pack.child[c] == 0 {
			continue
		}
		child := frame{entry: c, next: k.pack.child[c], known: k.isKnown(c)}
		if err := k.showChild(&child, f); err != nil && !k.stopped() {
			k.readElsewhere(&child, err)
		}
		if f.next == f.until {
			// The last child: the base is no longer needed.
			k.drop(f)
			k.stack = k.stack[:top]
		}
		k.keep(child)
		if k.bytes > 1<<16 {
			k.flush()
		}
	}
	k.unlockOversized()
}

// leavesOut reports whether an entry has a mark of what is optional, which is not
// walked yet.
func (k *worker) leavesOut(s, mark state) bool { return s&mark != 0 && !k.walk.optional.Load() }

// setText gives a frame a text that is not made from another.
func (k *worker) setText(f *frame, text []byte) {
	f.backing, f.size = k.newBacking(text), len(text)
	if !f.known {
		f.anchors = k.search(text)
	}
}

// showChild makes the text of child from that of its base, and shows it.
func (k *worker) showChild(child, base *frame) error {
	if base.unreadable {
		return packfile.ErrBase
	}
	if base.backing == nil {
		if err := k.restore(base); err != nil {
			return err
		}
	}
	if err := k.apply(child, base); err != nil {
		return err
	}
	origin := None
	switch {
	case child.known:
		return nil
	case base.known:
		child.anchors = k.search(k.text(child))
		k.show(child, origin)
		return nil
	}
	child.anchors = k.inherit(child, base.anchors)
	if k.pack.state[base.entry]&isDuplicate == 0 {
		origin = k.pack.ordinalOf(base.entry)
	}
	k.show(child, origin)
	return nil
}

// keep puts a frame on the stack if it has children, and releases its buffers
// otherwise.
func (k *worker) keep(f frame) {
	if f.next == f.until {
		k.drop(&f)
		return
	}
	k.push(f)
}

func (k *worker) push(f frame) {
	k.stack = append(k.stack, f)
	// Over the limit, the oldest texts are dropped: they are needed last. What
	// this frame needs itself is no reason to drop others.
	top := k.stack[len(k.stack)-1]
	limit := k.walk.opt.MemoryLimit
	if top.backing != nil {
		limit += 2 * int64(cap(top.backing.data))
	}
	for i := 0; k.pass.live.Load() > limit && i < len(k.stack)-1; i++ {
		if old := &k.stack[i]; old.backing != top.backing {
			k.drop(old)
		}
	}
}

// drop releases the buffers of a frame.
func (k *worker) drop(f *frame) {
	k.release(f)
	k.buffers.putAnchors(f.anchors)
	f.anchors = nil
}

// restore makes the text of a dropped frame again.
func (k *worker) restore(f *frame) (err error) {
	defer func() { packfile.Caught(recover(), &err) }()
	_, text, err := k.pack.data.Resolve(&k.inflate, k.pack.offset(f.entry), k.pack.lookup)
	if err == nil {
		k.setText(f, text)
	}
	return err
}

// readElsewhere reads another copy of an object that cannot be read here. If
// there is none it reports the object, and the frame is unreadable.
func (k *worker) readElsewhere(f *frame, err error) {
	id := k.pack.id(f.entry)
	kind, text, ok := k.walk.otherCopy(id, k.pack)
	if !ok || kind != k.pack.state[f.entry].kind() {
		f.unreadable = true
		if k.pack.state[f.entry]&isDuplicate == 0 {
			k.skip(id, err)
		}
		return
	}
	k.setText(f, text)
	k.show(f, None)
}

// skip reports an object that was not read.
func (k *worker) skip(id []byte, err error) {
	k.done++
	k.cov.Skip(scanner.Skip{ID: scanner.ObjectID(id).String(), Reason: reason(err)})
}

// show calls the visitor, if the text has an anchor. base is the ordinal of the
// object that k.copies refers to.
func (k *worker) show(f *frame, base uint32) {
	s := k.pack.state[f.entry]
	if s&isDuplicate != 0 || f.known || k.leavesOut(s, isOptional) || k.stopped() {
		return
	}
	k.count(s.kind(), int64(f.size))
	k.markSearched(k.pack.ordinalOf(f.entry), s.kind(), int64(f.size))
	if s.kind() == packfile.Commit && k.pass.commits != nil {
		k.showCommit(k.pack.ordinalOf(f.entry), k.pack.id(f.entry), k.text(f))
	}
	if k.pass.set != nil && len(f.anchors) == 0 && !(k.pass.set.MayTake(int(f.size)) && k.pass.set.Takes(k.text(f))) {
		return
	}
	o := &k.object
	*o = Object{Kind: s.kind(), Ordinal: k.pack.ordinalOf(f.entry), Text: k.text(f), Size: int64(f.size),
		Anchors: f.anchors, Base: base, raw: k.pack.id(f.entry)}
	if base != None {
		o.Copies = k.copies
	}
	k.fresh = appendFresh(k.fresh[:0], o.Copies, f.size)
	o.Fresh = k.fresh
	k.visit()
}

// showCommit calls the visitor of every commit.
func (k *worker) showCommit(ordinal uint32, id, text []byte) {
	k.object = Object{Kind: packfile.Commit, Ordinal: ordinal, Text: text, Size: int64(len(text)), Base: None, raw: id}
	if err := k.pass.commits(k.number, &k.object); err != nil {
		k.pass.failed(err)
	}
}

func (k *worker) visit() {
	if err := k.pass.visit(k.number, &k.object); err != nil {
		k.pass.failed(err)
	}
}

func (k *worker) count(kind packfile.Type, size int64) {
	k.done++
	switch {
	case kind == packfile.Blob:
		k.cov.Blobs++
		k.cov.Bytes += size
	case kind == packfile.Commit && k.pass.set == nil:
		k.cov.Commits++
	}
}

// search returns the anchors of a text that is not made from another.
func (k *worker) search(text []byte) []int32 {
	if k.pass.set == nil {
		return nil
	}
	anchors := k.buffers.getAnchors()
	for from := 0; from < len(text) && !k.stopped(); from += searchStep {
		anchors = k.pass.set.Append(anchors, text, from, min(len(text), from+searchStep))
	}
	return anchors
}

// searchStep is how many bytes are searched before the worker checks whether it
// was stopped.
const searchStep = 8 << 20

// handOver gives work to an idle worker: the remaining children of the oldest
// ancestor that has any, most likely the largest part of what is left, or else
// half of the children of the frame that this worker is at.
func (k *worker) handOver() {
	if k.oversized {
		return
	}
	top := len(k.stack) - 1
	for i := range k.stack[:top] {
		if f := &k.stack[i]; f.next != f.until && f.backing != nil {
			part := k.copyFrame(f)
			part.next, part.until = f.next, f.until
			k.drop(f)
			f.next = f.until
			k.pass.enqueue(job{k.pack, part})
			return
		}
	}
	f := &k.stack[top]
	n := 0
	for c := f.next; c != f.until; c = k.pack.next[c-1] {
		n++
	}
	if n < 2 || f.backing == nil {
		return
	}
	middle := f.next
	for range n / 2 {
		middle = k.pack.next[middle-1]
	}
	part := k.copyFrame(f)
	part.next, part.until, f.until = middle, f.until, middle
	k.pass.enqueue(job{k.pack, part})
}

// copyFrame copies a frame for another worker, with everything it refers to.
func (k *worker) copyFrame(f *frame) frame {
	text := k.text(f)
	return frame{entry: f.entry, size: f.size, known: f.known, anchors: slices.Clone(f.anchors),
		backing: k.newBacking(append(make([]byte, 0, len(text)), text...))}
}

func (k *worker) lockOversized() {
	if !k.oversized {
		k.pass.oversized.Lock()
		k.oversized = true
	}
}

func (k *worker) unlockOversized() {
	if k.oversized && len(k.stack) == 0 {
		k.oversized = false
		k.pass.oversized.Unlock()
	}
}

// readUntyped reads the entries whose chain of bases ends at no object, unless
// another pack has them too.
func (k *worker) readUntyped() {
	for _, p := range k.walk.packs {
		k.pack = p
		if p.counts[0] == 0 {
			continue
		}
		for e := range uint32(p.len()) {
			if s := p.state[e]; s.kind() == 0 && s&isDuplicate == 0 && !k.stopped() {
				k.readUntypedEntry(e)
			}
		}
	}
}

// readUntypedEntry reads another copy of an entry of unknown type, or reports
// why there is none.
func (k *worker) readUntypedEntry(e uint32) {
	id := k.pack.id(e)
	kind, text, ok := k.walk.otherCopy(id, k.pack)
	if !ok {
		k.skip(id, k.diagnose(e))
		return
	}
	if k.pass.kinds[kind] {
		k.showWhole(kind, k.pack.ordinalOf(e), id, text)
	}
}

// showWhole shows an object that was read on its own.
func (k *worker) showWhole(kind packfile.Type, ordinal uint32, id, text []byte) {
	anchors := k.search(text)
	if k.stopped() {
		return
	}
	k.count(kind, int64(len(text)))
	k.markSearched(ordinal, kind, int64(len(text)))
	if kind == packfile.Commit && k.pass.commits != nil {
		k.showCommit(ordinal, id, text)
	}
	if k.pass.set == nil || len(anchors) > 0 || k.pass.set.Takes(text) {
		k.fresh = appendFresh(k.fresh[:0], nil, len(text))
		k.object = Object{Kind: kind, Ordinal: ordinal, Text: text, Size: int64(len(text)),
			Anchors: anchors, Base: None, Fresh: k.fresh, raw: id}
		k.visit()
	}
	k.buffers.putAnchors(anchors)
}

// diagnose says what is wrong with an entry of unknown type. It follows at most
// 4096 bases: the answer is for a person, and one chain may have many such
// entries.
func (k *worker) diagnose(e uint32) error {
	if len(k.cov.Skipped) > 100 {
		return packfile.ErrBase
	}
	seen := map[uint32]bool{}
	for range 1 << 12 {
		if seen[e] {
			return packfile.ErrCycle
		}
		seen[e] = true
		head, err := k.pack.data.Entry(k.pack.offset(e))
		if err != nil {
			if len(seen) > 1 {
				return packfile.ErrBase
			}
			return err
		}
		at, ok := head.Base, true
		if head.Type == packfile.RefDelta {
			at, ok = k.pack.lookup(head.BaseID)
		}
		if ok {
			e, ok = k.pack.entryAt(at)
		}
		if !ok {
			return packfile.ErrBase
		}
	}
	return fmt.Errorf("%w, or a longer cycle", packfile.ErrBase)
}
