package signed

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/djleaks/djleaks/internal/lazy"
)

// A mark recognises values that no key can be tried on.
type mark struct {
	form   func() *regexp.Regexp
	name   func() *regexp.Regexp // of the cookie or parameter, if the form alone is not enough
	reason string
}

var marks = []mark{
	{
		form:   lazy.Regexp(`^[0-9a-z]{32}$`),
		name:   lazy.Regexp(`(?i)sess|^sid$`),
		reason: "a session id: it names a row of the session store and is not signed; the store's session_data is",
	},
	{
		form:   lazy.Regexp(`^([A-Za-z0-9]{32}|[A-Za-z0-9]{64})$`),
		name:   lazy.Regexp(`(?i)csrf|xsrf`),
		reason: "a CSRF token: it is random, and no key is in it",
	},
	{
		form:   lazy.Regexp(`^([0-9A-Za-z]{1,13}-)?[0-9a-z]{1,13}-([0-9a-f]{20}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$`),
		reason: "a password reset token: its signature covers the user's row (password, last login, e-mail), which is not here",
	},
	{
		form:   lazy.Regexp(`^(pbkdf2|argon2|bcrypt|scrypt|sha1|md5)[a-z0-9_]*\$`),
		reason: "a password hash: SECRET_KEY is not used for it",
	},
	{
		form:   lazy.Regexp(`^gAAAAA[A-Za-z0-9_-]{70,}={0,2}$`),
		reason: "a Fernet token: it is encrypted, with a key that the program makes in a way of its own",
	},
	{
		form:   lazy.Regexp(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`),
		reason: "a UUID: it is random, and not signed",
	},
	{
		form:   lazy.Regexp(`^([0-9a-f]{40}|[0-9a-f]{64})$`),
		reason: "a hexadecimal token: either random (an API token of Django REST framework or Knox) or an HMAC over a user's row",
	},
}

// guesses recognise what has no name beside it, when no mark does.
var guesses = []mark{
	{form: lazy.Regexp(`^[0-9a-z]{32}$`), reason: marks[0].reason},
	{form: lazy.Regexp(`^([A-Za-z0-9]{32}|[A-Za-z0-9]{64})$`), reason: marks[1].reason},
}

// longestMark is the length in bytes above which no mark is looked for.
const longestMark = 4 << 10

// unsigned says why a piece cannot be checked, or "".
func unsigned(p piece) string {
	if len(p.text) > longestMark {
		return ""
	}
	for _, m := range marks {
		if m.form().MatchString(p.text) && (m.name == nil || namedLike(p.names, m.name())) {
			return m.reason
		}
	}
	if reason := unsignedJWT(p.text); reason != "" {
		return reason
	}
	if reason := cutOff(p.text); reason != "" {
		return reason
	}
	if len(p.names) == 0 {
		for _, m := range guesses {
			if m.form().MatchString(p.text) {
				return m.reason
			}
		}
	}
	return ""
}

func namedLike(names []string, form *regexp.Regexp) bool {
	return len(names) > 0 && form.MatchString(names[len(names)-1])
}

// unsignedJWT says why a JSON Web Token cannot be checked.
func unsignedJWT(text string) string {
	alg, _, ok := jwtHeader(text)
	parts := strings.Split(text, ".")
	switch {
	case !ok:
		return ""
	case strings.EqualFold(alg, "none"):
		return "a JSON Web Token with alg none: it is not signed at all"
	case len(parts) == 5:
		return "an encrypted JSON Web Token (JWE)"
	case jwtHashes[alg] == 0 && asymmetric[alg]:
		return "a JSON Web Token with " + alg + ": a private key signed it, not SECRET_KEY"
	case jwtHashes[alg] == 0:
		return "a JSON Web Token with an algorithm that does not use a shared key"
	case len(parts) != 3 || base64.RawURLEncoding.DecodedLen(len(parts[2])) != jwtHashes[alg].Size():
		return "a JSON Web Token that is cut off: its signature is not complete"
	}
	return ""
}

// asymmetric are the algorithms of JSON Web Tokens that use a pair of keys
// (RFC 7518, 3.1; RFC 8037, 3.1).
var asymmetric = map[string]bool{
	"RS256": true, "RS384": true, "RS512": true, "PS256": true, "PS384": true, "PS512": true,
	"ES256": true, "ES384": true, "ES512": true, "ES256K": true, "EdDSA": true,
}

// cutOff says of a value whose signature is not complete that it is.
func cutOff(text string) string {
	for _, separator := range []string{":", "."} {
		if isCutOff(text, separator) {
			return "a signed value that is cut off: its signature is not complete"
		}
	}
	payload := strings.TrimPrefix(text, ".")
	if (strings.HasPrefix(text, ".eJ") || strings.HasPrefix(text, "eyJ")) && isRun(payload) {
		return "the beginning of a signed value: its signature is missing"
	}
	return ""
}

// isCutOff reports whether a value with a time ends within its signature.
func isCutOff(text, separator string) bool {
	last := strings.LastIndex(text, separator)
	if last < 0 || !isRun(text[last+1:]) || len(text)-last > 86 {
		return false
	}
	if _, _, _, complete := tail(text); complete {
		return false
	}
	body := text[:last]
	at := strings.LastIndex(body, separator)
	if separator == "." {
		return at > 0 && !base64Time(body[at+1:]).IsZero() && isSerialized(body[:at], true)
	}
	return at > 0 && !base62Time(body[at+1:]).IsZero()
}

func isRun(text string) bool {
	for i := range len(text) {
		if !isBase64URL(text[i]) {
			return false
		}
	}
	return true
}
