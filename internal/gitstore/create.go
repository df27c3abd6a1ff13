package gitstore

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/objfile"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/djleaks/djleaks/scanner"
)

// Creator writes a new bare repository, object by object.
type Creator struct{ dir string }

// Create makes an empty bare repository at dir, which must not exist, with
// "main" as its branch.
func Create(dir string) (*Creator, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	c := &Creator{dir}
	if err := c.write("HEAD", "ref: refs/heads/main\n"); err != nil {
		return nil, err
	}
	return c, c.write("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
}

func (c *Creator) write(name, text string) error {
	return os.WriteFile(filepath.Join(c.dir, filepath.FromSlash(name)), []byte(text), 0o644)
}

// SetRef points a ref at an object.
func (c *Creator) SetRef(name string, id scanner.ObjectID) error {
	return c.write(name, id.String()+"\n")
}

// Commit writes a commit whose tree has exactly these files, by path.
func (c *Creator) Commit(files map[string]string, parents []scanner.ObjectID, author string, date time.Time, message string) (scanner.ObjectID, error) {
	tree, err := c.tree(files)
	if err != nil {
		return "", err
	}
	who := object.Signature{Name: author, Email: strings.ToLower(author) + "@example.com", When: date}
	commit := &object.Commit{Author: who, Committer: who, Message: message + "\n", TreeHash: tree}
	for _, p := range parents {
		commit.ParentHashes = append(commit.ParentHashes, plumbing.NewHash(p.String()))
	}
	var encoded plumbing.MemoryObject
	if err := commit.Encode(&encoded); err != nil {
		return "", err
	}
	hash, err := c.object(&encoded)
	return scanner.ObjectID(hash[:]), err
}

// tree writes the tree of these files, folders first.
func (c *Creator) tree(files map[string]string) (plumbing.Hash, error) {
	var tree object.Tree
	folders := map[string]map[string]string{}
	for path, text := range files {
		if folder, rest, deeper := strings.Cut(path, "/"); deeper {
			if folders[folder] == nil {
				folders[folder] = map[string]string{}
			}
			folders[folder][rest] = text
			continue
		}
		var blob plumbing.MemoryObject
		blob.SetType(plumbing.BlobObject)
		if _, err := blob.Write([]byte(text)); err != nil {
			return plumbing.ZeroHash, err
		}
		hash, err := c.object(&blob)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: path, Mode: filemode.Regular, Hash: hash})
	}
	for folder, inside := range folders {
		hash, err := c.tree(inside)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: folder, Mode: filemode.Dir, Hash: hash})
	}
	slices.SortFunc(tree.Entries, func(a, b object.TreeEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	var encoded plumbing.MemoryObject
	if err := tree.Encode(&encoded); err != nil {
		return plumbing.ZeroHash, err
	}
	return c.object(&encoded)
}

// sortName is what Git sorts a tree's entries by: a folder as if its name ended
// in a slash.
func sortName(e object.TreeEntry) string {
	if e.Mode == filemode.Dir {
		return e.Name + "/"
	}
	return e.Name
}

// object writes one loose object.
func (c *Creator) object(o *plumbing.MemoryObject) (plumbing.Hash, error) {
	reader, err := o.Reader()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	var file bytes.Buffer
	w := objfile.NewWriter(&file)
	if err := w.WriteHeader(o.Type(), o.Size()); err != nil {
		return plumbing.ZeroHash, err
	}
	if _, err := io.Copy(w, reader); err != nil {
		return plumbing.ZeroHash, err
	}
	if err := w.Close(); err != nil {
		return plumbing.ZeroHash, err
	}
	name := o.Hash().String()
	if err := os.MkdirAll(filepath.Join(c.dir, "objects", name[:2]), 0o755); err != nil {
		return plumbing.ZeroHash, err
	}
	return o.Hash(), c.write("objects/"+name[:2]+"/"+name[2:], file.String())
}
