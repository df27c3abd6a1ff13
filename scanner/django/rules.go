package django

import (
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// The ids of the rules. They are part of the reports' contract.
const (
	ruleDjangoKey      = "django-secret-key"
	ruleGeneratedKey   = "generated-secret-key"
	rulePublicKey      = "public-secret-key"
	ruleWeakKey        = "weak-secret-key"
	rulePlaceholderKey = "placeholder-secret-key"

	// RuleLeakedFallback is given by the caller that sees the whole
	// repository: a key that was found elsewhere is in SECRET_KEY_FALLBACKS.
	RuleLeakedFallback = scanner.RuleLeakedFallback
)

// ruleOf names the rule that finds values of a class.
func ruleOf(v value.Class) string {
	switch v.Reported() {
	case scanner.ClassDjangoInsecure, scanner.ClassDjango:
		return ruleDjangoKey
	case scanner.ClassRandom:
		return ruleGeneratedKey
	case scanner.ClassPublic:
		return rulePublicKey
	case scanner.ClassWeak:
		return ruleWeakKey
	}
	return rulePlaceholderKey
}

const (
	fixEnvironment = `Read the key from the environment without a default: SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]. `
	fixRotate      = "Make a new key and do not list the old one in SECRET_KEY_FALLBACKS: whatever is forged with it would stay valid. Expect everybody to be logged out once."
	fixFallbacks   = `Leave empty entries out: [k for k in os.environ.get("DJANGO_SECRET_KEY_FALLBACKS", "").split(",") if k].`
)

// rules documents all rules, most severe first.
func rules() []scanner.Rule {
	return []scanner.Rule{
		{
			ID: ruleDjangoKey, Title: "Django secret key", Severity: scanner.Critical,
			Text: "A key made by Django's own generator: 50 symbols, with or without the prefix that startproject writes. " +
				"Whoever reads it can sign what the site trusts: session data, password reset links together with a row of the database, JSON web tokens, links in mails. " +
				"With the pickle serializer they can run code. The prefix says that the key was meant for development, not that production uses another one.",
			Fix: fixEnvironment + fixRotate,
		},
		{
			ID: ruleGeneratedKey, Title: "generated secret key", Severity: scanner.High,
			Text: "The value of a secret key setting was drawn by some generator (hexadecimal, base64, letters and digits, …), or typed at random by a person: short, but nobody would guess it. Somebody meant it to be secret.",
			Fix:  fixEnvironment + fixRotate,
		},
		{
			ID: rulePublicKey, Title: "key printed in documentation", Severity: scanner.High,
			Text: "The value looks random, but it is printed in the documentation of a framework and was copied from there. Word lists for guessing keys hold it.",
			Fix:  fixEnvironment + "Make a new key if a deployed site uses this one.",
		},
		{
			ID: forms.RuleEmptyFallback, Title: "empty fallback key", Severity: scanner.High,
			Text: `"".split(",") is [""], a list with one empty key. Django 4.1 and later checks signed cookies and the messages cookie with every fallback, ` +
				"and for an empty one the key that remains is public. Anybody can then forge these cookies.",
			Fix: fixFallbacks,
		},
		{
			ID: forms.RuleNoneFallback, Title: "None as fallback key", Severity: scanner.High,
			Text: "Without the variable this list holds None. Django 4.1 and later turns it into the bytes None and checks signed cookies with it: a public key. Anybody can then forge these cookies.",
			Fix:  `Leave unset entries out: [k for k in [os.environ.get("OLD_SECRET_KEY")] if k].`,
		},
		{
			ID: RuleLeakedFallback, Title: "leaked key still accepted", Severity: scanner.High,
			Text: "A key that the history of this repository holds is listed in SECRET_KEY_FALLBACKS. It was rotated, but not revoked: what is signed with it is still accepted.",
			Fix:  "Remove it from SECRET_KEY_FALLBACKS. Sessions and links that were signed with it end, which is the purpose.",
		},
		{
			ID: ruleWeakKey, Title: "guessable secret key", Severity: scanner.Medium,
			Text: "A person made the value up. If a deployed site uses it, it can be guessed; word lists hold it or will. It is not a leak by itself.",
			Fix:  fixEnvironment + "Make a new key for every deployed site.",
		},
		{
			ID: rulePlaceholderKey, Title: "placeholder as secret key", Severity: scanner.Low,
			Text: "The value asks to be replaced, or says that it is for tests, development or a build. It matters only if a site is deployed with it.",
			Fix:  fixEnvironment + "A missing variable then stops the site, instead of running it with this value.",
		},
	}
}
