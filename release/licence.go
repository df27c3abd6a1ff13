package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// notices are the licences that a binary must be handed on with.
type notices struct {
	files      []file // names begin with the path of their module
	expression string // SPDX, of the program and all that it links
	modules    []module
}

// module is one that a binary links; Go itself, with its standard library, is
// called go.
type module struct{ path, version string }

// licences are the SPDX names of the licences of what the binaries link, as read
// by a person. A module that is not here stops the release until somebody has
// read its licence.
var licences = map[string]string{
	"go":                               "BSD-3-Clause", // the standard library and the runtime
	"github.com/djleaks/djleaks":       "MIT",
	"github.com/BurntSushi/toml":       "MIT",
	"github.com/bmatcuk/doublestar/v4": "MIT",
	"github.com/fatih/color":           "MIT",
	"github.com/go-git/go-git/v5":      "Apache-2.0",
	"github.com/klauspost/compress":    "BSD-3-Clause", // its folders flate and zlib
	"github.com/mattn/go-colorable":    "MIT",
	"github.com/mattn/go-isatty":       "MIT",
	"github.com/pjbgf/sha1cd":          "Apache-2.0",
	"github.com/rogpeppe/go-internal":  "BSD-3-Clause",
	"github.com/urfave/cli/v2":         "MIT",
	"github.com/xrash/smetrics":        "MIT",
	"go.yaml.in/yaml/v3":               "MIT AND Apache-2.0", // its C heritage and the Go of it
	"golang.org/x/sys":                 "BSD-3-Clause",
	"golang.org/x/term":                "BSD-3-Clause",
}

// licenceFile matches the names under which licences are kept.
var licenceFile = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice|patents)(-[^.]*)?(\.(md|txt|rst))?$`)

// linked is what `go list` says of a package.
type linked struct {
	ImportPath, Dir string
	Standard        bool
	Module          *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// readNotices collects, for each platform, the licences of the modules that its
// binary links; they differ.
func (r *release) readNotices(string) error {
	root, err := command(r.root, nil, "go", "env", "GOROOT")
	if err != nil {
		return err
	}
	r.notices = map[string]notices{}
	for _, p := range r.platforms {
		out, err := command(r.root, p.env(), "go", "list", "-deps", "-tags=urfave_cli_no_docs", "-json=ImportPath,Dir,Standard,Module", "./cmd/djleaks")
		if err != nil {
			return err
		}
		n, err := collect(out, strings.TrimSpace(root))
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		r.notices[p.String()] = n
	}
	return nil
}

// collect reads the licence files of every package that `go list` has listed,
// and those in the folders above it up to its module.
func collect(listed, goroot string) (notices, error) {
	texts := map[string][]byte{}
	names := map[string]bool{}
	if err := licencesIn(goroot, goroot, "go", texts); err != nil {
		return notices{}, err
	}
	names[licences["go"]] = true
	modules := []module{{"go", runtime.Version()}}
	for decoder := json.NewDecoder(strings.NewReader(listed)); ; {
		var p linked
		if err := decoder.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return notices{}, err
		}
		if p.Standard {
			continue
		}
		name, known := licences[p.Module.Path]
		if !known {
			return notices{}, &problem{"the program links " + p.Module.Path + ", whose licence nobody has entered", "read its licence, and add it to release/licence.go"}
		}
		for _, part := range strings.Split(name, " AND ") {
			names[part] = true
		}
		if p.Module.Main {
			continue // its own LICENSE is beside these
		}
		modules = append(modules, module{p.Module.Path, p.Module.Version})
		if err := licencesIn(p.Dir, p.Module.Dir, p.Module.Path, texts); err != nil {
			return notices{}, err
		}
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.path, b.path) })
	all := notices{modules: slices.Compact(modules)}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		all.files = append(all.files, file{name: name, data: texts[name]})
	}
	all.expression = strings.Join(slices.Sorted(maps.Keys(names)), " AND ")
	return all, nil
}

// licencesIn adds the licence files from the folder dir up to top. A module
// without any is an error.
func licencesIn(dir, top, module string, texts map[string][]byte) error {
	found := false
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() || !licenceFile.MatchString(e.Name()) {
				continue
			}
			below, err := filepath.Rel(top, filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			texts[module+"/"+filepath.ToSlash(below)] = text
			found = true
		}
		if dir == top {
			break
		}
		if dir = filepath.Dir(dir); len(dir) < len(top) {
			return errors.New(dir + " is not in the module " + module)
		}
	}
	if !found {
		return errors.New("no licence in the module " + module)
	}
	return nil
}
