package hooks

import (
	"fmt"
	"io"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// PrePushRange finds out what a push is about to send. Four sources may say:
//
//  1. lines on standard input, as Git writes them
//     (`<local ref> <local object> <remote ref> <remote object>`);
//  2. PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF;
//  3. PRE_COMMIT_TO_REF alone, as prek gives it for a whole new repository;
//  4. the remote alone, in the arguments or in PRE_COMMIT_REMOTE_NAME.
//
// The pre-commit framework and prek read the lines themselves and pass on the
// first ref only. Then everything in this repository that no remote has is
// examined, which covers whatever the other lines said.
//
// args are those of the hook: the remote's name and its address. If none of
// the four is there, the error is ErrNoRange.
func PrePushRange(args []string, stdin io.Reader, getenv func(string) string) (scanner.Revisions, error) {
	updates, err := readPush(stdin)
	if err != nil {
		return scanner.Revisions{}, fmt.Errorf("pre-push: %w", err)
	}
	if len(updates) > 0 {
		r := union(updates)
		r.NotOnRemotes = true
		r.Why = pushed(updates, args)
		return r, nil
	}
	return managedPush(args, getenv)
}

// managedPush is the range of a push that a hook manager has read the lines of.
func managedPush(args []string, getenv func(string) string) (scanner.Revisions, error) {
	from, to := getenv("PRE_COMMIT_FROM_REF"), getenv("PRE_COMMIT_TO_REF")
	branch, remote := getenv("PRE_COMMIT_LOCAL_BRANCH"), getenv("PRE_COMMIT_REMOTE_NAME")
	r := scanner.Revisions{}
	switch {
	case from != "" && to == "":
		return r, fmt.Errorf("pre-push: PRE_COMMIT_FROM_REF is set and PRE_COMMIT_TO_REF is not")
	case to != "" && remote == "":
		// Somebody asks for a range by hand: just that.
		r.Include, r.Why = []string{to}, to
		if from != "" {
			r.Exclude, r.Why = []string{from}, from+".."+to
		}
		return r, nil
	case to != "":
		r.Include = []string{to}
		if from != "" {
			r.Exclude = []string{from}
		}
	case branch != "" && remote != "":
		r.Include = []string{branch}
	case remote != "":
	case len(args) > 0 && args[0] != "":
		remote = args[0]
	default:
		return r, noRange{fmt.Errorf("pre-push: %w", ErrNoRange)}
	}
	if name := getenv("PRE_COMMIT_REMOTE_BRANCH"); name != "" && len(r.Include) > 0 {
		note(&r.Created, name, r.Include[0]) // or it is there already, which nothing says
	}
	r.Local, r.NotOnRemotes = true, true
	r.Why = "all that no remote has, for a push to " + remote
	return r, nil
}

func readPush(stdin io.Reader) ([]RefUpdate, error) {
	records, err := lines(stdin, 4)
	if err != nil {
		return nil, err
	}
	var updates []RefUpdate
	for _, w := range records {
		u := RefUpdate{Source: w[0], New: w[1], Ref: w[2], Old: w[3]}
		if err := objectName(u.New); err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		if err := objectName(u.Old); err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		updates = append(updates, u)
	}
	return updates, nil
}

// pushed names the refs of a push, the first few of them.
func pushed(updates []RefUpdate, args []string) string {
	const named = 3
	var names []string
	for _, u := range updates {
		if !zero(u.New) && len(names) < named {
			names = append(names, strings.TrimPrefix(u.Ref, "refs/heads/"))
		}
	}
	switch {
	case len(names) == 0:
		return "deletions only"
	case len(updates) > named:
		names = append(names, fmt.Sprintf("… (%d refs)", len(updates)))
	}
	why := "push of " + strings.Join(names, ", ")
	if len(args) > 0 && args[0] != "" && !strings.Contains(args[0], "/") { // an address may hold a password
		why += " to " + args[0]
	}
	return why
}
