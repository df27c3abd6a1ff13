package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/internal/say"
)

// File is where a report goes.
//
// A regular file appears, or is replaced, when Close succeeds: nobody reads
// half a report, and a scan that stops leaves the old one. A device or a FIFO is
// opened and written as it is. A link is refused: it could be the repository's,
// and lead to a file that does not concern it.
type File struct {
	path  string // as the user wrote it
	out   io.Writer
	file  *os.File // nil for standard output
	final string   // what file is renamed to at Close; empty if it is written in place
	err   error    // the first error of Write
}

// Create opens path for a report, in a folder that it makes if need be. "-", the
// empty path and the names that systems have for standard output are stdout,
// which Close leaves open. Errors name the path.
func Create(path string, stdout io.Writer) (*File, error) {
	if isStdout(path) {
		return &File{path: "standard output", out: stdout}, nil
	}
	if err := CheckOutput(path); err != nil {
		return nil, err
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		// CI systems collect reports from a folder that no job has made yet.
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return nil, fmt.Errorf("report: %s: folder: %w", path, say.Cause(err))
		}
		return createBeside(path, 0o666, false)
	case err != nil:
		return nil, fmt.Errorf("report: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("report: %s: is a directory", path)
	case info.Mode().IsRegular():
		return createBeside(path, info.Mode().Perm(), true)
	}
	return openInPlace(path)
}

// isStdout reports whether a path is standard output. Opening /dev/stdout would
// truncate a file that the shell redirects to, and fails where standard output
// is a socket.
func isStdout(path string) bool {
	switch path {
	case "", "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		return true
	}
	return false
}

// CheckOutput returns the error that Create has for a link, without creating
// anything.
func CheckOutput(path string) error {
	if isStdout(path) {
		return nil
	}
	if err := regular.CheckOutput(path); err != nil {
		return fmt.Errorf("report: %w", linkError(path, err))
	}
	return nil
}

// openInPlace writes into devices, and into a regular file whose folder takes
// no new one.
func openInPlace(path string) (*File, error) {
	flags := os.O_WRONLY
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("report: %w", err)
	case info.Mode().IsRegular():
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o666)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return &File{path: path, out: f, file: f}, nil
}

// createBeside makes a temporary file in path's folder. Where the folder takes
// no new file, an existing one is written in place.
func createBeside(path string, mode fs.FileMode, exists bool) (*File, error) {
	for range 100 {
		name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+strconv.FormatUint(uint64(rand.Uint32()), 36))
		// The process's umask applies to a new file; an old one's mode is set below.
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil && exists:
			return openInPlace(path)
		case err != nil:
			return nil, fmt.Errorf("report: %s: %w", path, say.Cause(err))
		}
		if exists {
			if err := f.Chmod(mode); err != nil {
				f.Close()
				os.Remove(name)
				return openInPlace(path)
			}
		}
		return &File{path: path, out: f, file: f, final: path}, nil
	}
	return nil, fmt.Errorf("report: %s: no free name for a temporary file", path)
}

// Write adds to the report. Its errors name the file as the user did.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.out.Write(p)
	if err == nil {
		return n, nil
	}
	err = fmt.Errorf("report: %s: %w", f.path, say.Cause(err))
	if f.err == nil {
		f.err = err
	}
	return n, err
}

// Close finishes the report. If a Write failed it returns that error, and the
// old file stays.
func (f *File) Close() error {
	if f.err != nil {
		f.Discard()
		return f.err
	}
	if f.file == nil {
		return nil
	}
	name := f.file.Name()
	err := f.file.Close()
	f.file = nil
	if err == nil && f.final != "" {
		err = os.Rename(name, f.final)
	}
	if err == nil {
		return nil
	}
	if f.final != "" {
		os.Remove(name)
	}
	return fmt.Errorf("report: %s: %w", f.path, say.Cause(err))
}

// Discard gives the report up: a regular file stays as it was. It does nothing
// after Close.
func (f *File) Discard() {
	if f.file == nil {
		return
	}
	f.file.Close()
	if f.final != "" {
		os.Remove(f.file.Name())
	}
	f.file = nil
}

// refused is the error of a link, with the path that can be named instead.
type refused struct {
	error
	leadsTo string
}

func (e refused) Unwrap() error { return e.error }

// Hint says what to write instead.
func (e refused) Hint() string { return "remove the link, or name the file itself: " + e.leadsTo }

func linkError(path string, err error) error {
	folder, name := filepath.Split(path)
	if to, e := filepath.EvalSymlinks(path); e == nil {
		return refused{err, to}
	}
	if to, e := filepath.EvalSymlinks(folder); e == nil && folder != "" {
		return refused{err, filepath.Join(to, name)}
	}
	return err
}
