package gitstore

import (
	"bytes"
	"fmt"
	"io"
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

// packedWindow is how much of packed-refs is held while one name is looked for,
// in bytes. Branches stand in the first one.
const packedWindow = 64 << 10

// lookupPacked finds one name in packed-refs; id is empty if it is not there.
// It stops at the name: a repository with a ref for each pull request has a
// megabyte of them behind its branches.
func (r *Repository) lookupPacked(name string) (id scanner.ObjectID, err error) {
	f, err := os.Open(filepath.Join(r.commonDir, "packed-refs"))
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("refs: %w", err)
	}
	defer f.Close()
	window, kept := make([]byte, packedWindow), 0
	for {
		n, err := f.Read(window[kept:])
		if err != nil && err != io.EOF {
			return "", fmt.Errorf("refs: %w", err)
		}
		lines := window[:kept+n]
		if err == nil { // the last line may go on
			lines = lines[:bytes.LastIndexByte(lines, '\n')+1]
		}
		if id := packedLine(lines, name, r.idSize); id != "" || err == io.EOF {
			return id, nil
		}
		kept = copy(window, window[len(lines):kept+n])
		if kept == len(window) {
			window = append(window, make([]byte, len(window))...)
		}
	}
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
		if id, ok := scanner.ParseObjectID(string(lines[start:i])); ok {
			return id
		}
	}
}
