package hooks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Uninstall takes the hooks away, from files and from the configuration alike,
// and puts back what was there before, byte for byte and with its mode.
func Uninstall(target Target, o Options) (Result, error) {
	var result Result
	at, err := target.folder(o.Global)
	var refused *Refusal
	if err != nil && !errors.As(err, &refused) {
		return result, err
	}
	var steps []step
	for _, hook := range o.Hooks {
		if err != nil { // no folder for files: there may be something in the configuration
			break
		}
		s, err := planUninstall(at, hook, o)
		if err != nil {
			return result, err
		}
		steps = append(steps, s...)
	}
	steps = append(steps, target.planConfigRemoval(o)...)
	if result.Changes, err = runSteps(steps); err != nil {
		return result, fmt.Errorf("hook uninstall: %w", err)
	}
	for _, hook := range o.Hooks {
		if !slices.ContainsFunc(result.Changes, func(c Change) bool { return c.Hook == hook }) {
			result.Changes = append(result.Changes, Change{Hook: hook, Action: NotThere})
		}
	}
	if at.global {
		return result, target.dropGlobalPath(at)
	}
	return result, nil
}

func planUninstall(at folder, hook string, o Options) ([]step, error) {
	if at.husky {
		return planBlockRemoval(filepath.Join(at.dir, hook), hook, o)
	}
	here, err := readHook(at.path(hook))
	if err != nil {
		return nil, err
	}
	if legacy, ok := calledByOther(here); ok {
		here = legacy
	}
	ours, isOurs := recognise(here.text)
	if !isOurs || ours.kind == forward {
		return nil, nil
	}
	if !ours.exact && !o.Force {
		return nil, &Refusal{here.path + " is a djleaks hook that somebody has edited", "move the edits to a hook of their own, or add --force to lose them"}
	}
	kept := filepath.Join(filepath.Dir(here.path), hook+chainedSuffix)
	if _, err := os.Lstat(kept); errors.Is(err, fs.ErrNotExist) {
		if at.global {
			return []step{{Change{hook, here.path, Removed}, func() error {
				return writeHook(here.path, script{hook: hook, kind: forward}.text(), 0o755)
			}}}, nil
		}
		return []step{{Change{hook, here.path, Removed}, func() error { return os.Remove(here.path) }}}, nil
	}
	return []step{{Change{hook, here.path, Restored}, func() error { return os.Rename(kept, here.path) }}}, nil
}

func planBlockRemoval(path, hook string, o Options) ([]step, error) {
	here, err := readHook(path)
	if err != nil {
		return nil, err
	}
	old, start, end, ours := findBlock(here.text)
	if !ours {
		return nil, nil
	}
	if !old.exact && !o.Force {
		return nil, &Refusal{path + " holds lines of djleaks that somebody has edited", "take them out, or add --force"}
	}
	rest := here.text[:start] + here.text[end:]
	if rest == "" {
		return []step{{Change{hook, path, Removed}, func() error { return os.Remove(path) }}}, nil
	}
	return []step{{Change{hook, path, Removed}, func() error { return writeHook(path, rest, here.mode) }}}, nil
}
