package gitstore

import (
	"errors"
	"fmt"

	"github.com/djleaks/djleaks/scanner"
)

// The errors that a caller decides by, with errors.Is.
var (
	// ErrNotRepository: there is no Git repository at a path or above it.
	ErrNotRepository = errors.New("not a Git repository")
	// ErrMissingBase: the old end of a range is not in this clone.
	ErrMissingBase = errors.New("not in this clone")
	// ErrUnknownRevision: a name is neither a ref nor an object.
	ErrUnknownRevision = errors.New("unknown revision")
	// errIndex: the index cannot be read.
	errIndex = errors.New("the index cannot be read")
	// ErrObjectMissing: an object is in no pack and not loose.
	ErrObjectMissing = errors.New("object is missing")
)

// warningKind says what a warning means for the completeness of a scan.
type warningKind uint8

// The kinds of warning.
const (
	warnNote      warningKind = iota // nothing is missing
	warnRefs                         // some or all refs cannot be read
	warnObjects                      // a store of objects cannot be read
	warnExtension                    // the repository uses an extension that is not recognised
	warnConfig                       // the configuration, which says how the rest is to be read, cannot be read
)

// Warning is something that Open, Refs or Head could not read or did not recognise.
type Warning struct {
	kind warningKind
	Path string // file or directory
	Text string // lower case, no full stop
}

// String returns path and text.
func (w Warning) String() string {
	if w.Path == "" {
		return w.Text
	}
	return w.Path + ": " + w.Text
}

// Incomplete reports whether a scan of the repository misses something because
// of this.
func (w Warning) Incomplete() bool {
	return w.kind == warnRefs || w.kind == warnObjects || w.kind == warnConfig
}

func missingObject(id scanner.ObjectID) error {
	return fmt.Errorf("object %s: %w", id, ErrObjectMissing)
}
