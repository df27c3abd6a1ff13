package cache

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func id(c byte) scanner.ObjectID { return scanner.ObjectID(strings.Repeat(string(c), 20)) }

// saved returns the folder and the file of a cache with the objects b and d.
func saved(t *testing.T) (dir, file string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "deep", "er")
	c, why := Open(dir, "rules 1", 20)
	if why != "" || c.Len() != 0 {
		t.Fatalf("a new cache: %d objects, %s", c.Len(), why)
	}
	if err := c.Save([]scanner.ObjectID{id('d'), id('b'), id('d')}); err != nil {
		t.Fatal(err)
	}
	return dir, c.file
}

func TestWhatIsSavedIsThereAndNothingElse(t *testing.T) {
	dir, _ := saved(t)
	c, why := Open(dir, "rules 1", 20)
	if why != "" || c.Len() != 2 {
		t.Fatalf("%d objects, %s", c.Len(), why)
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
		if other, _ := Open(dir, c.rules, c.size); other.Len() != 0 {
			t.Errorf("%s, ids of %d bytes: %d objects", c.rules, c.size, other.Len())
		}
	}
	// Even under the name that the other rules would look for.
	other, _ := Open(dir, "rules 2", 20)
	if err := os.Rename(file, other.file); err != nil {
		t.Fatal(err)
	}
	if other, why := Open(dir, "rules 2", 20); other.Len() != 0 || !strings.Contains(why, "not a cache of these rules") {
		t.Errorf("%d objects, %q", other.Len(), why)
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
		c, why := Open(filepath.Dir(file), "rules 1", 20)
		if c.Len() != 0 || why == "" {
			t.Errorf("%s: %d objects, %q", what, c.Len(), why)
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
	try("something behind it", append(append([]byte{}, whole...), 'x'))
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
