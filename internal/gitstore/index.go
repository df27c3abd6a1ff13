package gitstore

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// index is a Git index: the entries of all its files and the cache tree. The
// files are parsed only as far as is needed to find each entry; an entry is
// decoded when it is asked for.
type index struct {
	files []*indexFile // the shared index first, if there is one
	rows  []indexRow   // set if the index is made of two files
	cache *cacheTree
}

// indexRow says where the parts of an entry of a split index are: a replaced
// entry has its path in the shared index and the rest in the other file.
type indexRow struct {
	path, data     int32
	pathIn, dataIn uint8
}

// indexEntry is one entry.
type indexEntry struct {
	path         []byte // relative to the top level, with slashes; of a sparse directory it ends in one
	mode         uint32
	id           []byte
	stage        int  // 0, or 1 to 3 while a merge has conflicts
	intentToAdd  bool // added with `git add -N`: the commit will not have it
	skipWorktree bool // not in the work tree (sparse checkout)
	size         uint32
	modTime      [2]uint32 // seconds and nanoseconds
}

// len is the number of entries.
func (x *index) len() int {
	if x.rows != nil {
		return len(x.rows)
	}
	if len(x.files) == 0 {
		return 0
	}
	return len(x.files[0].starts)
}

// path returns the path of entry i, a part of the index's bytes.
func (x *index) path(i int) []byte {
	if x.rows == nil {
		return x.files[0].path(i)
	}
	row := &x.rows[i]
	return x.files[row.pathIn].path(int(row.path))
}

// entry decodes entry i.
func (x *index) entry(i int) indexEntry {
	if x.rows == nil {
		e := x.files[0].entry(i)
		e.path = x.files[0].path(i)
		return e
	}
	row := &x.rows[i]
	e := x.files[row.dataIn].entry(int(row.data))
	e.path = x.files[row.pathIn].path(int(row.path))
	return e
}

// find returns the number of the first entry whose path is not less than path.
func (x *index) find(path []byte) int {
	return sort.Search(x.len(), func(i int) bool { return bytes.Compare(x.path(i), path) >= 0 })
}

// indexFile is one parsed file. In versions 2 and 3 paths are parts of data;
// version 4 shortens them, so they are written out once.
type indexFile struct {
	data     []byte
	idSize   int
	version  uint32
	starts   []uint32 // of entries in data
	paths    []byte   // version 4: all paths, end to end
	pathEnds []uint32 // version 4: in paths
	cache    *cacheTree
	link     []byte // of a split index
}

// The fixed part of an entry: ten 32-bit numbers, the object name, 16 bits of
// flags and perhaps 16 more.
const (
	entryMTime   = 8
	entryMode    = 24
	entrySize    = 36
	entryID      = 40
	flagExtended = 0x4000
	flagStage    = 0x3000
	flagNameMask = 0x0fff
	extIntent    = 0x2000
	extSkip      = 0x4000
	indexHeader  = 12
	maxIndex     = 1 << 30 // bytes: about ten million files; offsets have 32 bits
)

func (f *indexFile) path(i int) []byte {
	if f.version == 4 {
		from := uint32(0)
		if i > 0 {
			from = f.pathEnds[i-1]
		}
		return f.paths[from:f.pathEnds[i]]
	}
	name, length := f.name(int(f.starts[i]))
	return name[:length]
}

// name returns the bytes from an entry's path on, and the path's length, which
// the flags hold only if it is below 0xfff.
func (f *indexFile) name(start int) (rest []byte, length int) {
	at := start + entryID + f.idSize
	flags := binary.BigEndian.Uint16(f.data[at:])
	at += 2
	if flags&flagExtended != 0 {
		at += 2
	}
	rest = f.data[at:]
	length = int(flags & flagNameMask)
	if length == flagNameMask {
		length = bytes.IndexByte(rest, 0)
	}
	return rest, length
}

func (f *indexFile) entry(i int) indexEntry {
	row := f.data[f.starts[i]:]
	flags := binary.BigEndian.Uint16(row[entryID+f.idSize:])
	e := indexEntry{
		mode:  binary.BigEndian.Uint32(row[entryMode:]),
		id:    row[entryID : entryID+f.idSize],
		stage: int(flags&flagStage) >> 12,
		size:  binary.BigEndian.Uint32(row[entrySize:]),
		modTime: [2]uint32{
			binary.BigEndian.Uint32(row[entryMTime:]), binary.BigEndian.Uint32(row[entryMTime+4:]),
		},
	}
	if flags&flagExtended != 0 {
		more := binary.BigEndian.Uint16(row[entryID+f.idSize+2:])
		e.intentToAdd = more&extIntent != 0
		e.skipWorktree = more&extSkip != 0
	}
	return e
}

