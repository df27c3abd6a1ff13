package fleet

import (
	"errors"
	"slices"

	"github.com/djleaks/djleaks/internal/lazy"
	"github.com/djleaks/djleaks/scanner"
)

// mask is what a key may look like in a record: startproject's prefix, at most
// two characters, and the length.
var mask = lazy.Regexp(`^(django-insecure-)?[!-~]{0,2}…\([0-9]+\)$`)

// fingerprint is 16 hexadecimal digits.
var fingerprint = lazy.Regexp(`^[0-9a-f]{16}$`)

// ErrShowsKey is the error of a record that shows a key, or what is not the mask
// of one, be it that somebody has edited it: what is merged goes to more people
// than a store.
var ErrShowsKey = errors.New("it shows a key in clear, or what is not the mask of one")

// shows reports whether a record shows a key.
func (r *Record) shows() bool {
	var redact *scanner.Redactor // masks what has startproject's prefix
	shown := func(s string) bool { return redact.Redact(s) != s }
	for i := range r.Keys {
		k := &r.Keys[i]
		if !fingerprint().MatchString(string(k.Fingerprint)) || !mask().MatchString(k.Masked) {
			return true
		}
		for _, s := range []string{string(k.Class), string(k.Status), string(k.Verdict), k.Rule, k.Since, k.Commit, k.Path, r.Head, r.Refs} {
			if shown(s) || len(s) == k.Length && scanner.NewSecret(s).Fingerprint() == k.Fingerprint {
				return true
			}
		}
	}
	for _, f := range r.Accepted {
		if !fingerprint().MatchString(string(f)) {
			return true
		}
	}
	return shown(r.Reason) || slices.ContainsFunc(r.Unread, func(u Unread) bool { return shown(u.Reason) })
}
