package packfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/djleaks/djleaks/scanner"
)

// Store finds single objects in the objects directories of a repository. It is
// made for reading a few of many: opening it reads nothing, a loose object costs
// one file, and a packed one a binary search in mapped files. It is safe for
// concurrent use.
type Store struct {
	dirs       []string
	idSize     int
	bases      *bases // nil: no base is cached
	checkNames bool   // the names of loose objects are checked

	touched atomic.Int64 // about how many bytes of mapped packs
	packed  atomic.Bool  // the object that was found last is in a pack

	mu     sync.RWMutex
	listed bool
	packs  []*storePack
	closed error // why a pack folder cannot be listed
}

// storePack is one pair of .idx and .pack; the files are mapped when first
// asked.
type storePack struct {
	path   string // without .idx
	once   sync.Once
	opened atomic.Bool
	err    error
	idx    *Index
	pack   *Pack

	touched regions
	count   atomic.Int32 // of regions that were touched
}

// regions is a set of the regions of a pack.
type regions []atomic.Uint64

// put reports whether a region was not in the set.
func (r regions) put(n int64) bool {
	at := n >> 6
	if at < 0 || at >= int64(len(r)) {
		return false
	}
	bit := uint64(1) << (n & 63)
	return r[at].Load()&bit == 0 && r[at].Or(bit)&bit == 0
}

// OpenStore opens the object store of these directories: the repository's own
// "objects" and those of its alternates, in the order in which they are to be
// asked. Directories that do not exist are empty. idSize is the length of an
// id in bytes, 20 or 32.
func OpenStore(objectDirs []string, idSize int) (*Store, error) {
	if idSize != 20 && idSize != 32 {
		return nil, fmt.Errorf("object store: ids of %d bytes are not known", idSize)
	}
	return &Store{dirs: objectDirs, idSize: idSize}, nil
}

// CheckNames makes Get and Open refuse a loose object whose content is not that of
// its name, with ErrName. It is for a store that nobody uses yet.
func (s *Store) CheckNames() { s.checkNames = true }

// Get returns type and content of an object. The content is the caller's. An
// object that is nowhere is ErrNotFound, unless it could be in a pack that this
// user may not read: that is fs.ErrPermission. One that is too large to be held is
// ErrTooLarge, and Open may be able to stream it. If one copy of the object
// is damaged the others are tried.
func (s *Store) Get(id scanner.ObjectID) (t Type, data []byte, err error) {
	return s.GetUpTo(id, MaxObject)
}

// GetUpTo is Get for an object of at most limit bytes. A larger one is ErrTooLarge.
func (s *Store) GetUpTo(id scanner.ObjectID, limit int64) (t Type, data []byte, err error) {
	err = s.find(id, func(c *storedCopy) error {
		var err error
		t, data, err = c.read(limit)
		return err
	})
	return t, data, err
}

// Header returns type and size in bytes of an object's content. For a delta it
// must inflate the head of the delta and follow its chain, for anything else
// it costs next to nothing.
func (s *Store) Header(id scanner.ObjectID) (t Type, size int64, err error) {
	err = s.find(id, func(c *storedCopy) error {
		var err error
		t, size, err = c.header()
		return err
	})
	return t, size, err
}

// Open returns type and size of an object and a reader of its content, which
// is in memory only if the object is a delta. An object is damaged if Read ends
// with anything but io.EOF.
func (s *Store) Open(id scanner.ObjectID) (t Type, size int64, r io.ReadCloser, err error) {
	err = s.find(id, func(c *storedCopy) error {
		var err error
		t, size, r, err = c.open()
		return err
	})
	return t, size, r, err
}

// Has reports whether some file claims to hold the object.
func (s *Store) Has(id scanner.ObjectID) bool {
	return s.find(id, func(*storedCopy) error { return nil }) == nil
}

// Close unmaps all files. No other method may run or follow.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.packs {
		p.close()
	}
	s.packs, s.dirs = nil, nil
	return nil
}

// storedCopy is one copy of an object: a loose one or one in a pack.
type storedCopy struct {
	store  *Store
	id     scanner.ObjectID
	loose  string // path; empty if packed
	pack   *storePack
	offset int64
}

