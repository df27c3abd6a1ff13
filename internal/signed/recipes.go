package signed

import (
	"strconv"
	"unicode/utf8"
)

// Purpose says what a signed value is for. The words are part of the JSON
// contract.
type Purpose string

// The purposes.
const (
	SessionCookie     Purpose = "session-cookie" // signed_cookies: the session itself
	SessionData       Purpose = "session-data"   // a stored session
	MessagesCookie    Purpose = "messages-cookie"
	SignedCookie      Purpose = "signed-cookie"      // set_signed_cookie
	SigningDumps      Purpose = "signing-dumps"      // django.core.signing.dumps
	Signer            Purpose = "signer"             // Signer, with its own salt or one of the code
	TimestampSigner   Purpose = "timestamp-signer"   // TimestampSigner, likewise
	EmailConfirmation Purpose = "email-confirmation" // a link of django-allauth
	Registration      Purpose = "registration"       // a link of django-registration
	DebugToolbar      Purpose = "debug-toolbar"      // a form of django-debug-toolbar
	JWT               Purpose = "jwt"                // a JSON Web Token
	FlaskSession      Purpose = "flask-session"
	FlaskCSRF         Purpose = "flask-csrf"     // a token of Flask-WTF
	RememberCookie    Purpose = "flask-remember" // a cookie of Flask-Login
	Itsdangerous      Purpose = "itsdangerous"   // another value of itsdangerous
	ImageLink         Purpose = "wagtail-image"  // a link of Wagtail's dynamic images
	ForgedCookie      Purpose = "forged-cookie"  // a cookie signed with the empty entry of SECRET_KEY_FALLBACKS
)

var purposeWords = map[Purpose]string{
	SessionCookie:     "a session cookie (signed_cookies)",
	SessionData:       "a stored session (session_data)",
	MessagesCookie:    "a messages cookie",
	SignedCookie:      "a signed cookie (set_signed_cookie)",
	SigningDumps:      "a value of django.core.signing.dumps",
	Signer:            "a value of Signer",
	TimestampSigner:   "a value of TimestampSigner or of dumps with a salt",
	EmailConfirmation: "an e-mail confirmation link (django-allauth)",
	Registration:      "an activation link (django-registration)",
	DebugToolbar:      "a form of django-debug-toolbar",
	JWT:               "a JSON Web Token",
	FlaskSession:      "a Flask session cookie",
	FlaskCSRF:         "a CSRF token of Flask-WTF",
	RememberCookie:    "a remember_token of Flask-Login",
	Itsdangerous:      "a value of itsdangerous",
	ImageLink:         "an image link of Wagtail",
	ForgedCookie:      "a cookie that was forged: an empty SECRET_KEY_FALLBACKS entry signed it",
}

// String describes the purpose to people, as a noun with its article.
func (p Purpose) String() string { return purposeWords[p] }

// derivation says how the key of an HMAC is made from a secret key.
type derivation uint8

const (
	hashed derivation = iota // H(prefix + secret)
	keyed                    // HMAC of the prefix with the secret
	plain                    // the secret itself
	suffix                   // no HMAC: H(message + secret)
)

// A recipe makes the key of an HMAC from a secret key.
type recipe struct {
	derivation derivation
	prefix     string
	purpose    Purpose
	salt       string // as the code names it, for people; empty if it is the library's own
	cookie     bool   // made by Django's signer of cookies
	name       string // of the cookie, if it is part of the salt
}

// rank orders recipes by how likely they are.
type rank uint8

const (
	own   rank = iota // salts of Django and of well-known packages
	named             // the names in the input as cookie names, and the salts that the user gives
	coded             // salts and names in the code, as it uses them
	pairs             // every name in the code with every salt
	ranks
)

// cookiePrefix is what comes before the secret in Django's signer of cookies
// (django.core.signing._cookie_signer_key).
const cookiePrefix = "django.http.cookies"

// djangoSalts are the salts of Django and of packages for it.
var djangoSalts = []struct {
	salt    string
	cookie  bool
	purpose Purpose
}{
	{"django.contrib.sessions.backends.signed_cookies", false, SessionCookie},
	{"django.contrib.sessions.SessionStore", false, SessionData},
	{"django.contrib.messages", true, MessagesCookie},
	{"django.core.signing", false, SigningDumps},
	{"django.core.signing.TimestampSigner", false, TimestampSigner},
	{"django.core.signing.Signer", false, Signer},
	{"django.core.signing.get_cookie_signer", true, SignedCookie},
	{"account", false, EmailConfirmation},
	{"registration", false, Registration},
	{"django_debug_toolbar", false, DebugToolbar},
}

// flaskSalts are the salts of itsdangerous and of packages that use it.
var flaskSalts = []struct {
	salt    string
	purpose Purpose
}{
	{"cookie-session", FlaskSession},
	{"itsdangerous", Itsdangerous},
	{"itsdangerous.Signer", Itsdangerous}, // Starlette's sessions too
	{"wtf-csrf-token", FlaskCSRF},
}

