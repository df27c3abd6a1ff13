// Package hooks puts the program into a repository's Git hooks, tells what is
// there, takes it out again, and reads what Git hands to a hook.
//
// A hook is installed in one of three ways:
//
//	file    a shell script of ours in the hooks directory; a hook that was
//	        there before is kept beside it under another name and runs first,
//	        with the same arguments and the same standard input
//	block   marked lines at the top of a file that husky runs
//	config  hook.djleaks-<hook>.command in Git's configuration (Git 2.54)
//
// Every script carries a marker line with the hook, the kind of script and the
// version of its text. Only a script whose whole text is what some version of
// this program writes is ever replaced or removed.
//
// The package starts no program itself: where the configuration has to be read
// or written, its caller passes a function.
package hooks

import (
	"fmt"
	"slices"
	"strings"
)

// The hooks that can be installed.
const (
	PreCommit            = "pre-commit"
	PreMergeCommit       = "pre-merge-commit"
	CommitMsg            = "commit-msg"
	PrePush              = "pre-push"
	ReferenceTransaction = "reference-transaction"
	PreReceive           = "pre-receive"
	Update               = "update"
)

// Names returns the hooks that can be installed, in the order in which Git
// would run them.
func Names() []string {
	return []string{PreCommit, PreMergeCommit, CommitMsg, ReferenceTransaction, PrePush, PreReceive, Update}
}

// readsInput reports whether Git writes to the hook's standard input.
func readsInput(hook string) bool {
	return hook == PrePush || hook == ReferenceTransaction || hook == PreReceive
}

// Expand checks names of hooks and puts them in the order of Names.
// pre-commit brings pre-merge-commit with it, which Git runs in its place for
// a merge without conflicts.
func Expand(names []string) ([]string, error) {
	wanted := map[string]bool{}
	for _, name := range names {
		if !slices.Contains(Names(), name) {
			return nil, &Refusal{What: fmt.Sprintf("unknown hook %q", name), Next: "the hooks are " + strings.Join(Names(), ", ")}
		}
		wanted[name] = true
		if name == PreCommit {
			wanted[PreMergeCommit] = true
		}
	}
	return slices.DeleteFunc(Names(), func(name string) bool { return !wanted[name] }), nil
}

// A Refusal is why nothing was changed, and what to do about it.
type Refusal struct {
	What string // lower case, no full stop
	Next string // what to do instead, for a hint
}

// Error returns What.
func (r *Refusal) Error() string { return r.What }

// Hint returns Next.
func (r *Refusal) Hint() string { return r.Next }