// find calls use with the copies of an object until it returns no error. It looks
// first where the last object was. The pack folders are listed when an object is
// not loose, and again when it is not found: a repack may have moved it.
func (s *Store) find(id scanner.ObjectID, use func(*storedCopy) error) error {
	if len(id) != s.idSize {
		return fmt.Errorf("%s: %w", id, ErrNotFound)
	}
	var damage error
	try := func(err error) bool {
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			damage = err
		}
		return err == nil
	}
	for _, again := range [2]bool{false, true} {
		packed := s.packed.Load()
		if !packed && s.findLoose(id, use, try) {
			return nil
		}
		packs, fresh := s.list(again)
		if s.findPacked(packs, id, use, try) {
			s.packed.Store(true)
			return nil
		}
		if packed && s.findLoose(id, use, try) {
			s.packed.Store(false)
			return nil
		}
		if fresh {
			break
		}
	}
	return fmt.Errorf("%s: %w", id, cmp.Or(damage, s.unreadable(), ErrNotFound))
}

// unreadable is why the object that was not found could be here all the same.
func (s *Store) unreadable() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.packs {
		if err := p.open(s.idSize); errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return s.closed
}

// findLoose calls use with the loose copies of an object until try, which is told
// what it has returned, says that it is enough.
func (s *Store) findLoose(id scanner.ObjectID, use func(*storedCopy) error, try func(error) bool) bool {
	for _, dir := range s.dirs {
		path := LoosePath(dir, id)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			continue
		}
		if try(guarded(func() error { return use(&storedCopy{store: s, id: id, loose: path}) })) {
			return true
		}
	}
	return false
}

// findPacked is like findLoose; try is told what use has returned, but for a pack that
// changes while the object is looked up in it.
func (s *Store) findPacked(packs []*storePack, id scanner.ObjectID, use func(*storedCopy) error, try func(error) bool) bool {
	c := storedCopy{store: s, id: id}
	for _, c.pack = range packs {
		if c.pack.open(s.idSize) != nil {
			continue
		}
		found := false
		err := guarded(func() error {
			if c.offset, found = c.pack.find([]byte(id)); !found {
				return nil
			}
			s.touch(c.pack, c.offset)
			return use(&c)
		})
		if found && try(err) {
			return true
		}
	}
	return false
}

// Reading objects touches pages all over a pack. They are released after maxTouched
// bytes, where each region that an object begins in counts touchedBy: what the system
// maps around a page, for the object and its base. Objects that are read one after the
// other are often near each other.
const (
	maxTouched = 64 << 20
	touchedBy  = 128 << 10
	regionBits = 16  // log2 of the size of a region
	spreadOver = 512 // regions from which on a pack is read in no order
)

func (s *Store) touch(p *storePack, offset int64) {
	if !p.touched.put(offset >> regionBits) {
		return
	}
	if p.count.Add(1) == spreadOver {
		p.pack.ReadAhead(false)
	}
	if s.touched.Add(touchedBy) < maxTouched {
		return
	}
	s.touched.Store(0)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.packs {
		p.forget()
	}
}

// guarded calls f and turns a fault in a mapped file into an error.
func guarded(f func() error) (err error) {
	defer Guard(&err)()
	return f()
}

// list returns the packs; fresh is true if the folders were read, because there
// was no list yet or because of again.
func (s *Store) list(again bool) (packs []*storePack, fresh bool) {
	s.mu.RLock()
	packs, listed := s.packs, s.listed
	s.mu.RUnlock()
	if listed && !again {
		return packs, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[string]*storePack{}
	for _, p := range s.packs {
		known[p.path] = p
	}
	paths, _, closed := listPacks(s.dirs) // an object of half a pair is not found
	packs = append([]*storePack(nil), s.packs...)
	for _, path := range paths {
		if known[path] == nil {
			packs = append(packs, &storePack{path: path})
		}
	}
	s.packs, s.listed, s.closed = packs, true, closed
	return packs, true
}

// ListPacks returns the packs of some objects directories as paths without
// extension, by directory and name, and a warning for each folder that cannot
// be read and each .idx or .pack whose other half is missing.
func ListPacks(objectDirs []string) (paths, warnings []string) {
	paths, warnings, _ = listPacks(objectDirs)
	return paths, warnings
}

// listPacks is ListPacks; closed says of one of the folders that it may not be read.
func listPacks(objectDirs []string) (paths, warnings []string, closed error) {
	for _, dir := range objectDirs {
		dir = filepath.Join(dir, "pack")
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			warnings = append(warnings, err.Error())
		}
		if errors.Is(err, fs.ErrPermission) {
			closed = err
		}
		halves := map[string]int{}
		for _, e := range entries {
			if name, ok := strings.CutSuffix(e.Name(), ".idx"); ok {
				halves[name] |= 1
			} else if name, ok := strings.CutSuffix(e.Name(), ".pack"); ok {
				halves[name] |= 2
			}
		}
		from := len(paths)
		for name, found := range halves {
			path := filepath.Join(dir, name)
			switch found {
			case 1:
				warnings = append(warnings, path+".idx: its .pack is missing")
			case 2:
				warnings = append(warnings, path+".pack: it has no .idx")
			default:
				paths = append(paths, path)
			}
		}
		sort.Strings(paths[from:])
	}
	sort.Strings(warnings)
	return paths, warnings, closed
}

