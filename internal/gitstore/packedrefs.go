package gitstore

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/djleaks/djleaks/scanner"
)

// eachPacked calls f for the refs in packed-refs until it returns false. Lines
// that make no sense are skipped with one warning.
func (r *Repository) eachPacked(f func(name string, id scanner.ObjectID) bool) error {
	path := filepath.Join(r.commonDir, "packed-refs")
	data, err := readBounded(path, maxPackedRefs)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("refs: %w", err)
	}
	if wrong := parsePackedRefs(data, r.idSize, f); wrong > 0 {
		r.warn(WarnRefs, path, fmt.Sprintf("%d lines are not refs", wrong), "")
	}
	return nil
}

// parsePackedRefs reads lines of "ID NAME"; lines with "^ID" belong to the one
// before and say what a tag leads to, which peel finds out by itself. It
// returns the number of wrong lines.
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

// lookupPacked finds one name in packed-refs; id is empty if it is not there.
func (r *Repository) lookupPacked(name string) (id scanner.ObjectID, err error) {
	path := filepath.Join(r.commonDir, "packed-refs")
	data, err := readBounded(path, maxPackedRefs)
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("refs: %w", err)
	}
	// The name at the end of a line, with the object name before it.
	want := []byte(" " + name)
	for from := 0; ; {
		i := bytes.Index(data[from:], want)
		if i < 0 {
			return "", nil
		}
		i += from
		from = i + 1
		end := i + len(want)
		if end < len(data) && data[end] != '\n' && data[end] != '\r' {
			continue
		}
		start := i - 2*r.idSize
		if start < 0 || start > 0 && data[start-1] != '\n' {
			continue
		}
		if id, ok := scanner.ParseObjectID(string(data[start:i])); ok {
			return id, nil
		}
	}
}
