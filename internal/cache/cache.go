// Package cache remembers which objects hold no key, so that the next audit of
// a repository that has grown reads only what is new.
//
// An object's name is its content's hash, and whether it holds a key depends on
// its content and on the rules alone. So a cache has the names of the objects
// in which one version of the rules found nothing, and neither repositories nor
// packs. An object that holds a key is never in it: it is read again each time.
//
// A file that was made by other rules, is damaged or is cut off counts as no
// cache at all. Against somebody who forges one nothing helps: the folder has
// to be as trustworthy as the program.
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
	"slices"
	"sort"

	"github.com/djleaks/djleaks/scanner"
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

// Open reads the cache for these rules from a folder, which need not exist yet.
// rules must name everything that decides about a match: the version of the
// program and of its detector, and settings that it takes. idSize is the length
// of an object name in bytes. A file that cannot be used is as good as none; why
// says so.
func Open(dir, rules string, idSize int) (c *Cache, why string) {
	c = &Cache{rules: sha256.Sum256([]byte(rules)), idSize: idSize}
	c.file = filepath.Join(dir, fmt.Sprintf("barren-%d-%s", idSize, hex.EncodeToString(c.rules[:8])))
	text, err := os.ReadFile(c.file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, ""
	}
	if err != nil {
		return c, err.Error()
	}
	if c.ids, err = c.parse(text); err != nil {
		return c, fmt.Sprintf("%s: %v", c.file, err)
	}
	return c, ""
}

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
	if uint64(len(ids)) != count*uint64(c.idSize) {
		return nil, errors.New("damaged")
	}
	return ids, nil
}

func (c *Cache) head(count int) []byte {
	out := append([]byte(magic), c.rules[:]...)
	out = append(out, byte(c.idSize))
	return binary.BigEndian.AppendUint64(out, uint64(count))
}

// Len is the number of objects.
func (c *Cache) Len() int { return len(c.ids) / c.idSize }

// Has reports whether nothing was found in an object; id is its raw name.
func (c *Cache) Has(id []byte) bool {
	if len(id) != c.idSize {
		return false
	}
	n := sort.Search(c.Len(), func(i int) bool { return bytes.Compare(c.at(i), id) >= 0 })
	return n < c.Len() && bytes.Equal(c.at(n), id)
}

func (c *Cache) at(i int) []byte { return c.ids[i*c.idSize : (i+1)*c.idSize] }

// Save replaces the file by one with these objects, in any order. Nobody ever
// sees half a file.
func (c *Cache) Save(barren []scanner.ObjectID) error {
	slices.Sort(barren)
	barren = slices.Compact(barren)
	out := c.head(len(barren))
	for _, id := range barren {
		if len(id) != c.idSize {
			return fmt.Errorf("cache: an object name of %d bytes", len(id))
		}
		out = append(out, id...)
	}
	sum := sha256.Sum256(out)
	out = append(out, sum[:]...)
	if err := os.MkdirAll(filepath.Dir(c.file), 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(c.file), "writing-*")
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(out)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	if err := os.Rename(f.Name(), c.file); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}
