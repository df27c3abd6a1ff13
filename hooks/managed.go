package hooks

import (
	"path/filepath"
	"slices"
	"strings"
)

// fromManager looks for this program in the configuration of a hook manager. It
// counts as installed if Git runs the manager; if not, a note says how to make
// Git do so.
func (h *HookStatus) fromManager(workTree string) {
	if workTree == "" || h.State != Absent {
		return
	}
	for _, m := range managers() {
		file := m.configIn(workTree)
		if file == "" {
			continue
		}
		here, err := readHook(filepath.Join(workTree, filepath.FromSlash(file)))
		if err != nil || !namesUs(here.text, h.Hook) {
			continue
		}
		runners, start := []string{m.name}, m.name+" install"
		switch m.name {
		case "pre-commit":
			runners = append(runners, "prek") // reads the same file
			start += " --hook-type " + h.Hook
		case "prek":
			start += " --hook-type " + h.Hook
		case "overcommit":
			start = "overcommit --install"
		}
		h.Where = here.path
		if !slices.ContainsFunc(h.Runs, func(run string) bool {
			return slices.ContainsFunc(runners, func(name string) bool { return strings.HasSuffix(run, "("+name+")") })
		}) {
			h.Note = file + " names djleaks, but Git does not run " + m.name + " here: " + start
			return
		}
		h.State = Installed
		h.Note = m.name + " runs djleaks"
		return
	}
}

// namesUs reports whether a manager's configuration runs this program for a
// hook: by one of our ids for pre-commit and prek, or by its command. Comments
// do not count.
func namesUs(text, hook string) bool {
	ours := map[string]string{PreCommit: "djleaks", PreMergeCommit: "djleaks", CommitMsg: "djleaks-commit-msg", PrePush: "djleaks-pre-push"}[hook]
	for _, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, " #")
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		words := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t\r{}[]=:\"',", c) })
		if strings.Contains(" "+strings.Join(words, " ")+" ", " djleaks hook run "+hook+" ") {
			return true
		}
		for i, word := range words {
			if word == "id" && i+1 < len(words) && ours != "" && slices.Contains([]string{ours, ours + "-golang", ours + "-system"}, words[i+1]) {
				return true
			}
		}
	}
	return false
}
