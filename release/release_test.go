package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mendable is the hint of an error that the user can mend.
func mendable(t *testing.T, err error) string {
	t.Helper()
	var p *problem
	if !errors.As(err, &p) {
		t.Fatalf("%v is not a problem that the user can mend", err)
	}
	return p.hint
}

func TestOptionsMayFollowTheVersion(t *testing.T) {
	t.Setenv("RELEASE_DIR", "/here")
	w, err := parse([]string{"--platform", "linux/arm64", "1.2.3", "--output", "out"})
	if err != nil || w.version != "1.2.3" || filepath.ToSlash(w.output) != "/here/out" || len(w.platforms) != 1 || w.platforms[0].Arch != "arm64" {
		t.Errorf("%+v, %v", w, err)
	}
	if w, err := parse([]string{"1.2.3"}); err != nil || len(w.platforms) != 6 || filepath.ToSlash(w.output) != "/here/dist" {
		t.Errorf("%+v, %v", w, err)
	}
	for _, args := range [][]string{{}, {"1.2.3", "1.2.4"}, {"--ouput", "x", "1.2.3"}, {"1.2.3", "--output", ""}, {"1.2.3", "--without", "snap"}} {
		_, err := parse(args)
		mendable(t, err)
	}
}

func TestAVersionIsWrittenAsTheCodeWritesIt(t *testing.T) {
	for _, version := range []string{"v0.1.0", "0.1", "0.1.0rc1", "0.1.0-dev", "", "0.1.0\n"} {
		err := checkSpelling(version)
		if hint := mendable(t, err); version == "v0.1.0" && !strings.Contains(hint, "without the v") {
			t.Errorf("%s: %s", version, hint)
		}
	}
	for version, want := range map[string]string{"0.1.0": "0.1.0", "0.2.0-rc.1": "0.2.0rc1", "1.0.0-alpha.12": "1.0.0a12", "1.0.0-beta.2": "1.0.0b2"} {
		if !released.MatchString(version) || pep440(version) != want {
			t.Errorf("%s is %s in Python, want %s", version, pep440(version), want)
		}
	}
}

func TestAFolderWithOtherFilesIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	if err := publish(dir, []file{{name: "djleaks-1.tar.gz"}, {name: "SHA256SUMS"}}); err != nil {
		t.Fatal(err)
	}
	if err := replaceable(dir); err != nil {
		t.Error(err)
	}
	if err := publish(dir, []file{{name: "djleaks-2.tar.gz"}}); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 || left[0].Name() != "djleaks-2.tar.gz" {
		t.Errorf("left: %v", left)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if hint := mendable(t, replaceable(dir)); !strings.Contains(hint, "--output") {
		t.Error(hint)
	}
	if err := replaceable(filepath.Join(dir, "none")); err != nil {
		t.Error(err)
	}
}

func TestALinkedModuleNeedsAnEnteredLicence(t *testing.T) {
	goroot, module := t.TempDir(), t.TempDir()
	nested := filepath.Join(module, "inner")
	for name, text := range map[string]string{filepath.Join(goroot, "LICENSE"): "go", filepath.Join(module, "COPYING"): "outer", filepath.Join(nested, "LICENSE.md"): "inner", filepath.Join(module, "license.go"): "code"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	listed := `{"ImportPath":"fmt","Standard":true}{"ImportPath":"PATH/inner","Dir":"` + nested + `","Module":{"Path":"PATH","Dir":"` + module + `"}}`
	if _, err := collect(strings.ReplaceAll(listed, "PATH", "example.com/new"), goroot); err == nil || !strings.Contains(mendable(t, err), "release/licence.go") {
		t.Errorf("a module that nobody has entered: %v", err)
	}
	n, err := collect(strings.ReplaceAll(listed, "PATH", "github.com/go-git/go-git/v5"), goroot)
	if err != nil || n.expression != "Apache-2.0 AND BSD-3-Clause" {
		t.Errorf("%q, %v", n.expression, err)
	}
	var names []string
	for _, f := range n.files {
		names = append(names, f.name)
	}
	if got := strings.Join(names, " "); got != "github.com/go-git/go-git/v5/COPYING github.com/go-git/go-git/v5/inner/LICENSE.md go/LICENSE" {
		t.Error(got)
	}
}

func TestMetadataThatIsNotCarriedOnIsAnError(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pyproject.toml")
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte("# words\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	write := func(more string) {
		text := "[project]\nname = \"x\"\nversion = \"0.2.0-rc.1\"\nreadme = \"README.md\"\n" + more
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("dependencies = [\"django\"]\n")
	if _, err := readMetadata(path); err == nil || !strings.Contains(err.Error(), "dependencies") {
		t.Errorf("dependencies would be lost: %v", err)
	}
	write("urls = {B = \"b\", A = \"a\"}\n")
	m, err := readMetadata(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(m.text("MIT", []string{"LICENSE"}))
	for _, want := range []string{"Version: 0.2.0rc1\n", "Project-URL: A, a\nProject-URL: B, b\n", "License-File: LICENSE\n", "\n\n# words\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestArchivesKeepContentsAndModes(t *testing.T) {
	data, err := zipped([]file{{name: "a/run", data: []byte("program"), program: true}, {name: "a/text", data: []byte("text")}})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) != 2 || z.File[0].Mode() != 0o755 || z.File[1].Mode() != 0o644 {
		t.Fatalf("%v, %v", z, err)
	}
	r, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || string(text) != "program" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAnArchiveHoldsFoldersBeforeTheirFiles(t *testing.T) {
	plain, err := tarball(withFolders([]file{{name: "usr/bin/b", program: true}, {name: "usr/bin/a", link: "b"}, {name: "tmp/", open: true}}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := tar.NewReader(bytes.NewReader(plain)); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%c%o %s%s", h.Typeflag, h.Mode, h.Name, h.Linkname))
	}
	want := []string{"51777 tmp/", "5755 usr/", "5755 usr/bin/", "2777 usr/bin/ab", "0755 usr/bin/b"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestADebIsReadAsItWasWritten(t *testing.T) {
	archive := ar([]file{{name: "debian-binary", data: []byte("2.0\n")}, {name: "odd", data: []byte("abc")}, {name: "even", data: []byte("abcd")}})
	for name, want := range map[string]string{"odd": "abc", "even": "abcd"} {
		if got, err := arMember(archive, name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, broken := range [][]byte{nil, archive[:70], archive[1:], bytes.ReplaceAll(archive, []byte("4         `"), []byte("400       `"))} {
		if got, err := arMember(broken, "even"); err == nil {
			t.Errorf("%q from a broken archive", got)
		}
	}
	if got := distribution("0.2.0-rc.1"); got != "0.2.0~rc.1" {
		t.Error(got)
	}
}

func TestAnOutputThatCannotBeWrittenIsToldFirst(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{replaceable(filepath.Join(file, "dist")), writable(filepath.Join(file, "dist")), writable(file)} {
		if hint := mendable(t, err); !strings.Contains(hint, "--output DIR") {
			t.Error(hint)
		}
	}
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := writable(dir); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestWhatIsForAllPlatformsIsNotMadeOfSome(t *testing.T) {
	pack := once(func(*release) (file, error) { return file{name: "djleaks.json"}, nil }, "windows")
	for n, want := range []int{0, 0, 0, 0, 0, 0, 1} {
		if files, err := pack(&release{platforms: platforms[:n]}); err != nil || len(files) != want {
			t.Errorf("%d platforms: %v, %v", n, files, err)
		}
	}
}
