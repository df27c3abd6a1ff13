package gitstore

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"path"
	"slices"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// maxVisits bounds how many changes of files are read for one question about the
// paths of a range. The 82,000 commits of Git's own history make 138,000.
const maxVisits = 1 << 20

// eachChange calls visit for the changes of the range that involve any of some
// blobs, parents first, until it returns false. whole is false then, and if there
// are more than maxVisits.
func (s *Range) eachChange(blobs bitset, visit func(a *addition, path uint32, ch *change) bool) (whole bool) {
	c := s.compared
	in := c.involving(blobs)
	left := maxVisits
	for i := range s.additions {
		a := &s.additions[i]
		whole := c.each(a.diff, in, func(folder uint32, ch *change) bool {
			left--
			return left > 0 && (!c.involves(ch, blobs) || visit(a, c.paths.number(pathStep{folder, ch.name}), ch))
		})
		if !whole {
			return false
		}
	}
	return true
}

// blobPath is a blob at a path.
type blobPath struct{ blob, path uint32 }

// pathsOf returns the paths to which the range brings some blobs, and the changed
// paths at which they were before it. A blob that a parent has at a changed path,
// and that no earlier commit of the range brought there, is from before it.
func (s *Range) pathsOf(blobs bitset) (brought, old map[blobPath]bool, whole bool) {
	brought, old = map[blobPath]bool{}, map[blobPath]bool{}
	whole = s.eachChange(blobs, func(_ *addition, path uint32, ch *change) bool {
		for _, from := range s.compared.oldsOf(ch) {
			if at := (blobPath{from, path}); blobs.has(from) && !brought[at] {
				old[at] = true
			}
		}
		if blobs.has(ch.to) {
			brought[blobPath{ch.to, path}] = true
		}
		return true
	})
	return brought, old, whole
}

// addedAndOld returns the blobs that the range adds, and those that it replaces
// or deletes.
func (s *Range) addedAndOld() (added, old bitset) {
	c := s.compared
	n := len(c.blobs.all)
	added, old = newBitset(n), newBitset(n)
	for i := range c.changes {
		ch := &c.changes[i]
		if ch.isDir {
			continue
		}
		if ch.to != 0 {
			added.put(ch.to)
		}
		for _, from := range c.oldsOf(ch) {
			if from != 0 {
				old.put(from)
			}
		}
	}
	// Some of the blobs in both sets are only put back where they were.
	both, moved := newBitset(n), s.inTips()
	for i := range both {
		both[i] = added[i] & old[i]
	}
	if brought, was, whole := s.pathsOf(both); whole {
		for at := range brought {
			if !was[at] {
				moved.put(at.blob)
			}
		}
		for i := range both {
			added[i] &^= both[i] &^ moved[i]
		}
	}
	return added, old
}

// inTips is the set of blobs in trees that are tips themselves. They are new
// whatever the commits have.
func (s *Range) inTips() bitset {
	c := s.compared
	blobs, in := newBitset(len(c.blobs.all)), newBitset(len(c.diffs))
	for _, a := range s.additions {
		if a.commit == nil {
			in.put(a.diff)
		}
	}
	for diff := uint32(len(c.diffs)); diff > 0; diff-- {
		if !in.has(diff - 1) {
			continue
		}
		for _, ch := range c.of(diff - 1) {
			if ch.isDir {
				in.put(ch.to)
			} else if ch.to != 0 {
				blobs.put(ch.to)
			}
		}
	}
	return blobs
}

// yieldAdded yields the new blobs.
func (s *Range) yieldAdded(ctx context.Context, y *blobYielder, added, old bitset) error {
	ids := s.idsOf(added)
	names := s.namesOf(added, len(ids))
	if s.Prefilter != nil {
		y.keyless = s.Prefilter(ids, s.idsOf(old))
	}
	chunks := make([]scanner.Chunk, 0, len(ids))
	for _, id := range ids {
		chunk := scanner.Chunk{ID: id, Names: names[id]}
		switch {
		case s.skip != nil && s.skip(id):
		case len(chunk.Names) == 0 && y.isKeyless(&chunk):
		default:
			chunks = append(chunks, chunk)
		}
	}
	return y.blobs(ctx, chunks)
}

// namesOf are the names of the blobs that are asked for by name.
func (s *Range) namesOf(blobs bitset, count int) map[scanner.ObjectID][]string {
	names := map[scanner.ObjectID][]string{}
	if s.Named == nil {
		return names
	}
	c := s.compared
	s.named = s.Named(count)
	wanted := map[uint32]bool{}
	seen := map[[2]uint32]bool{} // blobs with names
	for i := range c.changes {
		ch := &c.changes[i]
		if ch.isDir || ch.to == 0 || !blobs.has(ch.to) {
			continue
		}
		want, asked := wanted[ch.name]
		if !asked {
			want = s.named(c.names.all[ch.name])
			wanted[ch.name] = want
		}
		if at := [2]uint32{ch.to, ch.name}; want && !seen[at] {
			seen[at] = true
			id := c.blobs.all[ch.to]
			names[id] = append(names[id], c.names.all[ch.name])
		}
	}
	return names
}

