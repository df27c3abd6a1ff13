package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
)

// download is the address of one of the release's files.
func (r *release) download(name string) string {
	return homepage + "/releases/download/v" + r.version + "/" + name
}

// archiveSum is the SHA-256 of a platform's archive, and its address.
func (r *release) archiveSum(p platform) (address, sum string, err error) {
	a, err := r.archive(p)
	return r.download(a.name), fmt.Sprintf("%x", sha256.Sum256(a.data)), err
}

var formula = template.Must(template.New("").Parse(`class Djleaks < Formula
  desc "{{.Description}}"
  homepage "{{.Homepage}}"
  version "{{.Version}}"
  license "MIT"
{{range .Systems}}
  on_{{.Name}} do
{{- range .Archives}}
    on_{{.Processor}} do
      url "{{.Address}}"
      sha256 "{{.Sum}}"
    end
{{- end}}
  end
{{end}}
  def install
    bin.install "djleaks"
    man1.install "man/djleaks.1"
    bash_completion.install "completions/djleaks.bash" => "djleaks"
    zsh_completion.install "completions/_djleaks"
    fish_completion.install "completions/djleaks.fish"
    doc.install "third_party", "djleaks.cdx.json"
  end

  test do
    assert_match "djleaks version #{version}", shell_output("#{bin}/djleaks --version")
    system "git", "init", "--quiet", "site"
    assert_match "no key", shell_output("#{bin}/djleaks audit site")
  end
end
`))

// homebrew is a formula that installs the archives for macOS and Linux.
func (r *release) homebrew() (file, error) {
	type archive struct{ Processor, Address, Sum string }
	type system struct {
		goos, Name string
		Archives   []archive
	}
	systems := []system{{goos: "darwin", Name: "macos"}, {goos: "linux", Name: "linux"}}
	for i := range systems {
		for _, p := range r.platforms {
			if p.OS != systems[i].goos {
				continue
			}
			address, sum, err := r.archiveSum(p)
			if err != nil {
				return file{}, err
			}
			processor := map[string]string{"amd64": "intel", "arm64": "arm"}[p.Arch]
			systems[i].Archives = append(systems[i].Archives, archive{processor, address, sum})
		}
	}
	var b strings.Builder
	err := formula.Execute(&b, map[string]any{"Description": r.wheel.Description, "Homepage": homepage, "Version": r.version, "Systems": systems})
	return file{name: "djleaks.rb", data: []byte(b.String())}, err
}

// scoop is a manifest for Scoop on Windows. It names the addresses of the next
// version too, with which Scoop's own tools update it.
func (r *release) scoop() (file, error) {
	type archive struct {
		URL    string `json:"url"`
		Hash   string `json:"hash,omitempty"`
		Folder string `json:"extract_dir"`
	}
	now, next := map[string]archive{}, map[string]archive{}
	for _, p := range r.platforms {
		if p.OS != "windows" {
			continue
		}
		address, sum, err := r.archiveSum(p)
		if err != nil {
			return file{}, err
		}
		processor := map[string]string{"amd64": "64bit", "arm64": "arm64"}[p.Arch]
		now[processor] = archive{address, sum, fmt.Sprintf("djleaks_%s_%s_%s", r.version, p.OS, p.Arch)}
		next[processor] = archive{URL: strings.ReplaceAll(address, r.version, "$version"), Folder: fmt.Sprintf("djleaks_$version_%s_%s", p.OS, p.Arch)}
	}
	data, err := json.MarshalIndent(map[string]any{
		"version": r.version, "description": r.wheel.Description, "homepage": homepage, "license": "MIT",
		"architecture": now, "bin": "djleaks.exe", "checkver": map[string]string{"github": homepage},
		"autoupdate": map[string]any{"architecture": next, "hash": map[string]string{"url": "$baseurl/SHA256SUMS"}},
	}, "", "    ")
	return file{name: "djleaks.json", data: append(data, '\n')}, err
}
