package fleet

import (
	"github.com/djleaks/djleaks/internal/lazy"
	"github.com/djleaks/djleaks/scanner"
)

// mask is what a key may look like in a record: startproject's prefix, at most
// two characters, and the length.
var mask = lazy.Regexp(`^(django-insecure-)?[!-~]{0,2}…\([0-9]+\)$`)

// fingerprint is 16 hexadecimal digits.
var fingerprint = lazy.Regexp(`^[0-9a-f]{16}$`)

// clear says whether a record shows a key, be it that somebody has edited it:
// what is merged goes to more people than a store. It never quotes.
func (r *Record) clear() string {
	var redact *scanner.Redactor // masks what has startproject's prefix
	shown := func(s string, k *Key) bool {
		return redact.Redact(s) != s || k != nil && len(s) == k.Length && scanner.NewSecret(s).Fingerprint() == k.Fingerprint
	}
	const problem = "it shows a key in clear, or what is not the mask of one"
	for i := range r.Keys {
		k := &r.Keys[i]
		if !fingerprint().MatchString(string(k.Fingerprint)) || !mask().MatchString(k.Masked) {
			return problem
		}
		for _, s := range []string{string(k.Class), string(k.Status), string(k.Verdict), k.Rule, k.Since, k.Commit, k.Path, r.Head, r.Refs} {
			if shown(s, k) {
				return problem
			}
		}
	}
	for _, f := range r.Accepted {
		if !fingerprint().MatchString(string(f)) {
			return problem
		}
	}
	for _, u := range r.Unread {
		if shown(u.Reason, nil) {
			return problem
		}
	}
	if shown(r.Reason, nil) {
		return problem
	}
	return ""
}
