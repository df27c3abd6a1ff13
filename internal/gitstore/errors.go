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
	// ErrIndex: the index cannot be read.
	ErrIndex = errors.New("the index cannot be read")
	// ErrObjectMissing: an object is in no pack and not loose.
	ErrObjectMissing = errors.New("object is not here")
)

// hinted is an error with advice. Callers find the advice by asking errors.As
// for an interface{ Hint() string }.
type hinted struct {
	text string // where: what
	kind error  // one of the errors above, or a cause
	hint string
}

func (e *hinted) Error() string { return e.text + ": " + e.kind.Error() }
func (e *hinted) Unwrap() error { return e.kind }

// Hint returns what to do about the error, one command or sentence.
func (e *hinted) Hint() string { return e.hint }

// Hint returns the advice of the first error in err's chain that has one, or
// the empty string.
func Hint(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// WarningKind says what a warning means for the completeness of a scan.
type WarningKind uint8

// The kinds of warning.
const (
	WarnNote      WarningKind = iota // worth knowing, nothing is missing
	WarnRefs                         // some or all refs cannot be read
	WarnObjects                      // a store of objects cannot be read
	WarnExtension                    // the repository uses an extension that is not known
	WarnConfig                       // the configuration cannot be read, and with it how the rest is to be read
)

// Warning is something that Open, Refs or Head could not read or did not know.
type Warning struct {
	Kind WarningKind
	Path string // file or directory
	Text string // lower case, no full stop
	Hint string // what to do, may be empty
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
	return w.Kind == WarnRefs || w.Kind == WarnObjects || w.Kind == WarnConfig
}

func missingObject(id scanner.ObjectID) error {
	return fmt.Errorf("object %s: %w", id, ErrObjectMissing)
}
