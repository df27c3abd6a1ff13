package main

import (
	"strings"
	"text/template"
)

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
