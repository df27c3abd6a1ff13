package project

import (
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/lazy"
)

var distributionName = lazy.Regexp(`^\s*name\s*=\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)["']?,?\s*$`)

// Distribution is the name under which others install the project; ok is false
// if it is not made to be installed.
func (p *Project) Distribution() (name string, at Site, ok bool) {
	for _, file := range p.platformFiles() {
		base := path.Base(file)
		text := string(p.texts[file])
		publishes := base == "setup.py" && strings.Contains(text, "setup(") || base == "setup.cfg" && strings.Contains(text, "[metadata]") ||
			base == "pyproject.toml" && (strings.Contains(text, "[project]") || strings.Contains(text, "[tool.poetry]")) && strings.Contains(text, "[build-system]")
		if !publishes || strings.Contains(file, "/") {
			continue
		}
		at := Site{Path: file}
		if name := firstIn(p.texts[file], &at.Line, group(distributionName)); name != "" {
			return name, at, true
		}
	}
	return "", Site{}, false
}

// Licensed reports whether the repository has a licence for others to use it.
func (p *Project) Licensed() bool {
	return slices.ContainsFunc(p.paths, func(file string) bool {
		lower := strings.ToLower(file)
		return !strings.Contains(file, "/") && (strings.HasPrefix(lower, "license") || strings.HasPrefix(lower, "licence") || strings.HasPrefix(lower, "copying") || lower == "unlicense")
	})
}
