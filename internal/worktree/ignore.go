package worktree

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// pattern is one line of a .gitignore file (gitignore(5)).
type pattern struct {
	folder  string // of the file; patterns hold below it only
	glob    string
	shows   bool // "!": what it matches is not ignored
	folders bool // "/" at the end: it matches folders only
	base    bool // it has no other slash: it matches names at any depth
}

// patterns reads a .gitignore file of a folder.
func patterns(text []byte, folder string) (list []pattern) {
	for _, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSuffix(line, "\r")
		for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
			line = line[:len(line)-1]
		}
		if line == "" || line[0] == '#' {
			continue
		}
		p := pattern{folder: folder}
		line, p.shows = strings.CutPrefix(line, "!")
		line, p.folders = strings.CutSuffix(line, "/")
		p.base = !strings.Contains(line, "/")
		// Braces mean nothing to Git.
		p.glob = strings.NewReplacer("{", `\{`, "}", `\}`).Replace(strings.TrimPrefix(line, "/"))
		if folder, ok := strings.CutSuffix(p.glob, "/**"); ok {
			p.glob = folder + "/**/*" // what is in it, and not itself
		}
		list = append(list, p)
	}
	return list
}

// matches reports whether a pattern matches a path itself, not what is in it.
func (p *pattern) matches(name string, isFolder bool) bool {
	if p.folders && !isFolder {
		return false
	}
	if p.folder != "" {
		var below bool
		if name, below = strings.CutPrefix(name, p.folder+"/"); !below {
			return false
		}
	}
	if p.base {
		name = path.Base(name)
	}
	if strings.ContainsRune(p.glob, utf8.RuneError) {
		return p.glob == name // to the matcher it would be any byte that is not UTF-8
	}
	ok, err := doublestar.Match(p.glob, name)
	return err == nil && ok
}

// ignores reports whether the last pattern that matches hides a path. A path in
// a folder that is ignored is ignored whatever the patterns say of it.
func ignores(list []pattern, name string, isFolder bool) bool {
	if folder := path.Dir(name); folder != "." && folder != name && ignores(list, folder, true) {
		return true
	}
	hidden := false
	for i := range list {
		if list[i].matches(name, isFolder) {
			hidden = !list[i].shows
		}
	}
	return hidden
}
