package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ulikunitz/xz"
)

// busyboxVersion and busyboxSums are Debian's package busybox-static, whose
// binary needs no library. To raise them, read `apt-cache show busybox-static`
// on Debian stable, for both processors.
const busyboxVersion = "1.35.0-4+deb12u1+b1"

var busyboxSums = map[string]string{
	"amd64": "3d3fdbe91d4660c873e14b092c213fe81c1da6362daa236eb25d0171eb108744",
	"arm64": "732c9135564fc71337e0e05fb4da4d11e6c28c1834bce3e405e575afef2a52f5",
}

// busyboxFiles are those in snapshot.debian.org, which keeps every file for good
// under its SHA-1. What decides is the SHA-256 above.
var busyboxFiles = map[string]string{
	"amd64": "388095e72f44cefd025b869d917e45108d124655",
	"arm64": "87bf504541e6583e6fef6ec0bc67537f53c327f2",
}

// shell is the first layer of the image: busybox, its commands as links, and
// what a file system is expected to have.
func (r *release) shell(arch string) ([]file, error) {
	archive, err := busyboxPackage(arch)
	if err != nil {
		return nil, err
	}
	const program, copyright = "bin/busybox", "usr/share/doc/busybox-static/copyright"
	found, err := unpackDeb(archive, program, copyright)
	if err != nil {
		return nil, fmt.Errorf("busybox-static for %s: %w", arch, err)
	}
	files := []file{
		{name: program, data: found[program], program: true}, {name: copyright, data: found[copyright]},
		{name: "etc/passwd", data: []byte(passwd)}, {name: "etc/group", data: []byte(group)},
		{name: "root/"}, {name: "tmp/", open: true}, {name: "dev/"}, {name: "proc/"}, {name: "sys/"},
	}
	for _, name := range applets {
		files = append(files, file{name: "bin/" + name, link: "busybox"})
	}
	return files, nil
}

// busyboxPackage takes the package from the user's cache, or downloads it into
// it.
func busyboxPackage(arch string) ([]byte, error) {
	name := "busybox-static_" + busyboxVersion + "_" + arch + ".deb"
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(cache, "djleaks-release", name)
	if data, err := os.ReadFile(path); err == nil && isBusybox(arch, data) {
		return data, nil
	}
	var causes []error
	for _, address := range append(mirrors("/pool/main/b/busybox/"+name), "https://snapshot.debian.org/file/"+busyboxFiles[arch]) {
		data, err := download(address)
		if err == nil && !isBusybox(arch, data) {
			err = errors.New(address + ": its SHA-256 is not the one in release/shell.go")
		}
		if err != nil {
			causes = append(causes, err)
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		return data, os.WriteFile(path, data, 0o644)
	}
	return nil, &problem{
		fmt.Sprintf("the shell of the image, %s, cannot be downloaded:\n%v", name, errors.Join(causes...)),
		"put that package of Debian at " + path + ", or leave the image out with --without image",
	}
}

// mirrors are the addresses of a file at those that this machine's own apt uses.
// There are none on a machine without it.
func mirrors(path string) (addresses []string) {
	out, err := command(".", nil, "apt-get", "indextargets", "--format", "$(REPO_URI)")
	if err != nil {
		return nil
	}
	all := strings.Fields(out)
	slices.Sort(all)
	for _, mirror := range slices.Compact(all) {
		if strings.HasPrefix(mirror, "http") {
			addresses = append(addresses, strings.TrimSuffix(mirror, "/")+path)
		}
	}
	return addresses
}

func isBusybox(arch string, data []byte) bool {
	return fmt.Sprintf("%x", sha256.Sum256(data)) == busyboxSums[arch]
}

// maxDownload is far more than the package has, in bytes.
const maxDownload = 16 << 20

func download(address string) ([]byte, error) {
	client := http.Client{Timeout: time.Minute}
	answer, err := client.Get(address)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(address + ": " + answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, maxDownload))
}

// unpackDeb returns files of a Debian package, whose names begin without a dot.
func unpackDeb(archive []byte, names ...string) (map[string][]byte, error) {
	packed, err := arMember(archive, "data.tar.xz")
	if err != nil {
		return nil, err
	}
	plain, err := xz.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	found := map[string][]byte{}
	for t := tar.NewReader(plain); len(found) < len(names); {
		h, err := t.Next()
		if err == io.EOF {
			return nil, fmt.Errorf("not all of %v are in it", names)
		}
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if strings.TrimPrefix(h.Name, "./") == name {
				if found[name], err = io.ReadAll(t); err != nil {
					return nil, err
				}
			}
		}
	}
	return found, nil
}

// arMember returns one member of an ar archive as in deb(5).
func arMember(archive []byte, name string) ([]byte, error) {
	const header = 60
	rest, ok := bytes.CutPrefix(archive, []byte("!<arch>\n"))
	for ok && len(rest) >= header {
		size, err := strconv.Atoi(strings.TrimSpace(string(rest[48:58])))
		if err != nil || size < 0 || size > len(rest)-header {
			break
		}
		if strings.TrimRight(string(rest[:16]), " /") == name {
			return rest[header : header+size], nil
		}
		rest = rest[min(header+size+size%2, len(rest)):]
	}
	return nil, errors.New("no " + name + " in the package")
}
