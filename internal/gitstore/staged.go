package gitstore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// StagedOptions choose what Staged yields.
type StagedOptions struct {
	// Paths restrict it to these files and folders, relative to the top level
	// and with slashes. While a commit is being made, their blobs are compared
	// with HEAD's as without paths. Otherwise the index blob of a listed file
	// is yielded even if HEAD has the same one: that is how hook runners ask
	// for all files to be examined. What a listed file holds now is yielded
	// too if it differs from the index.
	Paths []string
	// WantKnown is asked once, after the new texts, whether HEAD's texts are
	// wanted too; nil means yes. They cost nothing when nothing was found.
	WantKnown func() bool
}

// Staged yields the texts that the commit being made would add: the index
// blobs at paths where HEAD has another blob. It reads the index that Git names
// in GIT_INDEX_FILE, which during `git commit -a` is not .git/index. If that is
// not set, and a lock file of an index in the git directory holds a whole one,
// a hook runner has dropped the variable, and the union of both is taken.
//
// After them come, as Known, HEAD's blobs of all paths that the commit changes
// or deletes, and those that the other side of a merge has there. A blob that is
// moved is yielded at its new path as well, because its severity depends on the
// path. A blob that the other side of a merge has at the same path is in the
// history already.
//
// Left out: entries made by `git add -N`, submodules, changes of the mode
// alone. Of a merge with conflicts both sides are read. The work tree is not
// read, except for listed paths.
type Staged struct {
	r       *Repository
	opts    StagedOptions
	indexes []*index // as Chunks has read them
}

// Staged returns the source of what is staged.
func (r *Repository) Staged(opts StagedOptions) *Staged { return &Staged{r: r, opts: opts} }

// Files returns the files of the index whose paths are wanted, in its order. There
// are none before Chunks has begun.
func (s *Staged) Files(want func(path []byte) bool) (files []TreeFile) {
	for _, x := range s.indexes {
		for i := range x.len() {
			if path := x.path(i); want(path) {
				files = append(files, TreeFile{string(path), scanner.ObjectID(x.entry(i).id)})
			}
		}
	}
	return files
}

// InCommit reports whether a commit is being made: Git named an index, or holds
// a complete one in a lock file.
func (r *Repository) InCommit() bool { return r.indexEnv || len(r.lockedIndexes()) > 0 }

// lockedIndexes returns the complete indexes in lock files of the git directory,
// if Git did not name one.
func (r *Repository) lockedIndexes() []*index {
	if r.indexEnv {
		return nil
	}
	names := []string{filepath.Join(r.gitDir, "index.lock")}
	more, _ := filepath.Glob(filepath.Join(globEscape(r.gitDir), "next-index-*.lock"))
	var found []*index
	for _, path := range append(names, more...) {
		if x, err := readIndex(path, r.idSize, true, r.gitDir, r.commonDir); err == nil {
			found = append(found, x)
		}
	}
	return found
}

// globEscape makes a path match only itself.
func globEscape(path string) string {
	return strings.NewReplacer("*", "\\*", "?", "\\?", "[", "\\[").Replace(path)
}

// stagedChange is one path at which an index differs from HEAD.
type stagedChange struct {
	path string
	id   scanner.ObjectID // empty if the path is gone or holds no text
	old  scanner.ObjectID // HEAD's, empty if it has none
}

// Chunks implements scanner.Source.
func (s *Staged) Chunks(ctx context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	y := &blobYielder{r: s.r, yield: yield, counted: map[scanner.ObjectID]bool{}}
	err := s.chunks(ctx, y)
	return y.finish(), err
}

func (s *Staged) chunks(ctx context.Context, y *blobYielder) error {
	indexes, err := s.r.indexes()
	if err != nil {
		return err
	}
	s.indexes = indexes
	if len(indexes) == 0 {
		y.coverage.Notes = append(y.coverage.Notes, "there is no index, so nothing is staged")
	}
	head, err := s.r.headTree()
	if err != nil {
		return err
	}
	scan := stagedScan{Staged: s, ctx: ctx, y: y, trees: newTreeCache(s.r), seen: map[stagedText]bool{}}
	scan.compared = newComparison(s.r, scan.trees, func(id scanner.ObjectID, path string, err error) {
		y.skip(id, path, "tree: "+s.r.whyMissing(0, err))
	})
	for _, x := range indexes {
		d := stagedDiff{r: s.r, x: x, trees: scan.trees, compared: scan.compared, y: y}
		d.run(head)
		scan.changes = append(scan.changes, d.changes...)
	}
	scan.merged = s.r.mergeTrees(y)
	if len(s.opts.Paths) > 0 {
		return scan.yieldPaths(indexes)
	}
	return scan.yieldChanges()
}

