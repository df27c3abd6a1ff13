package packwalk

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// readEntry reads the head of an entry of the worker's pack, and finds its zlib
// stream.
func (k *worker) readEntry(e uint32) (head packfile.Entry, src []byte, err error) {
	defer func() { packfile.Caught(recover(), &err) }()
	at := k.pack.offset(e)
	entry := k.pass.gathered.entry(k.pack, e)
	if entry == nil {
		head, err = k.pack.data.Entry(at)
	} else {
		head, err = packfile.ReadEntry(entry, at, k.walk.opt.IDSize)
	}
	if err != nil {
		return head, nil, err
	}
	src, err = k.pack.data.Checked(head, k.pack.end(e))
	if err == nil && entry != nil {
		src = entry[head.Data-at:][:len(src)]
	}
	return head, src, err
}

// inflateEntry inflates the stream of an entry into a buffer of the worker.
func (k *worker) inflateEntry(head packfile.Entry, src []byte) (text []byte, err error) {
	text = k.buffers.get(int(head.Size))
	if err := k.inflateInto(text, src); err != nil {
		k.buffers.put(text)
		return nil, err
	}
	return text, nil
}

// errStopped ends the work on a large object; it is never reported.
var errStopped = errors.New("stopped")

// inflateStep is how many bytes are inflated before the worker checks whether it
// was stopped.
const inflateStep = 4 << 20

func (k *worker) inflateInto(dst, src []byte) (err error) {
	defer func() { packfile.Caught(recover(), &err) }()
	if len(dst) <= 2*inflateStep {
		_, err := k.inflate.Inflate(dst, src)
		return err
	}
	r, err := packfile.NewReader(src, int64(len(dst)))
	if err != nil {
		return err
	}
	for len(dst) > 0 {
		if k.stopped() {
			return errStopped
		}
		n, err := io.ReadFull(r, dst[:min(len(dst), inflateStep)])
		if err != nil {
			return err
		}
		dst = dst[n:]
	}
	return packfile.ExpectEnd(r)
}

// apply makes the text of a delta from its base, and k.copies.
func (k *worker) apply(f, base *frame) error {
	head, src, err := k.readEntry(f.entry)
	if err != nil {
		return err
	}
	if cap(k.delta) < int(head.Size)+packfile.Slack || cap(k.delta) > keepDelta {
		k.delta = make([]byte, max(int(head.Size)+packfile.Slack, firstDelta))
	}
	delta := k.delta[:head.Size]
	if err := k.inflateInto(delta, src); err != nil {
		return err
	}
	baseSize, size, ops, err := packfile.DeltaSizes(delta)
	switch {
	case err != nil:
		return err
	case baseSize != int64(base.size):
		return fmt.Errorf("delta: made from another base: %w", packfile.ErrCorrupt)
	case size > packfile.MaxObject:
		return packfile.ErrTooLarge
	case size > k.walk.opt.StreamLimit:
		k.lockOversized()
	}
	if size > packfile.MaxResult(len(ops), base.size) {
		return fmt.Errorf("delta: %w", packfile.ErrTruncated)
	}
	if k.worthRope(int(size), base, len(ops)) {
		return k.makeRope(f, base, int(size), ops)
	}
	text := k.buffers.get(int(size))
	if k.copies, err = applyOps(text, k.text(base), ops, k.copies[:0]); err != nil {
		k.buffers.put(text)
		return err
	}
	f.backing, f.size = k.newBacking(text), len(text)
	return nil
}

const (
	firstDelta = 64 << 10
	keepDelta  = 8 << 20 // a larger buffer is not kept for the next delta
)

// applyOps fills text with what ops make from base, and appends to copies the
// ranges copied from base, joined where one continues the other.
func applyOps(text, base, ops []byte, copies []Copy) ([]Copy, error) {
	n := 0
	for len(ops) > 0 {
		op, used := packfile.NextOp(ops)
		if used == 0 {
			return copies, fmt.Errorf("delta: %w", packfile.ErrCorrupt)
		}
		ops = ops[used:]
		if op.Len > len(text)-n {
			return copies, fmt.Errorf("delta: longer than declared: %w", packfile.ErrCorrupt)
		}
		if op.Base < 0 {
			if op.Len > len(ops) {
				return copies, fmt.Errorf("delta: %w", packfile.ErrTruncated)
			}
			copyShort(text, ops, n, 0, op.Len)
			n += op.Len
			ops = ops[op.Len:]
			continue
		}
		if op.Base > len(base) || op.Len > len(base)-op.Base {
			return copies, fmt.Errorf("delta: copy outside its base: %w", packfile.ErrCorrupt)
		}
		copyShort(text, base, n, op.Base, op.Len)
		copies = appendCopy(copies, Copy{int32(n), int32(op.Base), int32(op.Len)})
		n += op.Len
	}
	if n != len(text) {
		return copies, fmt.Errorf("delta: %w", packfile.ErrTruncated)
	}
	return copies, nil
}

