package gogit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage"

	"github.com/djleaks/djleaks/scanner"
)

// Staged yields what the next commit would add: the blobs of the index at paths
// where HEAD, or the commit that is being merged, has another one. After them
// come, as Known, the blobs that these have at the paths that the index changes or
// deletes. Left out are submodules, changes of the mode alone, and what only
// `git add --intent-to-add` lists; of a merge with conflicts both sides are read.
type Staged struct {
	// WantKnown is asked once, after the new texts, whether the texts from before
	// are wanted too; nil means yes.
	WantKnown func() bool

	store storage.Storer
}

// NewStaged returns the source of what is staged in the store's index.
func NewStaged(store storage.Storer) *Staged { return &Staged{store: store} }

// Chunks implements scanner.Source.
func (s *Staged) Chunks(ctx context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	r := newReader(ctx, s.store, yield)
	err := s.chunks(r)
	r.coverage.Complete = len(r.coverage.Skipped) == 0
	if err != nil {
		return r.coverage, fmt.Errorf("staged: %w", err)
	}
	return r.coverage, nil
}

// tree is the tree of the commit that a ref names; zero if there is no such ref:
// before the first commit, or while nothing is merged.
func (s *Staged) tree(name plumbing.ReferenceName) (plumbing.Hash, error) {
	ref, err := storer.ResolveReference(s.store, name)
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return plumbing.ZeroHash, nil
	}
	if err != nil {
		return plumbing.ZeroHash, err
	}
	c, err := object.GetCommit(s.store, ref.Hash())
	if err != nil {
		return plumbing.ZeroHash, err
	}
	return c.TreeHash, nil
}

func (s *Staged) chunks(r *reader) error {
	idx, err := s.store.Index()
	if err != nil {
		return err
	}
	var sides [2]plumbing.Hash // trees of HEAD and of the commit that is being merged
	for i, name := range []plumbing.ReferenceName{plumbing.HEAD, "MERGE_HEAD"} {
		if sides[i], err = s.tree(name); err != nil {
			return err
		}
	}
	head := map[string]plumbing.Hash{}
	r.each(sides[0], "", func(path string, blob plumbing.Hash) { head[path] = blob })
	gone, changed := maps.Clone(head), map[string]bool{}
	for _, e := range idx.Entries {
		if e.IntentToAdd {
			continue
		}
		delete(gone, e.Name)
		_, there := head[e.Name]
		text := isText(e.Mode)
		if e.Stage == index.AncestorMode || text && e.Hash == head[e.Name] || !text && !there {
			continue
		}
		changed[e.Name] = true
		if text && r.fileAt(sides[1], e.Name) != e.Hash {
			if err := r.blob(e.Hash, scanner.Chunk{Path: e.Name}); err != nil {
				return err
			}
		}
	}
	for path := range gone {
		changed[path] = true
	}
	return s.yieldKnown(r, changed, sides)
}

// yieldKnown yields what HEAD and the merged commit have at changed paths.
func (s *Staged) yieldKnown(r *reader, changed map[string]bool, sides [2]plumbing.Hash) error {
	if s.WantKnown != nil && !s.WantKnown() {
		return nil
	}
	for _, path := range slices.Sorted(maps.Keys(changed)) {
		for _, tree := range sides {
			if blob := r.fileAt(tree, path); !blob.IsZero() {
				if err := r.blob(blob, scanner.Chunk{Path: path, Known: true}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
