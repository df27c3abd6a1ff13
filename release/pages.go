package main

import "path/filepath"

// pages are the manual page and the completions, as the program prints them.
type pages struct {
	man                         []byte
	bash, zsh, fish, powershell []byte
}

// readPages builds the program for this machine, compares its version with the
// one that was asked for, and has it print its pages. They are the same on
// every platform.
func (r *release) readPages(dir string) error {
	program := filepath.Join(dir, "host")
	args := append([]string{"build", "-o", program}, r.flagsOfBuild()...)
	if _, err := command(r.root, hostBuild, "go", append(args, "./cmd/djleaks")...); err != nil {
		return err
	}
	if err := r.checkVersion(program); err != nil {
		return err
	}
	for _, page := range []struct {
		into *[]byte
		args []string
	}{
		{&r.pages.man, []string{"man"}},
		{&r.pages.bash, []string{"completion", "bash"}},
		{&r.pages.zsh, []string{"completion", "zsh"}},
		{&r.pages.fish, []string{"completion", "fish"}},
		{&r.pages.powershell, []string{"completion", "powershell"}},
	} {
		out, err := command(r.root, nil, program, page.args...)
		if err != nil {
			return err
		}
		*page.into = []byte(out)
	}
	return nil
}

// loose are the pages for a folder that somebody unpacks.
func (p pages) loose() []file {
	return []file{
		{name: "man/djleaks.1", data: p.man},
		{name: "completions/djleaks.bash", data: p.bash},
		{name: "completions/_djleaks", data: p.zsh},
		{name: "completions/djleaks.fish", data: p.fish},
		{name: "completions/djleaks.ps1", data: p.powershell},
	}
}

// shared are the pages below the prefix of an installation, where man and the
// shells look for them. zsh says the folder, which distributions have chosen
// differently.
func (p pages) shared(zsh string) []file {
	return []file{
		{name: "share/man/man1/djleaks.1", data: p.man},
		{name: "share/bash-completion/completions/djleaks", data: p.bash},
		{name: "share/zsh/" + zsh + "/_djleaks", data: p.zsh},
		{name: "share/fish/vendor_completions.d/djleaks.fish", data: p.fish},
	}
}
