//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestAGitThatReadsAPipeIsNotWaitedForForEver(t *testing.T) {
	defer func(before time.Duration) { gitPatience = before }(gitPatience)
	gitPatience = 50 * time.Millisecond
	for _, name := range []string{"HEAD", "config", "commondir"} {
		repo := t.TempDir()
		if out, err := exec.Command("git", "init", "-q", repo).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		path := filepath.Join(repo, ".git", name)
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := askConfig.run(context.Background(), "git", repo, []string{"config", "--get-all", "core.hooksPath"}); !errors.Is(err, errNoAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
