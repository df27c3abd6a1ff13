package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	oci "github.com/opencontainers/image-spec/specs-go/v1"
)

// image is an OCI image layout in a tar archive, for all processors: what podman
// load, skopeo and docker load read. It holds the program and a shell, because
// most CI systems start a job's commands with one. It has no entry point, for
// the same reason.
func (r *release) image() (file, error) {
	layout := blobs{}
	var manifests []oci.Descriptor
	for _, p := range r.platforms {
		if p.OS != "linux" {
			continue
		}
		d, err := r.manifest(layout, p)
		if err != nil {
			return file{}, err
		}
		manifests = append(manifests, d)
	}
	index, err := layout.json(oci.MediaTypeImageIndex, oci.Index{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: oci.MediaTypeImageIndex, Manifests: manifests, Annotations: r.labels(),
	})
	if err != nil {
		return file{}, err
	}
	index.Annotations = map[string]string{
		oci.AnnotationRefName:      r.version,
		"io.containerd.image.name": "ghcr.io/djleaks/djleaks:" + r.version, // how docker load calls it
	}
	top, err := json.Marshal(oci.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: oci.MediaTypeImageIndex, Manifests: []oci.Descriptor{index}})
	if err != nil {
		return file{}, err
	}
	version, err := json.Marshal(oci.ImageLayout{Version: oci.ImageLayoutVersion})
	if err != nil {
		return file{}, err
	}
	files := append([]file{{name: oci.ImageLayoutFile, data: version}, {name: oci.ImageIndexFile, data: top}}, layout.files()...)
	data, err := tarball(files)
	return file{name: "djleaks_" + r.version + "_image.tar", data: data}, err
}

// labels are the annotations of the image that registries show.
func (r *release) labels() map[string]string {
	return map[string]string{
		oci.AnnotationTitle: "djleaks", oci.AnnotationDescription: r.wheel.Description, oci.AnnotationURL: homepage,
		oci.AnnotationSource: homepage, oci.AnnotationVersion: r.version, oci.AnnotationRevision: r.source.commit,
		oci.AnnotationCreated: r.source.time.Format("2006-01-02T15:04:05Z"),
	}
}

// manifest adds the image of one processor to a layout: a layer with the shell,
// which seldom changes, and one with the program.
func (r *release) manifest(layout blobs, p platform) (oci.Descriptor, error) {
	base, err := r.shell(p.Arch)
	if err != nil {
		return oci.Descriptor{}, err
	}
	own, err := r.installed(p, "site-functions")
	if err != nil {
		return oci.Descriptor{}, err
	}
	documents, err := r.documents(p)
	if err != nil {
		return oci.Descriptor{}, err
	}
	config := oci.Image{
		Created:  &r.source.time,
		Platform: oci.Platform{OS: p.OS, Architecture: p.Arch},
		Config: oci.ImageConfig{
			Env: []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
			Cmd: []string{"djleaks", "--help"}, Labels: r.labels(),
		},
		RootFS: oci.RootFS{Type: "layers"},
	}
	m := oci.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: oci.MediaTypeImageManifest}
	for _, layer := range []struct {
		files []file
		by    string
	}{{base, "busybox"}, {append(own, documents...), "djleaks " + r.version}} {
		plain, err := tarball(withFolders(layer.files))
		if err != nil {
			return oci.Descriptor{}, err
		}
		packed, err := gzipped(plain)
		if err != nil {
			return oci.Descriptor{}, err
		}
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, digest.FromBytes(plain))
		config.History = append(config.History, oci.History{Created: &r.source.time, CreatedBy: layer.by})
		m.Layers = append(m.Layers, layout.add(oci.MediaTypeImageLayerGzip, packed))
	}
	if m.Config, err = layout.json(oci.MediaTypeImageConfig, config); err != nil {
		return oci.Descriptor{}, err
	}
	d, err := layout.json(oci.MediaTypeImageManifest, m)
	d.Platform = &config.Platform
	return d, err
}

// blobs are the contents of an image layout, by their digests.
type blobs map[digest.Digest][]byte

func (b blobs) add(mediaType string, data []byte) oci.Descriptor {
	d := digest.FromBytes(data)
	b[d] = data
	return oci.Descriptor{MediaType: mediaType, Digest: d, Size: int64(len(data))}
}

func (b blobs) json(mediaType string, value any) (oci.Descriptor, error) {
	data, err := json.Marshal(value)
	return b.add(mediaType, data), err
}

func (b blobs) files() (files []file) {
	for d, data := range b {
		files = append(files, file{name: fmt.Sprintf("%s/%s/%s", oci.ImageBlobsDir, d.Algorithm(), d.Encoded()), data: data})
	}
	return sorted(files)
}

// account files for programs that ask who they run as.
const (
	passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n"
	group  = "root:x:0:\nnobody:x:65534:\n"
)

// applets are the commands of busybox that the image has: those of POSIX that
// the scripts of CI systems use. None of them reaches the network.
var applets = strings.Fields(`
	[ ash awk base64 basename cat chgrp chmod chown cmp cp cut date dd df diff dirname du echo env expr false find
	getopt grep gunzip gzip head hostname id kill less ln ls md5sum mkdir mkfifo mktemp more mv od
	paste printf ps pwd readlink realpath rm rmdir sed seq sh sha1sum sha256sum sleep sort stat stty sync tail
	tar tee test timeout touch tr true tty uname uniq unzip wc which whoami xargs yes zcat`)
