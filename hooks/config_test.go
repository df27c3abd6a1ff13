package hooks

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// gitThatLists gives the site a Git that claims to be of a version, keeps its
// configuration in a real file, and lists configured hooks if lists is set.
func gitThatLists(r *repo, version string, lists bool) Target {
	t := r.site(r.dir)
	real := t.Git
	t.Git = func(args ...string) (string, error) {
		switch {
		case args[0] == "version":
			return "git version " + version + "\n", nil
		case args[0] == "hook" && !lists:
			return "", errors.New("exit status 1")
		case args[0] == "hook":
			out, err := real("config", "--get-regexp", `^hook\.djleaks-`+args[2]+`\.event`)
			return strings.TrimSuffix(strings.TrimPrefix(out, "hook."), ".event"), err
		}
		return real(args...)
	}
	return t
}

func TestNewGitGetsHooksInItsConfiguration(t *testing.T) {
	r := newRepo(t)
	r.install() // a file of before
	target := gitThatLists(r, "2.54.0", true)
	o := r.options(PreCommit, PrePush)
	o.Files = false
	if _, err := Install(target, o); err != nil {
		t.Fatal(err)
	}
	if r.exists(".git/hooks/pre-commit") {
		t.Error("the file was not removed: everything would be examined twice")
	}
	result, err := Install(target, o)
	if err != nil || result.Changes[0].Action != Unchanged {
		t.Errorf("again: %v, %v", result, err)
	}
	got, err := Status(target, o)
	if err != nil || got[0].State != Installed || !slices.Equal(got[0].Runs, []string{"djleaks"}) {
		t.Errorf("%v, %v", got, err)
	}
	// Git hands the command to a shell and adds "$@".
	command := strings.TrimSuffix(r.git(r.dir, "config", "hook.djleaks-pre-push.command"), "\n")
	run := func() (string, int) {
		cmd := exec.Command("sh", "-c", command+` "$@"`, command, "origin", "some url")
		cmd.Stdin, cmd.Env = strings.NewReader("line\n"), []string{"PATH=/usr/bin:/bin"}
		out, _ := cmd.CombinedOutput() // the code says it
		return string(out), cmd.ProcessState.ExitCode()
	}
	r.ends("1")
	if out, code := run(); code != 1 || out != "" || r.log() != "args: <hook> <run> <pre-push> <origin> <some url>\nstdin: line\n" {
		t.Errorf("exit %d, %q", code, out)
	}
	if err := os.Remove(r.fakeProg); err != nil {
		t.Fatal(err)
	}
	if out, code := run(); code != 3 || !strings.Contains(out, "nothing was examined") || !strings.Contains(out, filepath.Base(filepath.Dir(r.fakeProg))) {
		t.Errorf("missing program: exit %d, %q", code, out)
	}
	r.git(r.dir, "config", "hook.pre-commit.enabled", "false")
	if got, err := Status(target, o); err != nil || got[0].State != Off || got[2].State != Installed {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := Uninstall(target, o); err != nil {
		t.Fatal(err)
	}
	if out := r.git(r.dir, "config", "--list"); strings.Contains(out, "djleaks") {
		t.Errorf("left in the configuration:\n%s", out)
	}
}

func TestOldGitGetsFiles(t *testing.T) {
	for _, c := range []struct {
		version string
		lists   bool
	}{{"2.39.5", true}, {"2.53.9", true}, {"2.54.0", false}, {"3.1.0.rc1", false}} {
		r := newRepo(t)
		o := r.options()
		o.Files = false
		if _, err := Install(gitThatLists(r, c.version, c.lists), o); err != nil {
			t.Fatal(err)
		}
		if !r.exists(".git/hooks/pre-commit") {
			t.Errorf("%v: no file", c)
		}
		if out := r.git(r.dir, "config", "--list"); strings.Contains(out, "djleaks") {
			t.Errorf("%v: left in the configuration:\n%s", c, out)
		}
	}
}

func TestConfiguredHooksRunInARealGitThatHasThem(t *testing.T) {
	r := newRepo(t)
	target := r.site(r.dir)
	o := r.options()
	o.Files = false
	if _, err := Install(target, o); err != nil {
		t.Fatal(err)
	}
	// Whatever this machine's Git is: the commit runs the program once.
	r.ends("1")
	if code, _ := r.commit("a"); code == 0 || strings.Count(r.log(), "args") != 1 {
		t.Error("the commit was not stopped, or examined twice")
	}
}
