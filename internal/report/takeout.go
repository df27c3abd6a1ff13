package report

import (
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// takeOut is the command with which somebody takes a key out of what a push was
// about to send, and what to say beside it.
func takeOut(r *scanner.Report, k *scanner.Key) (command, note string) {
	o := &k.Occurrences[0]
	switch {
	case o.Part == scanner.PartRef && o.Tag != "":
		return "git tag NEW " + short(o.Commit), "then git tag --delete the one whose name holds the key"
	case o.Part == scanner.PartRef:
		return "git branch --move NEW", "the name of a branch is published with it"
	case o.Tag != "":
		tag := clean(o.Tag)
		return "git tag --force --annotate " + say.Quote(tag) + " " + say.Quote(tag+"^{}"), "writes the tag again"
	case len(o.Introduced) == 0:
		return "git commit --amend", "if it is the last commit, else git rebase -i"
	}
	first := &o.Introduced[0]
	if o.IsNote() {
		if first.Root {
			return "git update-ref -d refs/notes/commits", "git notes add makes the notes again"
		}
		return "git update-ref refs/notes/commits " + short(first.Commit) + "~1", "takes back the notes since then; git notes add makes them again"
	}
	amend, step := "git commit --amend", `"edit" for `+short(first.Commit)
	switch {
	case o.Part == scanner.PartHeaders:
		amend += " --reset-author"
		step += ", then " + amend
	case o.Path == "":
		step = `"reword" for ` + short(first.Commit)
	}
	if first.Tip && len(o.Introduced) == 1 {
		return amend, "it is in the last commit"
	}
	if more := len(o.Introduced) - 1; more > 0 {
		step += " and " + say.Counted(more, "other", "others")
	}
	return rebase(r, first), step
}

// rebase is the command that stops at a commit to change it.
func rebase(r *scanner.Report, at *scanner.Commit) string {
	command := "git rebase -i "
	if r.Scope.Merges {
		command += "--rebase-merges "
	}
	if at.Root {
		return command + "--root"
	}
	return command + short(at.Commit) + "~1"
}

// bringerWords say what of a push holds the keys that stop it.
func bringerWords(keys []scanner.Key) string {
	tags, names := 0, 0
	for i := range keys {
		o := &keys[i].Occurrences[0]
		if o.Part == scanner.PartRef {
			names++
		} else if o.Tag != "" {
			tags++
		}
	}
	switch {
	case names > 0 && names == len(keys):
		return "the name of a ref has"
	case tags > 0 && tags == len(keys):
		return "a tag has"
	}
	return "its commits add"
}
