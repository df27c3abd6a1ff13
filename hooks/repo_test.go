package hooks

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// repo is a real repository with a stand-in for the program, which notes how
// it was called and ends with the code that the file "code" holds.
type repo struct {
	t        *testing.T
	dir      string // work tree
	base     string // temporary folder around everything
	env      []string
	fakeProg string
}

const standInProgram = `#!/bin/sh
log=$(dirname "$0")/log
echo "args:$(printf ' <%s>' "$@")" >>"$log"
case $3 in pre-push|pre-receive|reference-transaction) sed 's/^/stdin: /' >>"$log" ;; esac
exit "$(cat "$(dirname "$0")/code" 2>/dev/null || echo 0)"
`

func newRepo(t *testing.T) *repo {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &repo{t: t, base: base, dir: filepath.Join(base, "it's a repo")}
	bin := filepath.Join(base, `bin "quoted" & it's`)
	r.fakeProg = filepath.Join(bin, "djleaks")
	r.file(r.fakeProg, standInProgram, 0o755)
	r.env = append(testkit.GitEnvironment(), "GIT_CONFIG_GLOBAL="+filepath.Join(base, "gitconfig"), "HOME="+base)
	r.git(base, "init", "-q", "-b", "main", r.dir)
	return r
}

func (r *repo) file(path, text string, mode os.FileMode) {
	r.t.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.dir, path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) read(path string) string {
	r.t.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.dir, path)
	}
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	return string(text)
}

func (r *repo) exists(path string) bool {
	_, err := os.Lstat(filepath.Join(r.dir, path))
	return err == nil
}

// try runs git and returns its exit code and what it printed.
func (r *repo) try(dir string, args ...string) (int, string) {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, r.env
	out, err := cmd.CombinedOutput()
	if _, exit := err.(*exec.ExitError); err != nil && !exit {
		r.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func (r *repo) git(dir string, args ...string) string {
	r.t.Helper()
	code, out := r.try(dir, args...)
	if code != 0 {
		r.t.Fatalf("git %v: exit %d\n%s", args, code, out)
	}
	return out
}

// site asks git what the caller of this package would know otherwise.
func (r *repo) site(dir string) Target {
	r.t.Helper()
	abs := func(args ...string) string {
		code, out := r.try(dir, append([]string{"rev-parse"}, args...)...)
		out = strings.TrimSuffix(out, "\n")
		if code != 0 || out == "" {
			return ""
		}
		if !filepath.IsAbs(out) {
			out = filepath.Join(dir, out)
		}
		return out
	}
	target := Target{
		WorkTree: abs("--show-toplevel"), CommonDir: abs("--git-common-dir"),
		GlobalDir: filepath.Join(r.base, "config", "djleaks", "hooks"),
		Git: func(args ...string) (string, error) {
			cmd := exec.Command("git", args...)
			cmd.Dir, cmd.Env = dir, r.env
			var out bytes.Buffer
			cmd.Stdout = &out
			err := cmd.Run()
			return out.String(), err
		},
	}
	// Exit code 1: it is not set.
	if code, out := r.try(dir, "config", "-z", "--show-scope", "--show-origin", "--type=path", "--get-all", "core.hooksPath"); code == 0 {
		target.ReadHooksPath(out)
	}
	return target
}

func (r *repo) options(names ...string) Options {
	r.t.Helper()
	if len(names) == 0 {
		names = []string{PreCommit}
	}
	hooks, err := Expand(names)
	if err != nil {
		r.t.Fatal(err)
	}
	return Options{Hooks: hooks, Program: r.fakeProg, Files: true}
}

func (r *repo) install(names ...string) Result {
	r.t.Helper()
	result, err := Install(r.site(r.dir), r.options(names...))
	if err != nil {
		r.t.Fatalf("install: %v", err)
	}
	return result
}

func (r *repo) uninstall(names ...string) Result {
	r.t.Helper()
	result, err := Uninstall(r.site(r.dir), r.options(names...))
	if err != nil {
		r.t.Fatalf("uninstall: %v", err)
	}
	return result
}

// log returns what the stand-in has noted since the last call.
func (r *repo) log() string {
	path := filepath.Join(filepath.Dir(r.fakeProg), "log")
	text := r.read(path)
	_ = os.Remove(path)
	return text
}

// ends sets the exit code of the stand-in.
func (r *repo) ends(code string) {
	r.file(filepath.Join(filepath.Dir(r.fakeProg), "code"), code, 0o644)
}

func (r *repo) commit(file string) (int, string) {
	r.t.Helper()
	r.file(file, r.read(file)+"x\n", 0o644)
	r.git(r.dir, "add", file)
	return r.try(r.dir, "commit", "-q", "-m", "change "+file)
}

func (r *repo) status(names ...string) []HookStatus {
	r.t.Helper()
	all, err := Status(r.site(r.dir), r.options(names...))
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}