func (p *storePack) open(idSize int) error {
	p.once.Do(func() {
		if p.idx, p.err = OpenIndex(p.path+".idx", idSize); p.err != nil {
			return
		}
		if p.pack, p.err = OpenPack(p.path+".pack", idSize); p.err != nil {
			return
		}
		p.touched = make(regions, p.pack.Size()>>(regionBits+6)+1)
		p.opened.Store(true)
	})
	return p.err
}

// forget is for packs that are open.
func (p *storePack) forget() {
	if p.opened.Load() {
		p.idx.Forget()
		p.pack.Forget()
		for i := range p.touched {
			p.touched[i].Store(0)
		}
	}
}

func (p *storePack) close() {
	p.once.Do(func() { p.err = os.ErrClosed })
	if p.idx != nil {
		p.idx.Close()
	}
	if p.pack != nil {
		p.pack.Close()
	}
}

// find finds an id in this pack, which may fault.
func (p *storePack) find(id []byte) (offset int64, ok bool) {
	if pos, found := p.idx.Find(id); found {
		return p.idx.Offset(pos)
	}
	return 0, false
}

// lookup is find; ok is false after a fault.
func (p *storePack) lookup(id []byte) (offset int64, ok bool) {
	err := guarded(func() error {
		offset, ok = p.find(id)
		return nil
	})
	return offset, ok && err == nil
}

// inflaters are shared by all stores: making one costs more than a small
// object.
var inflaters = sync.Pool{New: func() any { return new(Inflater) }}

// read is GetUpTo for a copy.
func (c *storedCopy) read(limit int64) (Type, []byte, error) {
	f := inflaters.Get().(*Inflater)
	defer inflaters.Put(f)
	if c.loose == "" && c.store.bases != nil {
		return c.store.bases.resolve(c.pack.pack, f, c.offset, limit, c.pack.lookup)
	}
	if c.loose == "" {
		t, data, err := c.pack.pack.Resolve(f, c.offset, c.pack.lookup)
		if int64(len(data)) > limit {
			return t, nil, ErrTooLarge
		}
		return t, data, err
	}
	src, err := f.readLoose(c.loose, limit)
	if err != nil {
		return 0, nil, err
	}
	t, text, err := f.Loose(nil, src)
	switch {
	case err == nil && int64(len(text)) > limit:
		return t, nil, ErrTooLarge
	case err == nil && c.store.checkNames:
		err = CheckName([]byte(c.id), t, text)
	}
	return t, text, err
}

func (c *storedCopy) header() (Type, int64, error) {
	if c.loose != "" {
		t, size, r, err := OpenLoose(c.loose)
		if err != nil {
			return 0, 0, err
		}
		return t, size, r.Close()
	}
	f := inflaters.Get().(*Inflater)
	defer inflaters.Put(f)
	return c.pack.pack.header(f, c.offset, c.pack.lookup)
}

func (c *storedCopy) open() (t Type, size int64, r io.ReadCloser, err error) {
	if c.loose != "" {
		t, size, r, err = OpenLoose(c.loose)
		if err == nil && c.store.checkNames {
			r = NamedReader(r, []byte(c.id), t, size)
		}
		return t, size, r, err
	}
	e, err := c.pack.pack.Entry(c.offset)
	if err != nil {
		return 0, 0, nil, err
	}
	if e.Type == OfsDelta || e.Type == RefDelta {
		t, data, err := c.read(MaxObject)
		return t, int64(len(data)), io.NopCloser(bytes.NewReader(data)), err
	}
	stream, err := NewReader(c.pack.pack.stream(e, 0), e.Size)
	if err != nil {
		return 0, 0, nil, err
	}
	return e.Type, e.Size, guardedReader{stream}, nil
}

// guardedReader reads from a mapped file.
type guardedReader struct{ r io.Reader }

func (g guardedReader) Read(p []byte) (n int, err error) {
	defer Guard(&err)()
	return g.r.Read(p)
}

func (g guardedReader) Close() error { return nil }
