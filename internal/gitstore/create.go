package gitstore

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

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
	var text strings.Builder
	fmt.Fprintf(&text, "tree %s\n", tree)
	for _, p := range parents {
		fmt.Fprintf(&text, "parent %s\n", p)
	}
	who := fmt.Sprintf("%s <%s@example.com> %d %s", author, strings.ToLower(author), date.Unix(), date.Format("-0700"))
	fmt.Fprintf(&text, "author %s\ncommitter %s\n\n%s\n", who, who, message)
	hash, err := c.object(plumbing.CommitObject, text.String())
	return scanner.ObjectID(hash[:]), err
}

// tree writes the tree of these files, folders first.
func (c *Creator) tree(files map[string]string) (plumbing.Hash, error) {
	lines := map[string]string{} // by what Git sorts them by: folders end in a slash
	folders := map[string]map[string]string{}
	for path, text := range files {
		if folder, rest, deeper := strings.Cut(path, "/"); deeper {
			if folders[folder] == nil {
				folders[folder] = map[string]string{}
			}
			folders[folder][rest] = text
			continue
		}
		hash, err := c.object(plumbing.BlobObject, text)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		lines[path] = "100644 " + path + "\x00" + string(hash[:])
	}
	for folder, inside := range folders {
		hash, err := c.tree(inside)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		lines[folder+"/"] = "40000 " + folder + "\x00" + string(hash[:])
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		text.WriteString(lines[name])
	}
	return c.object(plumbing.TreeObject, text.String())
}

// object writes one loose object.
func (c *Creator) object(t plumbing.ObjectType, text string) (plumbing.Hash, error) {
	hash := plumbing.ComputeHash(t, []byte(text))
	var file bytes.Buffer
	w := zlib.NewWriter(&file)
	if _, err := fmt.Fprintf(w, "%s %d\x00%s", t, len(text), text); err != nil {
		return hash, err
	}
	if err := w.Close(); err != nil {
		return hash, err
	}
	name := hash.String()
	if err := os.MkdirAll(filepath.Join(c.dir, "objects", name[:2]), 0o755); err != nil {
		return hash, err
	}
	return hash, c.write("objects/"+name[:2]+"/"+name[2:], file.String())
}
