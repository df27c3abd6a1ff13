package gogit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage"

	"github.com/djleaks/djleaks/scanner"
)

// History yields what commits have added: the blobs that a commit has at a path
// where none of its parents has them, once for each path, with these commits; the
// headers and messages of the commits and of annotated tags. After them come, as
// Known, the blobs from before at the paths that the commits change or delete.
type History struct {
	// WantKnown is asked once, after the new texts, whether the texts from before
	// are wanted too; nil means yes.
	WantKnown func() bool

	store            storage.Storer
	include, exclude []plumbing.Hash

	*reader
	commits map[plumbing.Hash]*object.Commit // that were read; nil if that failed
	shallow []plumbing.Hash
	tips    []tip
	bases   []plumbing.Hash // trees of the excluded commits
	changes []change        // parents first
}

// tip is an included object.
type tip struct {
	name string        // of the ref, or of the object
	id   plumbing.Hash // of the object
	kind plumbing.ObjectType
	tree plumbing.Hash // of a commit, or the object itself
	tags []*object.Tag // on the way to it
}

// change is a path at which a commit has another file than all of its parents.
type change struct {
	commit *object.Commit // nil for a tree that a tip names itself
	path   string
	blob   plumbing.Hash   // zero if the commit deletes the file
	olds   []plumbing.Hash // of each parent; zero where it has no file
}

// NewHistory returns the source of the commits that include reaches and exclude
// does not. Annotated tags count as what they name. Without include all refs of
// the store do, HEAD among them.
func NewHistory(store storage.Storer, include, exclude []plumbing.Hash) *History {
	return &History{store: store, include: include, exclude: exclude}
}

// Chunks implements scanner.Source.
func (h *History) Chunks(ctx context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	h.reader = newReader(ctx, h.store, yield)
	h.commits, h.tips, h.bases, h.changes = map[plumbing.Hash]*object.Commit{}, nil, nil, nil
	commits, err := h.collect()
	if err == nil {
		err = h.yieldAll(commits)
	}
	h.coverage.Complete = len(h.coverage.Skipped) == 0
	return h.coverage, err
}

// collect reads the commits and compares each with its parents.
func (h *History) collect() (commits []*object.Commit, err error) {
	if h.shallow, err = h.store.Shallow(); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	for _, id := range h.exclude {
		t, err := h.tip(id.String(), id)
		if err != nil {
			h.coverage.Notes = append(h.coverage.Notes, "commit "+id.String()+" is missing, so what it has counts as new")
			continue
		}
		h.walk(t.id)
		h.bases = append(h.bases, t.tree)
	}
	if err := h.findTips(); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	for _, t := range h.tips {
		if t.kind == plumbing.CommitObject {
			commits = append(commits, h.walk(t.id)...)
		}
	}
	h.coverage.Commits = int64(len(commits))
	for _, c := range commits {
		if err := h.ctx.Err(); err != nil {
			return nil, err
		}
		h.compare(c, "", c.TreeHash, h.parentTrees(c))
	}
	for _, t := range h.tips {
		if t.kind == plumbing.TreeObject {
			h.compare(nil, "", t.tree, nil)
		}
	}
	return commits, nil
}

// findTips reads the included objects, or all refs.
func (h *History) findTips() error {
	for _, id := range h.include {
		t, err := h.tip(id.String(), id)
		if err != nil {
			return err
		}
		h.tips = append(h.tips, t)
	}
	if len(h.include) > 0 {
		return nil
	}
	refs, err := h.store.IterReferences()
	if err != nil {
		return err
	}
	return refs.ForEach(func(ref *plumbing.Reference) error {
		name := ref.Name().String()
		ref, err := storer.ResolveReference(h.store, ref.Name())
		if errors.Is(err, plumbing.ErrReferenceNotFound) {
			return nil // a branch before its first commit
		}
		if err != nil {
			return err
		}
		t, err := h.tip(name, ref.Hash())
		if err != nil {
			h.skip(ref.Hash(), "", "ref "+name, err)
			return nil
		}
		h.tips = append(h.tips, t)
		return nil
	})
}

