package cache

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func id(c byte) string { return strings.Repeat(string(c), 20) }

func open(t *testing.T, dir, rules string, size int) (c *Cache, why string) {
	t.Helper()
	c, why, err := Open(dir, rules, size)
	if err != nil {
		t.Fatal(err)
	}
	return c, why
}

// saved returns the folder and the file of a cache with the objects b and d.
func saved(t *testing.T) (dir, file string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "deep", "er")
	c, why := open(t, dir, "rules 1", 20)
	if why != "" || c.len() != 0 {
		t.Fatalf("a new cache: %d objects, %s", c.len(), why)
	}
	if err := c.Save([]byte(id('d') + id('b') + id('d'))); err != nil {
		t.Fatal(err)
	}
	return dir, c.file
}

func TestWhatIsSavedIsThereAndNothingElse(t *testing.T) {
	dir, _ := saved(t)
	c, why := open(t, dir, "rules 1", 20)
	if why != "" || c.len() != 2 {
		t.Fatalf("%d objects, %s", c.len(), why)
	}
	for name, want := range map[byte]bool{'a': false, 'b': true, 'c': false, 'd': true, 'e': false} {
		if got := c.Has([]byte(id(name))); got != want {
			t.Errorf("object %c: %v", name, got)
		}
	}
	if c.Has([]byte("b")) || c.Has(nil) {
		t.Error("a short name is known")
	}
}

func TestOtherRulesKnowNothing(t *testing.T) {
	dir, file := saved(t)
	for _, c := range []struct {
		rules string
		size  int
	}{{"rules 2", 20}, {"rules 1", 32}} {
		if other, _ := open(t, dir, c.rules, c.size); other.len() != 0 {
			t.Errorf("%s, ids of %d bytes: %d objects", c.rules, c.size, other.len())
		}
	}
	// Even under the name that the other rules would look for.
	other, _ := open(t, dir, "rules 2", 20)
	if err := os.Rename(file, other.file); err != nil {
		t.Fatal(err)
	}
	if other, why := open(t, dir, "rules 2", 20); other.len() != 0 || !strings.Contains(why, "not a cache of these rules") {
		t.Errorf("%d objects, %q", other.len(), why)
	}
}

func TestADamagedFileKnowsNothing(t *testing.T) {
	_, file := saved(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, text []byte) {
		t.Helper()
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, why := open(t, filepath.Dir(file), "rules 1", 20)
		if c.len() != 0 || why == "" {
			t.Errorf("%s: %d objects, %q", what, c.len(), why)
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
	c, _ := open(t, t.TempDir(), "rules 1", 20)
	random := rand.New(rand.NewPCG(3, 4))
	var names, others []byte
	for n := range 3000 {
		name := make([]byte, 20)
		for i := range name {
			name[i] = byte(random.UintN(256))
		}
		if n%7 == 0 {
			copy(name, "\xff\xff\xff\xff") // many that begin alike
		}
		if n%3 == 0 {
			others = append(others, name...)
		} else {
			names = append(names, name...)
		}
	}
	if err := c.Save(names); err != nil {
		t.Fatal(err)
	}
	c, _ = open(t, filepath.Dir(c.file), "rules 1", 20)
	for i := 0; i < len(names); i += 20 {
		if !c.Has(names[i : i+20]) {
			t.Fatalf("%x was saved and is not there", names[i:i+20])
		}
	}
	for i := 0; i < len(others); i += 20 {
		if c.Has(others[i : i+20]) {
			t.Fatalf("%x was not saved and is there", others[i:i+20])
		}
	}
}

func TestSavingRemovesWhatOtherRulesLeft(t *testing.T) {
	dir, old := saved(t)
	kept := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, _ := open(t, dir, "rules 2", 20)
	if err := c.Save(nil); err != nil {
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

func TestAFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(file, "rules 1", 20); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file instead of a folder: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	c := &Cache{idSize: 20}
	f.Add(c.head(0))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, text []byte) {
		if ids, err := c.parse(text); err == nil && len(ids)%20 != 0 {
			t.Errorf("%d bytes of ids", len(ids))
		}
	})
}
