package trace

import (
	"context"

	"github.com/djleaks/djleaks/scanner"
)

// History is the object store that is searched. Objects are numbered: their
// ordinals are 0 to Count()-1. All methods may be called from several
// goroutines.
type History interface {
	// Count is the number of objects.
	Count() int
	// Ordinal finds an object by the raw bytes of its id; ok is false if the
	// store does not hold it.
	Ordinal(id []byte) (ordinal uint32, ok bool)
	// ID is the name of an object.
	ID(ordinal uint32) scanner.ObjectID
	// Commits calls visit once for each commit; Base and Fresh need not be
	// set. Workers are numbered from 0 to Input.Jobs-1; calls with the same
	// worker never overlap. What cannot be read is left out.
	Commits(ctx context.Context, visit func(worker int, o Object) error) error
	// Trees is Commits for trees, a delta's base before the delta.
	Trees(ctx context.Context, visit func(worker int, o Object) error) error
	// Type is the type of an object, or Unknown.
	Type(ordinal uint32) Type
	// Read appends the content of an object to dst.
	Read(ordinal uint32, dst []byte) ([]byte, error)
}

// Type is the type of an object.
type Type uint8

// The types, with the numbers that they have in a pack.
const (
	Unknown Type = iota // cannot be read
	Commit
	Tree
	Blob
	Tag
)

// None is the Base of an Object that has none.
const None = ^uint32(0)

// Object is one commit or tree as a History shows it.
type Object struct {
	Ordinal uint32
	Base    uint32 // the object that Fresh compares with, or None
	Text    []byte // borrowed until the visit returns
	// Fresh are the ranges of Text that are not copied from Base, ascending.
	// Between two adjacent copied ranges that are not adjacent in Base is an
	// empty span, or one that includes the seam.
	Fresh []Span
}

// Span is the range of bytes from From up to, not including, To.
type Span struct{ From, To int32 }

// Tip is what a ref points to, tags peeled: a commit, or a tree or a blob.
type Tip struct {
	Ref    string // full name, or HEAD
	Object scanner.ObjectID
}

// Input is the question.
type Input struct {
	Matched map[scanner.ObjectID][]int32 // items that each matched blob holds
	Items   int                          // items are 0 to Items-1
	Tips    []Tip                        // a tip named HEAD is preferred in Presence.Blobs
	Marks   [][]scanner.ObjectID         // at most 31 sets of commits: Presence.Marks says in the history of which a presence is
	Order   []scanner.ObjectID           // commits in some order: Result.First says the first of them that a commit is in the history of
	Named   func(name []byte) bool       // chooses files and folders by their names, for Result.Named; called by several goroutines; may be nil
	Shallow map[scanner.ObjectID]bool    // commits whose parents were cut off
	IDSize  int                          // length of an id in bytes
	Jobs    int                          // number of workers that History uses, at least 1
	Commits *Commits                     // all commits, if they have been read; nil makes Run read them
	// Remember makes Result.Past.
	Remember bool
}

// Result is the answer.
type Result struct {
	Presences [][]scanner.Presence // of each item, by path
	Commits   int64                // commits read
	Trees     int64                // trees read
	Missing   Missing
	// Broken are commits and trees that could not be understood. What a broken
	// tree holds after the damage is not in the Presences.
	Broken IDs
	// Mistyped are objects that are not what a tree or a commit says that they
	// are, as far as that could be seen: the folder of a tree is a blob.
	Mistyped IDs
	// Knots are commits among their own ancestors, each of which counts as one
	// without parents, and trees that contain themselves, as far as they were met
	// on the way to the Presences.
	Knots IDs
	// Unplaced are the matched blobs that no tree and no tip names, by id.
	Unplaced []scanner.ObjectID
	// Named are the blobs that Input.Named has chosen, by id, each with the
	// first of its names.
	Named     []Named
	NamedMore bool // there are more than are kept
	// Truncated says that there are more presences or changes than can be
	// listed: Presences is not complete.
	Truncated bool
	// Marked has a bit for each set of Input.Marks that a commit is in the
	// history of; 0 for what the store does not hold.
	Marked func(scanner.ObjectID) uint32
	// First is the index of the first commit of Input.Order in whose history a
	// commit is; -1 if there is none.
	First func(scanner.ObjectID) int
	// Past is what Grow can go on from; nil if nobody asked, or if the store has
	// something odd, which is compared as a whole every time.
	Past *Past

	uncommitted bool // trees name matched blobs that no commit holds
}

// Named is a blob and a name that a tree has for it, without folders; or a tree, and
// its name with a slash after it.
type Named struct {
	Blob scanner.ObjectID
	Name string
}

// Missing is what commits, trees and tips name and the store does not hold.
type Missing struct {
	Blobs, Trees, Commits IDs
}

// IDs is a set of objects: their number, and the ids of the first ones.
type IDs struct {
	Count int64
	First []scanner.ObjectID // at most MaxIDs, ascending
}

// maxIDs is the largest number of ids that IDs lists.
const maxIDs = 1000
