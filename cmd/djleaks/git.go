package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// asking is what the git binary is asked for. It is only asked what is not read
// here: its own configuration, and refs in a storage of another kind. The commands
// are plumbing that starts no other program; what the configuration of a hostile
// repository could make it start for them is switched off besides.
type asking uint8

const (
	askConfig asking = iota // git config: what is in force for the user counts
	askRefs                 // for-each-ref, rev-parse, symbolic-ref, worktree list
)

// gitPatience is how long git is waited for. It answers in milliseconds; one that reads
// a pipe in place of a file of the repository never does.
var gitPatience = 20 * time.Second

// run runs one command in a directory, and returns what it prints.
func (a asking) run(ctx context.Context, git, dir string, args []string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, gitPatience, errNoAnswer)
	defer cancel()
	words := args
	if a == askRefs {
		words = append(slices.Clone(neutralConfig), args...)
	}
	cmd := exec.CommandContext(ctx, git, words...)
	cmd.Dir, cmd.Env = dir, a.environment(os.Environ())
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		if text := strings.TrimSpace(errs.String()); text != "" {
			err = fmt.Errorf("%w: %s", err, text)
		}
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return out.String(), nil
}

var errNoAnswer = errors.New("no answer: is a file that it reads a pipe?")

// neutralConfig overrides what a repository's configuration could start.
var neutralConfig = []string{
	"--no-pager", "--no-replace-objects", "--no-optional-locks",
	"-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "core.sshCommand=false", "-c", "core.askPass=false",
	"-c", "core.gitProxy=false", "-c", "credential.helper=", "-c", "protocol.allow=never", "-c", "maintenance.auto=false", "-c", "gc.auto=0",
}

// environment is the environment of git: without what an outer git, or whoever
// started this program, says about another repository, and with no means to fetch.
func (a asking) environment(outer []string) []string {
	env := slices.DeleteFunc(slices.Clone(outer), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM":
			return false
		}
		if a == askConfig && strings.HasPrefix(name, "GIT_CONFIG") {
			return false // a core.hooksPath from there is in force, too
		}
		return strings.HasPrefix(strings.ToUpper(name), "GIT_") || name == "SSH_ASKPASS"
	})
	return append(env, "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
}
