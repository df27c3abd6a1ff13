package packfile

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func recentOf(t *testing.T, limit int, objects ...string) *Recent {
	t.Helper()
	s, err := OpenStore(objects, 20)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s.Recent(limit)
}

// Texts stay as they are until they are released, whatever is read meanwhile, and
// memory is used again.
func TestRecentReadsWhatGitReads(t *testing.T) {
	dir := repository(t, "sha1") // half of it is loose
	all := allObjects(t, dir)
	random := rand.New(rand.NewPCG(1, 2))
	for _, limit := range []int{0, 30_000, 1 << 20} {
		r := recentOf(t, limit, filepath.Join(dir, ".git", "objects"))
		type held struct {
			*Text
			want []byte
		}
		var texts []held
		memory := map[*byte]int{} // packed texts by where they are
		for range 3000 {
			o := all[random.IntN(len(all))]
			text, err := r.Get(o.id)
			if err != nil || text.Type.String() != o.typ || !bytes.Equal(text.Data, o.data) {
				t.Fatalf("limit %d: %s: got %+v, %v", limit, o.id, text, err)
			}
			if text.owner != nil {
				memory[&text.Data[:1][0]]++
			}
			texts = append(texts, held{text, o.data})
			for len(texts) > random.IntN(6) {
				i := random.IntN(len(texts))
				if !bytes.Equal(texts[i].Data, texts[i].want) {
					t.Fatalf("limit %d: a text has changed before it was released", limit)
				}
				texts[i].Release()
				texts = slices.Delete(texts, i, i+1)
			}
		}
		if again := 3000 - len(memory); again < 1000 {
			t.Errorf("limit %d: memory is used again %d times", limit, again)
		}
		if kept := r.Len(); limit == 0 && kept > 3 || limit > 0 && kept < 3 {
			t.Errorf("limit %d: %d texts are kept", limit, kept)
		}
	}
}

func TestRecentReadsAnotherCopyOfWhatIsDamaged(t *testing.T) {
	dir := repository(t, "sha1")
	git(t, dir, "repack", "-adfq")
	all := allObjects(t, dir)
	whole, damaged := filepath.Join(dir, ".git", "objects"), t.TempDir()
	packs, err := filepath.Glob(filepath.Join(whole, "pack", "*"))
	must(t, err)
	must(t, os.Mkdir(filepath.Join(damaged, "pack"), 0o700))
	for _, path := range packs {
		data, err := os.ReadFile(path)
		must(t, err)
		if filepath.Ext(path) == ".pack" {
			for i := packHead; i < len(data)-20; i += 100 { // most objects are larger, or are made from one that is
				data[i] ^= 0x55
			}
		}
		must(t, os.WriteFile(filepath.Join(damaged, "pack", filepath.Base(path)), data, 0o600))
	}
	alone, both := recentOf(t, 1<<20, damaged), recentOf(t, 1<<20, damaged, whole)
	unreadable := 0
	for _, o := range all {
		if text, err := alone.Get(o.id); err != nil {
			unreadable++
		} else if !bytes.Equal(text.Data, o.data) {
			t.Errorf("%s: damage is not noticed", o.id)
		}
		if text, err := both.Get(o.id); err != nil || !bytes.Equal(text.Data, o.data) {
			t.Errorf("%s: %v", o.id, err)
		}
	}
	if unreadable < len(all)/2 {
		t.Errorf("%d of %d objects are unreadable", unreadable, len(all))
	}
	if _, err := both.Get(scanner.ObjectID(make([]byte, 20))); !errors.Is(err, ErrNotFound) {
		t.Errorf("nowhere: %v", err)
	}
}

// Who reads many objects is given those in the middle of a chain without reading them.
func TestRecentKeepsTheMiddleOfAChainForManyReads(t *testing.T) {
	dir := repository(t, "sha1")
	git(t, dir, "repack", "-adfq")
	for _, o := range allObjects(t, dir) {
		few, many := recentOf(t, 1<<20, filepath.Join(dir, ".git", "objects")), recentOf(t, 1<<20, filepath.Join(dir, ".git", "objects"))
		many.reads = fewReads
		for _, r := range []*Recent{few, many} {
			_, err := r.Get(o.id)
			must(t, err)
		}
		if len(few.deltas) < 3 {
			continue
		}
		if len(few.places) != 1 || len(many.places) != len(many.deltas)+1 {
			t.Errorf("of %d deltas %d and %d texts are kept", len(few.deltas), len(few.places), len(many.places))
		}
		return
	}
	t.Error("no chain of three deltas")
}
