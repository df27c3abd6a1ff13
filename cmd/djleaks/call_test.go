package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// exeSuffix ends the name of a program.
var exeSuffix = map[bool]string{true: ".exe"}[runtime.GOOS == "windows"]

func TestAPrintedCommandWorksWhereItIsRead(t *testing.T) {
	root := t.TempDir()
	program := func(parts ...string) string { // the folder of a new program
		path := filepath.Join(append([]string{root}, parts...)...)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+exeSuffix, []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return filepath.Dir(path)
	}
	bin, uv := program("bin", "djleaks"), program("uv", "uvx")
	pipx, venv := program("pipx", "pipx"), program("site", ".venv", "bin", "djleaks")
	hook := program("cache", "repo1", "py_env-python3", "bin", "djleaks")
	prek := program("cache", "prek", "hooks", "python-abc", "bin", "djleaks")
	uvx := program("uv", "archive-v0", "Xy", "bin", "djleaks")
	for _, c := range []struct {
		self string
		path []string
		want string
	}{
		{bin, []string{bin, uv}, "djleaks"},
		{venv, []string{venv, uv}, "djleaks"}, // an environment that is active
		{hook, []string{hook, bin, uv}, "djleaks"},
		{hook, []string{hook, uv}, "uvx djleaks"},
		{prek, []string{prek, uv, pipx}, "uvx djleaks"},
		{uvx, []string{uvx, uv}, "uvx djleaks"},
		{hook, []string{hook, pipx}, "pipx run djleaks"},
		{hook, []string{hook, "", filepath.Join(root, "none")}, filepath.Join(hook, "djleaks"+exeSuffix)},
		{venv, nil, filepath.Join(venv, "djleaks"+exeSuffix)},
	} {
		if got := callOf(filepath.Join(c.self, "djleaks"+exeSuffix), c.path); got != c.want {
			t.Errorf("started in %s with PATH %v: %q, want %q", c.self, c.path, got, c.want)
		}
	}
}
