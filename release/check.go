package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// checkout returns the top of the work tree that this program lies in, if all
// that could get into the release is committed.
func checkout() (string, error) {
	root, err := git(".", "rev-parse", "--show-toplevel")
	if err != nil {
		return "", &problem{"a release is built from a Git checkout: " + err.Error(), "git clone the repository, and build there"}
	}
	changed, err := git(root, "status", "--porcelain", "--untracked-files=all")
	if err != nil {
		return "", err
	}
	if changed != "" {
		lines := strings.Split(changed, "\n")
		what := strings.TrimSpace(lines[0])
		if len(lines) > 1 {
			what = fmt.Sprintf("%s and %d more", what, len(lines)-1)
		}
		return "", &problem{"the tree is not clean: " + what, "commit or remove what `git status` lists: a release is what a commit says"}
	}
	return root, nil
}

func git(dir string, args ...string) (string, error) {
	out, err := command(dir, nil, "git", args...)
	return strings.TrimRight(out, "\n"), err
}

// command runs a program, with more in its environment, and returns its
// standard output.
func command(dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}

// released is how versions of the program are written.
var released = regexp.MustCompile(`^\d+\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?$`)

// checkSpelling looks at the version that was asked for, before anything is built.
func checkSpelling(version string) error {
	if released.MatchString(version) {
		return nil
	}
	hint := "write it as the code does, like 0.1.0 or 0.2.0-rc.1"
	if v := strings.TrimPrefix(version, "v"); released.MatchString(v) {
		hint = "without the v: release/build " + v
	}
	return &problem{fmt.Sprintf("%q is not a version", version), hint}
}

// checkVersion compares the version that was asked for with the one that the
// program says of itself.
func (r *release) checkVersion(program string) error {
	said, err := command(r.root, nil, program, "--version") // djleaks version 0.1.0 (…)
	if err != nil {
		return err
	}
	words := strings.Fields(said)
	if len(words) < 3 {
		return fmt.Errorf("djleaks --version says %q", said)
	}
	if code := words[2]; code != r.version {
		return &problem{
			fmt.Sprintf("version %s was asked for, and the code is %s", r.version, code),
			"release/build " + code + ", or change the version in cmd/djleaks, python/pyproject.toml and pyproject.toml, and commit",
		}
	}
	return nil
}

// ours are the names that an earlier run may have written.
var ours = regexp.MustCompile(`^(djleaks[-_.].*|SHA256SUMS)$`)

// replaceable makes sure that what the output folder holds came from here.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwritable(err)
	}
	for _, e := range entries {
		if !ours.MatchString(e.Name()) || e.IsDir() {
			return &problem{
				fmt.Sprintf("%s holds %s, which no release has", dir, e.Name()),
				"--output DIR with an empty or a new folder",
			}
		}
	}
	return nil
}

// writable makes the output folder, and a file in it, before anything is built
// for it.
func writable(dir string) error {
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(dir, "djleaks-"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		return unwritable(err)
	}
	return nil
}

func unwritable(err error) error {
	return &problem{"the output cannot be written: " + err.Error(), "--output DIR with a folder that you may write to"}
}

// publish writes the files and removes those of an earlier run: whoever uploads
// the folder uploads this release only.
func publish(dir string, files []file) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
