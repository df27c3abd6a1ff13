package gitstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// comparison says at which paths trees differ from others. A subtree that equals
// any of the old ones at the same path is not read. With one old tree that is a
// plain comparison; with several it finds what a merge has that none of its
// parents has; with none everything is new. A path counts as gone if every old
// tree has it and the new one does not.
//
// The same trees are compared once, at however many paths they are: ten small
// trees, each ten times in the next, make ten thousand million paths. So a
// comparison is a graph. A diff is the changes of one folder, by number, and the
// diff of a folder within it is one of its changes. Paths exist only while each
// walks over the graph.
type comparison struct {
	read func(scanner.ObjectID) (*packfile.Text, error)
	// missing is called once for a tree that cannot be read, which then counts
	// as empty, and for what is not compared because it would cost too much.
	missing func(id scanner.ObjectID, path string, err error)
	idSize  int

	blobs numbering[scanner.ObjectID] // of changes; 0 is none
	names numbering[string]
	diffs []span // of changes; diffs[0] is that of equal trees
	// changes and olds are those of all diffs. A diff has a higher number than
	// those within it.
	changes []change
	olds    []uint32
	links   map[scanner.ObjectID]bool // commits of submodules that are new

	known map[string]uint32 // diffs by the names of their trees
	paths numbering[pathStep]

	steps   int // that are left
	spent   bool
	seen    map[uint64]bool
	absent  map[scanner.ObjectID]bool // reported
	path    []byte                    // of the folder that is compared, with its slash
	frames  []compareFrame
	spare   [][]treeSide // of former frames
	pending []change     // of all frames, end to end
}

// change is one name in a folder at which trees differ.
type change struct {
	name  uint32
	isDir bool
	link  bool   // the new blob is the target of a symbolic link
	to    uint32 // the new blob, 0 if there is none; of a folder its diff
	olds  span   // blobs of the old trees, each once; 0 is among them if one has none here
}

type span struct{ from, to uint32 }

// pathStep is a name in a folder that is a path itself; 0 is the root.
type pathStep struct{ folder, name uint32 }

// compareFrame is one folder that is being compared: sides[0] is the new tree.
type compareFrame struct {
	sides []treeSide
	key   string
	name  uint32 // in the folder above
	path  int    // length of its path with its slash
	from  int    // its first change in pending
}

// treeSide is a tree of which all entries before one have been compared.
type treeSide struct {
	text   *packfile.Text // nil if there is none
	reader treeReader
	entry  treeEntry
	ok     bool
}

func (s *treeSide) next() { s.entry, s.ok = s.reader.next() }

const (
	// maxTreePath bounds the length of a path, in bytes: object names need not
	// match their content, so a tree may claim to contain itself.
	maxTreePath = 1 << 14
	// freeSteps is how many entries of trees may be read in any case, and
	// stepsPerByte how many more for each byte of each tree that is read: an
	// entry takes about 35 bytes, and most are read twice. Only a forged
	// repository costs more.
	freeSteps    = 1 << 22
	stepsPerByte = 0.5
	// missingSteps is how many steps a tree that cannot be read costs, so that
	// not every tree of a repository without trees is looked for.
	missingSteps = 1 << 10
)

var (
	errPathTooLong  = errors.New("path is too long")
	errTooManyPaths = errors.New("more to compare than the size of its trees explains")
	errContainsSelf = errors.New("a tree that contains itself")
)

// inWork is the diff of trees that are being compared.
const inWork = ^uint32(0)

func newComparison(r *Repository, trees *treeCache, missing func(scanner.ObjectID, string, error)) *comparison {
	return &comparison{read: trees.borrow, missing: missing, idSize: r.idSize}
}

func (c *comparison) start() {
	if c.known != nil {
		return
	}
	c.known, c.links = map[string]uint32{}, map[scanner.ObjectID]bool{}
	c.seen, c.absent = map[uint64]bool{}, map[scanner.ObjectID]bool{}
	c.diffs = []span{{}}
	c.blobs.number("")
	c.names.number("") // so that no path has the number of the root
	c.paths.number(pathStep{})
	c.steps = freeSteps
}