// indexes returns the index that Git named, or all that Git may be using.
func (r *Repository) indexes() ([]*index, error) {
	var found []*index
	x, err := readIndex(r.indexPath, r.idSize, true, r.gitDir, r.commonDir)
	switch {
	case err == nil:
		found = append(found, x)
	case !os.IsNotExist(err):
		return nil, fmt.Errorf("staged: %w", err)
	case r.indexEnv:
		// A hook of a commit that adds the very first file finds it; if Git
		// names an index that is not there, something is wrong.
		return nil, fmt.Errorf("staged: %w", indexError(r.indexPath, err, "GIT_INDEX_FILE names a file that is not there"))
	}
	found = append(found, r.lockedIndexes()...)
	return found, nil
}

// headTree returns the tree of HEAD, empty before the first commit.
func (r *Repository) headTree() (scanner.ObjectID, error) {
	head, err := r.Head()
	if err != nil {
		return "", fmt.Errorf("staged: %w", err)
	}
	if head.Commit == "" {
		return "", nil
	}
	c, err := r.Commit(head.Commit)
	if err != nil {
		return "", fmt.Errorf("staged: head: %w", err)
	}
	return c.Tree, nil
}

// mergeTrees returns the trees of the commits that are being merged.
func (r *Repository) mergeTrees(y *blobYielder) []scanner.ObjectID {
	var trees []scanner.ObjectID
	for _, id := range r.MergeHeads() {
		c, err := r.Commit(id)
		if err != nil {
			// Nothing is lost: what is not known counts as new.
			y.coverage.Notes = append(y.coverage.Notes, "commit "+id.String()+", which is being merged, cannot be read")
			continue
		}
		trees = append(trees, c.Tree)
	}
	return trees
}

// stagedScan is one run of a Staged source.
type stagedScan struct {
	*Staged
	ctx      context.Context
	y        *blobYielder
	trees    *treeCache
	compared *comparison
	changes  []stagedChange
	merged   []scanner.ObjectID // trees of the commits being merged
	seen     map[stagedText]bool
}

// stagedText is a text that is yielded once.
type stagedText struct {
	id    scanner.ObjectID // empty for a file of the work tree
	path  string
	known bool
}

func (s *stagedScan) yieldOnce(id scanner.ObjectID, path string, known bool) error {
	key := stagedText{id, path, known}
	if id == "" || s.seen[key] {
		return nil
	}
	s.seen[key] = true
	if err := s.ctx.Err(); err != nil {
		return err
	}
	return s.y.blob(scanner.Chunk{ID: id, Path: path, Known: known})
}

// yieldChanges yields the changes against HEAD.
func (s *stagedScan) yieldChanges() error {
	for _, c := range s.changes {
		if c.id == "" || s.isMerged(c.path, c.id) {
			continue
		}
		if err := s.yieldOnce(c.id, c.path, false); err != nil {
			return err
		}
		if c.old == "" && scanner.MayNameKey(c.path) {
			name := scanner.Chunk{Kind: scanner.FileName, ID: c.id, Path: c.path, Text: scanner.NameText(c.path)}
			if err := s.y.yield(&name); err != nil {
				return err
			}
		}
	}
	return s.yieldKnown()
}

// isMerged reports whether a commit that is being merged has this blob at this
// path.
func (s *stagedScan) isMerged(path string, id scanner.ObjectID) bool {
	for _, root := range s.merged {
		if _, there, err := s.trees.find(root, path); err == nil && there == id {
			return true
		}
	}
	return false
}

// yieldKnown yields HEAD's texts at changed paths, if they are wanted.
func (s *stagedScan) yieldKnown() error {
	if s.opts.WantKnown != nil && !s.opts.WantKnown() {
		return nil
	}
	for _, c := range s.changes {
		if err := s.yieldOnce(c.old, c.path, true); err != nil {
			return err
		}
		for _, tree := range s.merged {
			mode, id, err := s.trees.find(tree, c.path)
			if err != nil || !isText(mode) {
				continue
			}
			if err := s.yieldOnce(id, c.path, true); err != nil {
				return err
			}
		}
	}
	return nil
}