// copyShort copies n bytes from src[from:] to dst[to:]. Up to 32 bytes it copies
// 32, without a call and without a branch on n, if both have the capacity; what
// it overwrites is written later.
func copyShort(dst, src []byte, to, from, n int) {
	if n <= 32 && to+32 <= cap(dst) && from+32 <= cap(src) {
		*(*[32]byte)(dst[to : to+32]) = *(*[32]byte)(src[from : from+32])
		return
	}
	copy(dst[to:to+n], src[from:from+n])
}

// inherit returns the anchors of a text that k.copies connects with a base
// whose anchors are given. Whether an anchor begins at an offset is decided by
// the set's Extent bytes from there on: where all of them are copied, the base
// has the answer; everywhere else the text is searched. Seams that are near each
// other are searched in one go, with what the base could say of the bytes between.
func (k *worker) inherit(f *frame, base []int32) []int32 {
	set := k.pass.set
	if set == nil {
		return nil
	}
	anchors := k.buffers.getAnchors()
	extent := int32(set.Extent())
	from := int32(0) // everything before is decided
	for _, c := range k.copies {
		if c.Len < extent+nearSeams {
			continue
		}
		anchors = k.searchRange(anchors, f, from, c.At)
		known := c.Len - extent + 1 // number of offsets decided by the base
		for _, a := range base[firstNotBefore(base, c.From):] {
			if a >= c.From+known {
				break
			}
			anchors = append(anchors, a-c.From+c.At)
		}
		from = c.At + known
	}
	return k.searchRange(anchors, f, from, int32(f.size))
}

// nearSeams is how many offsets the base must decide between two searches, so that it
// is asked at all. To begin a search costs as much as to search some hundred bytes.
const nearSeams = 64

// searchRange appends the anchors of f's text that begin in from … to-1.
func (k *worker) searchRange(anchors []int32, f *frame, from, to int32) []int32 {
	if from >= to {
		return anchors
	}
	set := k.pass.set
	if f.pieces == nil {
		return set.Append(anchors, f.backing.data, int(from), int(to))
	}
	k.window = appendPieces(k.window[:0], f, int(from), min(f.size, int(to)+set.Extent()))
	n := len(anchors)
	anchors = set.Append(anchors, k.window, 0, int(to-from))
	for i := range anchors[n:] {
		anchors[n+i] += from
	}
	return anchors
}

