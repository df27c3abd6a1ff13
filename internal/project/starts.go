package project

import (
	"bytes"
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/lazy"
)

// Start is a line that runs Django, and so needs the key, without giving it the
// variable.
type Start struct {
	Site
	Kind    PlatformKind // empty for an image build
	Command string
	Again   []int // further lines of the file with the same command
}

// runsDjango is a command that loads the settings.
var runsDjango = lazy.Regexp(`(?:python3?|uv run|poetry run|\./)\s*(?:python3?\s+)?(?:[\w./-]*/)?manage\.py\s+([a-z_]+)|django-admin\s+([a-z_]+)|\bpytest\b`)

// mostStarts is how many starts are listed.
const mostStarts = 12

// withStart adds a start to a list, in which each file has each command once.
func withStart(list []Start, s Start) []Start {
	for i := range list {
		if list[i].Path == s.Path && list[i].Command == s.Command {
			list[i].Again = append(list[i].Again, s.Line)
			return list
		}
	}
	return append(list, s)
}

// startedBy is the platform whose file can start Django; "" for an image build.
func startedBy(file string) (kind PlatformKind, ok bool) {
	if isDockerfile(strings.ToLower(path.Base(file))) {
		return "", true
	}
	switch kind := platformOf(file); kind {
	case GitHub, GitLab, Heroku, Compose, Fly, Render:
		return kind, true
	}
	return "", false
}

// command is the first command of a line of a shell, with its arguments.
func command(line string) string {
	if n := strings.IndexAny(line, ";|&<>#\"'`)]"); n >= 0 {
		line = line[:n]
	}
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line), "\\"))
}

// Starts are the lines that run Django in image builds, CI, compose files and
// release commands, in files that do not mention the variable.
func (p *Project) Starts(variable string) []Start {
	var out []Start
	for _, file := range p.platformFiles() {
		kind, runs := startedBy(file)
		if !runs || bytes.Contains(p.texts[file], []byte(variable)) {
			continue
		}
		lines(p.texts[file], func(n int, line string) {
			m := runsDjango().FindStringSubmatch(line)
			if m == nil || strings.HasPrefix(strings.TrimSpace(line), "#") || len(out) >= mostStarts {
				return
			}
			// What the platform runs itself has the platform's variables.
			if kind == Heroku && !strings.HasPrefix(strings.TrimSpace(line), "release:") {
				return
			}
			out = withStart(out, Start{Site: Site{file, n}, Kind: kind, Command: command(line[strings.Index(line, m[0]):])})
		})
	}
	return out
}
