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

func (s *Staged) chunks(r *reader) error {
	idx, err := s.store.Index()
	if err != nil {
		return err
	}
	var sides []plumbing.Hash // trees of HEAD and of the commit that is being merged
	for _, name := range []plumbing.ReferenceName{plumbing.HEAD, "MERGE_HEAD"} {
		ref, err := storer.ResolveReference(s.store, name)
		if errors.Is(err, plumbing.ErrReferenceNotFound) {
			sides = append(sides, plumbing.ZeroHash) // before the first commit, or no merge
			continue
		}
		if err != nil {
			return err
		}
		c, err := object.GetCommit(s.store, ref.Hash())
		if err != nil {
			return err
		}
		sides = append(sides, c.TreeHash)
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
	if s.WantKnown != nil && !s.WantKnown() {
		return nil
	}
	for path := range gone {
		changed[path] = true
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
