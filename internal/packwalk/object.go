package packwalk

import (
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// None is the ordinal of no object.
const None = ^uint32(0)

// Object is one object as a visitor sees it. All of it is borrowed until the
// visitor returns.
type Object struct {
	Kind    packfile.Type // Blob, Commit, Tag or Tree
	Ordinal uint32
	Text    []byte // the content, or one window of it
	Size    int64  // of the whole content in bytes

	// Anchors are the offsets in Text at which an anchor begins, ascending.
	Anchors []int32

	// Base is the object from which Text is made by a delta, or None. This
	// walk has shown it already, or would have if it had an anchor.
	Base uint32
	// Copies are the ranges of Text that are copied from Base, ascending. They
	// are as long as they can be: between two adjacent ones is a seam.
	Copies []Copy
	// Fresh are the other ranges, and an empty range at every seam. What
	// overlaps no fresh range, and has no seam inside, is as it is in Base.
	Fresh []Span

	// If the content is too large to hold, Text is a window of it: Offset is
	// where the window begins, in bytes, and LinesBefore the number of lines
	// that end before it. Each anchor is in the Anchors of one window only.
	// Otherwise both are 0 and Text is the whole content.
	Windowed    bool
	Offset      int64
	LinesBefore int

	raw []byte // the id, in a mapped file
	id  scanner.ObjectID
}

// ID returns the object's name. It is the caller's to keep.
func (o *Object) ID() scanner.ObjectID {
	if o.id == "" {
		o.id = scanner.ObjectID(o.raw)
	}
	return o.id
}

// Span is the range of bytes from From up to, not including, To.
type Span struct{ From, To int32 }

// Copy says that the Len bytes at At of a text are those at From of its base.
type Copy struct{ At, From, Len int32 }

// appendFresh appends the ranges of a text of size bytes that copies leave out.
func appendFresh(dst []Span, copies []Copy, size int) []Span {
	at := int32(0)
	for i, c := range copies {
		if c.At > at || i > 0 {
			dst = append(dst, Span{at, c.At})
		}
		at = c.At + c.Len
	}
	if at < int32(size) || len(copies) > 0 {
		dst = append(dst, Span{at, int32(size)})
	}
	return dst
}
