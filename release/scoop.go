package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

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
