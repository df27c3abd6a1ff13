package fix

import (
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// isCompiled recognises what Python compiles a module to.
func isCompiled(base string) bool {
	return strings.HasSuffix(base, ".pyc") || strings.HasSuffix(base, ".pyo")
}

// compiled removes a file that Python makes again from its source, from the
// index and from the work tree.
func (p *planner) compiled(file string, _ []byte, leaks []Leak) {
	source, pattern := sourceOf(file)
	switch {
	case !p.tree.Tracked(file):
		// The next start of Python writes it anew.
	case !exists(p.tree, source):
		p.refuse(file, leaks[0].Line, "it is compiled, and "+source+", which it was made from, is not there", "git rm "+say.Quote(file))
	case p.ignoreLine(file, pattern):
		p.texts[file] = nil
		p.plan.Untrack = append(p.plan.Untrack, file)
		p.note("%s is removed: Python makes it again from %s.", file, source)
	}
}

// sourceOf is the module that a compiled file was made from, and the line for
// .gitignore that fits such files.
func sourceOf(file string) (source, pattern string) {
	folder, base := dirOf(file), path.Base(file)
	if path.Base(folder) != "__pycache__" {
		return joinPath(folder, base[:len(base)-1]), "*.py[co]"
	}
	module, _, _ := strings.Cut(base, ".") // settings.cpython-312.pyc
	return joinPath(dirOf(folder), module+".py"), "__pycache__/"
}

// withoutBackup is a file's name without what editors, and people, append to the
// name of a copy.
func withoutBackup(base string) string {
	for _, end := range []string{"~", ".bak", ".backup", ".orig", ".old", ".save"} {
		if name, ok := strings.CutSuffix(base, end); ok {
			return name
		}
	}
	return base
}
