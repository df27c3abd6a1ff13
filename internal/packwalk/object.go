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

	// Anchors are the offsets in Text where an anchor stands, ascending.
	Anchors []int32

	// Base is an object that this walk has shown already, or would have shown
	// if it had an anchor, and from which Text is made; or None.
	Base uint32
	// Copies are the ranges of Text that are those of Base, ascending. They
	// are as long as they can be: between two that touch is a seam.
	Copies []Copy
	// Fresh are the other ranges, and an empty range at every seam. What
	// overlaps no fresh range, and has no seam inside, is as it is in Base.
	Fresh []Span

	// Of a content that is too large to hold, Text is a window: Offset is
	// where it begins and LinesBefore the number of lines that end before it.
	// Its Anchors are those that no other window has. Otherwise both are 0
	// and Text is whole.
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

// Span is the range of bytes from From up to To, which is outside.
type Span struct{ From, To int32 }

// Copy says that Len bytes of a text from At on are those of its base from
// From on.
type Copy struct{ At, From, Len int32 }

// appendFresh appends what copies leave of a text of size bytes.
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
