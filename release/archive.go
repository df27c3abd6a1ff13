package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// file is one that is published, or one in an archive.
type file struct {
	name    string // with slashes
	data    []byte
	program bool // executable
}

func (f file) mode() os.FileMode {
	if f.program {
		return 0o755
	}
	return 0o644
}

// archive is the program with its licences, for a download by hand.
func (r *release) archive(p platform) (file, error) {
	program, err := r.program(p)
	if err != nil {
		return file{}, err
	}
	folder := fmt.Sprintf("djleaks_%s_%s_%s", r.version, p.OS, p.Arch)
	files := []file{{below(folder, p.program()), program, true}}
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		text, err := os.ReadFile(filepath.Join(r.root, name))
		if err != nil {
			return file{}, err
		}
		files = append(files, file{name: below(folder, name), data: text})
	}
	for _, licence := range r.notices[p.String()].files {
		files = append(files, file{name: below(folder, "third_party", licence.name), data: licence.data})
	}
	if p.OS == "windows" {
		data, err := zipped(files)
		return file{name: folder + ".zip", data: data}, err
	}
	data, err := tarred(files)
	return file{name: folder + ".tar.gz", data: data}, err
}

// zipped makes a zip archive. The files keep their order.
func zipped(files []file) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		h.SetMode(f.mode())
		h.ModifiedDate, h.ModifiedTime = 1<<5|1, 0 // 1980-01-01 in DOS form, and no other
		w, err := z.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// tarred makes a tar archive, compressed with gzip. The files keep their order
// and belong to nobody.
func tarred(files []file) ([]byte, error) {
	var out bytes.Buffer
	gz, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(gz)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: int64(f.mode()), Size: int64(len(f.data)), ModTime: epoch, Typeflag: tar.TypeReg}
		if err := t.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	err = gz.Close()
	return out.Bytes(), err
}

// sums is the file that `sha256sum --check` reads.
func sums(files []file) file {
	var lines []string
	for _, f := range files {
		lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(f.data), f.name))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[66:], b[66:]) })
	return file{name: "SHA256SUMS", data: []byte(strings.Join(lines, ""))}
}
