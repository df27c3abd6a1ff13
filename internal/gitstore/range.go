package gitstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// RangeSpec names commits: those that are reachable from Include and not from
// Exclude.
type RangeSpec struct {
	Include []scanner.ObjectID // commits, or tags; a blob or a tree is all new
	Exclude []scanner.ObjectID // those that are not in the repository are left out
	// Known are those of Exclude that have at a path what counts as known there;
	// nil stands for all of them.
	Known []scanner.ObjectID
	// Onto are, of a head, the commits from which its ref moves on to it. What it
	// changes against them counts, also where it comes from another excluded commit.
	Onto map[scanner.ObjectID][]scanner.ObjectID
}

// Range yields what a range of commits adds: the blobs that a commit has at a
// path where none of its parents has them, so also what a merge itself adds; and
// the messages of the commits and of the included tags. A new blob is
// yielded once and without a path: Places says where it is.
//
// After them come, as Known, the blobs that the old side of the range has at
// paths that the range changes or deletes, with these paths. A blob that is
// moved is yielded as new as well, because its severity depends on the path. One
// that the range only puts back where it was is not.
//
// At the edge of a shallow clone, and where a parent is missing, a commit is
// compared with the excluded commits instead, and the coverage says so.
type Range struct {
	// WantKnown is asked once, after the new texts, whether the old side is
	// wanted too; nil means yes.
	WantKnown func() bool
	// Prefilter is called with the new blobs before the first of them is read, and
	// with those of the old side before these are. What it returns, unless nil,
	// says which of them need not be read. Such blobs are counted, and not yielded.
	// later are those of the old side, as far as they are known when it is called
	// first.
	Prefilter func(blobs, later []scanner.ObjectID) Keyless
	// Named is called once, with the number of new blobs, before Prefilter. What
	// it returns chooses files by their names, without folders: a blob that the
	// range has at such names is yielded with them, whatever Prefilter says. nil
	// chooses none.
	Named func(blobs int) (chosen func(name string) bool)

	r     *Repository
	spec  RangeSpec
	named func(name string) bool // what Named has returned; may be nil
	// combined says that the included commit is compared with the excluded ones,
	// as Combined makes it; skip names blobs that need not be yielded.
	combined bool
	skip     func(scanner.ObjectID) bool

	walk       *walk
	commits    []*node
	tipCommits []scanner.ObjectID
	others     []otherTip
	trees      *treeCache
	compared   *comparison
	additions  []addition
	added      bitset
}

// Keyless reports whether a blob was searched in another way and holds no key, nor
// is a pointer of Git LFS, and its size in bytes.
type Keyless func(id scanner.ObjectID) (size int64, keyless bool)

// addition is what a commit of the range does to the trees of its parents, or a
// tree that a tip names without a commit.
type addition struct {
	commit *node // nil for such a tree
	diff   uint32
}

// Range returns the source of what head adds to base; both are revisions as
// Resolve takes them. A base that is empty or an object name of zeros is an empty
// repository. The error is that of MissingBase if the base is not in this clone,
// whether it was never fetched or does not exist.
func (r *Repository) Range(base, head string) (*Range, error) {
	to, err := r.resolveCommit(head)
	if err != nil {
		return nil, fmt.Errorf("range: head: %w", err)
	}
	spec := RangeSpec{Include: []scanner.ObjectID{to}}
	if strings.Trim(base, "0") != "" {
		from, err := r.resolveCommit(base)
		if errors.Is(err, ErrUnknownRevision) || errors.Is(err, ErrObjectMissing) {
			return nil, r.MissingBase(base)
		}
		if err != nil {
			return nil, fmt.Errorf("range: base: %w", err)
		}
		spec.Exclude = []scanner.ObjectID{from}
	}
	return r.RangeOf(spec), nil
}

// RangeOf returns the source of what some commits add to others.
func (r *Repository) RangeOf(spec RangeSpec) *Range { return &Range{r: r, spec: spec} }

// Base returns the excluded commits, as they were given.
func (s *Range) Base() []scanner.ObjectID { return s.spec.Exclude }

// Head returns the included commits, as they were given.
func (s *Range) Head() []scanner.ObjectID { return s.spec.Include }

// Chunks implements scanner.Source.
func (s *Range) Chunks(ctx context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	y := &blobYielder{r: s.r, yield: yield}
	err := s.chunks(ctx, y)
	s.nameSkipped(y)
	return y.finish(), err
}

