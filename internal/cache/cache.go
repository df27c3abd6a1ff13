// Package cache remembers which objects hold no key, so that the next audit of
// a repository that has grown reads only what is new.
//
// An object's name is its content's hash, and whether it holds a key depends on
// its content and on the rules alone. So a cache lists the names of the objects in
// which one version of the rules found nothing; it does not depend on repositories
// or packs. An object that holds a key is never in it: it is read again each time.
// Nor is one that was removed from the repository: a save lists what is there now,
// and one folder serves one repository.
//
// A file that was made by other rules, is damaged or is cut off counts as no
// cache at all. Nothing detects a forged one: the folder must be as trustworthy
// as the program.
package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/djleaks/djleaks/internal/regular"
)

// magic begins every file; the last digit is the version of the format.
const magic = "djleaks cache 1\n"

// Cache is a set of objects in which nothing was found. It is immutable and
// safe for concurrent use.
type Cache struct {
	file   string
	rules  [sha256.Size]byte
	idSize int
	ids    []byte // ascending, idSize bytes each
}

// Open reads the cache for these rules from a folder, which is created if it does
// not exist. rules must name everything that decides about a match: the program
// and its settings. idSize is the length of an object name in bytes. If the file
// cannot be used the cache is empty, and why says so. The error names a folder in
// which nothing can be saved.
func Open(dir, rules string, idSize int) (c *Cache, why string, err error) {
	c = &Cache{rules: sha256.Sum256([]byte(rules)), idSize: idSize}
	c.file = filepath.Join(dir, c.prefix()+hex.EncodeToString(c.rules[:8]))
	if err := regular.CheckOutput(dir); err != nil {
		return nil, "", fmt.Errorf("cache: %w", err)
	}
	if err := c.writable(); err != nil {
		return nil, "", err
	}
	text, err := c.read()
	if errors.Is(err, fs.ErrNotExist) {
		return c, "", nil
	}
	if err == nil {
		c.ids, err = c.parse(text)
	}
	if err != nil {
		return c, fmt.Sprintf("%s: %v", c.file, err), nil
	}
	return c, "", nil
}

// maxFile is the largest file that is read, in bytes: the names of fifty million
// objects.
const maxFile = 1 << 30

func (c *Cache) read() ([]byte, error) {
	if err := regular.CheckOutput(c.file); err != nil {
		return nil, err
	}
	return regular.Read(c.file, maxFile)
}

// prefix is how the names of all files with ids of one length begin.
func (c *Cache) prefix() string { return fmt.Sprintf("no-key-%d-", c.idSize) }

// writable checks that Save can create the folder and a file in it.
func (c *Cache) writable() error {
	if err := os.MkdirAll(filepath.Dir(c.file), 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(c.file), temporary)
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// temporary is the pattern for the name of a file that is being written.
const temporary = "writing-*"

// parse checks a file: magic, hash of the rules, number of ids, ids, and the
// SHA-256 of all that.
func (c *Cache) parse(text []byte) (ids []byte, err error) {
	head := c.head(0)
	if len(text) < len(head)+sha256.Size || !bytes.Equal(text[:len(head)-8], head[:len(head)-8]) {
		return nil, errors.New("not a cache of these rules")
	}
	body, sum := text[:len(text)-sha256.Size], text[len(text)-sha256.Size:]
	if have := sha256.Sum256(body); !bytes.Equal(have[:], sum) {
		return nil, errors.New("damaged")
	}
	ids = body[len(head):]
	count := binary.BigEndian.Uint64(body[len(head)-8:])
	if len(ids)%c.idSize != 0 || uint64(len(ids)/c.idSize) != count {
		return nil, errors.New("damaged")
	}
	return ids, nil
}

func (c *Cache) head(count int) []byte {
	out := append([]byte(magic), c.rules[:]...)
	out = append(out, byte(c.idSize))
	return binary.BigEndian.AppendUint64(out, uint64(count))
}

// len is the number of objects.
func (c *Cache) len() int { return len(c.ids) / c.idSize }

// Has reports whether nothing was found in an object; id is its raw name.
func (c *Cache) Has(id []byte) bool {
	if len(id) != c.idSize {
		return false
	}
	// Names are evenly spread, so a few guesses by the first four bytes come
	// close; binary search does the rest.
	from, to := 0, c.len()
	want, low, high := leading(id), uint64(0), uint64(1)<<32
	for guess := 0; guess < 3 && to-from > 4 && low <= want && want < high; guess++ {
		mid := from + int(uint64(to-from)*(want-low)/(high-low))
		switch at := c.at(mid); bytes.Compare(at, id) {
		case 0:
			return true
		case -1:
			from, low = mid+1, leading(at)
		default:
			to, high = mid, leading(at)+1
		}
	}
	n := from + sort.Search(to-from, func(i int) bool { return bytes.Compare(c.at(from+i), id) >= 0 })
	return n < to && bytes.Equal(c.at(n), id)
}

func leading(id []byte) uint64 { return uint64(binary.BigEndian.Uint32(id)) }

func (c *Cache) at(i int) []byte { return c.ids[i*c.idSize : (i+1)*c.idSize] }

// Save replaces the file by one with these objects: raw names, concatenated, in
// any order. No reader ever sees half a file. Files of other rules are removed, so
// that the folder does not grow with every release. names is sorted in place.
func (c *Cache) Save(names []byte) error {
	if len(names)%c.idSize != 0 {
		return fmt.Errorf("cache: object names of %d bytes in all", len(names))
	}
	list := &Cache{idSize: c.idSize, ids: names}
	if !sort.IsSorted((*byName)(list)) {
		sort.Sort((*byName)(list))
	}
	list.unique()
	out := append(c.head(list.len()), list.ids...)
	sum := sha256.Sum256(out)
	f, err := os.CreateTemp(filepath.Dir(c.file), temporary)
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(out, sum[:]...))
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	if err := os.Rename(f.Name(), c.file); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return c.removeOthers()
}

func (c *Cache) removeOthers() error {
	dir, own := filepath.Split(c.file)
	files, err := os.ReadDir(dir)
	for _, f := range files {
		if name := f.Name(); name != own && strings.HasPrefix(name, c.prefix()) {
			if e := os.Remove(filepath.Join(dir, name)); !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}

// unique drops repeated names from a sorted list.
func (c *Cache) unique() {
	n := 0
	for i := range c.len() {
		if n == 0 || !bytes.Equal(c.at(i), c.at(n-1)) {
			copy(c.at(n), c.at(i))
			n++
		}
	}
	c.ids = c.ids[:n*c.idSize]
}

// byName sorts the names of a cache.
type byName Cache

func (c *byName) Len() int           { return (*Cache)(c).len() }
func (c *byName) Less(i, j int) bool { return bytes.Compare((*Cache)(c).at(i), (*Cache)(c).at(j)) < 0 }
func (c *byName) Swap(i, j int) {
	var t [32]byte
	copy(t[:], (*Cache)(c).at(i))
	copy((*Cache)(c).at(i), (*Cache)(c).at(j))
	copy((*Cache)(c).at(j), t[:])
}
