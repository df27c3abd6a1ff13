package project

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/lazy"
)

// Package is a distribution that the project needs.
type Package struct {
	Name string // normalised: lower case, with hyphens
	Site
	Range  Range
	Locked bool // a lock file says so, which pins what is installed
}

// normalName is a distribution's name as PEP 503 compares it.
func normalName(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '-' || c == '_' || c == '.':
			if b.Len() > 0 && name[i-1] != '-' && name[i-1] != '_' && name[i-1] != '.' {
				b.WriteByte('-')
			}
		case 'A' <= c && c <= 'Z':
			b.WriteByte(c | 0x20)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// packageReader returns the function that reads packages from a file of this
// name; nil if the file names none.
func packageReader(file string) func(*packages, string, []byte) {
	base := path.Base(file)
	lower := strings.ToLower(base)
	switch lower {
	case "uv.lock", "poetry.lock", "pdm.lock", "pylock.toml":
		return (*packages).blocks
	case "conda-lock.yml":
		return (*packages).blocks
	case "pipfile.lock":
		return (*packages).pipfileLock
	case "pyproject.toml", "pipfile":
		return (*packages).toml
	case "setup.cfg", "setup.py":
		return (*packages).setup
	case "environment.yml", "environment.yaml":
		return (*packages).conda
	case "dockerfile", "containerfile":
		return (*packages).pipInstall
	}
	isList := strings.HasSuffix(lower, ".txt") || strings.HasSuffix(lower, ".in") || strings.HasSuffix(lower, ".pip")
	folder := strings.ToLower(path.Base(path.Dir(file)))
	if isList && (strings.Contains(lower, "requirement") || strings.Contains(lower, "constraints") ||
		strings.HasPrefix(folder, "requirement") || folder == "deps") {
		return (*packages).requirements
	}
	return nil
}

// packages are the requirements that a file has, and those of a project by name.
type packages struct {
	found  []Package
	byName map[string][]Package
}

func (p *packages) add(file string, line int, name, spec string, locked bool) {
	if name = normalName(name); name != "" && len(p.found) < maxPackages {
		p.found = append(p.found, Package{name, Site{file, line}, parseRange(spec), locked})
	}
}

// merge adds the requirements of a file to those of a project.
func (p *packages) merge(found []Package) {
	for _, q := range found {
		if known := p.byName[q.Name]; (known != nil || len(p.byName) < maxPackages) && len(known) < maxPerName {
			p.byName[q.Name] = append(known, q)
		}
	}
}

// How many packages of a project are listed, and how many requirements of one.
const (
	maxPackages = 20_000
	maxPerName  = 64
)

// find is the package of a name: what lock files pin if there is one, else what
// the requirements allow together.
func (p *packages) find(name string) (Package, bool) {
	all := p.byName[name]
	if slices.ContainsFunc(all, func(q Package) bool { return q.Locked }) {
		all = slices.DeleteFunc(slices.Clone(all), func(q Package) bool { return !q.Locked })
	} else if slices.ContainsFunc(all, func(q Package) bool { return q.Range.String() != "" }) {
		all = slices.DeleteFunc(slices.Clone(all), func(q Package) bool { return q.Range.String() == "" })
	}
	if len(all) == 0 {
		return Package{}, false
	}
	out := all[0]
	for _, q := range all[1:] {
		out.Range = out.Range.or(q.Range)
	}
	return out, true
}

// lines calls do for each line of a text, numbered from 1.
func lines(text []byte, do func(n int, line string)) {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if len(line) < maxLine {
			do(n, strings.TrimRight(string(line), "\r\n"))
		}
	}
}

// maxLine is longer than any line that a person or a resolver writes.
const maxLine = 1 << 14

// required is a requirement at the start of a line (PEP 508): a name, extras,
// and specifiers or an address.
var required = lazy.Regexp(`^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(@|\(?\s*[=<>!~^][^;#\\"']*)?`)

// specified is the specifiers of a requirement without brackets and addresses.
func specified(s string) string {
	if strings.HasPrefix(s, "@") {
		return ""
	}
	return strings.Trim(strings.TrimSpace(s), "()")
}

