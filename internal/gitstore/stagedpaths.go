package gitstore

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// yieldPaths yields the files that the caller listed, from the index and, if it
// differs, from the work tree.
//
// While a commit is being made, what HEAD has is not new, as without paths.
// Outside of a commit everything is new: `run --all-files` of a hook runner, and
// its service in the cloud, stage nothing and want every file examined.
func (s *stagedScan) yieldPaths(indexes []*index) error {
	n := pathScan{stagedScan: s, compare: s.r.InCommit(), changed: map[string]bool{}, found: map[string]bool{}}
	for _, c := range s.changes {
		n.changed[c.path] = true
	}
	paths := s.r.topPaths(s.opts.Paths)
	for _, x := range indexes {
		for _, i := range entriesOf(x, paths) {
			if err := n.indexEntry(x.entry(i)); err != nil {
				return err
			}
		}
	}
	for _, path := range paths {
		if path == "" || n.found[path] || n.changed[path] {
			continue
		}
		if err := n.notInIndex(indexes, path); err != nil {
			return err
		}
	}
	if !n.compare {
		return nil
	}
	return s.yieldKnown()
}

type pathScan struct {
	*stagedScan
	compare bool
	changed map[string]bool // paths that differ from HEAD
	found   map[string]bool // paths that an index has, and their folders
}

// indexEntry yields an entry of the index that belongs to one of the names.
func (n *pathScan) indexEntry(e indexEntry) error {
	path := string(e.path)
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '/') {
		n.found[path[:end]] = true
	}
	if isTree(e.mode) {
		return n.sparseDir(path, scanner.ObjectID(e.id))
	}
	if !isText(e.mode) || e.stage == 1 {
		return nil
	}
	id := scanner.ObjectID(e.id)
	if !e.intentToAdd {
		if err := n.blobAt(id, path); err != nil {
			return err
		}
	}
	text := n.worktree(&e, path)
	if text == nil {
		return nil
	}
	if n.compare && !n.changed[path] {
		n.changes = append(n.changes, stagedChange{path: path, old: id})
	}
	return n.y.yield(&scanner.Chunk{Path: path, Worktree: true, Text: text})
}

// blobAt yields a blob of the index unless HEAD, or the other side of a merge,
// has it at this path.
func (n *pathScan) blobAt(id scanner.ObjectID, path string) error {
	if n.compare && (!n.changed[path] || n.isMerged(path, id)) {
		return nil
	}
	return n.yieldOnce(id, path, false)
}

// sparseDir yields the files below a directory for which a sparse index has one
// entry, the tree.
func (n *pathScan) sparseDir(prefix string, tree scanner.ObjectID) (err error) {
	left := maxStaged
	whole := n.compared.below(prefix, tree, "", func(path string, id, _ scanner.ObjectID) bool {
		if id != "" {
			err = n.blobAt(id, path)
		}
		left--
		return err == nil && left > 0
	})
	if !whole && err == nil {
		n.y.skip(tree, prefix, errTooManyPaths.Error())
	}
	return err
}

// worktree returns what a file of the index holds now, or nil if that is what
// is staged, or no file.
func (n *pathScan) worktree(e *indexEntry, path string) []byte {
	key := stagedText{path: path}
	if n.r.workTree == "" || n.seen[key] {
		return nil
	}
	n.seen[key] = true
	file := filepath.Join(n.r.workTree, filepath.FromSlash(path))
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if !e.intentToAdd && e.isAsStaged(info) {
		return nil
	}
	text, err := regular.ReadIn(n.r.workTree, path, wholeText)
	if err != nil {
		n.y.skip("", path, rootCause(err))
		return nil
	}
	if t, staged, err := n.r.Object(scanner.ObjectID(e.id)); err == nil && t == packfile.Blob && bytes.Equal(staged, text) && !e.intentToAdd {
		return nil
	}
	return text
}

// isAsStaged reports whether size and time of a file are those of its entry, as far
// as Git fills them in.
func (e *indexEntry) isAsStaged(info os.FileInfo) bool {
	mtime := info.ModTime()
	return e.size != 0 && e.size == uint32(info.Size()) && e.modTime[0] != 0 &&
		e.modTime == [2]uint32{uint32(mtime.Unix()), uint32(mtime.Nanosecond())}
}

// notInIndex yields a listed file that is not in an index: one that a sparse
// index has within a tree, or an untracked one.
func (n *pathScan) notInIndex(indexes []*index, path string) error {
	for _, x := range indexes {
		for end := strings.LastIndexByte(path, '/'); end > 0; end = strings.LastIndexByte(path[:end], '/') {
			dir := []byte(path[:end+1])
			i := x.find(dir)
			if i == x.len() || !bytes.Equal(x.path(i), dir) {
				continue
			}
			mode, id, err := n.trees.find(scanner.ObjectID(x.entry(i).id), path[end+1:])
			if err == nil && isText(mode) {
				return n.blobAt(id, path)
			}
		}
	}
	if n.r.workTree == "" {
		n.y.skip("", path, "not in the index")
		return nil
	}
	file := filepath.Join(n.r.workTree, filepath.FromSlash(path))
	info, err := os.Lstat(file)
	switch {
	case err != nil:
		n.y.skip("", path, "neither in the index nor in the work tree")
		return nil
	case !info.Mode().IsRegular():
		n.y.skip("", path, "not in the index, and not a file")
		return nil
	}
	text, err := regular.ReadIn(n.r.workTree, path, wholeText)
	if err != nil {
		n.y.skip("", path, rootCause(err))
		return nil
	}
	n.y.coverage.Blobs++
	n.y.coverage.Bytes += int64(len(text))
	return n.y.yield(&scanner.Chunk{Path: path, Worktree: true, Text: text})
}

// topPaths brings paths into the form in which the index has them: relative to
// the top level, with slashes, sorted, each once. The top level itself is the
// empty path.
func (r *Repository) topPaths(paths []string) []string {
	out := make([]string, 0, len(paths))
	for _, path := range paths {
		if filepath.IsAbs(path) && r.workTree != "" {
			if rel, err := filepath.Rel(r.workTree, path); err == nil {
				path = rel
			}
		}
		path = filepath.ToSlash(filepath.Clean(path))
		if path == "." {
			path = ""
		}
		out = append(out, path)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// entriesOf returns the numbers of the index entries that are one of the paths
// or below one.
func entriesOf(x *index, paths []string) []int {
	var out []int
	for _, path := range paths {
		if path == "" {
			out = out[:0]
			for i := range x.len() {
				out = append(out, i)
			}
			return out
		}
		for i := x.find([]byte(path)); i < x.len() && string(x.path(i)) == path; i++ {
			out = append(out, i)
		}
		below := []byte(path + "/")
		for i := x.find(below); i < x.len() && bytes.HasPrefix(x.path(i), below); i++ {
			out = append(out, i)
		}
	}
	return out
}
