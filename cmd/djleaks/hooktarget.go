package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/hooks"
	"github.com/djleaks/djleaks/internal/gitstore"
)

// hookTarget gathers what the hooks package has to know of a repository. Git
// itself is asked for its configuration, because the files of the user and of
// the machine, and what they include, count here too.
func hookTarget(ctx context.Context, repo *gitstore.Repository) hooks.Target {
	target := hooks.Target{WorkTree: repo.WorkTree(), CommonDir: repo.CommonDir()}
	if dir, err := os.UserConfigDir(); err == nil && filepath.IsAbs(dir) {
		target.GlobalDir = filepath.Join(dir, "djleaks", "hooks")
	}
	dir := repo.WorkTree()
	if dir == "" {
		dir = repo.GitDir()
	}
	if git, err := exec.LookPath("git"); err == nil {
		target.Git = func(args ...string) (string, error) { return askConfig.run(ctx, git, dir, args) }
		out, err := target.Git("config", "-z", "--show-scope", "--show-origin", "--type=path", "--get-all", "core.hooksPath")
		if err == nil {
			target.ReadHooksPath(out)
			return target
		}
	}
	if path, ok := repo.Config().Get("core.hookspath"); ok {
		// Git itself is not there to say where this is from.
		target.ReadHooksPath("local\x00.git/config\x00" + path + "\x00")
	}
	return target
}

// programPath is the path of this program for a hook script. Where the program
// is on PATH under its own name, that path is taken: it stays when a package
// manager puts the next version elsewhere.
func programPath() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("hook install: the path of this program: %w", err)
	}
	if named, err := exec.LookPath("djleaks"); err == nil && !isEphemeral(named) {
		if named, err = filepath.Abs(named); err == nil && sameFile(named, self) {
			return named, nil
		}
	}
	switch {
	case strings.Contains(filepath.ToSlash(self), "/go-build"):
		return "", usageError{"hook install: `go run` removes this program when it ends, so a hook would not find it", "go install github.com/djleaks/djleaks/cmd/djleaks, and run that"}
	case isEphemeral(self):
		return "", usageError{"hook install: this djleaks is in a cache that is cleared now and then, so a hook would not find it", "uv tool install djleaks, or pipx install djleaks; then djleaks hook install"}
	}
	return self, nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
