package fleet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/regular"
)

// The files of a repository in a store.
const (
	ReportFile = "report.json" // as audit --as wrote it
	StateFile  = "state.json"  // an Entry's Result; written after the report
)

// temporary begins the name of a file that is being written.
const temporary = ".writing-"

// maxState is the largest state file that is read, in bytes: some ten thousand
// keys in one repository.
const maxState = 64 << 20

// Store is a folder with what is known of each repository. Several workers may
// write to it at the same time: files appear by being renamed. Stores are joined
// by copying one over the other, or by naming both to merge.
type Store struct{ dir string }

// OpenStore names a store that is to be read. A folder that is not there is an
// error.
func OpenStore(dir string) (*Store, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: dir, Err: regular.ErrNotFolder}
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return &Store{dir}, nil
}

// CreateStore makes a folder if need be, and tries to write in it: before anything
// is read, and not after it.
func CreateStore(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	d, err := newDraft(dir)
	if err != nil {
		return nil, err
	}
	d.Discard()
	return &Store{dir}, nil
}

// Dir is the folder of a repository.
func (s *Store) Dir(id string) string { return Folder(s.dir, id) }

// Folder is the folder of a repository below a root. Different ids have
// different folders, on file systems that take capital letters for small ones,
// too.
func Folder(root, id string) string {
	sum := sha256.Sum256([]byte(id))
	return filepath.Join(root, hex.EncodeToString(sum[:1]), escape(id, sum))
}

// maxName is the longest part of an id in the name of a folder, in bytes: file
// systems take 255, some that encrypt names 143.
const maxName = 120

// escape makes one name of an id, in which a person finds the repository: small
// letters, digits and ._- stay, and a slash becomes +. Wherever that is not
// enough to tell ids apart, the name ends in a part of the id's hash.
func escape(id string, sum [sha256.Size]byte) string {
	var b strings.Builder
	exact := len(id) <= maxName
	for i := 0; i < min(len(id), maxName); i++ {
		c := id[i]
		switch {
		case c == '/':
			c = '+'
		case c >= 'A' && c <= 'Z':
			c, exact = c|0x20, false
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c == '-', c == '.' && i > 0 && i < len(id)-1:
		default:
			c, exact = '_', false
		}
		b.WriteByte(c)
	}
	if exact {
		return b.String()
	}
	return b.String() + "~" + hex.EncodeToString(sum[:10])
}

// Result is the state file of one repository: its record, and what is of this
// store alone.
type Result struct {
	Schema   int       `json:"schema"`
	List     string    `json:"list"`             // digest of the list whose share the repository was in
	Inputs   string    `json:"inputs,omitempty"` // what the report depends on, see Inputs
	Until    string    `json:"until,omitempty"`  // the day on which the report is out of date though nothing has changed
	Retry    bool      `json:"retry,omitempty"`  // a further attempt can end otherwise though nothing has changed
	Finished time.Time `json:"finished"`         // when the audit ended
	Checked  time.Time `json:"checked"`          // when a worker last found that it still holds, to within an hour
	Cost     int64     `json:"cost"`             // of the audit, in milliseconds of a processor; 0 of none
	Record   Record    `json:"record"`
}

// Looked is when a worker last looked at the repository.
func (r *Result) Looked() time.Time {
	if r.Checked.Before(r.Finished) {
		return r.Finished // of a state file of 0.1
	}
	return r.Checked
}

// resultSchema is the version of the state file.
const resultSchema = 1

// Result reads the state file of a repository. The error is fs.ErrNotExist if
// there is none; what is cut off, of another program or of another repository is
// an error.
func (s *Store) Result(id string) (*Result, error) {
	file := filepath.Join(s.Dir(id), StateFile)
	text, err := regular.Read(file, maxState)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	r := &Result{}
	if err := json.Unmarshal(text, r); err != nil || r.Schema != resultSchema {
		return nil, fmt.Errorf("store: %s: %s", file, notOurs(text))
	}
	if problem := r.problem(id); problem != "" {
		return nil, fmt.Errorf("store: %s: %s", file, problem)
	}
	if r.Record.shows() {
		return nil, fmt.Errorf("store: %s: %w", file, ErrShowsKey)
	}
	return r, nil
}

