package hooks

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// Push is what a server is asked to take.
type Push struct {
	Updates []RefUpdate
	Range   scanner.Revisions
	// Quarantine is the directory in which the server keeps the objects of the
	// push until they are accepted; "" if Git does not say.
	Quarantine string
	// Alternates are the object directories that the server has already.
	Alternates []string
}

// ReadPreReceive reads `<old> <new> <ref>` lines and the environment that Git
// gives to a pre-receive hook.
func ReadPreReceive(stdin io.Reader, getenv func(string) string) (Push, error) {
	records, err := lines(stdin, 3)
	if err != nil {
		return Push{}, fmt.Errorf("pre-receive: %w", err)
	}
	var updates []RefUpdate
	for _, w := range records {
		updates = append(updates, RefUpdate{Old: w[0], New: w[1], Ref: w[2]})
	}
	if len(updates) == 0 {
		return Push{}, errors.New("pre-receive: standard input is empty: nothing says what was pushed")
	}
	return receive(updates, getenv)
}

// ReadUpdate reads the arguments `<ref> <old> <new>` of an update hook.
func ReadUpdate(args []string, getenv func(string) string) (Push, error) {
	if len(args) != 3 {
		return Push{}, fmt.Errorf("update: %d arguments, where git gives a ref and two object names", len(args))
	}
	return receive([]RefUpdate{{Ref: args[0], Old: args[1], New: args[2]}}, getenv)
}

func receive(updates []RefUpdate, getenv func(string) string) (Push, error) {
	for _, u := range updates {
		if err := objectName(u.Old); err != nil {
			return Push{}, fmt.Errorf("receive: %s: %w", u.Ref, err)
		}
		if err := objectName(u.New); err != nil {
			return Push{}, fmt.Errorf("receive: %s: %w", u.Ref, err)
		}
	}
	p := Push{Updates: updates, Range: union(updates), Quarantine: getenv("GIT_QUARANTINE_PATH")}
	p.Range.NotInRefs = true
	p.Range.Why = pushed(updates, nil)
	for _, dir := range filepath.SplitList(getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES")) {
		if dir != "" {
			p.Alternates = append(p.Alternates, dir)
		}
	}
	return p, nil
}

// ReadTransaction reads what Git tells a reference-transaction hook: the state
// in the argument, `<old> <new> <ref>` lines on standard input. The range is
// empty unless new commits come to HEAD, a branch or a tag and can still be
// kept from it: that is where `git commit --no-verify` ends up too.
func ReadTransaction(args []string, stdin io.Reader) (scanner.Revisions, error) {
	if len(args) != 1 {
		return scanner.Revisions{}, fmt.Errorf("reference-transaction: %d arguments, where git gives a state", len(args))
	}
	if args[0] != "prepared" {
		// Git ends with an error if nobody reads.
		_, err := io.Copy(io.Discard, io.LimitReader(stdin, maxInput))
		return scanner.Revisions{}, err
	}
	records, err := lines(stdin, 3)
	if err != nil {
		return scanner.Revisions{}, fmt.Errorf("reference-transaction: %w", err)
	}
	var updates []RefUpdate
	for _, w := range records {
		u := RefUpdate{Old: w[0], New: w[1], Ref: w[2]}
		if u.Ref != "HEAD" && !strings.HasPrefix(u.Ref, "refs/heads/") && !strings.HasPrefix(u.Ref, "refs/tags/") {
			continue // what is fetched, stashed or noted for a rebase
		}
		if strings.HasPrefix(u.New, "ref:") {
			continue // a symbolic ref brings no commit
		}
		if err := objectName(u.New); err != nil {
			return scanner.Revisions{}, fmt.Errorf("reference-transaction: %s: %w", u.Ref, err)
		}
		if objectName(u.Old) != nil {
			u.Old = strings.Repeat("0", len(u.New))
		}
		updates = append(updates, u)
	}
	r := union(updates)
	r.NotInRefs, r.OnlyWatched = true, true
	r.Why = pushed(updates, nil)
	r.Why = strings.Replace(r.Why, "push of", "change of", 1)
	return r, nil
}

// gitlabPrefix begins a line that GitLab shows to a user of its web pages;
// all others it hides there.
const gitlabPrefix = "GL-HOOK-ERR: "

// ServerOutput returns where a server hook writes what the user should read. On
// GitLab, for a change that is made on its web pages, each line is marked so
// that it is shown.
func ServerOutput(w io.Writer, getenv func(string) string) io.Writer {
	if getenv("GL_PROTOCOL") != "web" {
		return w
	}
	return &prefixer{w: w, start: true}
}

type prefixer struct {
	w     io.Writer
	start bool // the next byte begins a line
}

func (p *prefixer) Write(text []byte) (int, error) {
	out := make([]byte, 0, len(text)+len(gitlabPrefix))
	for _, c := range text {
		if p.start {
			out = append(out, gitlabPrefix...)
		}
		out = append(out, c)
		p.start = c == '\n'
	}
	if _, err := p.w.Write(out); err != nil {
		return 0, err
	}
	return len(text), nil
}
