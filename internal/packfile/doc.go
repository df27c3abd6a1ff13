// Package packfile reads the formats in which Git keeps objects: pack index
// (version 1 and 2), pack entries, deltas, loose files.
//
//	Store → Index (where is this id?) → Pack (entry, delta chain) → Inflater
//	      → loose file                                            → Inflater
//
// Every byte may be hostile. Nothing here recurses on what a file says, and no
// buffer is made larger than the data can fill: the zlib checksum and the declared
// size of every object are checked before its text is returned. Files are mapped
// where the system supports it; a mapped file that shrinks while it is read gives
// an error and not a signal.
//
// The ids of packed objects are those that the index gives: they are not computed
// again from the contents. Those of loose objects are, if the caller asks for it
// with CheckName or Store.CheckNames.
package packfile

import "errors"

// Errors that callers decide by. Everything else that goes wrong with one
// object is ErrCorrupt with its cause.
var (
	ErrNotFound  = errors.New("object not found")
	ErrCorrupt   = errors.New("corrupt")
	ErrTruncated = errors.New("truncated")
	ErrChecksum  = errors.New("checksum does not match")
	ErrTooLarge  = errors.New("too large")
	ErrBase      = errors.New("delta base is missing")
	ErrCycle     = errors.New("delta chain is a cycle")
	ErrChanged   = errors.New("file changed while it was read")
	ErrName      = errors.New("its content does not fit its name")
)

// Type is the type of an object, or the type of a pack entry.
type Type uint8

// The types, as a pack numbers them. OfsDelta and RefDelta are types of
// entries only: the object that they make has the type of its base.
const (
	Commit   Type = 1
	Tree     Type = 2
	Blob     Type = 3
	Tag      Type = 4
	OfsDelta Type = 6
	RefDelta Type = 7
)

// String returns the word that loose objects use, "delta" for both deltas.
func (t Type) String() string {
	switch t {
	case Commit:
		return "commit"
	case Tree:
		return "tree"
	case Blob:
		return "blob"
	case Tag:
		return "tag"
	case OfsDelta, RefDelta:
		return "delta"
	}
	return "unknown"
}

// MaxObject is the size of the largest object that is ever held in memory, in
// bytes. A larger one can be streamed if it is not a delta.
const MaxObject = 1 << 30
