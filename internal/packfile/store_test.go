package packfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// git runs the real git in dir, without anybody's settings.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	return testkit.Git(t, dir, "", args...)
}

// repository makes a repository with a few versions of some files: the first
// half packed with deltas, the rest loose.
func repository(t testing.TB, format string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main", "--object-format="+format, ".")
	var commits []testkit.Commit
	for v := range 30 {
		var text strings.Builder
		for line := range 300 {
			fmt.Fprintf(&text, "line %d of version %d\n", line, max(0, v-line%40))
		}
		commits = append(commits, testkit.Commit{Message: fmt.Sprint("version ", v), Files: map[string]string{
			"a.txt": "a.txt" + text.String(), "b/c.txt": "b/c.txt" + text.String(),
		}})
	}
	add := func(from string, commits []testkit.Commit) {
		testkit.Git(t, dir, testkit.History("main", from, commits...), "-c", "fastimport.unpackLimit=1000", "fast-import", "--quiet")
	}
	add("", commits[:16])
	git(t, dir, "tag", "-m", "half", "half", "main")
	git(t, dir, "repack", "-adfq")
	add(testkit.Tip("main"), commits[16:])
	return dir
}

type gitObject struct {
	id   scanner.ObjectID
	typ  string
	data []byte
}

// allObjects is what Git itself says that a repository holds.
func allObjects(t testing.TB, dir string) []gitObject {
	t.Helper()
	r := bufio.NewReader(strings.NewReader(git(t, dir, "cat-file", "--batch-all-objects", "--batch")))
	var all []gitObject
	for {
		head, err := r.ReadString('\n')
		if err == io.EOF {
			return all
		}
		var o gitObject
		var hex string
		var size int
		fmt.Sscan(head, &hex, &o.typ, &size)
		o.id, _ = scanner.ParseObjectID(hex)
		o.data = make([]byte, size)
		io.ReadFull(r, o.data)
		r.ReadByte()
		all = append(all, o)
	}
}

func TestStoreReadsWhatGitReads(t *testing.T) {
	for format, size := range map[string]int{"sha1": 20, "sha256": 32} {
		t.Run(format, func(t *testing.T) {
			dir := repository(t, format)
			s, err := OpenStore([]string{filepath.Join(dir, ".git", "objects")}, size)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			caching, _ := OpenStore([]string{filepath.Join(dir, ".git", "objects")}, size)
			caching.CacheBases(1 << 20)
			defer caching.Close()
			all := allObjects(t, dir)
			if len(all) < 100 {
				t.Fatalf("only %d objects", len(all))
			}
			for _, o := range all {
				for _, s := range []*Store{s, caching, caching} {
					if _, data, err := s.GetUpTo(o.id, int64(len(o.data))-1); !errors.Is(err, ErrTooLarge) || data != nil {
						t.Fatalf("%s: %d bytes, %v, want too large", o.id, len(data), err)
					}
					if _, data, err := s.GetUpTo(o.id, int64(len(o.data))); err != nil || !bytes.Equal(data, o.data) {
						t.Fatalf("%s: %d bytes, %v, want %d", o.id, len(data), err, len(o.data))
					}
				}
				typ, data, err := s.Get(o.id)
				if err != nil || typ.String() != o.typ || !bytes.Equal(data, o.data) {
					t.Fatalf("%s: got %s of %d bytes, %v; want %s of %d", o.id, typ, len(data), err, o.typ, len(o.data))
				}
				htyp, size, err := s.Header(o.id)
				if err != nil || htyp != typ || size != int64(len(o.data)) {
					t.Fatalf("%s: header %s %d %v", o.id, htyp, size, err)
				}
				otyp, size, r, err := s.Open(o.id)
				if err != nil || otyp != typ || size != int64(len(o.data)) {
					t.Fatalf("%s: open %s %d %v", o.id, otyp, size, err)
				}
				if data, err := io.ReadAll(r); err != nil || !bytes.Equal(data, o.data) {
					t.Fatalf("%s: stream of %d bytes: %v", o.id, len(data), err)
				}
				r.Close()
				if !s.Has(o.id) {
					t.Fatalf("%s: Has says no", o.id)
				}
			}
			missing := scanner.ObjectID(bytes.Repeat([]byte{7}, size))
			if _, _, err := s.Get(missing); !errors.Is(err, ErrNotFound) || s.Has(missing) {
				t.Fatalf("missing object: %v", err)
			}
		})
	}
}

func TestStoreFindsObjectsAgainAfterARepack(t *testing.T) {
	dir := repository(t, "sha1")
	s, _ := OpenStore([]string{filepath.Join(dir, ".git", "objects")}, 20)
	defer s.Close()
	all := allObjects(t, dir)
	for _, o := range all {
		if _, _, err := s.Get(o.id); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Git(t, dir, testkit.History("main", testkit.Tip("main"), testkit.Commit{Message: "new", Files: map[string]string{"new": "new\n"}}), "fast-import", "--quiet")
	git(t, dir, "repack", "-adfq", "--depth=5")
	for _, o := range allObjects(t, dir) {
		if _, data, err := s.Get(o.id); err != nil || !bytes.Equal(data, o.data) {
			t.Fatalf("%s: %v", o.id, err)
		}
	}
}

// Pages are released when much of a pack was touched, not when a little was read often.
func TestObjectsThatAreNearEachOtherTouchTheSamePages(t *testing.T) {
	dir := repository(t, "sha1")
	s, err := OpenStore([]string{filepath.Join(dir, ".git", "objects")}, 20)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	packed := 0
	for _, o := range allObjects(t, dir) {
		if _, _, err := s.Get(o.id); err != nil {
			t.Fatal(err)
		}
		if pack, _ := s.Place(o.id); pack >= 0 {
			packed++
		}
	}
	// The pack is smaller than a region.
	if got := s.touched.Load(); packed < 10 || got != touchedBy {
		t.Errorf("%d bytes touched by %d objects, want %d", got, packed, touchedBy)
	}
}
