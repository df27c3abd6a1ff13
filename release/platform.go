package main

import (
	"fmt"
	"slices"
	"strings"
)

// A platform is one that binaries are released for.
type platform struct {
	OS, Arch string // as Go names them

	// Tags are the platform tags of the wheel: all that the binary runs on.
	// It links no C library, so one file is right for glibc and for musl; the
	// numbers are the oldest that installers ask for. manylinux2014 is what pip
	// before 20.3 calls manylinux_2_17. macOS 12 is the oldest system that
	// programs of Go 1.26 start on.
	Tags []string
}

var platforms = []platform{
	{"linux", "amd64", []string{"manylinux2014_x86_64", "manylinux_2_17_x86_64", "musllinux_1_1_x86_64"}},
	{"linux", "arm64", []string{"manylinux2014_aarch64", "manylinux_2_17_aarch64", "musllinux_1_1_aarch64"}},
	{"darwin", "amd64", []string{"macosx_12_0_x86_64"}},
	{"darwin", "arm64", []string{"macosx_12_0_arm64"}},
	{"windows", "amd64", []string{"win_amd64"}},
	{"windows", "arm64", []string{"win_arm64"}},
}

func (p platform) String() string { return p.OS + "/" + p.Arch }

// program is the name of the binary.
func (p platform) program() string {
	if p.OS == "windows" {
		return "djleaks.exe"
	}
	return "djleaks"
}

// choose returns the platforms of these names, or all of them for none.
func choose(names []string) ([]platform, error) {
	if len(names) == 0 {
		return platforms, nil
	}
	var all []string
	for _, p := range platforms {
		all = append(all, p.String())
	}
	var chosen []platform
	for _, name := range names {
		i := slices.Index(all, name)
		if i < 0 {
			return nil, &problem{fmt.Sprintf("no release is built for %q", name), "--platform takes " + strings.Join(all, ", ")}
		}
		chosen = append(chosen, platforms[i])
	}
	return chosen, nil
}
