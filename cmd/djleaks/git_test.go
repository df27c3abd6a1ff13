package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hostileRepository is a partial clone whose configuration names a program wherever
// Git takes one. Each of them makes the file started.
func hostileRepository(t *testing.T) (dir, started string) {
	t.Helper()
	dir = t.TempDir()
	started = filepath.Join(dir, "started")
	program := filepath.Join(dir, "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\ntouch '"+started+"'\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := strings.NewReplacer("PROGRAM", program).Replace(`[core]
	repositoryformatversion = 1
	fsmonitor = PROGRAM
	sshCommand = PROGRAM
	hooksPath = ` + dir + `
	pager = PROGRAM
	askPass = PROGRAM
	editor = PROGRAM
	alternateRefsCommand = PROGRAM
[extensions]
	partialClone = origin
[remote "origin"]
	url = ssh://localhost/x
	promisor = true
	uploadpack = PROGRAM
	partialclonefilter = blob:none
[pager]
	rev-parse = PROGRAM
	for-each-ref = PROGRAM
	config = PROGRAM
[credential]
	helper = !PROGRAM
[alias]
	rev-parse = !PROGRAM
	for-each-ref = !PROGRAM
`)
	repo := filepath.Join(dir, "repo")
	for _, words := range [][]string{{"init", "-q", repo}} {
		if out, err := exec.Command("git", words...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(repo, ".git", "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return repo, started
}

// missing is an object that only the promised remote could have: to look at it Git
// would fetch.
const missing = "0123456789012345678901234567890123456789^{commit}"

func TestGitStartsNothingThatARepositoryNames(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	repo, started := hostileRepository(t)
	for a, commands := range map[asking][][]string{
		askRefs: {
			{"rev-parse", "-q", "--verify", missing}, {"rev-parse", "--git-dir"}, {"symbolic-ref", "-q", "HEAD"},
			{"for-each-ref", "--format=%(refname)%00%(objectname)%00%(symref)"}, {"worktree", "list", "--porcelain", "-z"},
		},
		askConfig: {{"config", "-z", "--show-scope", "--show-origin", "--type=path", "--get-all", "core.hooksPath"}},
	} {
		for _, words := range commands {
			_, _ = a.run(context.Background(), git, repo, words) // not all of them find something
			if _, err := os.Stat(started); err == nil {
				t.Errorf("git %s started what the repository names", words)
				os.Remove(started)
			}
		}
	}
	// Without all this the repository is hostile indeed.
	cmd := exec.Command(git, "rev-parse", "-q", "--verify", missing)
	cmd.Dir = repo
	_ = cmd.Run()
	if _, err := os.Stat(started); err != nil {
		t.Errorf("plain git starts nothing here: the test shows nothing")
	}
}

func TestGitGetsNoWordsAboutAnotherRepository(t *testing.T) {
	outer := []string{"PATH=/bin", "GIT_DIR=/x", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.fsmonitor", "GIT_CONFIG_GLOBAL=/g",
		"GIT_SSH_COMMAND=x", "GIT_TRACE=/t", "GIT_EXTERNAL_DIFF=x", "SSH_ASKPASS=x", "GIT_ALTERNATE_OBJECT_DIRECTORIES=/o"}
	fixed := []string{"GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C"}
	if got, want := askRefs.environment(outer), append([]string{"PATH=/bin", "GIT_CONFIG_GLOBAL=/g"}, fixed...); !slices.Equal(got, want) {
		t.Errorf("refs: %v", got)
	}
	if got, want := askConfig.environment(outer), append([]string{"PATH=/bin", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.fsmonitor", "GIT_CONFIG_GLOBAL=/g"}, fixed...); !slices.Equal(got, want) {
		t.Errorf("configuration: %v", got)
	}
}
