package gitstore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// MissingBaseError says that the old end of a range cannot be compared with.
// It is ErrMissingBase for errors.Is.
type MissingBaseError struct {
	Base    string // as it was named
	Shallow bool   // the clone is shallow
	fetch   string
}

func (e *MissingBaseError) Error() string {
	if e.Shallow {
		return fmt.Sprintf("range: base %s: %v, which is shallow", e.Base, ErrMissingBase)
	}
	return fmt.Sprintf("range: base %s: %v", e.Base, ErrMissingBase)
}

func (e *MissingBaseError) Unwrap() error { return ErrMissingBase }

// Hint is the command that fetches what is missing.
func (e *MissingBaseError) Hint() string { return e.fetch }

// MissingBase makes the error about a base that is not here: a *MissingBaseError
// with the command that gets it, or ErrUnknownRevision if no command can.
func (r *Repository) MissingBase(base string) error {
	e := &MissingBaseError{Base: base, Shallow: len(r.Shallow()) > 0}
	name, steps := splitRevision(base)
	if id, err := r.resolveName(name); err == nil && id != "" && steps != "" && !e.Shallow {
		return fmt.Errorf("range: base: revision %q: %w", base, ErrUnknownRevision) // there are not so many commits
	}
	remote := r.defaultRemote()
	words := []string{"git", "fetch"}
	if e.Shallow {
		words = append(words, "--unshallow")
	}
	words = append(words, say.Quote(remote))
	hex := len(name) >= minAbbreviation && strings.Trim(name, "0123456789abcdefABCDEF") == ""
	branch, tracked := strings.CutPrefix(strings.TrimPrefix(name, "refs/remotes/"), remote+"/")
	switch {
	case name == "HEAD" || name == "@" || hex && e.Shallow:
	case hex:
		words = append(words, name)
	case tracked:
		words = append(words, say.Quote("+refs/heads/"+branch+":refs/remotes/"+remote+"/"+branch))
	default:
		words = append(words, say.Quote(name+":"+name))
	}
	e.fetch = strings.Join(words, " ")
	return e
}

// defaultRemote is the remote that a plain `git fetch` would ask.
func (r *Repository) defaultRemote() string {
	remotes := r.config.Remotes()
	if len(remotes) == 0 || slices.Contains(remotes, "origin") {
		return "origin"
	}
	return remotes[0]
}