// tip follows annotated tags to what they name.
func (h *History) tip(name string, id plumbing.Hash) (tip, error) {
	t := tip{name: name}
	for {
		o, err := h.store.EncodedObject(plumbing.AnyObject, id)
		if err != nil {
			return t, err
		}
		t.id, t.kind, t.tree = id, o.Type(), id
		switch t.kind {
		case plumbing.TagObject:
			tag, err := object.DecodeTag(h.store, o)
			if err != nil {
				return t, err
			}
			t.tags, id = append(t.tags, tag), tag.Target
			continue
		case plumbing.CommitObject:
			c, err := object.DecodeCommit(h.store, o)
			if err != nil {
				return t, err
			}
			t.tree = c.TreeHash
		}
		return t, nil
	}
}

// walk reads a commit and its ancestors, and returns those that no earlier walk
// has read, each after its parents.
func (h *History) walk(id plumbing.Hash) (out []*object.Commit) {
	type step struct {
		id     plumbing.Hash
		commit *object.Commit // if it is read, and its parents were walked
	}
	for stack := []step{{id: id}}; len(stack) > 0; {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if s.commit != nil {
			out = append(out, s.commit)
			continue
		}
		if _, walked := h.commits[s.id]; walked {
			continue
		}
		c, err := object.GetCommit(h.store, s.id)
		if err != nil {
			h.skip(s.id, "", "commit", err)
			h.commits[s.id] = nil
			continue
		}
		if slices.Contains(h.shallow, s.id) {
			c.ParentHashes = nil
		}
		h.commits[s.id] = c
		stack = append(stack, step{s.id, c})
		for _, parent := range c.ParentHashes {
			stack = append(stack, step{id: parent})
		}
	}
	return out
}

// summary is a commit as reports show it.
func (h *History) summary(c *object.Commit) scanner.Commit {
	return scanner.Commit{Commit: c.Hash.String(), Date: c.Author.When, Author: strings.ToValidUTF8(c.Author.Name, "\uFFFD"),
		AtOrBefore: slices.Contains(h.shallow, c.Hash)}
}

// parentTrees are the trees that a commit is compared with: those of its parents,
// and if one is missing those of the excluded commits too.
func (h *History) parentTrees(c *object.Commit) (trees []plumbing.Hash) {
	missing := slices.Contains(h.shallow, c.Hash)
	if missing {
		h.skip(c.Hash, "", "commit", errors.New("its parents are not in this shallow clone"))
	}
	for _, id := range c.ParentHashes {
		if parent := h.commits[id]; parent != nil {
			trees = append(trees, parent.TreeHash)
		} else {
			missing = true
		}
	}
	if missing {
		trees = append(trees, h.bases...)
	}
	return trees
}

// compare records the changes of a folder against others. A folder that equals one
// of them adds nothing to that parent and, against all, removes nothing.
func (h *History) compare(c *object.Commit, prefix string, tree plumbing.Hash, olds []plumbing.Hash) {
	if slices.Contains(olds, tree) {
		return
	}
	now, names := h.folder(tree, prefix), map[string]bool{}
	were := make([]folder, len(olds))
	for i, old := range olds {
		were[i] = h.folder(old, prefix)
	}
	for _, f := range append(slices.Clone(were), now) {
		for _, entries := range []map[string]plumbing.Hash{f.files, f.folders} {
			for name := range entries {
				names[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		files, folders := make([]plumbing.Hash, len(olds)), make([]plumbing.Hash, len(olds))
		for i := range were {
			files[i], folders[i] = were[i].files[name], were[i].folders[name]
		}
		if file := now.files[name]; !slices.Contains(files, file) && (!file.IsZero() || len(olds) > 0) {
			h.changes = append(h.changes, change{c, prefix + name, file, files})
		}
		if below := now.folders[name]; !below.IsZero() || len(olds) > 0 {
			h.compare(c, prefix+name+"/", below, folders)
		}
	}
}
