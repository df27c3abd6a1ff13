package gitstore

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// maxPackedRefs bounds packed-refs, in bytes: ten million refs.
const maxPackedRefs = 1 << 30

// packedWindow is how many bytes of packed-refs are held at a time, firstWindow how
// many at first, in which most repositories have their branches, and longestRef the
// length of a line, in bytes, up to which the window grows.
const (
	firstWindow  = 4 << 10
	packedWindow = 64 << 10
	longestRef   = 1 << 20
)

// packedLines calls f with whole lines of packed-refs, many at a time, until it
// returns false.
func (r *Repository) packedLines(f func(lines []byte) bool) error {
	file, _, err := regular.Open(filepath.Join(r.commonDir, "packed-refs"), maxPackedRefs)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("refs: %w", err)
	}
	defer file.Close()
	window, kept := make([]byte, firstWindow), 0
	for {
		n, err := file.Read(window[kept:])
		if err != nil && err != io.EOF {
			return fmt.Errorf("refs: %w", err)
		}
		have := window[:kept+n]
		whole := len(have)
		if err == nil { // the last line may be incomplete
			whole = bytes.LastIndexByte(have, '\n') + 1
		}
		if whole == 0 && len(have) >= longestRef {
			whole = len(have)
		}
		if whole > 0 && !f(have[:whole]) || err == io.EOF {
			return nil
		}
		rest := have[whole:]
		if len(window) < packedWindow {
			window = make([]byte, packedWindow)
		} else if len(rest) == len(window) {
			window = make([]byte, 2*len(window))
		}
		kept = copy(window, rest)
	}
}

// packedRef is a line of packed-refs.
type packedRef struct {
	name string
	id   scanner.ObjectID
}

// packedRefs are the refs in packed-refs, by name. Lines that are malformed are
// skipped with one warning; of two with one name the first counts, which lookupPacked
// finds.
func (r *Repository) packedRefs() (refs []packedRef, err error) {
	wrong := 0
	err = r.packedLines(func(lines []byte) bool {
		wrong += parsePackedRefs(string(lines), r.idSize, func(name string, id scanner.ObjectID) {
			refs = append(refs, packedRef{name, id})
		})
		return true
	})
	if wrong > 0 {
		r.warn(warnRefs, filepath.Join(r.commonDir, "packed-refs"), fmt.Sprintf("%d lines are not refs", wrong))
	}
	// Git writes them in this order, which the sort sees in one pass.
	slices.SortStableFunc(refs, func(a, b packedRef) int { return strings.Compare(a.name, b.name) })
	return slices.CompactFunc(refs, func(a, b packedRef) bool { return a.name == b.name }), err
}

// parsePackedRefs reads lines of "ID NAME"; lines with "^ID" belong to the one
// before and say what a tag points to, which peel finds out by itself. It
// returns the number of malformed lines. The names are parts of the text.
func parsePackedRefs(text string, idSize int, f func(name string, id scanner.ObjectID)) (wrong int) {
	n := 2 * idSize
	for len(text) > 0 {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSuffix(line, "\r")
		if len(line) == 0 || line[0] == '#' || line[0] == '^' {
			continue
		}
		if len(line) < n+2 || line[n] != ' ' {
			wrong++
			continue
		}
		id, ok := scanner.ParseObjectID(line[:n])
		name := line[n+1:]
		if !ok || !safeRefName(name) {
			wrong++
			continue
		}
		if !id.IsZero() {
			f(name, id)
		}
	}
	return wrong
}

// lookupPacked finds one name in packed-refs; id is empty if there is none. It
// stops at the name: a repository with a ref for each pull request has a
// megabyte of them after its branches.
func (r *Repository) lookupPacked(name string) (id scanner.ObjectID, err error) {
	err = r.packedLines(func(lines []byte) bool {
		id = packedLine(lines, name, r.idSize)
		return id == ""
	})
	return id, err
}

// packedLine finds one name in whole lines of packed-refs.
func packedLine(lines []byte, name string, idSize int) scanner.ObjectID {
	// The name at the end of a line, with the object name before it.
	want := []byte(" " + name)
	for from := 0; ; {
		i := bytes.Index(lines[from:], want)
		if i < 0 {
			return ""
		}
		i += from
		from = i + 1
		after := bytes.TrimPrefix(lines[i+len(want):], []byte("\r"))
		if len(after) > 0 && after[0] != '\n' {
			continue
		}
		start := i - 2*idSize
		if start < 0 || start > 0 && lines[start-1] != '\n' {
			continue
		}
		if id, ok := scanner.ParseObjectID(string(lines[start:i])); ok && !id.IsZero() {
			return id
		}
	}
}
