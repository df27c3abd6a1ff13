package hooks

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// configHooks reports whether Git runs hooks from its configuration, which it
// does from version 2.54 on.
func (t Target) configHooks() bool {
	if t.Git == nil {
		return false
	}
	out, err := t.Git("version")
	if err != nil {
		return false
	}
	m := regexp.MustCompile(`^git version (\d+)\.(\d+)`).FindStringSubmatch(out)
	if m == nil {
		return false
	}
	major, _ := strconv.Atoi(m[1]) // digits
	minor, _ := strconv.Atoi(m[2])
	return major > 2 || major == 2 && minor >= 54
}

// configName is the name of our hook for one event. Git does not tell a
// command for which event it runs, so each has one of its own.
func configName(hook string) string { return "djleaks-" + hook }

// configCommand is a line of shell; Git adds "$@" to its end.
func configCommand(hook, program string) string {
	guard := ""
	if hook == ReferenceTransaction {
		guard = `[ "${1-}" = prepared ] || return 0; `
	}
	return fmt.Sprintf(`djleaks_hook() { %sfor p in %s djleaks; do if command -v "$p" >/dev/null 2>&1; then "$p" hook run %s "$@"; return; fi; done; `+
		`echo "djleaks: %s: the program is neither at "%s" nor on PATH, so nothing was examined" >&2; `+
		`echo "hint: install djleaks again and run 'djleaks hook install', or: git config --remove-section hook.%s" >&2; return 3; }; djleaks_hook`,
		guard, say.SingleQuote(program), hook, hook, say.SingleQuote(program), configName(hook))
}

func scope(global bool) string {
	if global {
		return "--global"
	}
	return "--local"
}

// configured is what the configuration says of one of our hooks.
type configured struct {
	command string
	events  []string
	off     bool
}

// readConfig reads our hooks, by event. A configuration that is not there, as
// the user's often is not, holds none.
func (t Target) readConfig(where ...string) map[string]*configured {
	all := map[string]*configured{}
	if t.Git == nil {
		return all
	}
	out, err := t.Git(append(append([]string{"config"}, where...), "-z", "--get-regexp", `^hook\.`)...)
	if err != nil {
		return all
	}
	off := map[string]bool{}
	for _, record := range strings.Split(out, "\x00") {
		key, value, _ := strings.Cut(record, "\n")
		name, ok := strings.CutPrefix(key, "hook.")
		dot := strings.LastIndexByte(name, '.')
		if !ok || dot < 0 {
			continue
		}
		name, field := name[:dot], name[dot+1:]
		if field == "enabled" && slices.Contains([]string{"false", "no", "off", "0"}, strings.ToLower(value)) {
			off[name] = true
		} else if field == "enabled" {
			delete(off, name)
		}
		hook, ok := strings.CutPrefix(name, "djleaks-")
		if !ok {
			continue
		}
		c := all[hook]
		if c == nil {
			c = &configured{}
			all[hook] = c
		}
		switch field {
		case "command":
			c.command = value
		case "event":
			c.events = append(c.events, value)
		}
	}
	for hook, c := range all {
		c.off = off[hook] || off[configName(hook)]
	}
	return all
}

// installConfig writes the hooks to Git's configuration. It answers false,
// with nothing changed, if this Git does not list them afterwards.
func (t Target) installConfig(o Options) ([]Change, bool, error) {
	have := t.readConfig(scope(o.Global))
	var changes []Change
	for _, hook := range o.Hooks {
		change, err := t.configure(hook, have[hook], o)
		if err != nil {
			return changes, false, err
		}
		changes = append(changes, change)
	}
	for _, hook := range o.Hooks {
		// What the user has switched off is not listed.
		if t.isListed(hook) || have[hook] != nil && t.readConfig()[hook].off {
			continue
		}
		for _, hook := range o.Hooks {
			if have[hook] == nil {
				_, _ = t.Git("config", scope(o.Global), "--remove-section", "hook."+configName(hook)) // back to files
			}
		}
		return nil, false, nil
	}
	removed, err := t.removeFiles(o)
	return append(changes, removed...), true, err
}

// configure writes one hook to the configuration; have is what it says of it.
func (t Target) configure(hook string, have *configured, o Options) (Change, error) {
	section := "hook." + configName(hook)
	command := configCommand(hook, o.Program)
	change := Change{Hook: hook, Where: section, Action: Added}
	if have != nil {
		change.Action = Upgraded
		if have.command == command && slices.Equal(have.events, []string{hook}) {
			change.Action = Unchanged
			return change, nil
		}
	}
	_, err := t.Git("config", scope(o.Global), "--replace-all", section+".command", command)
	if err == nil {
		_, err = t.Git("config", scope(o.Global), "--replace-all", section+".event", hook)
	}
	if err != nil {
		return change, fmt.Errorf("hook install: %s: %w", section, err)
	}
	return change, nil
}

// isListed reports whether Git says that it runs our hook of the configuration.
func (t Target) isListed(hook string) bool {
	out, err := t.Git("hook", "list", hook)
	return err == nil && strings.Contains(out, configName(hook))
}

// removeFiles takes away hook files of ours, which would examine everything a
// second time. A folder for all repositories is left as it is.
func (t Target) removeFiles(o Options) ([]Change, error) {
	var steps []step
	if at, err := t.folder(o.Global); err == nil && !at.global {
		for _, hook := range o.Hooks {
			more, err := planUninstall(at, hook, o)
			if err != nil {
				return nil, err
			}
			steps = append(steps, more...)
		}
	}
	return runSteps(steps)
}

func (t Target) planConfigRemoval(o Options) (steps []step) {
	have := t.readConfig(scope(o.Global))
	for _, hook := range o.Hooks {
		if have[hook] == nil {
			continue
		}
		section := "hook." + configName(hook)
		steps = append(steps, step{Change{hook, section, Removed}, func() error {
			_, err := t.Git("config", scope(o.Global), "--remove-section", section)
			return err
		}})
	}
	return steps
}