// A Vocabulary is what the code of a site calls things: what its signers may be
// given. Its lists may hold words that no signer is given.
type Vocabulary struct {
	Given   []string // salts that the user names
	Salts   []string
	Cookies []string // names of cookies
	Pairs   []CookieSalt
	Classes []string // of session stores
}

// CookieSalt is what one call of set_signed_cookie is given.
type CookieSalt struct{ Cookie, Salt string }

// maxProducts is how many combinations of a name and a salt that the code never
// names together are tried.
const maxProducts = 2000

// recipesFor returns the ways of a rank in which a claim may have been signed.
func recipesFor(c *claim, v *Vocabulary, r rank) []recipe {
	switch c.scheme {
	case djangoSigner:
		return djangoRecipes(c, v, r)
	case itsdangerous:
		return append(itsdangerousRecipes(v, r), djangoRecipes(c, v, r)...)
	}
	if r != own {
		return nil
	}
	switch c.scheme {
	case jwt:
		return []recipe{{derivation: plain, purpose: JWT}}
	case remember:
		return []recipe{{derivation: plain, purpose: RememberCookie}}
	case imageURL:
		return []recipe{{derivation: plain, purpose: ImageLink}}
	case oldMessages:
		return []recipe{{prefix: "django.contrib.messages", purpose: MessagesCookie}}
	case pickleSession:
		return []recipe{{derivation: suffix, purpose: SessionData}}
	}
	var out []recipe // oldSession
	for _, class := range append([]string{"SessionStore", "SessionBase"}, v.Classes...) {
		out = append(out, recipe{prefix: "django.contrib.sessions" + class, purpose: SessionData})
	}
	return out
}

func djangoRecipes(c *claim, v *Vocabulary, r rank) (out []recipe) {
	purpose := Signer
	if !c.at.IsZero() {
		purpose = TimestampSigner
	}
	switch r {
	case own:
		for _, s := range djangoSalts {
			out = append(out, signer(s.salt, s.cookie, s.purpose, ""))
		}
	case named:
		out = append(signers(v.Given, purpose), cookies(c.names, append([]string{""}, v.Given...))...)
	case coded:
		out = signers(v.Salts, purpose)
		for _, class := range v.Classes {
			out = append(out, signer("django.contrib.sessions."+class, false, SessionData, ""))
		}
		for _, pair := range v.Pairs {
			out = append(out, cookie(pair.Cookie, pair.Salt)...)
		}
		out = append(out, cookies(v.Cookies, append([]string{""}, v.Given...))...)
	case pairs:
		out = append(cookies(c.names, v.Salts), cookies(v.Cookies, v.Salts)...)
		out = out[:min(len(out), maxProducts)]
	}
	return out
}

// signers are the recipes of salts that may be those of signers or of cookies.
func signers(salts []string, purpose Purpose) (out []recipe) {
	for _, salt := range salts {
		out = append(out, signer(salt, false, purpose, salt), signer(salt, true, SignedCookie, salt))
	}
	return out
}

// cookies are the recipes of all names with all salts.
func cookies(names, salts []string) (out []recipe) {
	for _, name := range names {
		for _, salt := range salts {
			out = append(out, cookie(name, salt)...)
		}
	}
	return out
}

// signer is the recipe of django.core.signing.Signer.
func signer(salt string, cookie bool, purpose Purpose, shown string) recipe {
	prefix := salt + "signer"
	if cookie {
		prefix += cookiePrefix
	}
	return recipe{prefix: prefix, purpose: purpose, salt: shown, cookie: cookie}
}

// cookie returns the recipes of a signed cookie: the salt of Django 5.2.15 and
// later (django.core.signing._cookie_signer_salt, its length in characters), and
// that of all Djangos before.
func cookie(name, salt string) []recipe {
	v2 := "django.http.cookies.v2:" + strconv.Itoa(utf8.RuneCountInString(salt)) + ":" + salt + name
	recipes := []recipe{signer(v2, true, SignedCookie, salt), signer(name+salt, true, SignedCookie, salt)}
	recipes[0].name, recipes[1].name = name, name
	return recipes
}

// itsdangerousRecipes covers its four derivations. "django-concat" is the
// default, "hmac" that of Flask's sessions.
func itsdangerousRecipes(v *Vocabulary, r rank) (out []recipe) {
	add := func(salt string, purpose Purpose, shown string) {
		out = append(out,
			recipe{derivation: hashed, prefix: salt + "signer", purpose: purpose, salt: shown},
			recipe{derivation: keyed, prefix: salt, purpose: purpose, salt: shown},
			recipe{derivation: hashed, prefix: salt, purpose: purpose, salt: shown})
	}
	switch r {
	case own:
		for _, s := range flaskSalts {
			add(s.salt, s.purpose, "")
		}
		out = append(out, recipe{derivation: plain, purpose: Itsdangerous})
	case named:
		for _, salt := range v.Given {
			add(salt, Itsdangerous, salt)
		}
	case coded:
		for _, salt := range v.Salts {
			add(salt, Itsdangerous, salt)
		}
	}
	return out
}
