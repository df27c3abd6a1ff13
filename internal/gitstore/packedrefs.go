package gitstore

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// maxPackedRefs bounds packed-refs, in bytes: ten million refs.
const maxPackedRefs = 1 << 30

// packedWindow is how many bytes of packed-refs are held at a time, and
// longestRef the length of a line, in bytes, up to which the window grows.
// Branches are in the first window.
const (
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
	window, kept := make([]byte, packedWindow), 0
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
		if kept = copy(window, have[whole:]); kept == len(window) {
			window = append(window, make([]byte, len(window))...)
		}
	}
}

// eachPacked calls f for the refs in packed-refs until it returns false. Lines
// that are malformed are skipped with one warning.
func (r *Repository) eachPacked(f func(name string, id scanner.ObjectID) bool) error {
	wrong := 0
	err := r.packedLines(func(lines []byte) bool {
		more := true
		wrong += parsePackedRefs(lines, r.idSize, func(name string, id scanner.ObjectID) bool {
			more = f(name, id)
			return more
		})
		return more
	})
	if wrong > 0 {
		r.warn(warnRefs, filepath.Join(r.commonDir, "packed-refs"), fmt.Sprintf("%d lines are not refs", wrong))
	}
	return err
}

// parsePackedRefs reads lines of "ID NAME"; lines with "^ID" belong to the one
// before and say what a tag points to, which peel finds out by itself. It
// returns the number of malformed lines.
func parsePackedRefs(data []byte, idSize int, f func(string, scanner.ObjectID) bool) (wrong int) {
	n := 2 * idSize
	for len(data) > 0 {
		var line []byte
		line, data, _ = bytes.Cut(data, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 || line[0] == '#' || line[0] == '^' {
			continue
		}
		if len(line) < n+2 || line[n] != ' ' {
			wrong++
			continue
		}
		id, ok := scanner.ParseObjectID(string(line[:n]))
		name := string(line[n+1:])
		if !ok || !safeRefName(name) {
			wrong++
			continue
		}
		if !id.IsZero() && !f(name, id) {
			return wrong
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
		end := i + len(want)
		if end < len(lines) && lines[end] != '\n' && lines[end] != '\r' {
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
