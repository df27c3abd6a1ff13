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
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// file is one that is published, or one in an archive.
type file struct {
	name    string // with slashes; a folder's ends with one
	data    []byte
	program bool   // executable
	link    string // what a symbolic link leads to
	open    bool   // a folder that everybody may write to
}

func (f file) mode() os.FileMode {
	switch {
	case f.open:
		return 0o1777
	case f.program || f.isFolder():
		return 0o755
	case f.link != "":
		return 0o777
	}
	return 0o644
}

func (f file) isFolder() bool { return strings.HasSuffix(f.name, "/") }

func sorted(files []file) []file {
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return files
}

// withFolders sorts files and adds the folders that lead to them, each before
// what is in it, as file systems are unpacked.
func withFolders(files []file) []file {
	all := slices.Clone(files)
	have := map[string]bool{}
	for _, f := range files {
		have[f.name] = true
	}
	for _, f := range files {
		for dir := path.Dir(strings.TrimSuffix(f.name, "/")); dir != "." && !have[dir+"/"]; dir = path.Dir(dir) {
			have[dir+"/"] = true
			all = append(all, file{name: dir + "/"})
		}
	}
	return sorted(all)
}

// archive is the program with its licences, for a download by hand. It is made
// once, for others ask for its sum.
func (r *release) archive(p platform) (file, error) {
	if made, ok := r.archives[p.String()]; ok {
		return made, nil
	}
	made, err := r.makeArchive(p)
	if err == nil {
		r.archives[p.String()] = made
	}
	return made, err
}

func (r *release) makeArchive(p platform) (file, error) {
	program, err := r.program(p)
	if err != nil {
		return file{}, err
	}
	folder := fmt.Sprintf("djleaks_%s_%s_%s", r.version, p.OS, p.Arch)
	files := []file{{name: below(folder, p.program()), data: program, program: true}}
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		text, err := os.ReadFile(filepath.Join(r.root, name))
		if err != nil {
			return file{}, err
		}
		files = append(files, file{name: below(folder, name), data: text})
	}
	bill, err := r.sbom(p)
	if err != nil {
		return file{}, err
	}
	files = append(files, file{name: below(folder, "djleaks.cdx.json"), data: bill})
	for _, page := range r.pages.loose() {
		files = append(files, file{name: below(folder, page.name), data: page.data})
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

// download is the address of one of the release's files.
func (r *release) download(name string) string {
	return homepage + "/releases/download/v" + r.version + "/" + name
}

// archiveSum is the SHA-256 of a platform's archive, and its address.
func (r *release) archiveSum(p platform) (address, sum string, err error) {
	a, err := r.archive(p)
	return r.download(a.name), fmt.Sprintf("%x", sha256.Sum256(a.data)), err
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

// tarred is a tar archive, compressed with gzip.
func tarred(files []file) ([]byte, error) {
	plain, err := tarball(files)
	if err != nil {
		return nil, err
	}
	return gzipped(plain)
}

// tarball makes a tar archive. The files keep their order and belong to root.
func tarball(files []file) ([]byte, error) {
	var out bytes.Buffer
	t := tar.NewWriter(&out)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: int64(f.mode()), Size: int64(len(f.data)), ModTime: epoch, Typeflag: tar.TypeReg}
		switch {
		case f.isFolder():
			h.Typeflag = tar.TypeDir
		case f.link != "":
			h.Typeflag, h.Linkname = tar.TypeSymlink, f.link
		}
		if err := t.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := t.Close()
	return out.Bytes(), err
}

// gzipped compresses without a name and a time.
func gzipped(data []byte) ([]byte, error) {
	var out bytes.Buffer
	gz, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := gz.Write(data); err != nil {
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
