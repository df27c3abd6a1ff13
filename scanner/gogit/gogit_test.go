package gogit_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"testing"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/memory"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
	"github.com/djleaks/djleaks/scanner/gogit"
)

// onDisk is an empty repository in files, which go-git writes.
func onDisk(t *testing.T) (storage.Storer, string) {
	dir := t.TempDir()
	store := filesystem.NewStorage(osfs.New(dir), cache.NewObjectLRUDefault())
	if err := store.Init(); err != nil {
		t.Fatal(err)
	}
	check(store.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, "refs/heads/main")))
	return store, dir
}

func open(t *testing.T, dir string) *gitstore.Repository {
	t.Helper()
	repo, err := gitstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	return repo
}

// presences is History as both readers have it.
type presences func(matched map[scanner.ObjectID][]int32, items int) [][]scanner.Presence

// keysOf is what a report would say of a source's keys: new and old ones.
func keysOf(t *testing.T, source scanner.Source, places presences) string {
	t.Helper()
	d := django.New()
	collector := scanner.NewCollector(d)
	coverage, err := collector.Run(t.Context(), source)
	if err != nil || !coverage.Complete {
		t.Fatal(err, coverage.Skipped)
	}
	findings := collector.Findings()
	var h *scanner.History
	if places != nil {
		items, matched := scanner.Items(findings)
		h = &scanner.History{Items: items, Places: places(matched, len(items))}
		for _, list := range h.Places {
			for _, p := range list {
				slices.Sort(p.Blobs) // versions of parallel branches have no order
			}
		}
	}
	keys, old := scanner.Build(d, findings, h, scanner.StatusStaged)
	text, err := json.MarshalIndent([][]scanner.Key{keys, old}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// settings is a file with one of a few keys, in one of a few forms.
func settings(r *rand.Rand) string {
	key := testkit.Key(r.Intn(4))
	return []string{"SECRET_KEY = '" + key + "'\n", "# " + fmt.Sprint(r.Intn(3)) + "\nSECRET_KEY = '" + key + "'\n",
		"SECRET_KEY_FALLBACKS = ['" + key + "']\n", "DEBUG = False\n"}[r.Intn(4)]
}

// TestBothReadersFindTheSameKeys makes histories with merges, in memory and in
// files, and asks for the keys of all of them and of a range.
func TestBothReadersFindTheSameKeys(t *testing.T) {
	keys := 0
	for seed := range int64(12) {
		disk, dir := onDisk(t)
		for _, store := range []storage.Storer{disk, memory.NewStorage()} {
			r := rand.New(rand.NewSource(seed))
			var ids []plumbing.Hash
			var files []map[string]string
			for n := range 14 {
				f, parents := map[string]string{}, []plumbing.Hash{}
				for range min(n, 1+r.Intn(2)) {
					i := r.Intn(n)
					parents = append(parents, ids[i])
					for _, path := range slices.Sorted(maps.Keys(files[i])) {
						if r.Intn(8) > 0 {
							f[path] = files[i][path]
						}
					}
				}
				f[[]string{"settings.py", "shop/settings.py", "shop/prod/.env→", "a/b.py"}[r.Intn(4)]] = settings(r)
				ids = append(ids, commit(store, fmt.Sprint("b", n), "A change\n\nwith "+settings(r), f, parents...))
				files = append(files, f)
			}
			include, exclude := []plumbing.Hash{ids[13], ids[12]}, []plumbing.Hash{ids[r.Intn(12)]}
			for _, old := range [][]plumbing.Hash{nil, exclude} {
				theirs := open(t, dir).RangeOf(gitstore.RangeSpec{Include: names(include), Exclude: names(old)})
				want := keysOf(t, theirs, func(matched map[scanner.ObjectID][]int32, items int) [][]scanner.Presence {
					out, _ := theirs.Places(matched, items)
					return out
				})
				ours := gogit.NewHistory(store, include, old)
				if got := keysOf(t, ours, ours.Presences); got != want {
					t.Fatalf("seed %d, without %v:\n%s\nwant\n%s", seed, old, got, want)
				}
				keys += len(want)
			}
		}
	}
	if keys < 10000 {
		t.Errorf("the histories held %d bytes of keys", keys)
	}
}

func names(ids []plumbing.Hash) (out []scanner.ObjectID) {
	for _, id := range ids {
		out = append(out, scanner.ObjectID(id[:]))
	}
	return out
}

// TestStagedIsWhatTheIndexAddsToHEAD has entries of every sort, and a merge with
// conflicts.
func TestStagedIsWhatTheIndexAddsToHEAD(t *testing.T) {
	store, dir := onDisk(t)
	key := func(n int) string { return "SECRET_KEY = '" + testkit.Key(n) + "'\n" }
	base := commit(store, "main", "base", map[string]string{"same.py": key(1), "changed.py": key(2), "gone.py": key(3), "both.py": key(4)})
	side := commit(store, "side", "side", map[string]string{"both.py": key(5), "theirs.py": key(6)}, base)
	commit(store, "main", "main", map[string]string{"same.py": key(1), "changed.py": key(2), "gone.py": key(3), "both.py": key(7)}, base)
	check(store.SetReference(plumbing.NewHashReference("MERGE_HEAD", side)))
	idx := &index.Index{Version: 3, Entries: []*index.Entry{
		{Name: "both.py", Mode: filemode.Regular, Hash: blob(store, key(4)), Stage: index.AncestorMode},
		{Name: "both.py", Mode: filemode.Regular, Hash: blob(store, key(7)), Stage: index.OurMode},
		{Name: "both.py", Mode: filemode.Regular, Hash: blob(store, key(5)), Stage: index.TheirMode},
		{Name: "changed.py", Mode: filemode.Executable, Hash: blob(store, key(8))},
		{Name: "intent.py", Mode: filemode.Regular, Hash: blob(store, key(9)), IntentToAdd: true},
		{Name: "link→", Mode: filemode.Symlink, Hash: blob(store, key(10))},
		{Name: "moved.py", Mode: filemode.Regular, Hash: blob(store, key(3))},
		{Name: "same.py", Mode: filemode.Executable, Hash: blob(store, key(1))},
		{Name: "submodule", Mode: filemode.Submodule, Hash: base},
		{Name: "theirs.py", Mode: filemode.Regular, Hash: blob(store, key(6))},
	}}
	check(store.SetIndex(idx))
	want := keysOf(t, open(t, dir).Staged(gitstore.StagedOptions{}), nil)
	if got := keysOf(t, gogit.NewStaged(store), nil); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var texts []string
	_, err := gogit.NewStaged(store).Chunks(t.Context(), func(c *scanner.Chunk) error {
		texts = append(texts, fmt.Sprintf("%s %v", c.Path, c.Known))
		return nil
	})
	if got := fmt.Sprint(texts, err); got != "[changed.py false link→ false moved.py false both.py true both.py true changed.py true gone.py true theirs.py true] <nil>" {
		t.Error(got)
	}
}

// TestWhatCannotBeReadIsNamed takes a blob, a tree and a commit away.
func TestWhatCannotBeReadIsNamed(t *testing.T) {
	for _, kind := range []plumbing.ObjectType{plumbing.BlobObject, plumbing.TreeObject, plumbing.CommitObject} {
		store := memory.NewStorage()
		first := commit(store, "main", "one", map[string]string{"a.py": "1"})
		id := map[plumbing.ObjectType]plumbing.Hash{plumbing.CommitObject: first, plumbing.BlobObject: blob(store, "1")}[kind]
		if kind == plumbing.TreeObject {
			c, err := object.GetCommit(store, first)
			check(err)
			id = c.TreeHash
		}
		commit(store, "main", "two", map[string]string{"b.py": "2"}, first)
		for _, objects := range []map[plumbing.Hash]plumbing.EncodedObject{store.Objects, store.Blobs, store.Trees, store.Commits} {
			delete(objects, id)
		}
		coverage, err := gogit.NewHistory(store, nil, nil).Chunks(t.Context(), func(*scanner.Chunk) error { return nil })
		if err != nil || coverage.Complete || len(coverage.Skipped) != 1 || coverage.Skipped[0].ID != id.String() {
			t.Errorf("%s: %v, %+v", kind, err, coverage)
		}
	}
}
