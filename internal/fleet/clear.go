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
	for i := range r.Keys {
		k := &r.Keys[i]
		if !fingerprint().MatchString(string(k.Fingerprint)) || !mask().MatchString(k.Masked) {
			return true
		}
		for _, word := range []string{string(k.Class), string(k.Status), string(k.Verdict), k.Rule} {
			if !isOwnWord(word) && k.isShownBy(word) {
				return true
			}
		}
		for _, s := range []string{k.Since, k.Commit, k.Path, r.Head, r.Refs} {
			if k.isShownBy(s) {
				return true
			}
		}
	}
	for _, f := range r.Accepted {
		if !fingerprint().MatchString(string(f)) {
			return true
		}
	}
	return hasPrefixed(r.Reason) || slices.ContainsFunc(r.Unread, func(u Unread) bool { return hasPrefixed(u.Reason) })
}

// isShownBy reports whether a text is the key, where a report would mask it, or
// has one with startproject's prefix in it. A word that somebody took for a key may
// be the name of a file as well.
func (k *Key) isShownBy(s string) bool {
	if len(s) != k.Length {
		return hasPrefixed(s)
	}
	key := scanner.NewSecret(s)
	if key.Fingerprint() != k.Fingerprint {
		return hasPrefixed(s)
	}
	var redact scanner.Redactor
	redact.Add(key, k.Class)
	return redact.Redact(s) != s
}

// hasPrefixed reports whether a text has a key with startproject's prefix in it.
func hasPrefixed(s string) bool {
	var redact *scanner.Redactor
	return redact.Redact(s) != s
}

// isOwnWord recognises what djleaks says itself of a key, which can be the key of
// somebody who did not think of another: "placeholder", "weak-secret-key".
func isOwnWord(s string) bool {
	return slices.Contains(scanner.Classes(), scanner.Class(s)) || slices.Contains(scanner.Statuses(), scanner.Status(s)) ||
		slices.Contains(scanner.Decisions(), scanner.Decision(s)) || rule().MatchString(s)
}

// rule is the name of a rule.
var rule = lazy.Regexp(`^[a-z]{1,16}-secret-key$`)
