package hooks

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// Target is what must be known of a repository to install hooks in it. All paths
// are absolute unless it says otherwise.
type Target struct {
	WorkTree  string // top of the work tree; "" for a bare repository
	CommonDir string // the directory that all work trees share: .git of the first one

	// core.hooksPath as written, a leading ~ expanded; "" if not set. Local is
	// what the repository's or the work tree's configuration says, Global what
	// that of the user or of the machine says.
	LocalHooksPath, GlobalHooksPath string
	// GlobalOrigin is the file that sets GlobalHooksPath, for messages.
	GlobalOrigin string
	// LocalOff and GlobalOff say why Git runs no hook from a folder: core.hooksPath is
	// empty in the configuration of the repository or the work tree, or in that of the
	// user or the machine. They are nil if it is not.
	LocalOff, GlobalOff *Refusal
	// ForNow is set if core.hooksPath is set for this process alone, by -c or in
	// the environment: then what Git does without it is not known.
	ForNow *Refusal
	// GlobalDir is where hooks for all repositories are put if GlobalHooksPath
	// is not set; "" if the user has no directory for configuration.
	GlobalDir string

	// Git runs the git program in the repository and returns its standard
	// output. It is nil if there is no such program.
	Git func(args ...string) (string, error)
}

// ReadHooksPath takes over what Git says of core.hooksPath: the output of
//
//	git config -z --show-scope --show-origin --type=path --get-all core.hooksPath
//
// which has a scope, an origin and a value each, the one that counts last.
func (t *Target) ReadHooksPath(out string) {
	fields := strings.Split(out, "\x00")
	for i := 0; i+2 < len(fields); i += 3 {
		scope, origin, value := fields[i], strings.TrimPrefix(fields[i+1], "file:"), fields[i+2]
		switch scope {
		case "system", "global":
			t.GlobalHooksPath, t.GlobalOrigin, t.GlobalOff = value, origin, emptyPath(scope, origin, value)
		case "local", "worktree":
			t.LocalHooksPath, t.LocalOff = value, emptyPath(scope, origin, value)
		case "command":
			t.ForNow = &Refusal{
				"core.hooksPath is set for this process alone, by -c or in the environment, so where Git looks without it is not known",
				"run this again without -c core.hooksPath, and without GIT_CONFIG_COUNT and GIT_CONFIG_PARAMETERS in the environment",
			}
		}
	}
}

// emptyPath is why Git runs no hooks where a value is empty.
func emptyPath(scope, origin, value string) *Refusal {
	if value != "" {
		return nil
	}
	return &Refusal{"core.hooksPath of " + origin + " is empty, so Git runs no hook at all", "git config --" + scope + " --unset-all core.hooksPath"}
}

// folder is a place for hook files.
type folder struct {
	dir    string
	shared bool // in the work tree: the team sees what is written there
	husky  bool // files that husky starts: no first line, no executable bit
	global bool
}

// folder finds where Git, or husky, looks for hook files.
func (t Target) folder(global bool) (folder, error) {
	if off := t.off(global); off != nil {
		return folder{}, off
	}
	switch {
	case global && t.GlobalHooksPath != "":
		if !filepath.IsAbs(t.GlobalHooksPath) {
			return folder{}, &Refusal{"core.hooksPath of " + t.origin() + " is relative, so it means another place in every repository", "install in each repository, or set an absolute path"}
		}
		return folder{dir: filepath.Clean(t.GlobalHooksPath), global: true}, nil
	case global && t.GlobalDir != "":
		return folder{dir: t.GlobalDir, global: true}, nil
	case global:
		return folder{}, &Refusal{"no directory for the user's configuration", "set HOME or XDG_CONFIG_HOME"}
	case t.LocalHooksPath != "":
		return t.localFolder()
	case t.GlobalHooksPath != "":
		return folder{}, &Refusal{
			"core.hooksPath of " + t.origin() + " sends Git to " + t.GlobalHooksPath + ", so hooks in " + filepath.Join(t.CommonDir, "hooks") + " would never run",
			"djleaks hook install --global, or for this repository alone: git config core.hooksPath " + say.Quote(filepath.Join(t.CommonDir, "hooks")),
		}
	}
	return folder{dir: filepath.Join(t.CommonDir, "hooks")}, nil
}

// off is why Git runs hooks from no folder, or nil.
func (t Target) off(global bool) *Refusal {
	switch {
	case t.ForNow != nil:
		return t.ForNow
	case global:
		return t.GlobalOff
	case t.LocalOff != nil:
		return t.LocalOff
	case t.LocalHooksPath == "":
		return t.GlobalOff
	}
	return nil
}

func (t Target) origin() string {
	if t.GlobalOrigin == "" {
		return "the global configuration"
	}
	return t.GlobalOrigin
}

func (t Target) localFolder() (folder, error) {
	dir := t.LocalHooksPath
	if !filepath.IsAbs(dir) {
		// Git looks from where it runs the hook.
		top := t.WorkTree
		if top == "" {
			top = t.CommonDir
		}
		dir = filepath.Join(top, dir)
	}
	dir = filepath.Clean(dir)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return folder{}, &Refusal{"core.hooksPath is " + dir + ", which is not a directory: hooks are switched off here", "git config --unset core.hooksPath"}
	}
	if filepath.Base(dir) == "_" && filepath.Base(filepath.Dir(dir)) == ".husky" {
		return folder{dir: filepath.Dir(dir), shared: true, husky: true}, nil
	}
	return folder{dir: dir, shared: t.WorkTree != "" && within(t.WorkTree, dir) && !within(t.CommonDir, dir)}, nil
}

func within(parent, path string) bool {
	rel, err := filepath.Rel(parent, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// ownHooks is the hooks directory of the repository itself.
func (t Target) ownHooks() string { return filepath.Join(t.CommonDir, "hooks") }
