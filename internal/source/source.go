// Package source yields texts that are not in Git: files, the files of
// folders, and standard input.
//
// Names are reported as they were given, with forward slashes. Links are followed
// if they are named and ignored inside folders, so that no file is read twice and
// no walk runs in circles. A folder's .git is not entered: that is for an audit.
package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// Sizes of what is held of a file that is too large to be read at once, in
// bytes. Windows overlap, so that a key at the end of one is whole in the next.
const (
	windowSize    = 64 << 20
	windowOverlap = 64 << 10
)

// stdin is the name of standard input.
const stdin = "-"

// files is a list of names to read.
type files struct {
	names  []string
	stdin  io.Reader
	window int
}

// Files returns the source of these files and folders; "-" is standard input,
// which is in. A name that does not exist is an error of the source; what cannot
// be read goes into its coverage.
func Files(names []string, in io.Reader) scanner.Source {
	return &files{names, in, windowSize}
}

// Chunks yields the files in the order of their names, folders sorted.
func (f *files) Chunks(ctx context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	for _, name := range f.names { // before anything is read
		if _, err := os.Stat(name); name != stdin && errors.Is(err, fs.ErrNotExist) {
			return scanner.Coverage{}, fmt.Errorf("files: %s: %w", name, fs.ErrNotExist)
		}
	}
	r := reader{ctx: ctx, yield: yield, window: f.window}
	for _, name := range f.names {
		var err error
		if name == stdin {
			err = r.text("<stdin>", f.stdin)
		} else {
			err = r.named(name)
		}
		if err != nil {
			return r.coverage, err
		}
	}
	return r.coverage, nil
}

// reader is one run over the files.
type reader struct {
	ctx      context.Context
	yield    func(*scanner.Chunk) error
	window   int
	buffer   []byte
	coverage scanner.Coverage
}

// named reads what the user named: a folder, or whatever can be read as a file.
func (r *reader) named(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		r.skip(name, err)
		return nil
	}
	if !info.IsDir() {
		return r.file(name)
	}
	// If the name is a link the walk begins at its target: a folder that was
	// asked for must not be ignored.
	name = filepath.Clean(name)
	if link, err := os.Lstat(name); err == nil && link.Mode()&fs.ModeSymlink != 0 {
		name += string(filepath.Separator)
	}
	return filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			r.skip(path, err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.Name() == ".git" && path != name:
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.Type().IsRegular():
			return r.file(path)
		case d.Type()&(fs.ModeDir|fs.ModeSymlink) == 0:
			r.coverage.Skip(scanner.Skip{Path: filepath.ToSlash(path), Reason: "not a regular file"})
		}
		return nil
	})
}

func (r *reader) file(name string) error {
	f, err := os.Open(name)
	if err != nil {
		r.skip(name, err)
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		r.expect(info.Size())
	}
	return r.text(filepath.ToSlash(name), f)
}

// text reads one text, in windows if it is large. An error is that of yield or of
// the context; what cannot be read is skipped.
func (r *reader) text(path string, in io.Reader) error {
	chunk := scanner.Chunk{Path: path}
	r.coverage.Blobs++
	for kept := 0; ; {
		n, err := r.fill(in, kept)
		r.coverage.Bytes += int64(n)
		chunk.Text = r.buffer[:kept+n]
		if stop := r.ctx.Err(); stop != nil {
			return stop
		}
		if err != nil && err != io.EOF {
			r.skip(path, err)
			return nil
		}
		if n > 0 {
			if err := r.yield(&chunk); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		start := nextWindow(chunk.Text)
		lines, _ := scanner.Position(chunk.Text, start)
		chunk.LinesBefore += lines - 1
		kept = copy(r.buffer, chunk.Text[start:])
	}
}

// expect makes the buffer as large as a text of this size needs, so that it need
// not grow while it is read.
func (r *reader) expect(size int64) {
	if size = min(size+1, int64(r.window)); size > int64(len(r.buffer)) {
		r.buffer = make([]byte, size)
	}
}

// fill reads after the kept bytes until the window is full or the text ends, which
// is io.EOF. The buffer grows with what there is to read.
func (r *reader) fill(in io.Reader, kept int) (n int, err error) {
	for kept+n < r.window {
		if err := r.ctx.Err(); err != nil {
			return n, err
		}
		if kept+n == len(r.buffer) {
			grown := make([]byte, min(r.window, max(64<<10, 2*len(r.buffer))))
			copy(grown, r.buffer)
			r.buffer = grown
		}
		read, err := in.Read(r.buffer[kept+n:])
		n += read
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// nextWindow is where the window after this one begins: at a line, unless lines
// are longer than the overlap.
func nextWindow(text []byte) int {
	start := max(0, len(text)-windowOverlap)
	if n := bytes.LastIndexByte(text[:start], '\n'); n >= 0 && start-n <= windowOverlap {
		return n + 1
	}
	return start
}

func (r *reader) skip(path string, err error) {
	r.coverage.Skip(scanner.Skip{Path: filepath.ToSlash(path), Reason: say.Cause(err).Error()})
}
