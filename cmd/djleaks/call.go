package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// ephemeralFolders are parts of the paths under which tools keep programs that are on
// PATH for as long as the tool runs them: the environments of hooks of
// pre-commit and prek, and what uvx, pipx run and go run have made.
var ephemeralFolders = []string{"/py_env-", "/golangenv-", "/hooks/python-", "/hooks/golang-", "/archive-v", "/pipx/.cache/", "/go-build"}

// isEphemeral reports whether a program at this path will not be found there, or
// not by this name, once the tool that started it has ended.
func isEphemeral(path string) bool {
	path = filepath.ToSlash(path)
	return slices.ContainsFunc(ephemeralFolders, func(part string) bool { return strings.Contains(path, part) })
}

// call is how the user can start this program from the shell where its output
// is read: by its name, if that is on PATH; else by uvx or pipx, or by its path.
func (p process) call() string {
	self, err := os.Executable()
	if err != nil {
		return "djleaks"
	}
	return callOf(self, filepath.SplitList(p.getenv("PATH")))
}

func callOf(self string, path []string) string {
	on := func(name string) bool {
		return slices.ContainsFunc(path, func(dir string) bool {
			if dir == "" || isEphemeral(dir+"/") || dir == filepath.Dir(self) && isEphemeral(self) {
				return false
			}
			_, err := exec.LookPath(filepath.Join(dir, name)) // executable, with the suffixes of the system
			return err == nil
		})
	}
	switch {
	case on("djleaks"), strings.Contains(filepath.ToSlash(self), "/go-build"): // `go run` leaves nothing to call
		return "djleaks"
	case on("uvx"):
		return "uvx djleaks"
	case on("pipx"):
		return "pipx run djleaks"
	}
	return say.Quote(self)
}