// readIndex reads an index file and, if it is split, the shared index that it
// names, which is searched in the directories of shared. verify checks that the
// file is complete, by its checksum.
func readIndex(path string, idSize int, verify bool, shared ...string) (*index, error) {
	f, err := readIndexFile(path, idSize, verify)
	if err != nil {
		return nil, err
	}
	x := &index{files: []*indexFile{f}, cache: f.cache}
	if f.link == nil {
		return x, nil
	}
	return x, x.join(path, shared)
}

func readIndexFile(path string, idSize int, verify bool) (*indexFile, error) {
	f, size, err := regular.Open(path, maxIndex)
	if os.IsNotExist(err) {
		return nil, err
	}
	if err != nil {
		return nil, indexError(path, err, "")
	}
	defer f.Close()
	// The header tells a large index from another large file.
	data := make([]byte, min(size, indexHeader), size)
	if _, err = io.ReadFull(f, data); err == nil {
		_, _, err = indexHead(data, size, idSize)
	}
	if err == nil {
		data = data[:size]
		if _, err := io.ReadFull(f, data[indexHeader:]); err != nil {
			return nil, indexError(path, err, "")
		}
	}
	var x *indexFile
	if err == nil {
		x, err = parseIndex(data, idSize, verify)
	}
	if err != nil {
		hints := append(say.Hints(err), "remove a damaged index and git reset writes it again; git fsck says more")
		return nil, indexError(path, err, hints[0])
	}
	return x, nil
}

func indexError(path string, cause error, hint string) error {
	return say.WithHint(fmt.Errorf("index %s: %w: %w", path, errIndex, cause), hint)
}

// indexHead reads the head of an index file of size bytes.
func indexHead(head []byte, size int64, idSize int) (version, count uint32, err error) {
	if len(head) < indexHeader || size < int64(indexHeader+idSize) || string(head[:4]) != "DIRC" {
		return 0, 0, fmt.Errorf("it has no header of an index")
	}
	version, count = binary.BigEndian.Uint32(head[4:]), binary.BigEndian.Uint32(head[8:])
	if version < 2 || version > 4 {
		return 0, 0, fmt.Errorf("version %d is not supported", version)
	}
	// The shortest possible entry bounds what a declared count may allocate.
	if int64(count)*int64(entryID+idSize+3) > size-int64(idSize) {
		return 0, 0, fmt.Errorf("%d entries do not fit into its %d bytes", count, size)
	}
	return version, count, nil
}

// parseIndex finds the entries and extensions of an index file.
func parseIndex(data []byte, idSize int, verify bool) (*indexFile, error) {
	version, count, err := indexHead(data, int64(len(data)), idSize)
	if err != nil {
		return nil, err
	}
	if verify && !checksumMatches(data, idSize) {
		return nil, fmt.Errorf("its checksum does not match")
	}
	f := &indexFile{data: data[:len(data)-idSize], idSize: idSize, version: version}
	f.starts = make([]uint32, count)
	var end int
	var ok bool
	if f.version == 4 {
		end, ok = f.scanV4()
	} else {
		end, ok = f.scan()
	}
	if !ok {
		return nil, fmt.Errorf("an entry is cut off")
	}
	return f, f.extensions(end)
}

// checksumMatches compares the trailer with the hash of what precedes it. Git
// writes a trailer of zeros if index.skipHash is set.
func checksumMatches(data []byte, idSize int) bool {
	body, trailer := data[:len(data)-idSize], data[len(data)-idSize:]
	if scanner.ObjectID(trailer).IsZero() {
		return true
	}
	if idSize == 32 {
		sum := sha256.Sum256(body)
		return bytes.Equal(sum[:], trailer)
	}
	sum := sha1.Sum(body)
	return bytes.Equal(sum[:], trailer)
}

