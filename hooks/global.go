package hooks

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/djleaks/djleaks/internal/say"
)

// clientHooks are the other hooks that a repository may have, and that a
// global core.hooksPath switches off unless something takes their place.
// push-to-checkout and proc-receive are not among them: their mere presence
// changes what Git does.
func clientHooks() []string {
	return []string{
		"applypatch-msg", "pre-applypatch", "post-applypatch", PreCommit, PreMergeCommit,
		"prepare-commit-msg", CommitMsg, "post-commit", "pre-rebase", "post-checkout",
		"post-merge", PrePush, PreReceive, Update, "post-receive", "post-update",
		ReferenceTransaction, "pre-auto-gc", "post-rewrite", "sendemail-validate",
	}
}

// planForwards fills a global folder that is ours alone with scripts that run
// the repository's own hooks. In a folder that the user has set up already,
// switching those off was the user's choice.
func (t Target) planForwards(at folder, o Options) ([]step, error) {
	if t.GlobalHooksPath != "" {
		return nil, nil
	}
	var steps []step
	for _, hook := range clientHooks() {
		if slices.Contains(o.Hooks, hook) {
			continue
		}
		here, err := readHook(filepath.Join(at.dir, hook))
		if err != nil {
			return nil, err
		}
		if here.exists {
			continue
		}
		text := script{hook: hook, kind: forward}.text()
		steps = append(steps, step{Change{Hook: hook}, func() error { return writeHook(here.path, text, 0o755) }})
	}
	return steps, nil
}

func (t Target) setGlobalPath(dir string) error {
	if t.Git == nil {
		return &Refusal{"git is not on PATH, so core.hooksPath cannot be set", "git config --global core.hooksPath " + say.Quote(dir)}
	}
	if _, err := t.Git("config", "--global", "core.hooksPath", dir); err != nil {
		return fmt.Errorf("hook install: core.hooksPath: %w", err)
	}
	return nil
}

// dropGlobalPath removes our folder and its core.hooksPath once nothing is
// left in it but stand-ins.
func (t Target) dropGlobalPath(at folder) error {
	entries, err := os.ReadDir(at.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("hook uninstall: %w", err)
	}
	if t.GlobalDir == "" || at.dir != t.GlobalDir {
		// The user's folder: only the stand-ins that Uninstall left.
		for _, e := range entries {
			if runsOwnHook(filepath.Join(at.dir, e.Name())) {
				if err := os.Remove(filepath.Join(at.dir, e.Name())); err != nil {
					return fmt.Errorf("hook uninstall: %w", err)
				}
			}
		}
		return nil
	}
	for _, e := range entries {
		if !runsOwnHook(filepath.Join(at.dir, e.Name())) {
			return nil
		}
	}
	// The setting first: a folder that is missing would be passed over by Git,
	// but so would the repository's own hooks.
	if t.GlobalHooksPath != "" {
		if t.Git == nil {
			return &Refusal{"git is not on PATH, so core.hooksPath cannot be removed", "git config --global --unset core.hooksPath"}
		}
		if _, err := t.Git("config", "--global", "--unset", "core.hooksPath"); err != nil {
			return fmt.Errorf("hook uninstall: core.hooksPath: %w", err)
		}
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(at.dir, e.Name())); err != nil {
			return fmt.Errorf("hook uninstall: %w", err)
		}
	}
	return os.Remove(at.dir)
}

func runsOwnHook(path string) bool {
	here, err := readHook(path)
	if err != nil {
		return false
	}
	k, ours := recognise(here.text)
	return ours && k.kind == forward && k.exact
}
