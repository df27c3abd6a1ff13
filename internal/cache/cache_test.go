package cache

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func id(c byte) string { return strings.Repeat(string(c), 20) }

func open(t *testing.T, dir, rules string, size int) *Folder {
	t.Helper()
	f, err := OpenFolder(dir, rules, size)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// saved returns the folder and the file of a cache with the objects b and d.
func saved(t *testing.T) (dir, file string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "deep", "er")
	f := open(t, dir, "rules 1", 20)
	o, why := f.NoKey()
	if why != "" || o.Len() != 0 {
		t.Fatalf("a new cache: %d objects, %s", o.Len(), why)
	}
	o.Full = time.Unix(1_700_000_000, 0).UTC()
	for _, c := range []byte("dbd") {
		o.Add([]byte(id(c)), uint32(c))
	}
	if err := f.SaveNoKey(o); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, f.name(noKey))
}

func TestWhatIsSavedIsThereAndNothingElse(t *testing.T) {
	dir, _ := saved(t)
	o, why := open(t, dir, "rules 1", 20).NoKey()
	if why != "" || o.Len() != 2 || o.Full.Unix() != 1_700_000_000 {
		t.Fatalf("%d objects of %s, %s", o.Len(), o.Full, why)
	}
	for name, want := range map[byte]bool{'a': false, 'b': true, 'c': false, 'd': true, 'e': false} {
		if size, got := o.Find([]byte(id(name))); got != want || got && size != uint32(name) {
			t.Errorf("object %c: %v of size %d", name, got, size)
		}
	}
	for _, short := range []string{"b", ""} {
		if _, ok := o.Find([]byte(short)); ok {
			t.Error("a short name is known")
		}
	}
}

func TestOtherRulesKnowNothing(t *testing.T) {
	dir, file := saved(t)
	for _, c := range []struct {
		rules string
		size  int
	}{{"rules 2", 20}, {"rules 1", 32}} {
		if o, _ := open(t, dir, c.rules, c.size).NoKey(); o.Len() != 0 {
			t.Errorf("%s, ids of %d bytes: %d objects", c.rules, c.size, o.Len())
		}
	}
	// Even under the name that the other rules would look for, or as another kind.
	f, other := open(t, dir, "rules 1", 20), open(t, dir, "rules 2", 20)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, load := range map[string]func() ([]byte, error){
		other.name(noKey): func() ([]byte, error) { return other.Load(noKey) },
		f.name("answer"):  func() ([]byte, error) { return f.Load("answer") },
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := load(); err == nil || !strings.Contains(err.Error(), "not a cache of these rules") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADamagedFileKnowsNothing(t *testing.T) {
	_, file := saved(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, filepath.Dir(file), "rules 1", 20)
	try := func(what string, text []byte) {
		t.Helper()
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if o, why := f.NoKey(); o.Len() != 0 || why == "" {
			t.Errorf("%s: %d objects, %q", what, o.Len(), why)
		}
	}
	for i := range whole {
		damaged := append([]byte{}, whole...)
		damaged[i] ^= 1
		try("a flipped bit", damaged)
	}
	for i := range whole {
		try("cut off", whole[:i])
	}
	try("something after it", append(append([]byte{}, whole...), 'x'))
}

func TestEveryNameOfManyIsFound(t *testing.T) {
	f := open(t, t.TempDir(), "rules 1", 20)
	random := rand.New(rand.NewPCG(3, 4))
	all, others := NewObjects(20), [][]byte{}
	names := map[string]uint32{}
	for n := range 3000 {
		name := make([]byte, 20)
		for i := range name {
			name[i] = byte(random.UintN(256))
		}
		if n%7 == 0 {
			copy(name, "\xff\xff\xff\xff") // many that begin alike
		}
		if n%3 == 0 {
			others = append(others, name)
			continue
		}
		names[string(name)] = random.Uint32()
		all.Add(name, names[string(name)])
	}
	if err := f.SaveNoKey(all); err != nil {
		t.Fatal(err)
	}
	o, _ := f.NoKey()
	for name, want := range names {
		if size, ok := o.Find([]byte(name)); !ok || size != want {
			t.Fatalf("%x was saved with %d, and is %v with %d", name, want, ok, size)
		}
	}
	for _, name := range others {
		if _, ok := o.Find(name); ok {
			t.Fatalf("%x was not saved and is there", name)
		}
	}
}

func TestSavingRemovesWhatOtherRulesLeft(t *testing.T) {
	dir, old := saved(t)
	kept := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir, "rules 2", 20).SaveNoKey(NewObjects(20)); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("%d files, %v; want the new cache and a file of somebody else", len(files), err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the cache of the old rules was not removed")
	}
}

func TestWhatOtherRulesLeftAndCannotBeRemovedIsAnError(t *testing.T) {
	dir, _ := saved(t)
	f := open(t, dir, "rules 2", 20)
	left := filepath.Join(dir, f.prefix(noKey)+"left")
	if err := os.MkdirAll(filepath.Join(left, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(noKey, nil); err == nil || !strings.Contains(err.Error(), left) {
		t.Errorf("%v, want an error that names %s", err, left)
	}
}

func TestAFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFolder(file, "rules 1", 20); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file instead of a folder: %v", err)
	}
}

func TestRemoveTakesOneKindAway(t *testing.T) {
	dir, _ := saved(t)
	f := open(t, dir, "rules 1", 20)
	for range 2 {
		if err := f.Remove(noKey); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Load(noKey); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Remove: %v", err)
	}
}

// plain has every kind of field that Encode takes.
type plain struct {
	Yes     bool
	Small   int8
	Large   int64
	Natural uint32
	Text    string
	Raw     []byte
	Numbers []uint32
	None    []string
	Empty   []string
	Texts   []string
	When    time.Time
	Inner   *plain
	List    []plain
}

func TestWhatIsEncodedIsDecoded(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.FixedZone("", 5400))
	want := plain{
		Yes: true, Small: -3, Large: -1 << 60, Natural: 1 << 31, Text: "\xff\x00", Raw: []byte{1, 2}, Numbers: []uint32{7, 1 << 31}, Empty: []string{},
		Texts: []string{"a", "b", "a", ""}, When: at.UTC(), Inner: &plain{Text: "a", When: at}, List: []plain{{Text: "b"}, {}},
	}
	data := Encode(&want)
	got := plain{}
	if err := Decode(data, &got); err != nil {
		t.Fatal(err)
	}
	if !got.Inner.When.Equal(at) || got.Inner.When.Format(time.RFC3339) != at.Format(time.RFC3339) {
		t.Errorf("%s, want %s", got.Inner.When, at)
	}
	got.Inner.When = at
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	for i := range data {
		if err := Decode(data[:i], new(*plain)); err == nil {
			t.Fatalf("cut off after %d bytes, and no error", i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(&plain{Text: "a", Inner: &plain{Numbers: []uint32{1}}, List: []plain{{}}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := plain{}
		if Decode(data, &got) != nil {
			return
		}
		if err := Decode(Encode(got), &plain{}); err != nil {
			t.Errorf("what was decoded cannot be encoded: %v", err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(binary.BigEndian.AppendUint64(make([]byte, 8), 0))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, text []byte) {
		o := NewObjects(20)
		if err := o.parse(text); err == nil && len(o.rows)%24 != 0 {
			t.Errorf("%d bytes of rows", len(o.rows))
		}
	})
}
