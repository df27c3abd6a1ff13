package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mendable is the hint of an error that the user can mend.
func mendable(t *testing.T, err error) string {
	t.Helper()
	var p *problem
	if !errors.As(err, &p) {
		t.Fatalf("%v is no problem of the user's", err)
	}
	return p.hint
}

func TestOptionsMayStandBehindTheVersion(t *testing.T) {
	t.Setenv("RELEASE_DIR", "/here")
	w, err := parse([]string{"--platform", "linux/arm64", "1.2.3", "--output", "out"})
	if err != nil || w.version != "1.2.3" || filepath.ToSlash(w.output) != "/here/out" || len(w.platforms) != 1 || w.platforms[0].Arch != "arm64" {
		t.Errorf("%+v, %v", w, err)
	}
	if w, err := parse([]string{"1.2.3"}); err != nil || len(w.platforms) != 6 || filepath.ToSlash(w.output) != "/here/dist" {
		t.Errorf("%+v, %v", w, err)
	}
	for _, args := range [][]string{{}, {"1.2.3", "1.2.4"}, {"--ouput", "x", "1.2.3"}, {"1.2.3", "--output", ""}} {
		_, err := parse(args)
		mendable(t, err)
	}
}

func TestAVersionIsWrittenAsTheCodeWritesIt(t *testing.T) {
	for _, version := range []string{"v0.1.0", "0.1", "0.1.0rc1", "0.1.0-dev", "", "0.1.0\n"} {
		err := (&release{version: version}).checkVersion()
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
	data, err := zipped([]file{{"a/run", []byte("program"), true}, {name: "a/text", data: []byte("text")}})
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