func (s *Range) chunks(ctx context.Context, y *blobYielder) error {
	collect := s.collect
	if s.combined {
		collect = s.collectCombined
	}
	if err := collect(ctx, y); err != nil {
		return err
	}
	added, old := s.addedAndOld()
	s.added = added
	if err := s.yieldAdded(ctx, y, added, old); err != nil {
		return err
	}
	if err := s.messages(ctx, y); err != nil {
		return err
	}
	if err := s.tagsAndBlobs(ctx, y); err != nil {
		return err
	}
	if err := s.names(y); err != nil {
		return err
	}
	if s.WantKnown != nil && !s.WantKnown() {
		return nil
	}
	return s.yieldKnown(ctx, y, s.knownTexts(y, old))
}

// collect walks the commits and compares each with its parents.
func (s *Range) collect(ctx context.Context, y *blobYielder) error {
	exclude, _, err := s.tips(s.spec.Exclude, y)
	if err != nil {
		return err
	}
	include, others, err := s.tips(s.spec.Include, nil)
	if err != nil {
		return err
	}
	s.tipCommits, s.others = include, others
	w := &walk{r: s.r}
	s.walk = w
	s.commits = w.commits(include, exclude)
	y.coverage.Commits = int64(len(s.commits))
	for _, m := range w.missing {
		if !m.old {
			y.skip(m.id, "", "commit: "+s.r.whyMissing(0, m.err))
		}
	}
	s.trees = newTreeCache(s.r)
	s.compared = newComparison(s.r, s.trees, y.skipTree)
	// From the newest to the oldest, which is their order in packs.
	bases := treesOf(w, exclude)
	for _, n := range s.commits {
		if err := ctx.Err(); err != nil {
			return err
		}
		olds, whole := parentTrees(w, n)
		if !whole {
			olds = append(olds, bases...)
			if n.commit.Cut {
				y.skip(n.id, "", "the parents of this commit are not in this shallow clone; git fetch --unshallow gets them")
			}
		}
		s.add(n, n.commit.Tree, olds)
	}
	slices.Reverse(s.commits) // parents first
	slices.Reverse(s.additions)
	for _, tip := range s.others {
		if tip.t == packfile.Tree {
			s.add(nil, tip.id, nil)
		}
	}
	y.submodules = len(s.compared.links)
	s.compared.forget()
	return nil
}

func (s *Range) add(n *node, tree scanner.ObjectID, olds []scanner.ObjectID) {
	if diff := s.compared.compare(tree, olds); diff != 0 {
		s.additions = append(s.additions, addition{n, diff})
	}
}

// maxBases bounds how many excluded commits a cut-off commit is compared with,
// and in how many changed paths are looked up.
const maxBases = 8

// treesOf returns the trees of the first few of some commits.
func treesOf(w *walk, commits []scanner.ObjectID) (trees []scanner.ObjectID) {
	for _, id := range commits {
		if n := w.nodes[id]; n != nil && len(trees) < maxBases {
			trees = append(trees, n.commit.Tree)
		}
	}
	return trees
}

// parentTrees returns the trees of a commit's parents; whole is false if one
// cannot be read or the clone is cut off here.
func parentTrees(w *walk, n *node) (trees []scanner.ObjectID, whole bool) {
	whole = !n.commit.Cut
	for _, id := range n.commit.Parents {
		if p := w.nodes[id]; p != nil {
			trees = append(trees, p.commit.Tree)
		} else {
			whole = false
		}
	}
	return trees, whole
}

// otherTip is an included object that is not a commit.
type otherTip struct {
	t  packfile.Type
	id scanner.ObjectID
}

// tips peels tags. It returns the commits, and apart from them the tags
// themselves and what they name that is not a commit. With y, missing ones are
// left out and noted there.
func (s *Range) tips(ids []scanner.ObjectID, y *blobYielder) (commits []scanner.ObjectID, others []otherTip, err error) {
	for _, id := range ids {
		t, last, tags, err := s.r.peel(id)
		switch {
		case err != nil && y == nil:
			return nil, nil, fmt.Errorf("range: %w", err)
		case err != nil:
			y.coverage.Notes = append(y.coverage.Notes, "commit "+id.String()+" is missing, so what it has counts as new")
			continue
		}
		for _, tag := range tags {
			others = append(others, otherTip{packfile.Tag, tag})
		}
		if t == packfile.Commit {
			commits = append(commits, last)
		} else {
			others = append(others, otherTip{t, last})
		}
	}
	return commits, others, nil
}

// HasMerges reports whether a commit of the range has several parents. It may be
// called after Chunks has returned.
func (s *Range) HasMerges() bool {
	return slices.ContainsFunc(s.commits, func(n *node) bool { return len(n.commit.Parents) > 1 })
}

// Commits returns the commits of the range, parents first. It is empty before
// Chunks has run.
func (s *Range) Commits() []scanner.ObjectID {
	out := make([]scanner.ObjectID, 0, len(s.commits))
	for _, n := range s.commits {
		out = append(out, n.id)
	}
	return out
}