func (s *Range) idsOf(blobs bitset) (ids []scanner.ObjectID) {
	for n, id := range s.compared.blobs.all {
		if blobs.has(uint32(n)) {
			ids = append(ids, id)
		}
	}
	return ids
}

// messages yields the commits of the range themselves.
func (s *Range) messages(ctx context.Context, y *blobYielder) error {
	for _, n := range s.commits {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := n.commit
		if c.Text == nil {
			var err error
			if c, err = s.r.Commit(n.id); err != nil {
				y.skip(n.id, "", "commit: "+s.r.whyMissing(0, err))
				continue
			}
		}
		text := c.Text
		n.commit.Text = nil
		chunk := scanner.Chunk{Kind: scanner.CommitMessage, ID: n.id, Commits: []scanner.Commit{s.summary(c)}}
		if err := y.object(chunk, text); err != nil {
			return err
		}
	}
	return nil
}

// object yields the headers and the message of a commit or a tag. message has
// everything but the text.
func (y *blobYielder) object(message scanner.Chunk, text []byte) error {
	headers := message
	headers.Kind = scanner.ObjectHeaders
	headers.Text, message.Text, _ = bytes.Cut(text, []byte("\n\n"))
	if err := y.yield(&headers); err != nil {
		return err
	}
	return y.yield(&message)
}

// summary is the commit as reports show it, with its place in the range.
func (s *Range) summary(c *Commit) scanner.Commit {
	out := c.Summary()
	out.Tip = slices.Contains(s.tipCommits, c.ID)
	out.Root = len(c.Parents) == 0 && !c.Cut
	return out
}

