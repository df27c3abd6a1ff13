// Package regular opens the files that a repository can choose, all of them by
// one function: a regular file of a bounded size, or an error.
//
// Whoever is given a folder with a .git in it has no say in what is there. What
// is called HEAD may be a pipe that nobody writes to, an index may be two
// gigabytes of nothing in a file with holes, and a configuration may be a link
// to /dev/zero, or to a file of the user that is not the repository's
// business.
//
// Within a git directory links may lead anywhere, because Android's repo and
// git-new-workdir make such directories. A file of the work tree that is read
// for its meaning, as a configuration is, must not be reached by a link that
// leaves the work tree.
package regular

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// What a file can be instead. The error of a file that is not there is
// fs.ErrNotExist.
var (
	ErrNotRegular = errors.New("not a regular file")
	ErrNotFolder  = errors.New("not a folder")
	ErrTooLarge   = errors.New("too large")
	ErrOutside    = errors.New("a link leads out of the repository")
)

// opener is the file system as a whole, or what is below one folder.
type opener struct {
	stat func(name string) (fs.FileInfo, error)
	open func(name string, flag int, perm fs.FileMode) (*os.File, error)
}

var everywhere = opener{os.Stat, os.OpenFile}

// Open opens a regular file of at most limit bytes for reading, and returns its
// size in bytes. Nothing else is ever opened: to open some devices does
// something, and to open a pipe can wait for ever.
func Open(path string, limit int64) (f *os.File, size int64, err error) {
	return everywhere.file(path, limit)
}

// Read returns the content of a regular file of at most limit bytes.
func Read(path string, limit int64) ([]byte, error) { return everywhere.read(path, limit) }

// ReadIn is Read for a file below a folder, of which no link on the way may lead
// out of that folder. name has slashes and is relative.
func ReadIn(folder, name string, limit int64) ([]byte, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	data, err := opener{root.Stat, root.OpenFile}.read(name, limit)
	// os.Root has no error value for this.
	if err != nil && strings.Contains(err.Error(), "escapes from parent") {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrOutside}
	}
	return data, err
}

// Names returns the names in a folder, in no order. The error of a folder that
// is not there is fs.ErrNotExist.
func Names(dir string) ([]string, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: ErrNotFolder}
	}
	f, err := os.OpenFile(dir, os.O_RDONLY|withoutWaiting, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

func (o opener) file(path string, limit int64) (f *os.File, size int64, err error) {
	info, err := o.stat(path)
	if err != nil {
		return nil, 0, err
	}
	if err := check(path, info, limit); err != nil {
		return nil, 0, err
	}
	if f, err = o.open(path, os.O_RDONLY|withoutWaiting, 0); err != nil {
		return nil, 0, err
	}
	// It may have been exchanged since.
	if info, err = f.Stat(); err == nil {
		err = check(path, info, limit)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func check(path string, info fs.FileInfo, limit int64) error {
	switch {
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
	case info.Size() > limit:
		return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("%w: %d bytes, and %d are allowed", ErrTooLarge, info.Size(), limit)}
	}
	return nil
}

func (o opener) read(path string, limit int64) ([]byte, error) {
	f, size, err := o.file(path, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// One byte more than expected shows a file that grows while it is read.
	data := make([]byte, 0, size+1)
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case err == io.EOF:
			return data, nil
		case err != nil:
			return nil, err
		case int64(len(data)) > limit:
			return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: more than the %d bytes allowed", ErrTooLarge, limit)}
		case len(data) == cap(data):
			data = append(data, 0)[:len(data)]
		}
	}
}
