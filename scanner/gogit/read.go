package gogit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"github.com/djleaks/djleaks/scanner"
)

// reader reads objects of a store and keeps the coverage: what cannot be read is
// skipped, and is empty for whoever asks for it again.
type reader struct {
	store    storer.EncodedObjectStorer
	ctx      context.Context
	yield    func(*scanner.Chunk) error
	coverage scanner.Coverage
	counted  map[plumbing.Hash]bool // blobs in the coverage
	skipped  map[plumbing.Hash]bool
	folders  map[plumbing.Hash]folder // cache
}

func newReader(ctx context.Context, store storer.EncodedObjectStorer, yield func(*scanner.Chunk) error) *reader {
	return &reader{store: store, ctx: ctx, yield: yield, counted: map[plumbing.Hash]bool{},
		skipped: map[plumbing.Hash]bool{}, folders: map[plumbing.Hash]folder{}}
}

// objectID is a name of go-git as this module writes it; empty for the zero hash.
func objectID(h plumbing.Hash) scanner.ObjectID {
	if h.IsZero() {
		return ""
	}
	return scanner.ObjectID(h[:])
}

// skip records an object that cannot be read, once.
func (r *reader) skip(id plumbing.Hash, path, what string, err error) {
	if r.skipped[id] {
		return
	}
	r.skipped[id] = true
	r.coverage.Skip(scanner.Skip{ID: id.String(), Path: path, Reason: what + ": " + err.Error()})
}

// blob yields a blob as chunk, which has everything but its ID and Text.
func (r *reader) blob(id plumbing.Hash, chunk scanner.Chunk) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	text, err := r.content(plumbing.BlobObject, id)
	if err != nil {
		r.skip(id, chunk.Path, "blob", err)
		return nil
	}
	if !chunk.Known && !r.counted[id] {
		r.counted[id] = true
		r.coverage.Blobs++
		r.coverage.Bytes += int64(len(text))
	}
	chunk.ID, chunk.Text = objectID(id), text
	return r.yield(&chunk)
}

// object yields the headers and the message of a commit or a tag.
func (r *reader) object(kind plumbing.ObjectType, message scanner.Kind, id plumbing.Hash, commits ...scanner.Commit) error {
	text, err := r.content(kind, id)
	if err != nil {
		r.skip(id, "", kind.String(), err)
		return nil
	}
	headers, rest, _ := bytes.Cut(text, []byte("\n\n"))
	if err := r.yield(&scanner.Chunk{Kind: scanner.ObjectHeaders, ID: objectID(id), Text: headers, Commits: commits}); err != nil {
		return err
	}
	return r.yield(&scanner.Chunk{Kind: message, ID: objectID(id), Text: rest, Commits: commits})
}

func (r *reader) content(kind plumbing.ObjectType, id plumbing.Hash) ([]byte, error) {
	o, err := r.store.EncodedObject(kind, id)
	if err != nil {
		return nil, err
	}
	content, err := o.Reader()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(content)
	return text, errors.Join(err, content.Close())
}

// folder is a tree: the blobs of its files and symbolic links, and the trees of
// its folders, by name. Submodules are left out.
type folder struct{ files, folders map[string]plumbing.Hash }

// emptyTree is the name of the tree without entries, which need not be stored.
var emptyTree = plumbing.ComputeHash(plumbing.TreeObject, nil)

// maxFolders bounds the cache: the folders of some commits.
const maxFolders = 1 << 12

// folder reads a tree; the zero hash is an empty one.
func (r *reader) folder(id plumbing.Hash, path string) folder {
	if f, ok := r.folders[id]; ok || id.IsZero() || id == emptyTree {
		return f
	}
	f := folder{map[string]plumbing.Hash{}, map[string]plumbing.Hash{}}
	tree, err := object.GetTree(r.store, id)
	if err != nil {
		r.skip(id, path, "tree", err)
		tree = &object.Tree{}
	}
	for _, e := range tree.Entries {
		switch {
		case isText(e.Mode):
			f.files[e.Name] = e.Hash
		case e.Mode == filemode.Dir:
			f.folders[e.Name] = e.Hash
		}
	}
	if len(r.folders) >= maxFolders {
		clear(r.folders)
	}
	r.folders[id] = f
	return f
}

// isText reports whether an entry of this mode has a blob: a file, or the target
// of a symbolic link.
func isText(m filemode.FileMode) bool {
	kind := m & 0o170000
	return kind == filemode.Regular&0o170000 || kind == filemode.Symlink
}

// fileAt finds the blob at a path of a tree; zero if there is none.
func (r *reader) fileAt(tree plumbing.Hash, path string) plumbing.Hash {
	name, rest, deeper := strings.Cut(path, "/")
	f := r.folder(tree, "")
	if deeper {
		if below := f.folders[name]; !below.IsZero() {
			return r.fileAt(below, rest)
		}
		return plumbing.ZeroHash
	}
	return f.files[name]
}

// each calls visit for all files of a tree.
func (r *reader) each(tree plumbing.Hash, prefix string, visit func(path string, blob plumbing.Hash)) {
	f := r.folder(tree, prefix)
	for name, blob := range f.files {
		visit(prefix+name, blob)
	}
	for name, below := range f.folders {
		r.each(below, prefix+name+"/", visit)
	}
}