// compare returns the diff of a tree and others. An empty id is an empty tree.
func (c *comparison) compare(tree scanner.ObjectID, olds []scanner.ObjectID) (diff uint32) {
	c.start()
	if slices.Contains(olds, tree) {
		return 0
	}
	key := c.key(tree, olds)
	if diff, ok := c.known[key]; ok {
		return diff
	}
	c.path = c.path[:0]
	c.push(key, 0)
	for len(c.frames) > 0 {
		f := &c.frames[len(c.frames)-1]
		c.path = c.path[:f.path]
		if c.spend(len(f.sides)) && c.step(f) {
			continue
		}
		diff = c.closeFolder(f)
		name := f.name
		c.frames = c.frames[:len(c.frames)-1]
		if len(c.frames) > 0 && diff != 0 {
			c.pending = append(c.pending, change{name: name, isDir: true, to: diff})
		}
	}
	return diff
}

// forget releases what only compare needs.
func (c *comparison) forget() {
	c.known, c.seen, c.absent, c.frames, c.spare, c.pending = map[string]uint32{}, nil, nil, nil, nil, nil
}

// key names a comparison: the new tree, then the others, each once.
func (c *comparison) key(tree scanner.ObjectID, olds []scanner.ObjectID) string {
	olds = slices.Clone(olds)
	slices.Sort(olds)
	olds = slices.Compact(olds)
	key := make([]byte, (len(olds)+1)*c.idSize)
	copy(key, tree)
	for i, id := range olds {
		copy(key[(i+1)*c.idSize:], id)
	}
	return string(key)
}

// spend takes steps; it is false if too few are left.
func (c *comparison) spend(steps int) bool {
	if c.steps -= steps; c.steps >= 0 {
		return true
	}
	if !c.spent {
		c.spent = true
		c.missing("", string(c.path), errTooManyPaths)
	}
	return false
}

// push begins to compare the trees of a key.
func (c *comparison) push(key string, name uint32) {
	f := compareFrame{key: key, name: name, path: len(c.path), from: len(c.pending)}
	f.sides = c.sides(len(key) / c.idSize)
	for i := range f.sides {
		id := scanner.ObjectID(key[i*c.idSize : (i+1)*c.idSize])
		if id.IsZero() {
			continue
		}
		side := &f.sides[i]
		if side.text = c.tree(id); side.text != nil {
			side.reader = newTreeReader(side.text.Data, c.idSize)
		}
		c.advance(side)
	}
	c.known[key] = inWork
	c.frames = append(c.frames, f)
}

// sides returns room for the sides of a frame.
func (c *comparison) sides(n int) []treeSide {
	if last := len(c.spare) - 1; last >= 0 && cap(c.spare[last]) >= n {
		sides := c.spare[last][:n]
		c.spare = c.spare[:last]
		return sides
	}
	return make([]treeSide, n)
}

// tree returns a tree; nil if it cannot be read.
func (c *comparison) tree(id scanner.ObjectID) *packfile.Text {
	text, err := c.read(id)
	if err != nil {
		c.steps -= missingSteps
		if !c.absent[id] {
			c.absent[id] = true
			c.missing(id, string(c.path), err)
		}
		return nil
	}
	if short := binary.BigEndian.Uint64([]byte(id)); !c.seen[short] {
		c.seen[short] = true
		c.steps += int(stepsPerByte * float64(len(text.Data)))
	}
	return text
}

// step handles the first name that any side has next; it returns false at the
// end of the folder.
func (c *comparison) step(f *compareFrame) bool {
	c.skipEqual(f)
	first := -1
	for i := range f.sides {
		s := &f.sides[i]
		if s.ok && (first < 0 || sideCompare(s, &f.sides[first]) < 0) {
			first = i
		}
	}
	if first < 0 {
		return false
	}
	name, dir := f.sides[first].entry.name, isTree(f.sides[first].entry.mode)
	var entries [4]treeEntry
	at := entries[:0]
	have, taken := 0, false // old sides that have the name; new equals one of them
	for i := range f.sides {
		s := &f.sides[i]
		var e treeEntry
		if s.ok && isTree(s.entry.mode) == dir && bytes.Equal(s.entry.name, name) {
			e = s.entry
		}
		at = append(at, e)
		if i > 0 && e.name != nil {
			have++
			taken = taken || at[0].name != nil && bytes.Equal(e.id, at[0].id)
		}
	}
	for i := range f.sides {
		if at[i].name != nil {
			c.advance(&f.sides[i])
		}
	}
	gone := at[0].name == nil
	if taken || gone && have < len(f.sides)-1 {
		return true
	}
	if dir {
		c.folder(name, at)
	} else {
		c.file(name, at)
	}
	return true
}

