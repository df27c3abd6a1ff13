package gitstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// FuzzIndex reads hostile indexes: no panic, nothing outside of the file, and
// no more memory than the file can account for.
func FuzzIndex(f *testing.F) {
	f.Add(testIndex(f), testIndex(f))
	r := newRepo(f)
	fill(r, 20)
	r.git("update-index", "--index-version", "4")
	v4, err := os.ReadFile(filepath.Join(r.dir, ".git/index"))
	must(f, err)
	f.Add(v4, v4)
	r.git("update-index", "--index-version", "2")
	r.git("update-index", "--split-index")
	r.git("rm", "-q", "--cached", "a", "dir1/sub1/file1.py")
	r.write("b/c", "changed")
	r.git("add", "b/c")
	own, err := os.ReadFile(filepath.Join(r.dir, ".git/index"))
	must(f, err)
	shared, err := filepath.Glob(filepath.Join(r.dir, ".git/sharedindex.*"))
	must(f, err)
	other, err := os.ReadFile(shared[0])
	must(f, err)
	f.Add(own, other)
	f.Fuzz(func(t *testing.T, data, shared []byte) {
		file, err := parseIndex(data, 20, false)
		if err != nil {
			return
		}
		x := &index{files: []*indexFile{file}, cache: file.cache}
		if base, err := parseIndex(shared, 20, false); err == nil && len(file.link) > 20 {
			_ = x.merge("index", base)
		}
		for i := range x.len() {
			e := x.entry(i)
			if len(e.id) != 20 || e.stage > 3 {
				t.Errorf("%+v", e)
			}
		}
		if len(file.paths) > pathGrowth*len(data)+1<<17 {
			t.Errorf("%d bytes of paths out of %d", len(file.paths), len(data))
		}
		x.find([]byte("dir"))
		entriesOf(x, []string{"a", "dir1"})
		// Comparing ends, whatever the cache tree says.
		s := &Repository{idSize: 20, config: &Config{}}
		s.shallow = func() map[scanner.ObjectID]bool { return nil }
		d := stagedDiff{r: s, x: x, trees: newTreeCache(s), y: &blobYielder{r: s}}
		d.run("")
		if d.pos > x.len() {
			t.Errorf("at %d of %d", d.pos, x.len())
		}
	})
}

// FuzzTree reads hostile trees and compares them with each other.
func FuzzTree(f *testing.F) {
	id := strings.Repeat("i", 20)
	f.Add([]byte("100644 a\x00"+id+"40000 b\x00"+id), []byte("100644 a\x00"+id+"100755 b\x00"+id))
	f.Add([]byte("40000 .git\x00"+id), []byte("160000 ..\x00"+id))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		tree := newTreeReader(one, 20)
		size := 0
		for e, ok := tree.next(); ok; e, ok = tree.next() {
			size += len(e.name) + len(e.id)
			if len(e.name) == 0 || len(e.id) != 20 || bytes.IndexByte(e.name, 0) >= 0 {
				t.Errorf("%+v", e)
			}
		}
		if size > len(one) {
			t.Error("more names than bytes")
		}
		if (tree.failure() == nil) != (len(one) == 0 || size > 0 && tree.failure() == nil) {
			t.Error("an empty reading without an error")
		}
		// Both trees under all names, so that subtrees are trees again.
		reads := 0
		c := comparison{
			idSize:  20,
			missing: func(scanner.ObjectID, string, error) {},
			read: func(id scanner.ObjectID) ([]byte, error) {
				if reads++; reads > 2000 {
					return nil, nil
				}
				if id[len(id)-1]&63 == 0 {
					return nil, errors.New("missing")
				}
				if id[0]&1 == 0 {
					return one, nil
				}
				return two, nil
			},
		}
		name := func(c byte) scanner.ObjectID { return scanner.ObjectID(strings.Repeat(string(c), 20)) }
		for _, diff := range []uint32{
			c.compare(name('b'), []scanner.ObjectID{name('a')}),
			c.compare(name('b'), []scanner.ObjectID{name('a'), name('c'), name('d'), name('f'), name('h')}),
		} {
			left := 2000
			c.each(diff, nil, func(folder uint32, ch *change) bool {
				_ = c.pathName(c.paths.number(pathStep{folder, ch.name}))
				left--
				return left > 0
			})
		}
	})
}

func FuzzBitmap(f *testing.F) {
	var b []byte
	b = binary.BigEndian.AppendUint32(b, 128)
	b = binary.BigEndian.AppendUint32(b, 2)
	b = binary.BigEndian.AppendUint64(b, 1|1<<1|1<<33)
	b = binary.BigEndian.AppendUint64(b, 5)
	b = binary.BigEndian.AppendUint32(b, 0)
	f.Add(b)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, rest, err := parseEWAH(data, 1000)
		if err == nil && (len(m) != 16 || len(rest) > len(data)) {
			t.Errorf("%d words, %d left", len(m), len(rest))
		}
	})
}
