package gitstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// RangeSpec names commits: those that are reachable from Include and not from
// Exclude.
type RangeSpec struct {
	Include []scanner.ObjectID // commits, or tags; a blob or a tree is all new
	Exclude []scanner.ObjectID // those that are not in the repository are left out
	// WantKnown is asked once, behind the new texts, whether the old side is
	// wanted too; nil means yes.
	WantKnown func() bool
	// Sift is asked once, with the number of new blobs, before the first of
	// them is read. What it returns, unless nil, tells of a blob that it need
	// not be read, because it was searched in another way and holds nothing.
	// Such blobs are counted, and not yielded.
	Sift func(blobs int) func(scanner.ObjectID) bool
}

// Range yields what a range of commits adds: the blobs that a commit has at a
// path where none of its parents has them, what only a merge brings included,
// each once for each of its paths; and the messages of the commits and of the
// included tags.
//
// After them come, as Known, the blobs that the old side of the range has at
// paths that the range changes or deletes. A blob that is moved is yielded at
// its new path as well: what it is worth depends on the path. One that a path
// gets back is not new there.
//
// At the edge of a shallow clone, and where a parent is missing, a commit is
// compared with the excluded commits instead, and the coverage says so.
type Range struct {
	r    *Repository
	spec RangeSpec

	commits []*node
	changes []rangeChange
	odd     []oddTip
}

// rangeChange is a path that a commit of the range changes.
type rangeChange struct {
	commit *node
	path   string
	id     scanner.ObjectID   // empty if the path is gone or holds no text
	olds   []scanner.ObjectID // of its parents; empty names where there is none
}

// MissingBaseError says that the old end of a range cannot be compared with.
// It is ErrMissingBase for errors.Is.
type MissingBaseError struct {
	Base    string // as it was named
	Shallow bool   // the clone is shallow
	fetch   string
}

func (e *MissingBaseError) Error() string {
	if e.Shallow {
		return fmt.Sprintf("range: base %s: %v, which is shallow", e.Base, ErrMissingBase)
	}
	return fmt.Sprintf("range: base %s: %v", e.Base, ErrMissingBase)
}

func (e *MissingBaseError) Unwrap() error { return ErrMissingBase }

// Hint is the command that fetches what is missing.
func (e *MissingBaseError) Hint() string { return e.fetch }

// Range returns the source of what head adds to base; both are revisions as
// Resolve takes them. A base that is empty or an object name of zeros stands
// for an empty repository. It returns a MissingBaseError if the base is not
// here, whether it was never fetched or does not exist.
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

// Base and Head are the ends of the range.
func (s *Range) Base() []scanner.ObjectID { return s.spec.Exclude }

// Head returns the commits whose additions are asked for.
func (s *Range) Head() []scanner.ObjectID { return s.spec.Include }

// SetWantKnown sets the callback of the same name of a RangeSpec.
func (s *Range) SetWantKnown(f func() bool) { s.spec.WantKnown = f }

// SetSift sets the callback of the same name of a RangeSpec.
func (s *Range) SetSift(f func(blobs int) func(scanner.ObjectID) bool) { s.spec.Sift = f }

// MissingBase makes the error about a base that is not here: a *MissingBaseError
// with the command that gets it, or ErrUnknownRevision if no command can.
func (r *Repository) MissingBase(base string) error {
	e := &MissingBaseError{Base: base, Shallow: len(r.Shallow()) > 0}
	name, steps := splitRevision(base)
	if id, err := r.resolveName(name); err == nil && id != "" && steps != "" && !e.Shallow {
		return fmt.Errorf("range: base: revision %q: %w", base, ErrUnknownRevision) // there are not so many commits
	}
	remote := r.defaultRemote()
	words := []string{"git", "fetch"}
	if e.Shallow {
		words = append(words, "--unshallow")
	}
	words = append(words, say.Quote(remote))
	hex := len(name) >= minAbbreviation && strings.Trim(name, "0123456789abcdefABCDEF") == ""
	branch, tracked := strings.CutPrefix(strings.TrimPrefix(name, "refs/remotes/"), remote+"/")
	switch {
	case name == "HEAD" || name == "@" || hex && e.Shallow:
	case hex:
		words = append(words, name)
	case tracked:
		words = append(words, say.Quote("+refs/heads/"+branch+":refs/remotes/"+remote+"/"+branch))
	default:
		words = append(words, say.Quote(name+":"+name))
	}
	e.fetch = strings.Join(words, " ")
	return e
}

// defaultRemote is the remote that a plain `git fetch` would ask.
func (r *Repository) defaultRemote() string {
	remotes := r.config.Remotes()
	if len(remotes) == 0 || slices.Contains(remotes, "origin") {
		return "origin"
	}
	return remotes[0]
}

// Chunks implements scanner.Source.
func (s *Range) Chunks(ctx context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	y := &blobYielder{r: s.r, yield: yield, counted: map[scanner.ObjectID]bool{}}
	err := s.chunks(ctx, y)
	return y.finish(), err
}

