package hooks

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// maxInput bounds what is read from Git, in bytes: some 60,000 refs.
const maxInput = 16 << 20

// ErrNoRange is returned by PrePushRange if nothing tells what is pushed.
var ErrNoRange = errors.New("nothing says what is being pushed")

// noRange adds a hint to ErrNoRange.
type noRange struct{ error }

func (noRange) Hint() string {
	return "git gives a pre-push hook lines on standard input; lefthook passes them on with use_stdin: true"
}

func (e noRange) Unwrap() error { return e.error }

// RefUpdate is one line of what Git hands to a hook.
type RefUpdate struct {
	Old, New string // object names; all zeros for no object
	Ref      string // the ref that changes: on the remote side, for pre-push
	Source   string // pre-push: the local ref, an expression, or "(delete)"
}

// zero reports whether an object name says "no object"; it has 40 zeros, or 64
// in a repository with SHA-256.
func zero(id string) bool { return strings.Trim(id, "0") == "" && (len(id) == 40 || len(id) == 64) }

// objectName checks what should be the name of an object.
func objectName(id string) error {
	if _, ok := scanner.ParseObjectID(id); !ok {
		return fmt.Errorf("%q is not an object name", id)
	}
	return nil
}

// lines reads records of n words each. A ref has no spaces in it.
func lines(r io.Reader, n int) ([][]string, error) {
	var all [][]string
	limited := &io.LimitedReader{R: r, N: maxInput + 1}
	scan := bufio.NewScanner(limited)
	scan.Buffer(make([]byte, 0, 4096), 1<<20)
	for scan.Scan() {
		if scan.Text() == "" {
			continue
		}
		words := strings.Split(scan.Text(), " ")
		if n == 4 && len(words) > 4 {
			// `git push origin 'HEAD@{1 day ago}:x'`: the local side is written as
			// the user wrote it.
			words = append([]string{strings.Join(words[:len(words)-3], " ")}, words[len(words)-3:]...)
		}
		if len(words) != n {
			return nil, fmt.Errorf("standard input: %q has not %d words", scan.Text(), n)
		}
		all = append(all, words)
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	if limited.N <= 0 {
		return nil, fmt.Errorf("standard input: more than %d bytes", maxInput)
	}
	return all, nil
}

// note adds a ref that comes to be, or is there already, to those of its kind.
func note(refs *map[string]string, ref, revision string) {
	if *refs == nil {
		*refs = map[string]string{}
	}
	(*refs)[ref] = revision
}

// union puts updates into one range: what any of them brings.
func union(updates []RefUpdate) scanner.Revisions {
	var r scanner.Revisions
	seen := map[string]bool{}
	for _, u := range updates {
		if zero(u.New) {
			continue // a deletion brings nothing
		}
		if !seen["+"+u.New] {
			seen["+"+u.New] = true
			r.Include = append(r.Include, u.New)
		}
		if !zero(u.Old) && !seen["-"+u.Old] {
			seen["-"+u.Old] = true
			r.Exclude = append(r.Exclude, u.Old)
		}
		if zero(u.Old) {
			note(&r.Created, u.Ref, u.New)
		} else {
			note(&r.Updated, u.Ref, u.New)
		}
	}
	return r
}