// tagsAndBlobs yields the messages of included tags, and the blobs that a ref or
// a tag names without a commit.
func (s *Range) tagsAndBlobs(ctx context.Context, y *blobYielder) error {
	for _, tip := range s.others {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		switch tip.t {
		case packfile.Tag:
			text, readErr := s.r.objectOfType(tip.id, packfile.Tag)
			if readErr != nil {
				y.skip(tip.id, "", "tag: "+s.r.whyMissing(0, readErr))
				continue
			}
			err = y.object(scanner.Chunk{Kind: scanner.TagMessage, ID: tip.id, Tag: TagName(text)}, text)
		case packfile.Blob:
			err = y.blob(scanner.Chunk{ID: tip.id})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// names yields the paths that the range makes and that may have a key in them.
func (s *Range) names(y *blobYielder) error {
	c := s.compared
	if !slices.ContainsFunc(c.names.all, scanner.MayNameKey) {
		return nil
	}
	seen := map[blobPath]bool{}
	for i := range s.additions {
		var err error
		c.each(s.additions[i].diff, nil, func(folder uint32, ch *change) bool {
			at := blobPath{ch.to, c.paths.number(pathStep{folder, ch.name})}
			olds := c.oldsOf(ch)
			if len(seen) >= maxVisits {
				return false
			}
			if ch.to == 0 || seen[at] || len(olds) > 0 && !slices.Contains(olds, 0) {
				return true
			}
			seen[at] = true
			if path := c.pathName(at.path); scanner.MayNameKey(path) {
				err = y.yield(&scanner.Chunk{Kind: scanner.FileName, ID: c.blobs.all[ch.to], Text: scanner.NameText(path)})
			}
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// maxKnownPaths is the largest number of paths that are listed of a known blob.
const maxKnownPaths = 1000

// knownTexts returns the paths of the blobs from before the range: where the
// range changes them, and where the known ones of the excluded commits have a blob
// at a changed path, which is more if the base has moved since the range branched
// off.
func (s *Range) knownTexts(y *blobYielder, old bitset) map[scanner.ObjectID][]string {
	c := s.compared
	seen := map[blobPath]bool{}
	paths := map[scanner.ObjectID][]string{}
	add := func(at blobPath) {
		id := c.blobs.all[at.blob]
		if !seen[at] && len(paths[id]) < maxKnownPaths {
			seen[at] = true
			paths[id] = append(paths[id], c.pathName(at.path))
		}
	}
	_, was, whole := s.pathsOf(old)
	for _, at := range slices.SortedFunc(maps.Keys(was), func(a, b blobPath) int {
		return cmp.Or(cmp.Compare(a.blob, b.blob), cmp.Compare(a.path, b.path))
	}) {
		add(at)
	}
	bases := s.spec.Known
	if bases == nil {
		bases = s.spec.Exclude
	}
	if len(bases) <= maxBases {
		for _, id := range bases {
			whole = s.atBase(id, add) && whole
		}
	}
	if !whole {
		// Nothing is lost: what is not known counts as new.
		y.coverage.Notes = append(y.coverage.Notes, "the range changes more paths than can be compared with what was there")
	}
	for _, list := range paths {
		slices.Sort(list)
	}
	return paths
}

// atBase calls add for what an excluded commit has at the paths that the range
// changes.
func (s *Range) atBase(id scanner.ObjectID, add func(blobPath)) (whole bool) {
	commit, err := s.r.peelToCommit(id)
	if err != nil {
		return true
	}
	base, err := s.r.Commit(commit)
	if err != nil {
		return true
	}
	type frame struct {
		tree   scanner.ObjectID
		folder uint32
		diffs  []uint32 // what the range changes in this folder
	}
	c := s.compared
	roots := make([]uint32, 0, len(s.additions))
	for _, a := range s.additions {
		if a.commit != nil {
			roots = append(roots, a.diff)
		}
	}
	left := maxVisits
	for stack := []frame{{base.Tree, 0, distinct(roots)}}; len(stack) > 0; {
		f := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		files, folders, changes := c.changedNames(f.diffs)
		left -= changes
		data, err := s.trees.get(f.tree)
		if err != nil {
			continue // what is missing is not known
		}
		entries := newTreeReader(data, s.r.idSize)
		for e, ok := entries.next(); ok; e, ok = entries.next() {
			left--
			name, changed := c.names.numbers[string(e.name)]
			switch {
			case !changed:
			case isTree(e.mode) && len(folders[name]) > 0:
				path := c.paths.number(pathStep{f.folder, name})
				stack = append(stack, frame{scanner.ObjectID(e.id), path, distinct(folders[name])})
			case isText(e.mode) && files[name]:
				add(blobPath{c.blobs.number(scanner.ObjectID(e.id)), c.paths.number(pathStep{f.folder, name})})
			}
		}
		if left < 0 {
			return false
		}
	}
	return true
}

// changedNames are the files and the folders, with their diffs, that some diffs of
// one folder change, and the number of these changes.
func (c *comparison) changedNames(diffs []uint32) (files map[uint32]bool, folders map[uint32][]uint32, changes int) {
	files, folders = map[uint32]bool{}, map[uint32][]uint32{}
	for _, diff := range diffs {
		for _, ch := range c.of(diff) {
			if ch.isDir {
				folders[ch.name] = append(folders[ch.name], ch.to)
			} else {
				files[ch.name] = true
			}
		}
		changes += len(c.of(diff))
	}
	return files, folders, changes
}

func distinct(list []uint32) []uint32 {
	slices.Sort(list)
	return slices.Compact(list)
}

// yieldKnown yields the blobs from before the range.
func (s *Range) yieldKnown(ctx context.Context, y *blobYielder, paths map[scanner.ObjectID][]string) error {
	ids := make([]scanner.ObjectID, 0, len(paths))
	for id := range paths {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	y.keyless = nil
	if s.Prefilter != nil {
		y.keyless = s.Prefilter(ids, nil)
	}
	isNamed := func(file string) bool { return s.named != nil && s.named(path.Base(file)) }
	chunks := make([]scanner.Chunk, 0, len(ids))
	for _, id := range ids {
		chunk := scanner.Chunk{ID: id, Path: paths[id][0], Also: paths[id][1:], Known: true}
		if slices.ContainsFunc(paths[id], isNamed) || !y.isKeyless(&chunk) {
			chunks = append(chunks, chunk)
		}
	}
	return y.blobs(ctx, chunks)
}

// nameSkipped fills in the paths of blobs that could not be read.
func (s *Range) nameSkipped(y *blobYielder) {
	if s.compared == nil {
		return
	}
	nameless := map[uint32]int{} // blob → its index in Skipped
	blobs := newBitset(len(s.compared.blobs.all))
	for i := range y.coverage.Skipped {
		skip := &y.coverage.Skipped[i]
		id, ok := scanner.ParseObjectID(skip.ID)
		if n, of := s.compared.blobs.numbers[id]; ok && of && skip.Path == "" {
			nameless[n] = i
			blobs.put(n)
		}
	}
	if len(nameless) == 0 {
		return
	}
	s.eachChange(blobs, func(_ *addition, path uint32, ch *change) bool {
		for _, n := range append([]uint32{ch.to}, s.compared.oldsOf(ch)...) {
			if i, ok := nameless[n]; ok {
				y.coverage.Skipped[i].Path = s.compared.pathName(path)
				delete(nameless, n)
			}
		}
		return len(nameless) > 0
	})
}
