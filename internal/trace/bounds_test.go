package trace

import (
	"context"
	"crypto/sha1"
	"fmt"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// folder is a History of one folder with many sub-directories, in many
// versions that are not deltas, as loose objects are.
type folder struct {
	texts   [][]byte // trees, by ordinal
	kind    []byte
	numbers map[string]uint32
	ids     []string
}

func (f *folder) add(kind byte, text []byte) (id string, ordinal uint32) {
	sum := sha1.Sum(append([]byte{kind}, text...))
	id = string(sum[:])
	if n, ok := f.numbers[id]; ok {
		return id, n
	}
	n := uint32(len(f.ids))
	f.numbers[id] = n
	f.ids, f.texts, f.kind = append(f.ids, id), append(f.texts, text), append(f.kind, kind)
	return id, n
}

func (f *folder) Count() int                                { return len(f.ids) }
func (f *folder) ID(n uint32) scanner.ObjectID              { return scanner.ObjectID(f.ids[n]) }
func (f *folder) Read(n uint32, dst []byte) ([]byte, error) { return append(dst, f.texts[n]...), nil }
func (f *folder) Type(n uint32) Type {
	return map[byte]Type{'b': Blob, 't': Tree, 'c': Commit}[f.kind[n]]
}
func (f *folder) Ordinal(id []byte) (n uint32, ok bool)                      { n, ok = f.numbers[string(id)]; return n, ok }
func (f *folder) Commits(_ context.Context, v func(int, Object) error) error { return f.show('c', v) }
func (f *folder) Trees(_ context.Context, v func(int, Object) error) error   { return f.show('t', v) }

func (f *folder) show(kind byte, visit func(int, Object) error) error {
	for n, text := range f.texts {
		if f.kind[n] == kind {
			if err := visit(0, Object{Ordinal: uint32(n), Base: None, Text: text, Fresh: []Span{{0, int32(len(text))}}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// bigFolder has versions of a folder of dirs sub-directories. In each version
// one sub-directory is new, one is gone, and the key is in another one.
func bigFolder(dirs, versions int) (*folder, Input) {
	f := &folder{numbers: map[string]uint32{}}
	key, _ := f.add('b', []byte("key"))
	other, _ := f.add('b', []byte("other"))
	hot, _ := f.add('t', []byte("100644 settings.py\x00"+key))
	cold, _ := f.add('t', []byte("100644 other.py\x00"+other))
	parent := ""
	for v := range versions {
		var text []byte
		for d := range dirs {
			id := cold
			if d == dirs/2+v {
				id = hot
			}
			text = fmt.Appendf(text, "40000 %06d\x00%s", v+d, id)
		}
		tree, _ := f.add('t', text)
		commit := fmt.Sprintf("tree %x\n", tree)
		if parent != "" {
			commit += fmt.Sprintf("parent %x\n", parent)
		}
		parent, _ = f.add('c', fmt.Appendf(nil, "%sauthor A <a> %d +0000\n\n", commit, v))
	}
	return f, Input{Matched: map[scanner.ObjectID][]int32{scanner.ObjectID(key): {0}}, Items: 1, IDSize: 20, Jobs: 1,
		Tips: []Tip{{Ref: "HEAD", Object: scanner.ObjectID(parent)}}}
}

func TestManyVersionsOfABigFolderCostTheirChanges(t *testing.T) {
	const dirs, versions = 2000, 300
	f, in := bigFolder(dirs, versions)
	s := newScan(f, &in, newMatched(in.Matched))
	if err := s.run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if n := s.dirSets.subdirs.len(); n > dirs+6*versions+2<<chunkBits {
		t.Errorf("%d sub-directories are kept of %d versions with %d", n, versions, dirs)
	}
	out, err := Run(context.Background(), f, in)
	if err != nil {
		t.Fatal(err)
	}
	// The key is in 1000+2v in version v: each commit moves it.
	places := out.Presences[0]
	if len(places) != versions {
		t.Fatalf("%d places, want %d", len(places), versions)
	}
	for v, p := range places {
		last := v == versions-1
		if want := fmt.Sprintf("%06d/settings.py", dirs/2+2*v); p.Path != want || len(p.Introduced) != 1 ||
			(len(p.Removed) == 0) != last || (len(p.Refs) == 1) != last {
			t.Fatalf("version %d: %+v", v, p)
		}
	}
}

func TestTooManySubDirectoriesAreSaid(t *testing.T) {
	f, in := bigFolder(10, 10)
	s := newScan(f, &in, newMatched(in.Matched))
	s.dirSets.max = 2 << chunkBits
	for i := range 3 << chunkBits {
		own := []subdir{{uint32(i), None}}
		s.dirSets.add(&s.workers[0], dirSet{}, 0, own)
	}
	if !s.dirSets.full.Load() {
		t.Error("the limit is not respected")
	}
}

func TestAFileAtMorePathsThanAtomsEndsEarly(t *testing.T) {
	f := &folder{numbers: map[string]uint32{}}
	key, _ := f.add('b', []byte("key"))
	tree, _ := f.add('t', []byte("100644 s.py\x00"+key))
	for range 30 { // 10^30 paths
		var text []byte
		for i := range 10 {
			text = fmt.Appendf(text, "40000 %d\x00%s", i, tree)
		}
		tree, _ = f.add('t', text)
	}
	head, _ := f.add('c', fmt.Appendf(nil, "tree %x\nauthor A <a> 1 +0000\n\n", tree))
	out, err := Run(context.Background(), f, Input{Items: 1, IDSize: 20, Jobs: 1,
		Matched: map[scanner.ObjectID][]int32{scanner.ObjectID(key): {0}},
		Tips:    []Tip{{Ref: "HEAD", Object: scanner.ObjectID(head)}}})
	if err != nil {
		t.Fatal(err)
	}
	if !out.Truncated || len(out.Presences[0]) > maxPresences {
		t.Errorf("truncated %v, %d places", out.Truncated, len(out.Presences[0]))
	}
}

func TestADeepTreeNeedsNoDeepStack(t *testing.T) {
	const depth = 200000
	f := &folder{numbers: map[string]uint32{}}
	key, _ := f.add('b', []byte("key"))
	tree, _ := f.add('t', []byte("100644 s.py\x00"+key))
	for range depth {
		tree, _ = f.add('t', []byte("40000 d\x00"+tree))
	}
	f.add('c', fmt.Appendf(nil, "tree %x\nauthor A <a> 1 +0000\n\n", tree))
	out, err := Run(context.Background(), f, Input{Items: 1, IDSize: 20, Jobs: 1,
		Matched: map[scanner.ObjectID][]int32{scanner.ObjectID(key): {0}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Presences[0]) != 1 || len(out.Presences[0][0].Path) != 2*depth+4 {
		t.Error("the path is not found")
	}
}

func TestAForgedStoreMayContainItself(t *testing.T) {
	f := &folder{numbers: map[string]uint32{}}
	key, _ := f.add('b', []byte("key"))
	self, n := f.add('t', []byte("to be forged"))
	f.texts[n] = []byte("100644 s.py\x00" + key + "40000 z\x00" + self)
	head, c := f.add('c', []byte("to be forged"))
	f.texts[c] = fmt.Appendf(nil, "tree %x\nparent %x\nauthor A <a> 1 +0000\n\n", self, head)
	out, err := Run(context.Background(), f, Input{Items: 1, IDSize: 20, Jobs: 1,
		Matched: map[scanner.ObjectID][]int32{scanner.ObjectID(key): {0}},
		Tips:    []Tip{{Ref: "HEAD", Object: scanner.ObjectID(head)}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Presences[0]) == 0 || out.Presences[0][0].Path != "s.py" {
		t.Errorf("%+v", out.Presences[0])
	}
}

// Two of the sub-directories of each version are not those of the one before.
func TestVersionsOfASmallFolderThatAreNotDeltasCostTheirChanges(t *testing.T) {
	const dirs, versions = 20, 2000
	f := &folder{numbers: map[string]uint32{}}
	key, _ := f.add('b', []byte("key"))
	for v := range versions {
		var text []byte
		for d := range dirs {
			content := "100644 other.py\x00" + fmt.Sprintf("%020d", d)
			if d == v%dirs {
				content = fmt.Sprintf("100644 settings%d.py\x00%s", v, key)
			}
			sub, _ := f.add('t', []byte(content))
			text = fmt.Appendf(text, "40000 %02d\x00%s", d, sub)
		}
		tree, _ := f.add('t', text)
		f.add('c', fmt.Appendf(nil, "tree %x\nauthor A <a> %d +0000\n\n", tree, v))
	}
	in := Input{Matched: map[scanner.ObjectID][]int32{scanner.ObjectID(key): {0}}, Items: 1, IDSize: 20, Jobs: 1}
	s := newScan(f, &in, newMatched(in.Matched))
	if err := s.run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if n := s.dirSets.subdirs.len(); n > dirs+2*versions+1<<chunkBits {
		t.Errorf("%d sub-directories are kept of %d versions with %d", n, versions, dirs)
	}
	out, err := Run(context.Background(), f, in)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Presences[0]) != versions {
		t.Errorf("%d places, want %d", len(out.Presences[0]), versions)
	}
}
