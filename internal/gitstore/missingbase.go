package gitstore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// missingBaseError says that the old end of a range cannot be compared with.
// It is ErrMissingBase for errors.Is.
type missingBaseError struct {
	base    string // as it was named
	shallow bool   // the clone is shallow
	fetch   string
}

func (e *missingBaseError) Error() string {
	if e.shallow {
		return fmt.Sprintf("range: base %s: %v, which is shallow", e.base, ErrMissingBase)
	}
	return fmt.Sprintf("range: base %s: %v", e.base, ErrMissingBase)
}

func (e *missingBaseError) Unwrap() error { return ErrMissingBase }

// Hint is the command that fetches what is missing.
func (e *missingBaseError) Hint() string { return e.fetch }

// MissingBase returns the error for a base that is not in this clone: an
// ErrMissingBase whose hint is the command that fetches it, or an
// ErrUnknownRevision if no command can.
func (r *Repository) MissingBase(base string) error {
	e := &missingBaseError{base: base, shallow: len(r.Shallow()) > 0}
	name, steps := splitRevision(base)
	if id, err := r.resolveName(name); err == nil && id != "" && steps != "" && !e.shallow {
		return unknownBase(base) // the name exists, but it has fewer ancestors
	}
	remote := r.defaultRemote()
	words := []string{"git", "fetch"}
	if e.shallow {
		words = append(words, "--unshallow")
	}
	words = append(words, say.Quote(remote))
	hex := len(name) >= minAbbreviation && strings.Trim(name, "0123456789abcdefABCDEF") == ""
	branch, tracked := strings.CutPrefix(strings.TrimPrefix(name, "refs/remotes/"), remote+"/")
	switch {
	case name == "HEAD" || name == "@" || hex && e.shallow:
	case hex:
		words = append(words, name)
	case tracked:
		words = append(words, say.Quote("+refs/heads/"+branch+":refs/remotes/"+remote+"/"+branch))
	case len(r.config.Remotes()) == 0 && !e.shallow:
		return unknownBase(base) // a slip of the pen
	default:
		words = append(words, say.Quote(name+":"+name))
	}
	e.fetch = strings.Join(words, " ")
	return e
}

func unknownBase(base string) error {
	return fmt.Errorf("range: base: revision %q: %w", base, ErrUnknownRevision)
}

// defaultRemote is the remote that a plain `git fetch` fetches from.
func (r *Repository) defaultRemote() string {
	remotes := r.config.Remotes()
	if len(remotes) == 0 || slices.Contains(remotes, "origin") {
		return "origin"
	}
	return remotes[0]
}
