package main

import (
	"bytes"
	"crypto/md5" // what dpkg --verify reads
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/google/rpmpack"
)

const (
	homepage   = "https://github.com/djleaks/djleaks"
	maintainer = "The djleaks maintainers <djleaks@users.noreply.github.com>"
	about      = "Stops commits that would add a Django SECRET_KEY, finds those that a Git\nhistory holds already, and leads through the rotation of a leaked one.\nIt cannot use the network."
)

// installed are the files of a package for Linux, below the root of the file
// system. zsh is the folder in which the distribution's zsh looks.
func (r *release) installed(p platform, zsh string) ([]file, error) {
	program, err := r.program(p)
	if err != nil {
		return nil, err
	}
	files := []file{{name: "usr/bin/djleaks", data: program, program: true}}
	for _, page := range r.pages.shared(zsh) {
		if strings.Contains(page.name, "/man/") { // man pages of a distribution are compressed
			if page.data, err = gzipped(page.data); err != nil {
				return nil, err
			}
			page.name += ".gz"
		}
		files = append(files, file{name: "usr/" + page.name, data: page.data})
	}
	return files, nil
}

// documents are the texts of a package for Linux: its licences first.
func (r *release) documents(p platform) ([]file, error) {
	const folder = "usr/share/doc/djleaks"
	licence, err := os.ReadFile(filepath.Join(r.root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	bill, err := r.sbom(p)
	if err != nil {
		return nil, err
	}
	files := []file{{name: below(folder, "copyright"), data: licence}, {name: below(folder, "djleaks.cdx.json"), data: bill}}
	for _, f := range r.notices[p.String()].files {
		files = append(files, file{name: below(folder, "third_party", f.name), data: f.data})
	}
	return files, nil
}

// distribution writes a version as dpkg and rpm do: a ~ sorts before the release.
func distribution(version string) string { return strings.Replace(version, "-", "~", 1) }

// deb is a package for Debian, Ubuntu and their kin: an ar archive of two tar
// archives.
func (r *release) deb(p platform) (file, error) {
	files, err := r.installed(p, "vendor-completions")
	if err != nil {
		return file{}, err
	}
	documents, err := r.documents(p)
	if err != nil {
		return file{}, err
	}
	files = append(files, documents...)
	var size int
	var md5sums strings.Builder
	for _, f := range files {
		size += (len(f.data) + 1023) / 1024
		fmt.Fprintf(&md5sums, "%x  %s\n", md5.Sum(f.data), f.name)
	}
	control := fmt.Sprintf("Package: djleaks\nVersion: %s\nArchitecture: %s\nMaintainer: %s\nInstalled-Size: %d\nSection: devel\nPriority: optional\nHomepage: %s\nDescription: %s\n %s\n",
		distribution(r.version), p.Arch, maintainer, size, homepage, r.wheel.Description, strings.ReplaceAll(about, "\n", "\n "))
	members := []file{{name: "debian-binary", data: []byte("2.0\n")}}
	for _, archive := range []file{
		{name: "control.tar.gz"}, {name: "data.tar.gz"},
	} {
		content := withFolders(files)
		if archive.name == "control.tar.gz" {
			content = withFolders([]file{{name: "control", data: []byte(control)}, {name: "md5sums", data: []byte(md5sums.String())}})
		}
		if archive.data, err = tarred(content); err != nil {
			return file{}, err
		}
		members = append(members, archive)
	}
	return file{name: fmt.Sprintf("djleaks_%s_%s.deb", distribution(r.version), p.Arch), data: ar(members)}, nil
}

// ar writes the archive format of deb(5).
func ar(members []file) []byte {
	var out bytes.Buffer
	out.WriteString("!<arch>\n")
	for _, m := range members {
		fmt.Fprintf(&out, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", m.name, epoch.Unix(), 0, 0, 0o100644, len(m.data))
		out.Write(m.data)
		if len(m.data)%2 == 1 {
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

// rpmArch are the names of the processors in rpm.
var rpmArch = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

// rpm is a package for Fedora, RHEL, openSUSE and their kin.
func (r *release) rpm(p platform) (file, error) {
	files, err := r.installed(p, "site-functions")
	if err != nil {
		return file{}, err
	}
	documents, err := r.documents(p)
	if err != nil {
		return file{}, err
	}
	pack, err := rpmpack.NewRPM(rpmpack.RPMMetaData{
		Name: "djleaks", Version: distribution(r.version), Release: "1", Epoch: rpmpack.NoEpoch, Arch: rpmArch[p.Arch],
		Summary: r.wheel.Description, Description: about, URL: homepage, Packager: maintainer, Vendor: "djleaks",
		Licence: r.notices[p.String()].expression, BuildTime: r.source.time, BuildHost: "localhost", Compressor: "gzip:9",
	})
	if err != nil {
		return file{}, err
	}
	add := func(files []file, kind rpmpack.FileType) {
		for _, f := range files {
			pack.AddFile(rpmpack.RPMFile{Name: "/" + f.name, Body: f.data, Mode: 0o100000 | uint(f.mode()), Owner: "root", Group: "root", MTime: uint32(r.source.time.Unix()), Type: kind})
		}
	}
	add(files, rpmpack.GenericFile)
	add(documents, rpmpack.DocFile)
	folders := map[string]bool{} // our own only: the others belong to the system
	for _, f := range documents {
		for dir := path.Dir(f.name); dir != "usr/share/doc"; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	for dir := range folders {
		pack.AddFile(rpmpack.RPMFile{Name: "/" + dir, Mode: 0o40755, Owner: "root", Group: "root", MTime: uint32(r.source.time.Unix())})
	}
	var out bytes.Buffer
	err = pack.Write(&out)
	return file{name: fmt.Sprintf("djleaks-%s-1.%s.rpm", distribution(r.version), rpmArch[p.Arch]), data: out.Bytes()}, err
}