// skipEqual passes over the entries that both of two trees have next. Nearly all
// of most trees is like that.
func (c *comparison) skipEqual(f *compareFrame) {
	if len(f.sides) != 2 {
		return
	}
	a, b := &f.sides[0], &f.sides[1]
	for a.ok && b.ok && bytes.Equal(a.entry.id, b.entry.id) && bytes.Equal(a.entry.name, b.entry.name) && isTree(a.entry.mode) == isTree(b.entry.mode) {
		for {
			n := a.reader.nextLen()
			if n == 0 || n > len(b.reader.rest) || !bytes.Equal(a.reader.rest[:n], b.reader.rest[:n]) {
				break
			}
			a.reader.rest, b.reader.rest = a.reader.rest[n:], b.reader.rest[n:]
			c.steps -= 2
		}
		c.advance(a)
		c.advance(b)
		c.steps -= 2
	}
}

// advance moves a side on; a tree that breaks off is reported where it does.
func (c *comparison) advance(s *treeSide) {
	s.next()
	if err := s.reader.failure(); err != nil && !s.ok {
		c.missing("", string(c.path), err)
	}
}

func sideCompare(a, b *treeSide) int {
	return compareNames(a.entry.name, isTree(a.entry.mode), b.entry.name, isTree(b.entry.mode))
}

// file records a change of a file, a link or a submodule. Of a submodule there is
// nothing here to read.
func (c *comparison) file(name []byte, at []treeEntry) {
	if at[0].mode&modeType == modeGitlink {
		c.links[scanner.ObjectID(at[0].id)] = true
	}
	change := change{to: c.blob(at[0]), link: at[0].mode&modeType == modeSymlink}
	from := len(c.olds)
	texts := change.to != 0
	for _, e := range at[1:] {
		old := c.blob(e)
		texts = texts || old != 0
		if !slices.Contains(c.olds[from:], old) {
			c.olds = append(c.olds, old)
		}
	}
	if !texts {
		c.olds = c.olds[:from]
		return
	}
	change.name = c.names.number(string(name))
	change.olds = span{uint32(from), uint32(len(c.olds))}
	c.pending = append(c.pending, change)
}

// blob is the number of an entry's blob.
func (c *comparison) blob(e treeEntry) uint32 {
	if !isText(e.mode) {
		return 0
	}
	return c.blobs.number(scanner.ObjectID(e.id))
}

// folder compares the folders of one name.
func (c *comparison) folder(name []byte, at []treeEntry) {
	olds := make([]scanner.ObjectID, 0, len(at)-1)
	for _, e := range at[1:] {
		olds = append(olds, scanner.ObjectID(e.id))
	}
	key := c.key(scanner.ObjectID(at[0].id), olds)
	number := c.names.number(string(name))
	diff, known := c.known[key]
	c.path = append(append(c.path, name...), '/')
	switch {
	case !known && len(c.path) > maxTreePath:
		c.missing(scanner.ObjectID(at[0].id), string(c.path[:256])+"…", errPathTooLong)
	case !known:
		c.push(key, number)
	case diff == inWork:
		c.missing(scanner.ObjectID(at[0].id), string(c.path), errContainsSelf)
	case diff != 0:
		c.pending = append(c.pending, change{name: number, isDir: true, to: diff})
	}
}

