package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/internal/regular"
)

// magic begins every file; the last digit is the version of the format.
const magic = "djleaks cache 2\n"

// Folder is where the audits of one repository leave what later ones may use:
// one file of each kind. What is in it is as good as what the audits themselves
// would find, so nothing is taken from a folder or a file that somebody else could
// have written, and nothing that another program or other rules have left.
type Folder struct {
	dir    string
	rules  [sha256.Size]byte
	idSize int
}

// ErrForeign is the error of a folder or a file that others could have written.
var ErrForeign = errors.New("it could have been written by somebody else")

// OpenFolder checks a folder, and creates it if it does not exist. rules must
// name everything that decides about a match: the program and its settings.
// idSize is the length of an object name in bytes.
func OpenFolder(dir, rules string, idSize int) (*Folder, error) {
	f := &Folder{dir: dir, rules: sha256.Sum256([]byte(rules)), idSize: idSize}
	if err := regular.CheckOutput(dir); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	if why := foreign(info); why != "" {
		return nil, fmt.Errorf("cache: %s: %w: %s", dir, ErrForeign, why)
	}
	return f, f.writable()
}

// writable checks that a file can be created in the folder.
func (f *Folder) writable() error {
	t, err := os.CreateTemp(f.dir, temporary)
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	if err := errors.Join(t.Close(), os.Remove(t.Name())); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}

// temporary is the pattern for the name of a file that is being written.
const temporary = "writing-*"

// prefix is how the names of all files of a kind begin, whatever their rules.
func (f *Folder) prefix(kind string) string { return fmt.Sprintf("%s-%d-", kind, f.idSize) }

func (f *Folder) name(kind string) string { return f.prefix(kind) + hex.EncodeToString(f.rules[:8]) }

// head begins a file of a kind, so that a file under another name is not taken for it.
func (f *Folder) head(kind string) []byte {
	head := append([]byte(magic), f.rules[:]...)
	return append(append(head, byte(f.idSize)), kind+"\n"...)
}

// maxFile is the largest file that is read, in bytes: the names of fifty million
// objects.
const maxFile = 1 << 30

// Load returns what the last audit by the same rules has left of a kind. The
// error is fs.ErrNotExist if that is nothing, and otherwise says why it cannot
// be used.
func (f *Folder) Load(kind string) ([]byte, error) {
	file, size, err := f.open(kind)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text := make([]byte, size)
	if _, err := io.ReadFull(file, text); err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	body, err := f.unseal(kind, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	return body, nil
}

// open opens a file that nobody else can have written.
func (f *Folder) open(kind string) (*os.File, int64, error) {
	path := filepath.Join(f.dir, f.name(kind))
	if info, err := os.Lstat(path); err == nil && info.Mode().Type()&fs.ModeSymlink != 0 {
		return nil, 0, fmt.Errorf("%s: %w: it is a link", path, ErrForeign)
	}
	file, size, err := regular.Open(path, maxFile)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil {
		if why := foreign(info); why != "" {
			err = fmt.Errorf("%s: %w: %s", path, ErrForeign, why)
		}
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, size, nil
}

// unseal takes off a file what Save has put around the body.
func (f *Folder) unseal(kind string, text []byte) ([]byte, error) {
	head := f.head(kind)
	if !bytes.HasPrefix(text, head) || len(text) < len(head)+sha256.Size {
		return nil, errors.New("not a cache of these rules")
	}
	body, sum := text[:len(text)-sha256.Size], text[len(text)-sha256.Size:]
	if have := sha256.Sum256(body); !bytes.Equal(have[:], sum) {
		return nil, errors.New("damaged")
	}
	return body[len(head):], nil
}

// Save replaces the file of a kind. No reader ever sees half a file. Files of
// other rules are removed, so that the folder does not grow with every release.
func (f *Folder) Save(kind string, body []byte) error {
	head := f.head(kind)
	sum := sha256.New()
	sum.Write(head)
	sum.Write(body)
	t, err := os.CreateTemp(f.dir, temporary)
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	defer os.Remove(t.Name())
	for _, part := range [][]byte{head, body, sum.Sum(nil)} {
		if _, e := t.Write(part); err == nil {
			err = e
		}
	}
	if err = errors.Join(err, t.Close()); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	if err := os.Rename(t.Name(), filepath.Join(f.dir, f.name(kind))); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return f.removeOthers(kind)
}

// Remove takes away what is there of a kind.
func (f *Folder) Remove(kind string) error {
	err := os.Remove(filepath.Join(f.dir, f.name(kind)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}

func (f *Folder) removeOthers(kind string) error {
	files, err := os.ReadDir(f.dir)
	for _, file := range files {
		if name := file.Name(); name != f.name(kind) && strings.HasPrefix(name, f.prefix(kind)) {
			if e := os.Remove(filepath.Join(f.dir, name)); !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}
