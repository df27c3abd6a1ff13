package gitstore

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/regular"
)

// Snapshot names what is in a repository, without reading an object.
type Snapshot struct {
	// Inputs changes with anything in the git directory that an audit reads: refs,
	// reflogs, packs, loose objects, the configuration. It is of one machine: files
	// count by size and time.
	Inputs string
	// Refs is the digest of the names of all refs and of what they name, equal on
	// every machine: what Git notes of a fetch or a merge there is not in it.
	Refs string
	// PackBytes is the size of all packs.
	PackBytes int64
}

// Snapshot looks at a repository. Equal refs do not mean that nothing has
// changed: a push that was taken back leaves its objects.
func (r *Repository) Snapshot() (Snapshot, error) {
	refs, err := r.unpeeled()
	if err != nil {
		return Snapshot{}, err
	}
	names := sha256.New()
	h := &lister{Hash: sha256.New()}
	for _, ref := range refs {
		line := fmt.Sprintf("%s\x00%s\x00%s\n", ref.Name, ref.ID, ref.Target)
		io.WriteString(h, line)
		if !isBookkeepingRef(ref.Name) {
			io.WriteString(names, line)
		}
	}
	s := Snapshot{Refs: hex.EncodeToString(names.Sum(nil)[:16])}
	h.besidesRefs(r)
	s.Inputs, s.PackBytes = hex.EncodeToString(h.Sum(nil)[:16]), h.packs
	return s, nil
}

// Stamp changes with anything in the git directory that an audit reads, as
// Snapshot.Inputs does. It is faster, because it takes the files of the refs as
// they are, and changes when Git packs them, too.
func (r *Repository) Stamp() string {
	h := &lister{Hash: sha256.New()}
	h.content(filepath.Join(r.commonDir, "packed-refs"))
	dirs := []string{r.commonDir, r.gitDir}
	for _, dir := range slices.Compact(dirs) {
		h.contents(filepath.Join(dir, "refs"), maxDepth)
		h.heads(dir)
	}
	trees := filepath.Join(r.commonDir, "worktrees")
	names, _ := regular.Names(trees)
	slices.Sort(names)
	for _, name := range names {
		h.heads(filepath.Join(trees, name))
	}
	h.besidesRefs(r)
	return hex.EncodeToString(h.Sum(nil))
}

// besidesRefs adds what else an audit reads of a git directory: the
// configuration, where the history is cut off, reflogs, packs and loose objects.
func (l *lister) besidesRefs(r *Repository) {
	for _, file := range []string{filepath.Join(r.commonDir, "config"), filepath.Join(r.gitDir, "config.worktree"), filepath.Join(r.commonDir, "shallow")} {
		l.content(file)
	}
	l.tree(filepath.Join(r.commonDir, "logs"), maxDepth)
	trees := filepath.Join(r.commonDir, "worktrees")
	names, _ := regular.Names(trees)
	slices.Sort(names)
	for _, name := range names {
		l.tree(filepath.Join(trees, name, "logs"), maxDepth)
	}
	for _, dir := range r.ObjectDirs() {
		l.objects(dir)
	}
}

// maxDepth bounds the folders of refs and reflogs, as branches are named.
const maxDepth = 64

// lister is a hash of what is in folders.
type lister struct {
	hash.Hash
	packs int64
}

// objects adds the names, sizes and times of packs and loose objects.
func (l *lister) objects(dir string) {
	fmt.Fprintf(l, "%q\n", dir)
	entries, _ := os.ReadDir(dir) // sorted by name
	for _, e := range entries {
		switch name := e.Name(); {
		case name == "pack":
			l.packs += l.folder(filepath.Join(dir, name))
		case len(name) == 2:
			l.folder(filepath.Join(dir, name))
		}
	}
}

// folder adds what is in a folder, and returns the size of its packs in bytes.
func (l *lister) folder(dir string) (packs int64) {
	entries, err := os.ReadDir(dir)
	fmt.Fprintf(l, "%q %v\n", filepath.Base(dir), err != nil)
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode()&fs.ModeSymlink != 0 {
			info, err = os.Stat(filepath.Join(dir, e.Name()))
		}
		if err != nil {
			continue // removed since
		}
		fmt.Fprintf(l, "%q %d %d %o\n", e.Name(), info.Size(), info.ModTime().UnixNano(), info.Mode())
		if filepath.Ext(e.Name()) == ".pack" {
			packs += info.Size()
		}
	}
	return packs
}

// content adds the text of a file.
func (l *lister) content(path string) {
	text, err := regular.Read(path, maxPackedRefs)
	fmt.Fprintf(l, "%q %d %v\n", path, len(text), err != nil)
	l.Write(text)
}

// contents adds the texts of all files below a folder.
func (l *lister) contents(dir string, depth int) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if depth > 0 && (e.IsDir() || e.Type()&fs.ModeSymlink != 0 && isDir(path)) {
			l.contents(path, depth-1)
		} else {
			l.content(path)
		}
	}
}

// heads adds the refs of a git directory that are not below refs/: HEAD,
// ORIG_HEAD and the like, and the tables of a format that Git is asked for.
func (l *lister) heads(dir string) {
	names, _ := regular.Names(dir)
	slices.Sort(names)
	for _, name := range names {
		if strings.HasSuffix(name, "HEAD") {
			l.content(filepath.Join(dir, name))
		}
	}
	l.folder(filepath.Join(dir, "reftable"))
}

// tree adds the names, sizes and times of all files below a folder.
func (l *lister) tree(dir string, depth int) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch info, err := e.Info(); {
		case err != nil:
		case info.IsDir() && depth > 0:
			l.tree(path, depth-1)
		default:
			fmt.Fprintf(l, "%q %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		}
	}
}

// Is reports whether a path is the repository itself: its git directory or the
// top of its work tree, and not some file or folder inside of it.
func (r *Repository) Is(path string) bool {
	real, err := physical(path)
	return err == nil && slices.Contains([]string{r.gitDir, r.workTree, filepath.Join(r.workTree, ".git")}, real)
}