// egg is the name of a requirement that is an address.
var egg = lazy.Regexp(`(?:#egg=|/)([A-Za-z0-9._-]+?)(?:\.git)?(?:@([^#\s]*))?(?:[#&?;\s].*)?$`)

// requirements reads the format of pip.
func (p *packages) requirements(file string, text []byte) {
	lines(text, func(n int, line string) { p.requirement(file, n, line) })
}

func (p *packages) requirement(file string, n int, line string) {
	line, _, _ = strings.Cut(line, " #")
	line = strings.TrimSpace(line)
	line = strings.TrimSpace(strings.TrimPrefix(line, "-e "))
	switch {
	case line == "" || line[0] == '#' || line[0] == '-':
	case strings.Contains(line, "://"):
		if name, _, ok := strings.Cut(line, " @ "); ok {
			p.add(file, n, name, "", false)
		} else if m := egg().FindStringSubmatch(line); m != nil {
			p.add(file, n, m[1], "", false)
		}
	default:
		if m := required().FindStringSubmatch(line); m != nil {
			p.add(file, n, m[1], specified(m[2]), strings.Contains(m[2], "=="))
		}
	}
}

// named is a line `name = "x"` or `version: x` of a lock file.
var named = lazy.Regexp(`^\s*(?:- )?"?(name|version)"?\s*[=:]\s*"?([^"\s,]+)"?,?\s*$`)

// blocks reads the lock files of uv, Poetry, PDM, PEP 751 and conda-lock, which
// are lists of blocks with a name and a version.
func (p *packages) blocks(file string, text []byte) {
	name, at := "", 0
	lines(text, func(n int, line string) {
		m := named().FindStringSubmatch(line)
		switch {
		case m == nil:
		case m[1] == "name":
			name, at = m[2], n
		case name != "":
			p.add(file, at, name, "=="+m[2], true)
			name = ""
		}
	})
}

// pinned are the lines of Pipfile.lock that matter: `"django": {` and, inside,
// `"version": "==4.2.7"`.
var pinned = lazy.Regexp(`^\s*"([A-Za-z0-9._-]+)":\s*(?:\{|"(==[^"]+)")`)

func (p *packages) pipfileLock(file string, text []byte) {
	name, at := "", 0
	lines(text, func(n int, line string) {
		m := pinned().FindStringSubmatch(line)
		switch {
		case m == nil:
		case m[2] == "":
			name, at = m[1], n
		case m[1] == "version" && name != "":
			p.add(file, at, name, m[2], true)
			name = ""
		}
	})
}

var (
	tomlTable  = lazy.Regexp(`^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$`)
	tomlEntry  = lazy.Regexp(`^\s*"?([A-Za-z0-9._-]+)"?\s*=\s*(.*)$`)
	tomlString = lazy.Regexp(`"([^"]*)"|'([^']*)'`)
	tomlNumber = lazy.Regexp(`version\s*=\s*["']([^"']+)["']`)
)

// toml reads pyproject.toml and Pipfile: lists of requirements, and tables whose
// names are packages.
func (p *packages) toml(file string, text []byte) {
	table, list := "", false
	isPipfile := strings.EqualFold(path.Base(file), "pipfile")
	lines(text, func(n int, line string) {
		if m := tomlTable().FindStringSubmatch(line); m != nil && !list {
			table = m[1]
			return
		}
		rest := line
		if m := tomlEntry().FindStringSubmatch(line); m != nil && !list {
			if tableOfPackages(table, isPipfile) {
				p.tomlPackage(file, n, m[1], m[2])
				return
			}
			list = listOfPackages(table, m[1]) && strings.HasPrefix(m[2], "[")
			rest = m[2]
		}
		if !list {
			return
		}
		comment := strings.TrimSpace(rest)
		if strings.HasPrefix(comment, "#") {
			return
		}
		for _, s := range tomlString().FindAllStringSubmatch(rest, -1) {
			p.requirement(file, n, s[1]+s[2])
		}
		unquoted := tomlString().ReplaceAllString(rest, "")
		unquoted, _, _ = strings.Cut(unquoted, "#")
		list = !strings.Contains(unquoted, "]")
	})
}

