package project

import (
	"bytes"
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/deployment"
)

// Start is a line that runs Django, and so needs the key, without giving it the
// variable.
type Start struct {
	Site
	Kind    PlatformKind // empty for an image build
	Command string
	Again   []int // further lines of the file with the same command
}

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
	if deployment.IsContainerfile(strings.ToLower(path.Base(file))) {
		return "", true
	}
	switch kind := platformOf(file); kind {
	case GitHub, GitLab, Heroku, Compose, Fly, Render:
		return kind, true
	}
	return "", false
}

// hasVariables reports whether a line is run where the site runs, with the variables
// of the platform.
func hasVariables(kind PlatformKind, line string) bool {
	line = strings.TrimSpace(line)
	switch kind {
	case Heroku:
		return !strings.HasPrefix(line, "release:")
	case "":
		first, _, _ := strings.Cut(line, " ")
		return first == "CMD" || first == "ENTRYPOINT" || first == "HEALTHCHECK"
	}
	return false
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
			if len(out) >= mostStarts || hasVariables(kind, line) {
				return
			}
			if starts, command := deployment.Start(line); starts == deployment.Management || starts == deployment.Tests {
				out = withStart(out, Start{Site: Site{file, n}, Kind: kind, Command: command})
			}
		})
	}
	return out
}
