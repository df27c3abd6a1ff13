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

// named yields the files that the caller listed, from the index and, where
// that is different, from the work tree.
//
// While a commit is being made, what HEAD has is old, as without names. Outside
// of a commit nothing is old: `run --all-files` of a hook runner and its
// service in the cloud stage nothing and want every file examined.
func (s *stagedScan) named(indexes []*Index) error {
	n := namedScan{stagedScan: s, compare: s.opts.Compare == CompareAlways || s.opts.Compare == CompareAuto && s.r.InCommit(),
		changed: map[string]bool{}, found: map[string]bool{}}
	for _, c := range s.changes {
		n.changed[c.path] = true
	}
	paths := s.r.topPaths(s.opts.Paths)
	for _, x := range indexes {
		for _, i := range entriesOf(x, paths) {
			if err := n.entry(x.Entry(i)); err != nil {
				return err
			}
		}
	}
	for _, path := range paths {
		if path == "" || n.found[path] || n.changed[path] {
			continue
		}
		if err := n.unlisted(indexes, path); err != nil {
			return err
		}
	}
	if !n.compare {
		return nil
	}
	return s.known()
}

type namedScan struct {
	*stagedScan
	compare bool
	changed map[string]bool // paths that differ from HEAD
	found   map[string]bool // paths and their folders that an index has
}

// entry yields an entry of the index that belongs to one of the names.
func (n *namedScan) entry(e IndexEntry) error {
	path := string(e.Path)
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '/') {
		n.found[path[:end]] = true
	}
	if isTree(e.Mode) {
		return n.sparse(path, scanner.ObjectID(e.ID))
	}
	if !isText(e.Mode) || e.Stage == 1 {
		return nil
	}
	id := scanner.ObjectID(e.ID)
	if !e.IntentToAdd {
		if err := n.blob(id, path); err != nil {
			return err
		}
	}
	text, err := n.worktree(&e, path)
	if text == nil || err != nil {
		return err
	}
	if n.compare && !n.changed[path] {
		n.changes = append(n.changes, stagedChange{path: path, old: id})
	}
	return n.y.yield(&scanner.Chunk{Path: path, Worktree: true, Text: text})
}

// blob yields a blob of the index unless HEAD, or the other side of a merge,
// has it at this path.
func (n *namedScan) blob(id scanner.ObjectID, path string) error {
	if n.compare && (!n.changed[path] || n.isMerged(path, id)) {
		return nil
	}
	return n.give(id, path, false)
}

// sparse yields the files below a directory of which a sparse index has only
// the tree.
func (n *namedScan) sparse(prefix string, tree scanner.ObjectID) (err error) {
	left := maxStaged
	whole := n.compared.below(prefix, tree, "", func(path string, id, _ scanner.ObjectID) bool {
		if id != "" {
			err = n.blob(id, path)
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
func (n *namedScan) worktree(e *IndexEntry, path string) ([]byte, error) {
	key := stagedText{path: path}
	if n.r.workTree == "" || n.seen[key] {
		return nil, nil
	}
	n.seen[key] = true
	file := filepath.Join(n.r.workTree, filepath.FromSlash(path))
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	mtime := info.ModTime()
	if uint32(info.Size()) == e.Size && e.Size != 0 && e.ModTime[0] != 0 && !e.IntentToAdd &&
		uint32(mtime.Unix()) == e.ModTime[0] && uint32(mtime.Nanosecond()) == e.ModTime[1] {
		return nil, nil // as it was staged
	}
	text, err := regular.ReadIn(n.r.workTree, path, WholeText)
	if err != nil {
		n.y.skip("", path, rootCause(err))
		return nil, nil
	}
	if t, staged, err := n.r.Object(scanner.ObjectID(e.ID)); err == nil && t == packfile.Blob && bytes.Equal(staged, text) && !e.IntentToAdd {
		return nil, nil
	}
	return text, nil
}

// unlisted yields a named file that no index lists: one that a sparse index
// has within a tree, or one that Git does not know.
func (n *namedScan) unlisted(indexes []*Index, path string) error {
	for _, x := range indexes {
		for end := strings.LastIndexByte(path, '/'); end > 0; end = strings.LastIndexByte(path[:end], '/') {
			dir := []byte(path[:end+1])
			i := x.Find(dir)
			if i == x.Len() || !bytes.Equal(x.Path(i), dir) {
				continue
			}
			mode, id, err := n.trees.find(scanner.ObjectID(x.Entry(i).ID), path[end+1:])
			if err == nil && isText(mode) {
				return n.blob(id, path)
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
	text, err := regular.ReadIn(n.r.workTree, path, WholeText)
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
func entriesOf(x *Index, paths []string) []int {
	var out []int
	for _, path := range paths {
		if path == "" {
			out = out[:0]
			for i := range x.Len() {
				out = append(out, i)
			}
			return out
		}
		for i := x.Find([]byte(path)); i < x.Len() && string(x.Path(i)) == path; i++ {
			out = append(out, i)
		}
		below := []byte(path + "/")
		for i := x.Find(below); i < x.Len() && bytes.HasPrefix(x.Path(i), below); i++ {
			out = append(out, i)
		}
	}
	return out
}