// notOurs says what is wrong with a text that is not a state file of this version.
func notOurs(text []byte) string {
	var head struct{ Schema int }
	switch err := json.Unmarshal(text, &head); {
	case err != nil:
		return "not JSON, or cut off"
	case head.Schema > resultSchema:
		return fmt.Sprintf("schema %d: written by a newer version of djleaks", head.Schema)
	}
	return "not a state file of djleaks"
}

// problem says why this cannot be the state file of a repository.
func (r *Result) problem(id string) string {
	record := &r.Record
	switch {
	case record.Tool.Name != "djleaks":
		return fmt.Sprintf("the report of another program, %q", record.Tool.Name)
	case record.ID != id:
		return fmt.Sprintf("it is of the repository %q", record.ID)
	case record.State != Read && record.State != Incomplete && record.State != Failed:
		return fmt.Sprintf("unknown state %q", record.State)
	case record.State == Failed && len(record.Keys) > 0:
		return "a repository that failed has keys"
	case record.State == Read && len(record.Unread) > 0:
		return "it says read of what was not"
	}
	return ""
}

// Write saves a result. Nobody ever sees half of one.
func (s *Store) Write(r *Result) error {
	r.Schema = resultSchema
	r.Checked = r.Looked()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	d, err := s.draft(r.Record.ID)
	if err != nil {
		return err
	}
	defer d.Discard()
	if _, err := d.File.Write(b.Bytes()); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return d.commit(StateFile)
}

// Remove takes the report of a repository away, which does not hold any more.
func (s *Store) Remove(id string) error {
	err := os.Remove(filepath.Join(s.Dir(id), ReportFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// draft is a file that is being written.
type draft struct {
	File *os.File
	done bool
}

// draft makes the folder of a repository, and a file in it.
func (s *Store) draft(id string) (*draft, error) {
	dir := s.Dir(id)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return newDraft(dir)
}

// newDraft makes a file with a new name. Unlike os.CreateTemp it leaves it to the
// umask who may read it: those who merge are not always those who audit.
func newDraft(dir string) (*draft, error) {
	for {
		name := filepath.Join(dir, temporary+strconv.FormatUint(rand.Uint64(), 36))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return nil, fmt.Errorf("store: %w", err)
		}
		return &draft{File: f}, nil
	}
}

// commit gives the file its name, once its bytes are on the disk.
func (d *draft) commit(name string) error {
	temp := d.File.Name()
	err := errors.Join(d.File.Sync(), d.File.Close())
	if err == nil {
		err = os.Rename(temp, filepath.Join(filepath.Dir(temp), name))
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	d.done = true
	if dir, err := os.Open(filepath.Dir(temp)); err == nil {
		_ = dir.Sync() // some systems have no such thing for a folder
		dir.Close()
	}
	return nil
}

// Discard removes the file, unless it got its name.
func (d *draft) Discard() {
	if !d.done {
		d.File.Close()
		os.Remove(d.File.Name())
	}
}

// begun reports whether somebody is writing a file of a repository, or was when
// he was killed.
func (s *Store) begun(id string) bool {
	entries, _ := os.ReadDir(s.Dir(id))
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), temporary) })
}

// cutOffLast puts the entries that are begun after all others.
func (s *Store) cutOffLast(entries []Entry) []Entry {
	var first, last []Entry
	for _, e := range entries {
		if s.begun(e.ID) {
			last = append(last, e)
		} else {
			first = append(first, e)
		}
	}
	return append(first, last...)
}

// sweep removes what workers that were killed have left of a repository.
func (s *Store) sweep(id string, before time.Time) {
	dir := s.Dir(id)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), temporary) && info.ModTime().Before(before) {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
