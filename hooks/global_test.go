package hooks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGlobalHooksLeaveTheRepositorysOwnAlone(t *testing.T) {
	r := newRepo(t)
	r.file(".git/hooks/pre-commit", "#!/bin/sh\necho own pre-commit >>order\n", 0o755)
	r.file(".git/hooks/commit-msg", "#!/bin/sh\necho own commit-msg >>order\n", 0o755)
	r.file(".git/hooks/post-commit", "#!/bin/sh\necho own post-commit >>order\n", 0o755)
	o := r.options()
	o.Global = true
	if _, err := Install(r.site(r.dir), o); err != nil {
		t.Fatal(err)
	}
	if code, out := r.commit("a"); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	if r.read("order") != "own pre-commit\nown commit-msg\nown post-commit\n" || r.log() != "args: <hook> <run> <pre-commit>\n" {
		t.Errorf("order %q", r.read("order"))
	}
	if got := r.status()[0]; got.State != Installed || len(got.Runs) != 2 {
		t.Errorf("%+v", got)
	}
	r.ends("1")
	if code, _ := r.commit("a"); code == 0 {
		t.Error("the commit passed")
	}
	if result, err := Install(r.site(r.dir), o); err != nil || result.Changes[0].Action != Unchanged {
		t.Errorf("again: %v, %v", result, err)
	}
	if _, err := Uninstall(r.site(r.dir), o); err != nil {
		t.Fatal(err)
	}
	if code, _ := r.try(r.dir, "config", "core.hooksPath"); code == 0 {
		t.Error("core.hooksPath is still set")
	}
	if _, err := os.Stat(filepath.Join(r.base, "config/djleaks/hooks")); !os.IsNotExist(err) {
		t.Errorf("the folder was not removed: %v", err)
	}
	r.log()
	if code, out := r.commit("a"); code != 0 || r.log() != "" || !strings.Contains(r.read("order"), "own") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestGlobalHooksGoWhereTheUserHasThem(t *testing.T) {
	r := newRepo(t)
	dir := filepath.Join(r.base, "theirs")
	const theirs = "#!/bin/sh\necho theirs >>order\n"
	r.file(filepath.Join(dir, "pre-commit"), theirs, 0o755)
	r.git(r.dir, "config", "--global", "core.hooksPath", dir)
	o := r.options()
	o.Global = true
	if _, err := Install(r.site(r.dir), o); err != nil {
		t.Fatal(err)
	}
	r.commit("a")
	if r.read("order") != "theirs\n" || r.log() == "" {
		t.Error("one of the two did not run")
	}
	if _, err := os.Stat(filepath.Join(dir, "commit-msg")); err == nil {
		t.Error("hooks that nobody asked for were written into the user's folder")
	}
	if _, err := Uninstall(r.site(r.dir), o); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || r.read(filepath.Join(dir, "pre-commit")) != theirs {
		t.Errorf("%v, %v", entries, err)
	}
	if code, _ := r.try(r.dir, "config", "core.hooksPath"); code != 0 {
		t.Error("the user's core.hooksPath is gone")
	}
}