// scan finds the entries of versions 2 and 3, which are padded to eight bytes.
func (f *indexFile) scan() (end int, ok bool) {
	pos := indexHeader
	for i := range f.starts {
		fixed := entryID + f.idSize + 2
		if pos+fixed > len(f.data) {
			return 0, false
		}
		flags := binary.BigEndian.Uint16(f.data[pos+fixed-2:])
		if flags&flagExtended != 0 {
			fixed += 2
		}
		length := int(flags & flagNameMask)
		if length == flagNameMask {
			if pos+fixed > len(f.data) {
				return 0, false
			}
			length = bytes.IndexByte(f.data[pos+fixed:], 0)
			if length < flagNameMask {
				return 0, false
			}
		}
		f.starts[i] = uint32(pos)
		pos += (fixed + length + 8) &^ 7
		if pos > len(f.data) {
			return 0, false
		}
	}
	return pos, true
}

// pathGrowth bounds how much longer all paths of a version 4 index may be than
// the file. An entry has 62 bytes beside its path, so only paths of a thousand
// bytes that hardly differ reach it.
const pathGrowth = 16

// scanV4 finds the entries of version 4 and writes out their paths, of which
// the file only has what differs from the one before.
func (f *indexFile) scanV4() (end int, ok bool) {
	f.pathEnds = make([]uint32, len(f.starts))
	f.paths = make([]byte, 0, len(f.data))
	pos, last := indexHeader, 0 // last: where the previous path begins
	for i := range f.starts {
		fixed := entryID + f.idSize + 2
		if pos+fixed > len(f.data) {
			return 0, false
		}
		if binary.BigEndian.Uint16(f.data[pos+fixed-2:])&flagExtended != 0 {
			fixed += 2
		}
		f.starts[i] = uint32(pos)
		if pos+fixed > len(f.data) {
			return 0, false
		}
		cut, n := offsetVarint(f.data[pos+fixed:])
		previous := len(f.paths) - last
		if n == 0 || cut > uint64(previous) {
			return 0, false
		}
		pos += fixed + n
		tail := bytes.IndexByte(f.data[pos:], 0)
		if tail < 0 {
			return 0, false
		}
		keep := previous - int(cut)
		if len(f.paths)+keep+tail > pathGrowth*len(f.data)+1<<16 {
			return 0, false
		}
		start := len(f.paths)
		f.paths = append(f.paths, f.paths[last:last+keep]...)
		f.paths = append(f.paths, f.data[pos:pos+tail]...)
		f.pathEnds[i] = uint32(len(f.paths))
		last = start
		pos += tail + 1
	}
	return pos, true
}

// offsetVarint reads a number in the encoding that packs use for offsets; n is
// 0 if it does not end.
func offsetVarint(b []byte) (v uint64, n int) {
	for n < len(b) && n < 9 {
		c := b[n]
		n++
		v |= uint64(c & 0x7f)
		if c&0x80 == 0 {
			return v, n
		}
		v = (v + 1) << 7
	}
	return 0, 0
}

// extensions reads the extensions that matter. One whose name begins with a
// capital letter may be ignored; with any other the entries alone are not the
// index.
func (f *indexFile) extensions(pos int) error {
	for pos < len(f.data) {
		if len(f.data)-pos < 8 {
			return fmt.Errorf("an extension is cut off")
		}
		name := string(f.data[pos : pos+4])
		size := int64(binary.BigEndian.Uint32(f.data[pos+4:]))
		pos += 8
		if size > int64(len(f.data)-pos) {
			return fmt.Errorf("an extension is cut off")
		}
		body := f.data[pos : pos+int(size)]
		pos += int(size)
		switch name {
		case "TREE":
			f.cache = parseCacheTree(body, f.idSize)
		case "link":
			f.link = body
		case "sdir":
		default:
			if name[0] < 'A' || name[0] > 'Z' {
				return say.WithHint(fmt.Errorf("extension %q: it is not supported, and the index cannot be read without it", name),
					"git update-index --index-version 2 --no-split-index --force-write-index, or a newer djleaks")
			}
		}
	}
	return nil
}

// sharedIndexPath looks for the shared index that a split index names.
func sharedIndexPath(id scanner.ObjectID, index string, dirs []string) string {
	name := "sharedindex." + id.String()
	for _, dir := range append([]string{filepath.Dir(index)}, dirs...) {
		if path := filepath.Join(dir, name); exists(path) {
			return path
		}
	}
	return filepath.Join(filepath.Dir(index), name)
}
