package main

import (
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pin matches a version of djleaks in a text for users: of the wheel, of the Go
// module, of the repository as a hook and as an action, of a download.
var pin = regexp.MustCompile(`(?m)(?:djleaks(?:@|==|/djleaks@|/cmd/djleaks@|/djleaks/)|rev: |^version = "|^ +default: )v?(\d+\.\d+\.\d+[-.a-z0-9]*)`)

// TestEveryPinIsTheVersionOfTheCode guards what somebody would forget to raise.
func TestEveryPinIsTheVersionOfTheCode(t *testing.T) {
	pins := map[string]int{}
	for _, pattern := range []string{"README.md", "pyproject.toml", "action.yml", "docs/*.md", "docs/ci/*", "templates/*", "python/*.md", "python/*.toml"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no such files: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range pin.FindAllStringSubmatch(string(text), -1) {
				if found[1] == "0.0.0" {
					continue // the package that is only the pin has no version of its own
				}
				pins[pattern]++
				if found[1] != version {
					t.Errorf("%s pins %q, and the code is %s", file, found[0], version)
				}
			}
		}
	}
	for _, pattern := range []string{"README.md", "pyproject.toml", "docs/*.md", "docs/ci/*", "python/*.toml"} {
		if pins[pattern] == 0 {
			t.Errorf("no version is pinned in %s", pattern)
		}
	}
}

// TestEveryPinOfOthersIsWatched finds the files that pin what others publish, and
// looks for their folders in the configuration of Dependabot.
func TestEveryPinOfOthersIsWatched(t *testing.T) {
	watched, found := document(t, ".github/dependabot.yml"), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.Name() == "go.mod", d.Name() == "requirements.txt":
			found++
			folder, err := filepath.Rel(root, filepath.Dir(path))
			if folder = "/" + strings.TrimPrefix(filepath.ToSlash(folder), "."); err != nil || !strings.Contains(watched, `"`+folder+`"`) {
				t.Errorf("Dependabot does not watch %s (%v)", path, err)
			}
		}
		return nil
	})
	if err != nil || found < 5 {
		t.Errorf("%d files, %v", found, err)
	}
}

// GitLab compares the template that it fetches with this hash.
func TestTheGitLabExampleHasTheHashOfTheTemplate(t *testing.T) {
	hash := sha256.Sum256([]byte(document(t, "templates/djleaks.yml")))
	want := "integrity: sha256-" + base64.StdEncoding.EncodeToString(hash[:])
	if !strings.Contains(document(t, "docs/ci/gitlab.yml"), want+" ") {
		t.Errorf("docs/ci/gitlab.yml has another hash than %s", want)
	}
}

func TestTheVersionOfTheCodeIsInTheChangelog(t *testing.T) {
	heading := regexp.MustCompile(`(?m)^## ` + regexp.QuoteMeta(version) + ` - \d{4}-\d\d-\d\d$`)
	if !heading.MatchString(document(t, "CHANGELOG.md")) {
		t.Errorf("CHANGELOG.md has no heading for %s with its date", version)
	}
}

// The wheels and archives hand on the licences of what the program links.
func TestEveryLinkedModuleHasAnEnteredLicence(t *testing.T) {
	entered := document(t, "release/licence.go")
	out, err := exec.Command("go", "list", "-deps", "-tags=urfave_cli_no_docs", "-f", "{{with .Module}}{{.Path}}{{end}}", module+"cmd/djleaks").Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Fields(string(out))
	if len(modules) < 10 {
		t.Fatalf("only %v are linked", modules)
	}
	for _, path := range modules {
		if !strings.Contains(entered, `"`+path+`":`) {
			t.Errorf("release/licence.go says nothing of %s: read its licence, and enter it", path)
		}
	}
}