func tableOfPackages(table string, isPipfile bool) bool {
	if isPipfile {
		return table == "packages" || table == "dev-packages"
	}
	return strings.HasPrefix(table, "tool.poetry.") && strings.HasSuffix(table, "dependencies")
}

func listOfPackages(table, key string) bool {
	switch table {
	case "project", "tool.hatch.envs.default", "tool.pixi.project":
		return key == "dependencies"
	case "project.optional-dependencies", "dependency-groups", "tool.pdm.dev-dependencies":
		return true
	case "tool.uv":
		return strings.HasSuffix(key, "dependencies")
	}
	return false
}

func (p *packages) tomlPackage(file string, n int, name, value string) {
	spec := ""
	if m := tomlNumber().FindStringSubmatch(value); m != nil {
		spec = m[1]
	} else if m := tomlString().FindStringSubmatch(value); m != nil && !strings.HasPrefix(value, "{") {
		spec = m[1] + m[2]
	}
	p.add(file, n, name, spec, false)
}

// quotedRequirement is a string of setup.py that says a version.
var quotedRequirement = lazy.Regexp(`["']([A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?\s*[=<>~!]=?[^"';]*)`)

// setup reads setup.cfg and setup.py.
func (p *packages) setup(file string, text []byte) {
	if strings.HasSuffix(file, ".cfg") {
		p.setupConfig(file, text)
	} else {
		p.setupProgram(file, text)
	}
}

// setupProgram reads every string of setup.py that has a version, and those
// without one in lists below a name that speaks of requirements.
func (p *packages) setupProgram(file string, text []byte) {
	inside := false
	lines(text, func(n int, line string) {
		inside = inside || strings.Contains(line, "_requires")
		for _, m := range quotedRequirement().FindAllStringSubmatch(line, -1) {
			p.requirement(file, n, m[1])
		}
		if inside {
			for _, m := range tomlString().FindAllStringSubmatch(line, -1) {
				if !strings.ContainsAny(m[0], " =<>~!/:") {
					p.requirement(file, n, m[1]+m[2])
				}
			}
		}
		inside = inside && !strings.Contains(line, "]")
	})
}

// setupConfig reads the lists of setup.cfg whose names speak of requirements.
func (p *packages) setupConfig(file string, text []byte) {
	inside := false
	lines(text, func(n int, line string) {
		key, rest, entry := strings.Cut(line, "=")
		switch {
		case strings.HasPrefix(line, "["):
			inside = strings.HasPrefix(line, "[options.extras_require]")
		case strings.HasPrefix(line, " "), strings.HasPrefix(line, "\t"):
			if inside {
				p.requirement(file, n, line)
			}
		case entry:
			if inside = strings.HasSuffix(strings.TrimSpace(key), "_requires"); inside {
				p.requirement(file, n, rest)
			}
		}
	})
}

// conda reads environment.yml: a list of requirements with one equals sign, and
// below "pip:" one in pip's format.
func (p *packages) conda(file string, text []byte) {
	lines(text, func(n int, line string) {
		item, ok := strings.CutPrefix(strings.TrimSpace(line), "- ")
		if !ok || strings.HasSuffix(item, ":") {
			return
		}
		if _, rest, channel := strings.Cut(item, "::"); channel {
			item = rest
		}
		p.requirement(file, n, strings.Trim(item, `"'`))
	})
}

// installed is `pip install` in an image build.
var installed = lazy.Regexp(`\bpip3?\s+install\s+(.*)$`)

func (p *packages) pipInstall(file string, text []byte) {
	lines(text, func(n int, line string) {
		m := installed().FindStringSubmatch(line)
		if m == nil {
			return
		}
		command, _, _ := strings.Cut(m[1], "&&")
		for word := range strings.FieldsSeq(command) {
			if !strings.HasPrefix(word, "-") && !strings.Contains(word, "/") && !strings.HasSuffix(word, ".txt") {
				p.requirement(file, n, strings.Trim(word, `"'`))
			}
		}
	})
}
