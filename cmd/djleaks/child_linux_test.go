package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/internal/testkit"
)

func TestARepositoryThatThisUserMayNotReadHasThatReason(t *testing.T) {
	dir := t.TempDir()
	for _, parent := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(parent, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const denied = "permission denied"
	c := child{scan: &scan.Scan{Getenv: os.Getenv}}
	for _, tried := range [][2]string{{"around", ""}, {"closed", denied}, {"around/.git/closed", denied}, {"parent/x", denied}} {
		name, want := tried[0], tried[1]
		path := filepath.Join(dir, name)
		if out, err := exec.Command("git", "init", "-q", path).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		// What is asked of the machine and not of the repository is known from now on.
		if _, err := c.Inputs(fleet.Entry{ID: name, Path: path}); err != nil {
			t.Fatal(err)
		}
		if want != "" {
			shut := filepath.Join(dir, filepath.Dir(name))
			if shut == dir || shut == filepath.Join(dir, "around/.git") {
				shut = path
			}
			defer os.Chmod(shut, 0o700)
			if err := os.Chmod(shut, 0); err != nil {
				t.Fatal(err)
			}
		}
		testkit.AsNobody(t, func() {
			in, err := c.Inputs(fleet.Entry{ID: name, Path: path})
			if got := ""; err != nil {
				if got = err.Error(); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			} else if want != "" || in.Digest == "" {
				t.Errorf("%s: %+v", name, in)
			}
		})
	}
}
