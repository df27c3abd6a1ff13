package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// metadata is the table [project] of python/pyproject.toml, as far as we use
// it. A key that is not here is an error, so that none is lost on its way into
// the wheel.
type metadata struct {
	Name        string
	Version     string
	Description string
	Readme      string
	Requires    string `toml:"requires-python"`
	License     string
	Files       []string `toml:"license-files"`
	Authors     []struct{ Name string }
	Keywords    []string
	Classifiers []string
	URLs        map[string]string

	readme string
}

func readMetadata(path string) (metadata, error) {
	var project struct {
		Build   map[string]any `toml:"build-system"`
		Project metadata
	}
	table, err := toml.DecodeFile(path, &project)
	if err != nil {
		return metadata{}, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := table.Undecoded(); len(unknown) > 0 {
		return metadata{}, fmt.Errorf("%s: %s is not carried into the wheel", path, unknown[0])
	}
	m := project.Project
	text, err := os.ReadFile(filepath.Join(filepath.Dir(path), m.Readme))
	m.readme = string(text)
	return m, err
}

// pep440 writes a version as Python does: 0.2.0-rc.1 is 0.2.0rc1.
func pep440(version string) string {
	return strings.NewReplacer("-alpha.", "a", "-beta.", "b", "-rc.", "rc").Replace(version)
}

// text is METADATA of a wheel and PKG-INFO of an sdist, in version 2.4 of the
// core metadata.
func (m metadata) text(expression string, licences []string) []byte {
	var b strings.Builder
	line := func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, value) }
	line("Metadata-Version", "2.4")
	line("Name", m.Name)
	line("Version", pep440(m.Version))
	line("Summary", m.Description)
	line("Keywords", strings.Join(m.Keywords, ","))
	for _, author := range m.Authors {
		line("Author", author.Name)
	}
	line("License-Expression", expression)
	for _, name := range licences {
		line("License-File", name)
	}
	for _, name := range m.Classifiers {
		line("Classifier", name)
	}
	var labels []string
	for label := range m.URLs {
		labels = append(labels, label)
	}
	slices.Sort(labels)
	for _, label := range labels {
		line("Project-URL", label+", "+m.URLs[label])
	}
	line("Requires-Python", m.Requires)
	line("Description-Content-Type", "text/markdown; charset=UTF-8")
	b.WriteString("\n" + m.readme)
	return []byte(b.String())
}

// packageFiles are the files of the import package, which Git lists: nothing
// that Python or an editor has left there.
func (r *release) packageFiles() ([]file, error) {
	names, err := git(filepath.Join(r.root, "python"), "ls-files", "djleaks")
	if err != nil {
		return nil, err
	}
	var all []file
	for _, name := range strings.Split(names, "\n") {
		text, err := os.ReadFile(filepath.Join(r.root, "python", filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		all = append(all, file{name: name, data: text})
	}
	return all, nil
}

// pythonWheel is a wheel in which the program lies among the scripts, so that an
// installer puts it on PATH as it is: no Python has to start for a hook.
func (r *release) pythonWheel(p platform) (file, error) {
	program, err := r.program(p)
	if err != nil {
		return file{}, err
	}
	licence, err := os.ReadFile(filepath.Join(r.root, "LICENSE"))
	if err != nil {
		return file{}, err
	}
	files, err := r.packageFiles()
	if err != nil {
		return file{}, err
	}
	name := "djleaks-" + pep440(r.version)
	info := name + ".dist-info"
	files = append(files, file{name: name + ".data/scripts/" + p.program(), data: program, program: true})
	for _, page := range r.pages.shared("site-functions") {
		files = append(files, file{name: name + ".data/data/" + page.name, data: page.data})
	}
	bill, err := r.sbom(p)
	if err != nil {
		return file{}, err
	}
	files = append(files, file{name: below(info, "sboms", "djleaks.cdx.json"), data: bill}) // PEP 770

	licences := []string{"LICENSE"}
	files = append(files, file{name: below(info, "licenses", "LICENSE"), data: licence})
	n := r.notices[p.String()]
	for _, f := range n.files {
		licences = append(licences, below("third_party", f.name))
		files = append(files, file{name: below(info, "licenses", "third_party", f.name), data: f.data})
	}
	files = append(files,
		file{name: below(info, "METADATA"), data: r.wheel.text(n.expression, licences)},
		file{name: below(info, "WHEEL"), data: wheelFile(p.Tags)})
	files = append(files, file{name: below(info, "RECORD"), data: record(files, below(info, "RECORD"))})

	data, err := zipped(files)
	return file{name: name + "-py3-none-" + strings.Join(p.Tags, ".") + ".whl", data: data}, err
}

// wheelFile says what kind of wheel it is. It is no "pure" one: it belongs to
// the platform.
func wheelFile(tags []string) []byte {
	text := "Wheel-Version: 1.0\nGenerator: djleaks release/build\nRoot-Is-Purelib: false\n"
	for _, tag := range tags {
		text += "Tag: py3-none-" + tag + "\n"
	}
	return []byte(text)
}

// record lists the files with hash and size, and itself without.
func record(files []file, self string) []byte {
	var b strings.Builder
	for _, f := range files {
		hash := sha256.Sum256(f.data)
		fmt.Fprintf(&b, "%s,sha256=%s,%d\n", f.name, base64.RawURLEncoding.EncodeToString(hash[:]), len(f.data))
	}
	fmt.Fprintf(&b, "%s,,\n", self)
	return []byte(b.String())
}

// sdist is for platforms without a wheel. It holds no program and builds none:
// its build backend says in one sentence what to do.
func (r *release) sdist() (file, error) {
	folder := "djleaks-" + pep440(r.version)
	files := []file{{name: below(folder, "PKG-INFO"), data: r.wheel.text(r.wheel.License, r.wheel.Files)}}
	for _, source := range []string{"python/pyproject.toml", "python/wheels_only.py", "python/README.md", "LICENSE"} {
		text, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(source)))
		if err != nil {
			return file{}, err
		}
		files = append(files, file{name: below(folder, strings.TrimPrefix(source, "python/")), data: text})
	}
	modules, err := r.packageFiles()
	if err != nil {
		return file{}, err
	}
	for _, f := range modules {
		files = append(files, file{name: below(folder, f.name), data: f.data})
	}
	data, err := tarred(files)
	return file{name: folder + ".tar.gz", data: data}, err
}
