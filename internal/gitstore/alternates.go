package gitstore

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/internal/regular"
)

// maxAlternateDepth is how many steps of alternates of alternates are
// followed, as in Git.
const maxAlternateDepth = 5

// maxAlternates is how many entries of lists of alternates are followed in all.
const maxAlternates = 10_000

// ObjectDirs returns the directories that hold the repository's objects: its
// own, those that the environment names, and all their alternates, each once.
// Missing alternates are left out with a warning.
func (r *Repository) ObjectDirs() []string {
	if r.directory != nil {
		return r.directory
	}
	type pending struct {
		dir   string
		depth int
		from  string
	}
	queue := []pending{{r.objectDir, 0, r.objectDir}}
	for _, dir := range r.alternates {
		queue = append(queue, pending{dir, 0, "GIT_ALTERNATE_OBJECT_DIRECTORIES"})
	}
	seen := map[string]bool{}
	for steps := 0; len(queue) > 0; steps++ {
		if steps == maxAlternates {
			r.warn(warnObjects, r.objectDir, "too many alternates: only the first 10000 are read")
			break
		}
		p := queue[0]
		queue = queue[1:]
		real, err := filepath.EvalSymlinks(p.dir)
		if err != nil || !isDir(real) {
			r.warn(warnObjects, p.from, "object directory "+p.dir+" is not there")
			continue
		}
		if seen[real] {
			continue
		}
		seen[real] = true
		r.directory = append(r.directory, real)
		file := filepath.Join(real, "info", "alternates")
		data, err := regular.Read(file, 1<<20)
		if err != nil {
			if !os.IsNotExist(err) {
				r.warn(warnObjects, file, "list of alternates: "+rootCause(err))
			}
			continue
		}
		lines := splitAlternates(string(data), '\n')
		if len(lines) > 0 && p.depth >= maxAlternateDepth {
			r.warn(warnObjects, file, "alternates are nested too deeply")
			continue
		}
		for _, line := range lines {
			queue = append(queue, pending{within(real, line), p.depth + 1, file})
		}
	}
	return r.directory
}

// splitAlternates splits a list of paths. Empty entries and comments are left
// out; an entry in double quotes is written as a C string.
func splitAlternates(list string, sep byte) []string {
	var out []string
	for list != "" {
		var entry string
		if list[0] == '"' {
			if text, rest, ok := unquoteC(list); ok && (rest == "" || rest[0] == sep) {
				entry, list = text, strings.TrimPrefix(rest, string(sep))
				if entry != "" {
					out = append(out, entry)
				}
				continue
			}
		}
		entry, list, _ = strings.Cut(list, string(sep))
		if sep == '\n' {
			entry = strings.TrimSuffix(entry, "\r")
		}
		if entry != "" && entry[0] != '#' {
			out = append(out, entry)
		}
	}
	return out
}

// unquoteC reads a C string with Git's escapes from the start of s.
func unquoteC(s string) (text, rest string, ok bool) {
	var out []byte
	for i := 1; i < len(s); i++ {
		b := s[i]
		switch {
		case b == '"':
			return string(out), s[i+1:], true
		case b != '\\':
			out = append(out, b)
			continue
		}
		i++
		if i >= len(s) {
			break
		}
		if n := strings.IndexByte(`abfnrtv\"`, s[i]); n >= 0 {
			out = append(out, "\a\b\f\n\r\t\v\\\""[n])
			continue
		}
		if i+2 >= len(s) || s[i] < '0' || s[i] > '3' || !octal(s[i+1]) || !octal(s[i+2]) {
			return "", "", false
		}
		out = append(out, (s[i]-'0')<<6|(s[i+1]-'0')<<3|(s[i+2]-'0'))
		i += 2
	}
	return "", "", false
}

func octal(b byte) bool { return '0' <= b && b <= '7' }
