package gitstore

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	gogit "github.com/go-git/go-git/v5/plumbing/format/index"

	"github.com/djleaks/djleaks/internal/packfile"
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
		// A right checksum, so that both readers come as far as they can.
		if len(data) > 20 {
			sum := sha1.Sum(data[:len(data)-20])
			data = append(bytes.Clone(data[:len(data)-20]), sum[:]...)
		}
		file, err := parseIndex(data, 20, true)
		if err != nil {
			return
		}
		x := &index{files: []*indexFile{file}, cache: file.cache}
		if file.link == nil {
			compareIndexes(t, x, data)
		} else if base, err := parseIndex(shared, 20, false); err == nil && len(file.link) > 20 {
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
		y := &blobYielder{r: s}
		trees := newTreeCache(s)
		d := stagedDiff{r: s, x: x, trees: trees, y: y, compared: newComparison(s, trees, func(id scanner.ObjectID, path string, err error) {
			y.skip(id, path, err.Error())
		})}
		d.run("")
		if d.pos > x.len() {
			t.Errorf("at %d of %d", d.pos, x.len())
		}
	})
}

// compareIndexes compares the entries with those that go-git reads, where it
// takes the file.
func compareIndexes(t *testing.T, x *index, data []byte) {
	var other gogit.Index
	if gogit.NewDecoder(bytes.NewReader(data)).Decode(&other) != nil {
		return
	}
	if len(other.Entries) != x.len() {
		t.Fatalf("%d entries, go-git reads %d", x.len(), len(other.Entries))
	}
	for i, want := range other.Entries {
		e := x.entry(i)
		if string(e.path) != want.Name || !bytes.Equal(e.id, want.Hash[:]) || e.mode != uint32(want.Mode) || e.stage != int(want.Stage) ||
			e.intentToAdd != want.IntentToAdd || e.skipWorktree != want.SkipWorktree {
			t.Errorf("entry %d is %+v, go-git reads %+v", i, e, want)
		}
	}
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
			read: func(id scanner.ObjectID) (*packfile.Text, error) {
				if reads++; reads > 2000 {
					return &packfile.Text{}, nil
				}
				if id[len(id)-1]&63 == 0 {
					return nil, errors.New("missing")
				}
				if id[0]&1 == 0 {
					return &packfile.Text{Data: one}, nil
				}
				return &packfile.Text{Data: two}, nil
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

// FuzzPackedRefs looks each name up in the way that stops at it, and finds what
// the reading of the whole file finds first.
func FuzzPackedRefs(f *testing.F) {
	id := strings.Repeat("1", 40)
	f.Add([]byte("# pack-refs with: peeled fully-peeled sorted \n" + id + " refs/heads/main\n^" + id + "\n" + id + " refs/tags/v1"))
	f.Add([]byte(strings.Repeat("0", 40) + " refs/heads/a\r\n" + id + " refs/heads/a\r\n"))
	f.Add([]byte("2" + id[1:] + " refs/heads/a\rx\n" + id + " refs/heads/a\n")) // a longer name
	f.Add([]byte("#" + id[1:] + " refs/x\n" + id + "  refs/x\n" + id + " " + id + " refs/x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first := map[string]scanner.ObjectID{}
		parsePackedRefs(string(data), 20, func(name string, id scanner.ObjectID) {
			if _, ok := first[name]; !ok {
				first[name] = id
			}
		})
		for name, want := range first {
			if got := packedLine(data, name, 20); got != want {
				t.Errorf("%q is %s, and looked up %s", name, want, got)
			}
		}
		if got := packedLine(data, "refs/heads/none", 20); got != first["refs/heads/none"] {
			t.Errorf("a name that is not there is %s", got)
		}
	})
}

// FuzzAlternates reads lists of paths; what is in double quotes is read as Go
// reads it, whose escapes are those of C too.
func FuzzAlternates(f *testing.F) {
	f.Add("/x\n\"a\\101\\n\"\n# no\n../../objects\r\n")
	f.Add("\"\\303\\244\"")
	f.Add("\"not closed\n\"\"")
	f.Fuzz(func(t *testing.T, list string) {
		size := 0
		for _, path := range splitAlternates(list, '\n') {
			size += len(path)
			if path == "" {
				t.Error("an empty path")
			}
		}
		splitAlternates(list, ':')
		if size > len(list) {
			t.Errorf("%d bytes of paths out of %d", size, len(list))
		}
		if list == "" || list[0] != '"' {
			return
		}
		text, rest, ok := unquoteC(list)
		quoted := list[:len(list)-len(rest)]
		if !ok || !utf8.ValidString(quoted) || strings.ContainsRune(quoted, '\n') {
			return
		}
		if want, err := strconv.Unquote(quoted); err != nil || text != want {
			t.Errorf("%s is %q, want %q, %v", quoted, text, want, err)
		}
	})
}

// FuzzReflog reads lines that hooks and scripts may have written too.
func FuzzReflog(f *testing.F) {
	id := strings.Repeat("ab", 20)
	f.Add(id + " " + strings.Repeat("0", 40) + " Ada <ada@example.com> 1700000000 +0100\tpush: forced\n")
	f.Add(id + " " + id + " > 99999999999999999999 x")
	f.Fuzz(func(t *testing.T, line string) {
		e, ok := parseLogEntry(line, 20)
		if !ok {
			return
		}
		for _, id := range []scanner.ObjectID{e.Old, e.New} {
			if id != "" && (len(id) != 20 || id.IsZero()) {
				t.Errorf("%q: %s", line, id)
			}
		}
		if !strings.HasPrefix(line, id40(e.Old)+" "+id40(e.New)+" ") && strings.ToLower(line[:81]) == line[:81] {
			t.Errorf("%q is %+v", line, e)
		}
		if e.Time.Year() > 9999 {
			// JSON has no such date.
			t.Errorf("%q: the year %d", line, e.Time.Year())
		}
	})
}

// id40 is how a reflog writes an id.
func id40(id scanner.ObjectID) string {
	if id == "" {
		return strings.Repeat("0", 40)
	}
	return id.String()
}
