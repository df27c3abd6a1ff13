package hooks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options say what to install or to take away.
type Options struct {
	Hooks   []string // names as Expand gives them
	Program string   // absolute path of this program, for the scripts
	Version string   // of this program, "0.1.0": the one that hook managers should install
	Global  bool     // for all repositories of the user
	Files   bool     // hook files even where Git has hooks in its configuration
	Force   bool     // also replace scripts of ours that somebody has edited, and install beside a manager that will move them away
}

// Action is what was done about one hook.
type Action string

// The actions.
const (
	Added     Action = "installed"
	Chained   Action = "installed, the hook that was there runs first"
	Upgraded  Action = "brought up to date"
	Unchanged Action = "already installed"
	Removed   Action = "removed"
	Restored  Action = "removed, the hook that was there before is back"
	NotThere  Action = "not installed"
)

// Change is one step of Install or Uninstall.
type Change struct {
	Hook   string
	Where  string // a path, or a name in Git's configuration
	Action Action
}

// Result is what Install or Uninstall did.
type Result struct {
	Changes []Change
	Advice  []Advice // what to add to the configuration of a hook manager
}

// Install puts the hooks in. Doing it twice changes nothing. Nothing is
// written if any of the hooks is refused; the advice is returned even then.
func Install(target Target, o Options) (Result, error) {
	if !filepath.IsAbs(o.Program) || strings.ContainsAny(o.Program, "\n\r\x00") {
		return Result{}, fmt.Errorf("hook install: the path of the program, %q, cannot be written into a script", o.Program)
	}
	result := Result{Advice: Managers(target.WorkTree, o.Hooks, o.Version)}
	if !o.Files && target.configHooks() {
		changes, ok, err := target.installConfig(o)
		if err != nil || ok {
			result.Changes = changes
			return result, err
		}
	}
	at, err := target.folder(o.Global)
	if err != nil {
		return Result{}, err
	}
	if err := refuseMovers(result.Advice, at, o); err != nil {
		return result, err
	}
	steps, err := target.planFiles(at, o)
	if err != nil {
		return Result{}, err
	}
	if result.Changes, err = runSteps(steps); err != nil {
		return result, fmt.Errorf("hook install: %w", err)
	}
	if at.global && target.GlobalHooksPath == "" {
		return result, target.setGlobalPath(at.dir)
	}
	return result, nil
}