// closeFolder makes a diff of what was found in a folder.
func (c *comparison) closeFolder(f *compareFrame) (diff uint32) {
	if own := c.pending[f.from:]; len(own) > 0 {
		diff = uint32(len(c.diffs))
		from := uint32(len(c.changes))
		c.changes = append(c.changes, own...)
		c.diffs = append(c.diffs, span{from, uint32(len(c.changes))})
	}
	c.pending = c.pending[:f.from]
	c.known[f.key] = diff
	for i := range f.sides {
		if f.sides[i].text != nil {
			f.sides[i].text.Release()
		}
	}
	clear(f.sides)
	c.spare = append(c.spare, f.sides)
	return diff
}

func (c *comparison) of(diff uint32) []change { return c.changes[c.diffs[diff].from:c.diffs[diff].to] }

func (c *comparison) oldsOf(ch *change) []uint32 { return c.olds[ch.olds.from:ch.olds.to] }

// involving is the set of diffs that have a change of any of some blobs, in
// whatever folder.
func (c *comparison) involving(blobs bitset) bitset {
	out := newBitset(len(c.diffs))
	for diff := range c.diffs {
		if slices.ContainsFunc(c.of(uint32(diff)), func(ch change) bool {
			if ch.isDir {
				return out.has(ch.to)
			}
			return c.involves(&ch, blobs)
		}) {
			out.put(uint32(diff))
		}
	}
	return out
}

func (c *comparison) involves(ch *change, blobs bitset) bool {
	return blobs.has(ch.to) || slices.ContainsFunc(c.oldsOf(ch), blobs.has)
}

// each calls visit for the changes of files in a diff and in those within it
// that are in the set, which may be nil for all, with the path of their folder.
// It stops if visit returns false.
func (c *comparison) each(diff uint32, in bitset, visit func(folder uint32, ch *change) bool) (whole bool) {
	c.start()
	type frame struct {
		rest   []change
		folder uint32
	}
	if in != nil && !in.has(diff) {
		return true
	}
	stack := []frame{{c.of(diff), 0}}
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		if len(f.rest) == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		ch := &f.rest[0]
		f.rest = f.rest[1:]
		if ch.isDir && in != nil && !in.has(ch.to) {
			continue
		}
		if ch.isDir {
			stack = append(stack, frame{c.of(ch.to), c.paths.number(pathStep{f.folder, ch.name})})
		} else if !visit(f.folder, ch) {
			return false
		}
	}
	return true
}

// below calls visit for the files that differ in two trees at a path that is
// empty or ends in a slash. An id is empty where there is no file.
func (c *comparison) below(prefix string, tree, old scanner.ObjectID, visit func(path string, to, from scanner.ObjectID) bool) (whole bool) {
	return c.each(c.compare(tree, []scanner.ObjectID{old}), nil, func(folder uint32, ch *change) bool {
		var from scanner.ObjectID
		if olds := c.oldsOf(ch); len(olds) > 0 {
			from = c.blobs.all[olds[0]]
		}
		name := c.names.all[ch.name]
		if folder != 0 {
			name = c.pathName(folder) + "/" + name
		}
		return visit(prefix+name, c.blobs.all[ch.to], from)
	})
}

// pathName writes a path out.
func (c *comparison) pathName(path uint32) string {
	var names []string
	for ; path != 0; path = c.paths.all[path].folder {
		names = append(names, c.names.all[c.paths.all[path].name])
	}
	slices.Reverse(names)
	return strings.Join(names, "/")
}

// numbering gives numbers to values, from 0, in the order in which they come.
type numbering[T comparable] struct {
	numbers map[T]uint32
	all     []T
}

func (n *numbering[T]) number(value T) uint32 {
	if i, ok := n.numbers[value]; ok {
		return i
	}
	if n.numbers == nil {
		n.numbers = map[T]uint32{}
	}
	i := uint32(len(n.all))
	n.numbers[value] = i
	n.all = append(n.all, value)
	return i
}

// bitset is a set of small numbers; nil is empty.
type bitset []uint64

func newBitset(n int) bitset       { return make(bitset, (n+63)/64) }
func (b bitset) has(i uint32) bool { return int(i>>6) < len(b) && b[i>>6]>>(i&63)&1 != 0 }
func (b bitset) put(i uint32)      { b[i>>6] |= 1 << (i & 63) }