func (s *Range) chunks(ctx context.Context, y *blobYielder) error {
	trees := newTreeCache(s.r)
	if err := s.collect(ctx, y, trees); err != nil {
		return err
	}
	news, known := s.sides()
	if s.spec.Sift != nil {
		y.empty = s.spec.Sift(len(news))
	}
	sortForReading(s.r, news, func(n newText) scanner.ObjectID { return n.id })
	for _, n := range news {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := y.blob(scanner.Chunk{ID: n.id, Path: n.path, Commits: summaries(n.commits)}); err != nil {
			return err
		}
	}
	if err := s.messages(ctx, y); err != nil {
		return err
	}
	if err := s.oddTips(ctx, y, trees); err != nil {
		return err
	}
	if s.spec.WantKnown != nil && !s.spec.WantKnown() {
		return nil
	}
	known = append(known, s.atBase(trees)...)
	sortForReading(s.r, known, func(k rangeText) scanner.ObjectID { return k.id })
	seen := map[rangeText]bool{}
	for _, k := range known {
		if seen[k] {
			continue
		}
		seen[k] = true
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := y.blob(scanner.Chunk{ID: k.id, Path: k.path, Known: true}); err != nil {
			return err
		}
	}
	return nil
}

// collect walks the commits and compares each with its parents.
func (s *Range) collect(ctx context.Context, y *blobYielder, trees *treeCache) error {
	exclude, _, err := s.tips(s.spec.Exclude, y)
	if err != nil {
		return err
	}
	include, odd, err := s.tips(s.spec.Include, nil)
	if err != nil {
		return err
	}
	s.odd = odd
	w := &walk{r: s.r}
	s.commits = w.commits(include, exclude)
	y.coverage.Commits = int64(len(s.commits))
	for _, m := range w.missing {
		if !m.old {
			y.skip(m.id, "", "commit: "+s.r.whyMissing(0, m.err))
		}
	}
	var bases []scanner.ObjectID // trees of the excluded commits
	for _, id := range exclude {
		if n := w.nodes[id]; n != nil && len(bases) < maxBases {
			bases = append(bases, n.commit.Tree)
		}
	}
	d := treeDiff{
		read: trees.get, idSize: s.r.idSize,
		missing: func(id scanner.ObjectID, path string, err error) {
			y.skip(id, path, "tree: "+s.r.whyMissing(0, err))
		},
	}
	// From the newest to the oldest, as the packs have them.
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
		d.visit = func(t *treeChange) { s.change(n, t) }
		d.run(nil, n.commit.Tree, olds)
	}
	slices.Reverse(s.commits) // parents first
	slices.Reverse(s.changes)
	return nil
}

// maxBases bounds how many excluded commits a cut-off commit is compared with,
// and in how many changed paths are looked up.
const maxBases = 8

// tips peels tags and returns the commits, and apart from them the tags
// themselves and what tags name that is no commit. Excluded ones that are not
// here are left out.
func (s *Range) tips(ids []scanner.ObjectID, y *blobYielder) (commits []scanner.ObjectID, odd []oddTip, err error) {
	for _, id := range ids {
		t, last, tags, err := s.r.peel(id)
		switch {
		case err != nil && y == nil:
			return nil, nil, fmt.Errorf("range: %w", err)
		case err != nil:
			y.coverage.Notes = append(y.coverage.Notes, "commit "+id.String()+" is not here, so what it has counts as new")
			continue
		}
		for _, tag := range tags {
			odd = append(odd, oddTip{packfile.Tag, tag})
		}
		if t == packfile.Commit {
			commits = append(commits, last)
		} else {
			odd = append(odd, oddTip{t, last})
		}
	}
	return commits, odd, nil
}

// oddTip is an included object that is no commit.
type oddTip struct {
	t  packfile.Type
	id scanner.ObjectID
}

