package hooks

import (
	"errors"
	"path/filepath"
)

// State is the state of one hook.
type State string

// The states.
const (
	Installed State = "installed"
	Outdated  State = "outdated" // by an older version, or for a program at another path
	Edited    State = "edited"   // ours, but changed by somebody
	Off       State = "off"      // installed, but switched off, or somewhere where Git does not look
	Absent    State = "absent"
)

// HookStatus is what Git would run for one hook.
type HookStatus struct {
	Hook  string
	State State
	Where string   // where our part is; "" if there is none
	Runs  []string // what runs, in this order, ours as "djleaks"
	Note  string   // one sentence, or ""
}

// Status tells what would run for each hook, and in which order.
func Status(target Target, o Options) ([]HookStatus, error) {
	config := map[string]*configured{}
	if target.configHooks() {
		config = target.readConfig()
	}
	at, err := target.folder(o.Global)
	var refused *Refusal
	if errors.As(err, &refused) && target.off(o.Global) == nil && target.GlobalHooksPath != "" && target.LocalHooksPath == "" {
		at, err = target.folder(true)
	}
	if err != nil && !errors.As(err, &refused) {
		return nil, err
	}
	var all []HookStatus
	for _, hook := range o.Hooks {
		h := HookStatus{Hook: hook, State: Absent}
		if c := config[hook]; c != nil {
			h.fromConfig(c, o)
		}
		if err == nil {
			if err := h.fromFile(target, at, o); err != nil {
				return nil, err
			}
		} else if h.Note == "" {
			h.Note = err.Error()
			if err := h.shadowed(target, h.Note); err != nil {
				return nil, err
			}
		}
		h.fromManager(target.WorkTree)
		all = append(all, h)
	}
	return all, nil
}

func (h *HookStatus) fromConfig(c *configured, o Options) {
	h.Where = "hook." + configName(h.Hook)
	h.State = Installed
	switch {
	case c.off:
		h.State, h.Note = Off, "switched off by "+h.Where+".enabled or hook."+h.Hook+".enabled"
		return
	case c.command != configCommand(h.Hook, o.Program):
		h.State = Outdated
	}
	h.Runs = append(h.Runs, "djleaks")
}

func (h *HookStatus) fromFile(target Target, at folder, o Options) error {
	path := at.path(h.Hook)
	here, err := readHook(path)
	if err != nil {
		return err
	}
	if at.husky {
		h.fromBlock(here)
		return nil
	}
	if legacy, ok := calledByOther(here); ok {
		h.Runs = append(h.Runs, h.chain(at, legacy, o)...)
		h.Runs = append(h.Runs, describe(here))
		return nil
	}
	if _, ours := recognise(here.text); ours {
		h.Runs = append(h.Runs, h.chain(at, here, o)...)
	} else if here.exists && here.runs {
		h.Runs = append(h.Runs, describe(here))
	}
	if at.dir == target.ownHooks() {
		return nil
	}
	return h.shadowed(target, "core.hooksPath sends Git to "+at.dir)
}

// chain tells what a script of ours runs, and sets the state.
func (h *HookStatus) chain(at folder, here hookFile, o Options) []string {
	k, _ := recognise(here.text)
	if k.kind == forward {
		return []string{"the repository's own hook"}
	}
	var runs []string
	if k.kind == global {
		runs = append(runs, "the repository's own hook")
	}
	if kept, err := readHook(filepath.Join(filepath.Dir(here.path), h.Hook+chainedSuffix)); err == nil && kept.exists && kept.runs {
		runs = append(runs, describe(kept))
	}
	want := script{hook: h.Hook, kind: at.kind(), program: o.Program}
	switch {
	case !here.runs:
		h.State, h.Note = Off, here.path+" is not executable"
		return nil
	case !k.exact:
		h.State = Edited
	case k.version < len(templates) || k.kind != want.kind || k.kind != shared && k.program != o.Program:
		h.State = Outdated
	default:
		h.State = Installed
	}
	h.Where = here.path
	return append(runs, "djleaks")
}

func (h *HookStatus) fromBlock(here hookFile) {
	k, _, _, ours := findBlock(here.text)
	if ours {
		h.State, h.Where = Installed, here.path
		if !k.exact {
			h.State = Edited
		} else if k.version < len(templates) {
			h.State = Outdated
		}
		h.Runs = append(h.Runs, "djleaks")
	}
	if here.exists {
		h.Runs = append(h.Runs, here.path+" (husky)")
	}
}

// shadowed looks for a hook of ours in the repository that Git passes over, for
// a reason.
func (h *HookStatus) shadowed(target Target, why string) error {
	if h.State != Absent {
		return nil
	}
	here, err := readHook(filepath.Join(target.ownHooks(), h.Hook))
	if err != nil {
		return err
	}
	if _, ours := recognise(here.text); ours {
		h.State, h.Where, h.Note = Off, here.path, why
	}
	return nil
}

func describe(here hookFile) string {
	if name := foreignName(here.text); name != "" {
		return here.path + " (" + name + ")"
	}
	return here.path
}
