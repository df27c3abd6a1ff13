package scan

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"os"
	"slices"
	"sync"
)

// programID names the build of the running program.
var programID = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return buildOf(f)
})

// buildIDWithin is how far into a program its build ID is looked for, in bytes, as
// `go tool buildid` does.
const buildIDWithin = 32 << 10

// buildOf is the build ID that the linker has written into a program, the last part
// of which is a hash of the whole file, or else the SHA-256 of the file: twelve
// megabytes cost more than all else that an audit does when nothing has changed.
func buildOf(program io.ReadSeeker) (string, error) {
	head, err := io.ReadAll(io.LimitReader(program, buildIDWithin))
	if err != nil {
		return "", err
	}
	if id := buildID(head); id != "" {
		return id, nil
	}
	if _, err := program.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, program); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// buildID finds a build ID of the go command at the head of a program: four hashes
// of 20 characters, in a note of ELF or before the text of other formats. It is ""
// where the linker was given another one or none.
func buildID(head []byte) string {
	const length, hash = 83, 20
	for _, mark := range []string{"Go\x00\x00", "\xff Go build ID: \""} {
		_, id, found := bytes.Cut(head, []byte(mark))
		if !found || len(id) < length {
			continue
		}
		id = id[:length]
		hashes := bytes.Split(id, []byte("/"))
		if len(hashes) == 4 && !slices.ContainsFunc(hashes, func(h []byte) bool { return !isHash(h, hash) }) {
			return string(id)
		}
	}
	return ""
}

// isHash reports whether a text is base64 for URLs, and of this length.
func isHash(text []byte, length int) bool {
	if len(text) != length {
		return false
	}
	_, err := base64.RawURLEncoding.Decode(make([]byte, length), text)
	return err == nil
}
