package gitstore

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// LogEntry is one line of a reflog: a change of a ref in this repository.
type LogEntry struct {
	Ref      string           // full name, or HEAD
	Old, New scanner.ObjectID // empty where the ref did not or does not exist
	Time     time.Time        // of the change, by the clock of this machine
	Message  string           // "update by push", "fetch: fast-forward", …
}

// Bounds of what is read of reflogs.
const (
	maxLogFile    = 32 << 20 // bytes of one
	maxLogEntries = 1 << 18  // of all
)

// Reflogs returns the entries of all reflogs, oldest first within each ref. A
// repository without reflogs has no entries; a file that cannot be read is a
// warning.
func (r *Repository) Reflogs() []LogEntry {
	var out []LogEntry
	root := filepath.Join(r.commonDir, "logs")
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // there are none, or the directory cannot be read
		}
		name, err := filepath.Rel(root, path)
		if err == nil && d.Type().IsRegular() && len(out) < maxLogEntries {
			out = r.readLog(out, path, filepath.ToSlash(name))
		}
		return nil
	})
	if r.linked() {
		out = r.readLog(out, filepath.Join(r.gitDir, "logs", "HEAD"), "HEAD")
	}
	names, _ := regular.Names(filepath.Join(r.commonDir, "worktrees"))
	slices.Sort(names)
	for _, name := range names {
		dir := filepath.Join(r.commonDir, "worktrees", name)
		if dir != r.gitDir {
			out = r.readLog(out, filepath.Join(dir, "logs", "HEAD"), "worktrees/"+name+"/HEAD")
		}
	}
	return out
}

// readLog appends the entries of one file.
func (r *Repository) readLog(out []LogEntry, path, ref string) []LogEntry {
	data, err := regular.Read(path, maxLogFile)
	if err != nil {
		if !os.IsNotExist(err) {
			r.warn(warnNote, path, "the reflog is not readable: "+causeOf(err))
		}
		return out
	}
	for line := range bytes.Lines(data) {
		if e, ok := parseLogEntry(string(line), r.idSize); ok && len(out) < maxLogEntries {
			e.Ref = ref
			out = append(out, e)
		}
	}
	return out
}

// parseLogEntry reads "OLD NEW Name <address> SECONDS ZONE\tMESSAGE".
func parseLogEntry(line string, idSize int) (e LogEntry, ok bool) {
	head, message, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
	n := 2 * idSize
	if len(head) < 2*n+2 || head[n] != ' ' || head[2*n+1] != ' ' {
		return e, false
	}
	older, ok1 := scanner.ParseObjectID(head[:n])
	newer, ok2 := scanner.ParseObjectID(head[n+1 : 2*n+1])
	if !ok1 || !ok2 {
		return e, false
	}
	if !older.IsZero() {
		e.Old = older
	}
	if !newer.IsZero() {
		e.New = newer
	}
	e.Message = message
	fields := strings.Fields(head[strings.LastIndexByte(head, '>')+1:])
	if len(fields) > 0 {
		if seconds, err := strconv.ParseInt(fields[0], 10, 64); err == nil && 0 < seconds && seconds <= maxSeconds {
			e.Time = time.Unix(seconds, 0).UTC()
		}
	}
	return e, true
}