// firstNotBefore returns the index of the first offset that is at least at.
func firstNotBefore(offsets []int32, at int32) int {
	from, to := 0, len(offsets)
	for from < to {
		mid := int(uint(from+to) >> 1)
		if offsets[mid] < at {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

// stream shows a blob that is too large to hold, window by window.
func (k *worker) stream(e uint32, head packfile.Entry, src []byte) {
	id := k.pack.id(e)
	r, err := packfile.NewReader(src, head.Size)
	if err == nil {
		err = k.showWindows(r, k.pack.ordinalOf(e), id)
	}
	k.countStreamed(id, k.pack.ordinalOf(e), head.Size, err)
}

// countStreamed counts a blob that was shown in windows.
func (k *worker) countStreamed(id []byte, ordinal uint32, size int64, err error) {
	switch {
	case errors.Is(err, errStopped):
	case err != nil:
		k.skip(id, err)
	default:
		k.count(packfile.Blob, size)
		k.markSearched(ordinal, packfile.Blob, size)
	}
}

// A window is shown with windowContext bytes before and after the part whose
// anchors are its own, so that what is around an anchor can be seen.
const (
	windowSize    = 4 << 20
	windowContext = 64 << 10
)

// showWindows reads a content to its end and shows the windows that have an
// anchor.
func (k *worker) showWindows(r io.Reader, ordinal uint32, id []byte) (err error) {
	defer func() { packfile.Caught(recover(), &err) }()
	buf := make([]byte, windowSize+2*windowContext)
	size := int64(0)  // read so far
	have, own := 0, 0 // bytes in buf; where the next own part begins in it
	lines := 0
	for last := false; !last; {
		if k.stopped() {
			return errStopped
		}
		n, err := io.ReadFull(r, buf[have:])
		have, size = have+n, size+int64(n)
		if err != nil {
			if err != io.EOF && err != io.ErrUnexpectedEOF {
				return err
			}
			if err := packfile.ExpectEnd(r); err != nil {
				return err
			}
			last = true
		}
		until := have
		if !last {
			until = have - windowContext
		}
		text := buf[:have]
		k.showWindow(text, own, until, Object{Kind: packfile.Blob, Ordinal: ordinal, Base: None,
			Windowed: true, Offset: size - int64(have), LinesBefore: lines, raw: id})
		keep := max(0, until-windowContext)
		lines += countLines(text, keep)
		copy(buf, text[keep:])
		have, own = have-keep, until-keep
	}
	return nil
}

func (k *worker) showWindow(text []byte, from, to int, o Object) {
	anchors := k.buffers.getAnchors()
	if k.pass.set != nil {
		anchors = k.pass.set.Append(anchors, text, from, to)
	}
	if len(anchors) > 0 || k.pass.set == nil {
		k.fresh = appendFresh(k.fresh[:0], nil, len(text))
		o.Text, o.Anchors, o.Fresh = text, anchors, k.fresh
		k.object = o
		k.visit()
	}
	k.buffers.putAnchors(anchors)
}

// countLines counts the lines that end in text[:n]: at LF, CRLF and a lone CR,
// as scanner.Position does. A CRLF that n divides ends after it.
func countLines(text []byte, n int) int {
	lines := 0
	for i, c := range text[:n] {
		if c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			lines++
		}
	}
	return lines
}

// looseObject reads one loose object and shows it if the pass wants it.
func (k *worker) looseObject(pos int) {
	l := k.walk.loose
	if l.duplicates.has(pos) || l.kinds[pos] != 0 && !k.pass.kinds[l.kinds[pos]] {
		return
	}
	id, ordinal, before := l.id(pos), l.ordinal(pos), l.kinds[pos]
	if k.skipKnownLoose(id, ordinal) {
		return
	}
	defer k.endLoose()
	kind, text, err := k.readLoose(pos, ordinal)
	if errors.Is(err, errStopped) || errors.Is(err, errShown) {
		return
	}
	if err != nil {
		if t, data, ok := k.walk.otherCopy(id, nil); ok {
			kind, text, err = t, data, nil
		}
	}
	if before != 0 && kind != before {
		// The file was damaged since an earlier pass read its head, or then.
		kind, err = before, cmp.Or(err, fmt.Errorf("its type has changed: %w", packfile.ErrCorrupt))
	}
	wanted := k.pass.kinds[kind] || kind == 0 && k.pass.untyped
	switch {
	case !wanted:
	case err != nil:
		k.skip(id, err)
	default:
		if k.pass.named {
			k.checkName(kind, id, text)
		}
		k.showWhole(kind, ordinal, id, text)
	}
}

// endLoose gives up what only a large loose object needs.
func (k *worker) endLoose() {
	if cap(k.loose)+cap(k.file) > keepLoose {
		k.loose, k.file = nil, nil
	}
	k.unlockOversized()
}

// checkName reports an object whose content is not that of its name. Whoever made
// it can tie knots that true names rule out: commits that are each other's parents.
func (k *worker) checkName(kind packfile.Type, id, text []byte) {
	if err := packfile.CheckName(id, kind, text); err != nil {
		k.cov.Skip(scanner.Skip{ID: scanner.ObjectID(id).String(), Reason: reason(err)})
	}
}

// keepLoose is the largest size, in bytes, of the buffers that are kept for the
// next loose object.
const keepLoose = 8 << 20

// errShown says that an object was shown in windows.
var errShown = errors.New("shown")

// readLoose reads the text of a loose object into a buffer of the worker. If
// the pass does not want its type, only the header is inflated.
func (k *worker) readLoose(pos int, ordinal uint32) (kind packfile.Type, text []byte, err error) {
	l := k.walk.loose
	for _, path := range l.paths(pos) {
		var e error
		kind, text, e = k.readLooseFile(path, pos, ordinal)
		if e == nil || errors.Is(e, errShown) || errors.Is(e, errStopped) {
			return kind, text, e
		}
		if err == nil || !errors.Is(e, os.ErrNotExist) {
			err = e
		}
	}
	return kind, nil, err
}

func (k *worker) readLooseFile(path string, pos int, ordinal uint32) (kind packfile.Type, text []byte, err error) {
	src, large, err := k.readFile(path)
	if err != nil {
		return 0, nil, err
	}
	var size int64
	if !large {
		kind, size, err = k.inflate.LooseHead(src)
	} else {
		var r io.ReadCloser
		if kind, size, r, err = packfile.OpenLoose(path); err == nil {
			r.Close()
		}
	}
	if err != nil {
		return 0, nil, err
	}
	k.walk.loose.kinds[pos] = kind
	switch {
	case !k.pass.kinds[kind]:
		return kind, nil, nil
	case kind == packfile.Blob && (size > k.walk.opt.StreamLimit || large):
		return kind, nil, k.streamLoose(path, pos, ordinal)
	case large:
		return kind, nil, packfile.ErrTooLarge
	}
	if size > k.walk.largeText {
		k.lockOversized()
	}
	_, k.loose, err = k.inflate.Loose(k.loose, src)
	return kind, k.loose, err
}

func (k *worker) streamLoose(path string, pos int, ordinal uint32) error {
	_, size, r, err := packfile.OpenLoose(path)
	if err != nil {
		return err
	}
	defer r.Close()
	id := k.walk.loose.id(pos)
	if k.pass.named {
		r = packfile.NamedReader(r, id, packfile.Blob, size)
	}
	if err = k.showWindows(r, ordinal, id); err == nil {
		k.countStreamed(id, ordinal, size, nil)
		return errShown
	}
	return err
}

// looseFileLimit is the size in bytes of the largest loose file that is read at
// once.
const looseFileLimit = 32 << 20

// readFile reads a small file into a buffer of the worker; of a large one it
// says only that it is large.
func (k *worker) readFile(path string) (src []byte, large bool, err error) {
	f, size, err := regular.Open(path, math.MaxInt64)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	if size >= looseFileLimit {
		return nil, true, nil
	}
	if size > k.walk.largeText {
		k.lockOversized()
	}
	if int64(len(k.file)) <= size { // one byte more is for the end
		k.file = make([]byte, max(16<<10, size+size/8+1))
	}
	n := 0
	for {
		m, err := f.Read(k.file[n:])
		n += m
		if err == io.EOF {
			return k.file[:n], false, nil
		}
		if err != nil {
			return nil, false, err
		}
		if n == len(k.file) {
			if n >= looseFileLimit {
				return nil, true, nil
			}
			k.file = append(k.file, make([]byte, n)...)
		}
	}
}

// otherCopy reads a copy of an object outside the pack in which it is damaged,
// or anywhere if that is nil.
func (w *Walk) otherCopy(id []byte, damaged *pack) (kind packfile.Type, text []byte, ok bool) {
	exists := damaged == nil || w.some // which says nothing of other packs
	for _, p := range w.packs {
		if _, found := p.idx.Find(id); found && p != damaged {
			exists = true
		}
	}
	if _, found := w.loose.find(id); found {
		exists = true
	}
	if !exists || w.retries.Add(1) > maxRetries {
		return 0, nil, false
	}
	kind, text, err := w.store().Get(scanner.ObjectID(id))
	return kind, text, err == nil
}

// maxRetries is how many damaged objects are read elsewhere. Each of them may
// cost a long chain, and there may be as many as an attacker likes.
const maxRetries = 10000

// Read appends the content of an object to dst.
func (w *Walk) Read(ordinal uint32, dst []byte) ([]byte, error) {
	id := w.ID(ordinal)
	if id == "" {
		return dst, packfile.ErrNotFound
	}
	_, text, err := w.store().Get(id)
	if err != nil {
		return dst, fmt.Errorf("read: %w", err)
	}
	return append(dst, text...), nil
}
