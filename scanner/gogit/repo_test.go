package gogit_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage"
)

// commit writes a commit with these files, by path, and points a branch at it.
func commit(store storage.Storer, branch, message string, files map[string]string, parents ...plumbing.Hash) plumbing.Hash {
	clock[store]++
	who := object.Signature{Name: "Ada Example", Email: "ada@example.org", When: time.Unix(1_700_000_000+60*clock[store], 0).UTC()}
	if strings.Contains(message, "FALLBACKS") {
		who.Name = strings.ReplaceAll(message, "\n", " ") // a key in a header
	}
	id := write(store, &object.Commit{Author: who, Committer: who, Message: message, TreeHash: tree(store, files), ParentHashes: parents})
	check(store.SetReference(plumbing.NewHashReference(plumbing.NewBranchReferenceName(branch), id)))
	return id
}

var clock = map[storage.Storer]int64{} // minutes

// tree writes the tree of these files. A path that ends in → is a symbolic link.
func tree(store storage.Storer, files map[string]string) plumbing.Hash {
	var t object.Tree
	below := map[string]map[string]string{}
	for path, text := range files {
		name, rest, deeper := strings.Cut(path, "/")
		switch {
		case deeper && below[name] == nil:
			below[name] = map[string]string{rest: text}
		case deeper:
			below[name][rest] = text
		case strings.HasSuffix(name, "→"):
			t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: filemode.Symlink, Hash: blob(store, text)})
		default:
			t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: filemode.Regular, Hash: blob(store, text)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(below)) {
		t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: tree(store, below[name])})
	}
	slices.SortFunc(t.Entries, func(a, b object.TreeEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	return write(store, &t)
}

// sortName is what Git sorts the entries of a tree by.
func sortName(e object.TreeEntry) string {
	if e.Mode == filemode.Dir {
		return e.Name + "/"
	}
	return e.Name
}

func blob(store storage.Storer, text string) plumbing.Hash {
	o := store.NewEncodedObject()
	o.SetType(plumbing.BlobObject)
	w, err := o.Writer()
	check(err)
	_, err = fmt.Fprint(w, text)
	check(err)
	check(w.Close())
	id, err := store.SetEncodedObject(o)
	check(err)
	return id
}

func write(store storage.Storer, object interface {
	Encode(plumbing.EncodedObject) error
}) plumbing.Hash {
	o := store.NewEncodedObject()
	check(object.Encode(o))
	id, err := store.SetEncodedObject(o)
	check(err)
	return id
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