// oddTips yields the messages of included tags, and the blobs and files that a
// ref or a tag names without a commit.
func (s *Range) oddTips(ctx context.Context, y *blobYielder, trees *treeCache) error {
	for _, tip := range s.odd {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		switch tip.t {
		case packfile.Tag:
			text, readErr := s.r.typed(tip.id, packfile.Tag)
			if readErr != nil {
				y.skip(tip.id, "", "tag: "+s.r.whyMissing(0, readErr))
				continue
			}
			_, message, _ := bytes.Cut(text, []byte("\n\n"))
			err = y.yield(&scanner.Chunk{Kind: scanner.TagMessage, ID: tip.id, Text: message})
		case packfile.Blob:
			err = y.blob(scanner.Chunk{ID: tip.id})
		case packfile.Tree:
			err = (&TreeFiles{r: s.r, tree: tip.id}).below(ctx, y, trees, "", tip.id)
		}
		if err != nil {
			return err
		}
	}
	return nil
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

func (s *Range) change(n *node, t *treeChange) {
	c := rangeChange{commit: n, path: string(t.path)}
	if isText(t.mode) {
		c.id = scanner.ObjectID(t.id)
	}
	texts := c.id != ""
	for _, old := range t.olds {
		var id scanner.ObjectID
		if isText(old.Mode) {
			id, texts = scanner.ObjectID(old.ID), true
		}
		c.olds = append(c.olds, id)
	}
	if texts {
		s.changes = append(s.changes, c)
	}
}

// rangeText is a blob at a path.
type rangeText struct {
	id   scanner.ObjectID
	path string
}

// newText is a blob that the range brings to a path.
type newText struct {
	rangeText
	commits []*node
}

// sides tells what the range adds from what was there. A blob that a parent
// has at a changed path, and that no earlier commit of the range has brought
// there, is from before the range.
func (s *Range) sides() (news []newText, known []rangeText) {
	at := map[rangeText]int{} // → news
	old := map[rangeText]bool{}
	for i := range s.changes {
		c := &s.changes[i]
		for _, id := range c.olds {
			t := rangeText{id, c.path}
			if _, brought := at[t]; id == "" || brought || old[t] {
				continue
			}
			old[t] = true
			known = append(known, t)
		}
		if c.id == "" {
			continue
		}
		t := rangeText{c.id, c.path}
		n, ok := at[t]
		if !ok {
			n = len(news)
			at[t] = n
			news = append(news, newText{rangeText: t})
		}
		news[n].commits = append(news[n].commits, c.commit)
	}
	news = slices.DeleteFunc(news, func(n newText) bool { return old[n.rangeText] })
	return news, known
}

// atBase returns what the excluded commits themselves have at the changed
// paths. That is more than sides knows if they have gone on since the range
// branched off.
func (s *Range) atBase(trees *treeCache) []rangeText {
	if len(s.spec.Exclude) > maxBases {
		return nil
	}
	paths := map[string]bool{}
	for i := range s.changes {
		paths[s.changes[i].path] = true
	}
	var out []rangeText
	for _, id := range s.spec.Exclude {
		commit, err := s.r.peelToCommit(id)
		if err != nil {
			continue
		}
		c, err := s.r.Commit(commit)
		if err != nil {
			continue
		}
		for path := range paths {
			if mode, id, err := trees.find(c.Tree, path); err == nil && isText(mode) {
				out = append(out, rangeText{id, path})
			}
		}
	}
	slices.SortFunc(out, func(a, b rangeText) int { return strings.Compare(a.path, b.path) })
	return out
}

// messages yields the commits of the range themselves.
func (s *Range) messages(ctx context.Context, y *blobYielder) error {
	for _, n := range s.commits {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := s.r.Commit(n.id)
		if err != nil {
			y.skip(n.id, "", "commit: "+s.r.whyMissing(0, err))
			continue
		}
		chunk := scanner.Chunk{Kind: scanner.CommitMessage, ID: n.id, Text: c.Message(), Commits: []scanner.Commit{c.Summary()}}
		if err := y.yield(&chunk); err != nil {
			return err
		}
	}
	return nil
}

func summaries(nodes []*node) []scanner.Commit {
	out := make([]scanner.Commit, 0, len(nodes))
	for _, n := range nodes {
		out = append(out, n.commit.Summary())
	}
	return out
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

// Places says what the commits of the range did to an item that these blobs
// hold, the old side's blobs included: where it was brought in, and where taken
// out. Refs stays empty. It may be called when Chunks has returned.
func (s *Range) Places(holds func(scanner.ObjectID) bool) []scanner.Place {
	byPath := map[string]*scanner.Place{}
	var paths []string
	for i := range s.changes {
		c := &s.changes[i]
		now, before, everywhere := c.id != "" && holds(c.id), false, len(c.olds) > 0
		for _, id := range c.olds {
			if id != "" && holds(id) {
				before = true
			} else {
				everywhere = false
			}
		}
		if !now && !before {
			continue
		}
		p := byPath[c.path]
		if p == nil {
			p = &scanner.Place{Path: c.path, Reachable: true}
			byPath[c.path] = p
			paths = append(paths, c.path)
		}
		switch {
		case now && !before:
			p.Introduced = append(p.Introduced, c.commit.commit.Summary())
		case !now && everywhere:
			p.Removed = append(p.Removed, c.commit.commit.Summary())
		}
		if now { // the last version first
			p.Blobs = slices.DeleteFunc(p.Blobs, func(id scanner.ObjectID) bool { return id == c.id })
			p.Blobs = slices.Insert(p.Blobs, 0, c.id)
		}
	}
	slices.Sort(paths)
	out := make([]scanner.Place, 0, len(paths))
	for _, path := range paths {
		p := byPath[path]
		if len(p.Blobs) == 0 {
			continue // only taken out: it was there before the range
		}
		for _, list := range [][]scanner.Commit{p.Introduced, p.Removed} {
			slices.SortStableFunc(list, func(a, b scanner.Commit) int { return a.Date.Compare(b.Date) })
		}
		out = append(out, *p)
	}
	return out
}
