package dossier

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/radius"
	"github.com/djleaks/djleaks/scanner"
)

// prove ends a rotation with evidence: what runs, by its fingerprints, and what
// the site signs, by a value of the owner's own browser.
func (b *book) prove() {
	b.add(scanner.Today, "Prove it: on the host ask again which keys run, and let the audit compare. It must find no live key.", hostLine+" | djleaks audit --live-fingerprint - --fail-on rotate")
	if b.signsNothing() {
		return
	}
	b.add(scanner.Today, "Prove it from outside too, on standard input: "+b.evidence()+". One from before the deploy matches the leaked key; one that the site sets after it, in a private window, must match none. Each process answers for itself: behind a load balancer ask N processes N times and more.", "djleaks key match")
}

// signsNothing reports whether the code at HEAD is known to sign nothing that a
// visitor gets: it has none of Django's own uses of the key, and no other.
func (b *book) signsNothing() bool {
	for _, feature := range []string{radius.Sessions, radius.SessionHash, radius.Messages} {
		if !slices.ContainsFunc(b.radius.NotAffected, func(e scanner.Evidence) bool { return e.Feature == feature }) {
			return false
		}
	}
	return len(b.radius.Effects) == 0
}

// evidence is the value that a visitor of this site has and that the key signs.
func (b *book) evidence() string {
	for _, known := range []struct{ feature, value string }{
		{radius.CookieSessions, "the session cookie"},
		{radius.SimpleJWT, "an access token"},
		{"JWT", "a token"},
		{"signed cookie ", "the signed cookie"},
		{"Flask", "the session cookie"},
		{radius.MessagesCookie, "the messages cookie, which is there while the site has a message to show, for example after somebody logs out"},
	} {
		for _, e := range b.radius.Effects {
			if strings.Contains(e.Feature, known.feature) {
				return known.value
			}
		}
	}
	return "a value that it signs: the messages cookie, a row of session_data, a link from a mail"
}

// purgeKit is the command that writes what takes the keys out of the history.
// Those that a person made up are not purged: they can be guessed. It names the
// first of the generated ones.
func (b *book) purgeKit() (run string, generated int) {
	var words strings.Builder
	for _, k := range b.keys {
		if k.Class.Generated() {
			if generated++; generated <= mostRecords {
				words.WriteString(string(k.Fingerprint) + " ")
			}
		}
	}
	if generated == 0 {
		return "", 0
	}
	return "djleaks purge-kit " + words.String() + "--output ../djleaks-purge", generated
}