// planFiles finds out what has to be done for all hook files.
func (t Target) planFiles(at folder, o Options) ([]step, error) {
	var steps []step
	for _, hook := range o.Hooks {
		s, err := planInstall(at, hook, o)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	if !at.global {
		return steps, nil
	}
	forwards, err := t.planForwards(at, o)
	return append(steps, forwards...), err
}

// step is one thing to do; the plan is made before the first is done.
type step struct {
	change Change
	do     func() error
}

func nothing() error { return nil }

// runSteps does one step after the other, and returns what it did even if one
// fails.
func runSteps(steps []step) ([]Change, error) {
	var changes []Change
	for _, s := range steps {
		if err := s.do(); err != nil {
			return changes, fmt.Errorf("%s: %w", s.change.Hook, err)
		}
		if s.change.Action != "" {
			changes = append(changes, s.change)
		}
	}
	return changes, nil
}

// planInstall finds out what has to be done for one hook file.
func planInstall(at folder, hook string, o Options) (step, error) {
	if at.husky {
		return planBlock(filepath.Join(at.dir, hook), hook, o)
	}
	want := script{hook: hook, kind: at.kind(), program: o.Program}
	if want.kind == shared {
		want.program = ""
	}
	path := at.path(hook)
	here, err := readHook(path)
	if err != nil {
		return step{}, err
	}
	if legacy, ok := calledByOther(here); ok {
		path, here = legacy.path, legacy
	}
	change := Change{Hook: hook, Where: path}
	put := func() error { return writeHook(path, want.text(), 0o755) }
	ours, isOurs := recognise(here.text)
	switch {
	case !here.exists:
		change.Action = Added
		return step{change, put}, nil
	case isOurs && here.text == want.text() && here.runs:
		change.Action = Unchanged
		return step{change, nothing}, nil
	case isOurs:
		change.Action = Upgraded
		return step{change, put}, refuseEdited(path, ours, o)
	case filepath.Base(filepath.Dir(path)) == hook+".d":
		return step{}, &Refusal{path + " is not ours", "move it away"}
	}
	kept := filepath.Join(filepath.Dir(path), hook+chainedSuffix)
	if _, err := os.Lstat(kept); !errors.Is(err, fs.ErrNotExist) {
		return step{}, &Refusal{
			path + " is not ours, and " + kept + " holds another hook that djleaks once found here",
			"keep one of the two, and remove the other",
		}
	}
	change.Action = Chained
	return step{change, func() error {
		if err := os.Rename(path, kept); err != nil {
			return err
		}
		if err := put(); err != nil {
			return errors.Join(err, os.Rename(kept, path))
		}
		return nil
	}}, nil
}

// refuseEdited stops where our script is not what this version or an older one
// writes.
func refuseEdited(path string, ours recognised, o Options) error {
	switch {
	case o.Force:
		return nil
	case ours.version > len(templates):
		return &Refusal{path + " was written by a newer djleaks", "upgrade this one, or add --force"}
	case !ours.exact:
		return &Refusal{path + " is a djleaks hook that somebody has edited", "move the edits to a hook of their own, or add --force to lose them"}
	}
	return nil
}

// kind is what scripts in this folder are.
func (f folder) kind() scriptKind {
	switch {
	case f.global:
		return global
	case f.shared:
		return shared
	}
	return local
}

// path is the file of a hook. Gitea and Forgejo own the hook itself, and start
// what lies in <hook>.d.
func (f folder) path(hook string) string {
	path := filepath.Join(f.dir, hook)
	if info, err := os.Stat(path + ".d"); err == nil && info.IsDir() {
		if here, err := readHook(path); err == nil && strings.Contains(here.text, ".d") {
			return filepath.Join(path+".d", "djleaks")
		}
	}
	return path
}

// calledByOther finds our script where pre-commit and prek move it: they keep
// a hook that they find as <hook>.legacy and start it first.
func calledByOther(here hookFile) (hookFile, bool) {
	switch foreignName(here.text) {
	case "pre-commit", "prek":
		legacy, err := readHook(here.path + ".legacy")
		if err != nil || !legacy.exists {
			return hookFile{}, false
		}
		_, ours := recognise(legacy.text)
		return legacy, ours
	}
	return hookFile{}, false
}

// planBlock finds out what has to be done for a file that husky starts.
func planBlock(path, hook string, o Options) (step, error) {
	here, err := readHook(path)
	if err != nil {
		return step{}, err
	}
	want := script{hook: hook, kind: block}.text()
	change := Change{Hook: hook, Where: path}
	mode := here.mode
	if !here.exists {
		mode = 0o644
	}
	if len(here.text) == maxHookFile {
		return step{}, &Refusal{path + " is too large for a hook", "look at it"}
	}
	old, start, end, ours := findBlock(here.text)
	switch {
	case ours && here.text[start:end] == want:
		change.Action = Unchanged
		return step{change, nothing}, nil
	case ours && !old.exact && !o.Force:
		return step{}, &Refusal{path + " holds lines of djleaks that somebody has edited", "take them out, or add --force"}
	case ours:
		change.Action = Upgraded
	default:
		start = afterFirstLine(here.text)
		end = start
		change.Action = Chained
		if !here.exists {
			change.Action = Added
		}
	}
	text := here.text[:start] + want + here.text[end:]
	return step{change, func() error { return writeHook(path, text, mode) }}, nil
}

// afterFirstLine is the offset after a line that names an interpreter.
func afterFirstLine(text string) int {
	if strings.HasPrefix(text, "#!") {
		if n := strings.IndexByte(text, '\n'); n >= 0 {
			return n + 1
		}
	}
	return 0
}

// refuseMovers stops where a manager is at work that renames every hook file
// which is not its own: after its next run ours would be gone without a word.
func refuseMovers(advice []Advice, at folder, o Options) error {
	if o.Force || at.global {
		return nil
	}
	for _, a := range advice {
		if !a.MovesOthers {
			continue
		}
		if slices.ContainsFunc(o.Hooks, a.has) {
			return &Refusal{a.Manager + " manages the hooks here and would move ours away", "add the lines above to " + a.File + ", or add --force"}
		}
	}
	return nil
}
