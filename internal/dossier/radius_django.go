package dossier

import (
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// sessions looks at SESSION_ENGINE and SESSION_SERIALIZER.
func (s *survey) sessions() {
	const app = "django.contrib.sessions"
	engines := s.set.Get("SESSION_ENGINE")
	if len(engines) == 0 && s.set.AppAbsent(app) == project.Yes {
		s.safe(project.Site{}, "sessions", app+" is not in INSTALLED_APPS")
		return
	}
	seen := map[string]bool{}
	for _, x := range engines {
		value, fixed, ok := x.Value.Default()
		if !ok {
			s.unseen(x.Site, "sessions", "SESSION_ENGINE is computed here")
			continue
		}
		if !seen[value] {
			seen[value] = true
			s.engine(x.Site, value, "SESSION_ENGINE is "+value, fixed)
		}
	}
	if len(seen) > 0 {
		return
	}
	at, reason := project.Site{}, "SESSION_ENGINE is not set, so that sessions are in the database"
	x, installed := s.set.App(app)
	if installed {
		at = x
	}
	certain := s.set.Absent("SESSION_ENGINE") == project.Yes
	if certain && !installed {
		reason, certain = "SESSION_ENGINE is not set; whether "+app+" is installed could not be read", false
	} else if !certain {
		reason = "SESSION_ENGINE could not be read; Django's default is the database"
	}
	s.engine(at, "django.contrib.sessions.backends.db", reason, certain)
}

func (s *survey) engine(at project.Site, engine, reason string, certain bool) {
	_, kind, _ := strings.Cut(engine, "backends.")
	e := scanner.Effect{Effect: scanner.EffectLinks, Reason: reason, Certain: certain, Fallbacks: s.helpOfSigner()}
	const store = "only for whoever can write to the session store as well"
	e.Rotation = "stored sessions read as empty: everybody is logged out"
	e.Attack = "forge a session, " + store
	switch kind {
	case "signed_cookies":
		s.cookieSessions(at, e)
		return
	case "db":
		e.Feature = "sessions in the database"
	case "file":
		e.Feature = "sessions in files"
	case "cached_db":
		e.Feature = "sessions in database and cache"
		e.Rotation = "sessions are lost once their cache entry is gone, and everybody is logged out"
	case "cache":
		e.Feature = "sessions in the cache"
		e.Attack = "nothing with the key alone: what is in the cache is not signed"
		e.Rotation = "everybody is logged out, but the data of visitors is kept: flush the cache, or forged data survives"
	default:
		s.unseen(at, "sessions", "SESSION_ENGINE is "+engine+", which is not one of Django's")
		return
	}
	if at, pickled, sure := s.pickle(); pickled != "" && kind != "cache" {
		e := e
		e.Effect, e.Feature = scanner.EffectCode, "pickled sessions in the store"
		e.Reason, e.Certain = pickled, certain && sure
		e.Attack = "run code, " + store
		s.effect(at, e)
	}
	s.effect(at, e)
}

// cookieSessions are those that the browser keeps: the key is all that protects
// them.
func (s *survey) cookieSessions(at project.Site, e scanner.Effect) {
	e.Rotation = "all sessions end: everybody is logged out"
	where, pickled, sure := s.pickle()
	if pickled != "" {
		e := e
		e.Effect, e.Feature = scanner.EffectCode, "pickled signed-cookie sessions"
		e.Reason, e.Certain = e.Reason+", and "+pickled, e.Certain && sure
		e.Attack = "run code with one forged cookie"
		if where.Path == "" {
			where = at
		}
		s.effect(where, e)
	} else if where.Path != "" {
		s.safe(where, "pickled sessions", "PickleSerializer is set, but Django 5.0 and newer do not have it")
	}
	e.Effect, e.Feature = scanner.EffectIdentity, "signed-cookie sessions"
	e.Attack = "forge the whole content of a session; log in as accounts whose password column is empty, as single sign-on may leave it, or whose password hash is known"
	s.effect(at, e)
}

// pickle says why sessions are pickled; empty if they are not. Where the
// setting is there but has no effect any more, only the place is returned.
func (s *survey) pickle() (at project.Site, reason string, sure bool) {
	for _, x := range s.set.Get("SESSION_SERIALIZER") {
		value, fixed, ok := x.Value.Default()
		if !ok {
			s.unseen(x.Site, "session serializer", "SESSION_SERIALIZER is computed here")
			continue
		}
		if !strings.Contains(strings.ToLower(value), "pickle") {
			continue
		}
		if !strings.HasPrefix(value, "django.contrib.") {
			return x.Site, "SESSION_SERIALIZER is " + value, fixed
		}
		switch s.since("5.0") {
		case project.Yes:
			return x.Site, "", true
		case project.No:
			return x.Site, "SESSION_SERIALIZER is " + value, fixed
		}
		return x.Site, "SESSION_SERIALIZER is " + value + ", which works if Django is older than 5.0", false
	}
	if s.since("1.6") == project.No && len(s.set.Get("SESSION_SERIALIZER")) == 0 {
		return s.out.DjangoAt, "Django " + s.out.Django + " pickles sessions by default", true
	}
	return project.Site{}, "", false
}

// sessionHash is what ties every login to the password and the key.
func (s *survey) sessionHash() {
	const app = "django.contrib.auth"
	if s.set.AppAbsent(app) == project.Yes {
		s.safe(project.Site{}, "session auth hash", app+" is not in INSTALLED_APPS")
		return
	}
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "session auth hash", Certain: true,
		Reason:   "Django 1.10 and newer compare it at every request",
		Attack:   "nothing by itself",
		Rotation: "everybody is logged out, with every session engine", Fallbacks: s.helpSince("4.1.8"),
	}
	at, seen := s.set.App(app)
	switch s.since("1.10") {
	case project.No:
		s.safe(s.out.DjangoAt, "session auth hash", "Django "+s.out.Django+" compares it only with SessionAuthenticationMiddleware")
		return
	case project.Unknown:
		e.Reason = "Django 1.10 and newer compare it at every request; which version this is is not known"
	}
	e.Certain = seen
	s.effect(at, e)
}

// resetLinks are the mailed links of password resets.
func (s *survey) resetLinks() {
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "password reset links", Certain: true,
		Attack:   "forge one for an account whose password column is empty and that never logged in, or whose password hash is known; for no other account",
		Rotation: "links in mails sent earlier stop working", Fallbacks: s.helpOfSigner(),
	}
	for _, f := range s.p.Code {
		at := project.Site{Path: f.Path}
		for _, word := range []string{"PasswordResetView", "PasswordResetConfirmView", "password_reset_confirm", "default_token_generator", "PasswordResetForm"} {
			if lines := f.Names(word); len(lines) > 0 {
				at.Line, e.Reason = lines[0], word+" is used"
				break
			}
		}
		if calls := f.Calls("include"); at.Line == 0 {
			for _, c := range calls {
				for _, value := range c.Strings() {
					if value == "django.contrib.auth.urls" {
						at.Line, e.Reason = c.Line, "the URLs of django.contrib.auth are included"
					}
				}
			}
		}
		if at.Line > 0 {
			s.withEmptyPasswords(at, e)
			return
		}
	}
	if seen, ok := s.sees(clues{apps: []string{"djoser", "allauth.account", "allauth", "dj_rest_auth", "rest_auth", "authemail"}, dists: []string{"djoser", "django-allauth"}}); ok {
		e.Reason, e.Certain = seen.Reason+", which mails reset links", seen.Used
		s.withEmptyPasswords(seen.Site, e)
		return
	}
	if at, ok := s.set.App("django.contrib.admin"); ok {
		e.Reason, e.Certain = "no view for resets was seen in the project's own code", false
		s.safe(at, "password reset links", e.Reason)
	}
}

// withEmptyPasswords makes the reset links worse where the project creates
// accounts without a password: then a link can be forged from nothing but the
// key.
func (s *survey) withEmptyPasswords(at project.Site, e scanner.Effect) {
	for _, f := range s.p.Code {
		for _, c := range f.Calls("create", "get_or_create", "update_or_create", "bulk_create") {
			users := strings.Contains(c.Text, "User.objects.") || strings.Contains(c.Text, "user_model.objects.") || strings.Contains(c.Text, "UserModel.objects.")
			on, chained := c.Key(".")
			if !users && !(chained && on.Mentions("get_user_model")) {
				continue
			}
			if _, given := c.Key("password"); given || c.Open {
				continue
			}
			e.Effect = scanner.EffectIdentity
			e.Attack = "become a user whose password column is empty and who never logged in: this code makes such accounts; and any user whose password hash is known"
			e.Reason += ", and accounts are created without a password"
			s.effect(project.Site{Path: f.Path, Line: c.Line}, e)
			return
		}
	}
	s.effect(at, e)
}

// ownTokens are token generators that leave the password out.
func (s *survey) ownTokens() {
	for _, f := range s.p.Code {
		for i := range f.Classes {
			c := &f.Classes[i]
			derived := false
			for _, base := range c.Bases {
				derived = derived || strings.HasSuffix(base, "PasswordResetTokenGenerator")
			}
			at := project.Site{Path: f.Path, Line: c.Line}
			switch {
			case !derived || !c.Has("_make_hash_value"):
			case c.Has("password"):
				s.safe(at, "own token generator", c.Name+" has the password in its hash: without that nobody forges a token")
			default:
				s.effect(at, scanner.Effect{
					Effect: scanner.EffectIdentity, Feature: "own token generator", Certain: true,
					Reason:   c.Name + " leaves the password out of _make_hash_value",
					Attack:   "make a token for any user: activate an account, or become the user if the view logs in",
					Rotation: "tokens that were sent before stop working", Fallbacks: s.helpOfSigner(),
				})
			}
		}
	}
}

// messages are the notices of django.contrib.messages.
func (s *survey) messages() {
	const app = "django.contrib.messages"
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "messages cookie", Certain: true,
		Attack:   "show a text as the site's own, to whom a cookie can be planted on",
		Rotation: "messages that wait to be shown are lost", Fallbacks: s.helpOfSigner(),
	}
	if x, ok := s.set.Last("MESSAGE_STORAGE"); ok {
		value, fixed, known := x.Value.Default()
		switch {
		case known && strings.HasSuffix(value, "session.SessionStorage"):
			s.safe(x.Site, "messages", "MESSAGE_STORAGE keeps them in the session")
		case known && strings.HasPrefix(value, app):
			e.Reason, e.Certain = "MESSAGE_STORAGE is "+value, fixed
			s.effect(x.Site, e)
		default:
			s.unseen(x.Site, "messages", "MESSAGE_STORAGE is not one of Django's")
		}
		return
	}
	if at, ok := s.set.App(app); ok {
		e.Reason = "messages are kept in a cookie by default"
		e.Certain = s.set.Absent("MESSAGE_STORAGE") == project.Yes
		s.effect(at, e)
	} else if s.set.AppAbsent(app) == project.Yes {
		s.safe(project.Site{}, "messages", app+" is not in INSTALLED_APPS")
	}
}

// identityWords make a signed value one that says who somebody is.
func identityWords(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"user", "uid", "login", "auth", "account", "remember", "impersonat", "2fa", "otp", "mfa", "tenant", "role", "admin"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// signedCookies are get_signed_cookie and set_signed_cookie.
func (s *survey) signedCookies() {
	for _, f := range s.p.Code {
		for _, c := range f.Calls("get_signed_cookie", "set_signed_cookie") {
			name := ""
			if len(c.Items) > 0 && c.Items[0].Kind == project.Text {
				name = c.Items[0].Text
			}
			e := scanner.Effect{
				Effect: scanner.EffectLinks, Feature: "signed cookie", Certain: true, Reason: "calls " + lastName(c.Text),
				Attack: "forge the value of the cookie", Rotation: "the old cookie is refused", Fallbacks: s.helpOfSigner(),
			}
			if name != "" {
				e.Feature = "signed cookie " + name
			}
			if identityWords(name) {
				e.Effect, e.Attack = scanner.EffectIdentity, "forge the value of a cookie that by its name says who the visitor is"
			}
			if _, ok := c.Key("default"); !ok && strings.HasSuffix(c.Text, "get_signed_cookie") {
				e.Rotation += "; without default= that is an error 500 (BadSignature)"
			}
			if s.since("5.2.15") != project.No {
				if _, ok := s.set.Last("SIGNED_COOKIE_LEGACY_SALT_FALLBACK"); !ok {
					e.Rotation += "; Django 5.2.15 and 6.1 refuse older cookies for their salt as well"
				}
			}
			s.effect(project.Site{Path: f.Path, Line: c.Line}, e)
		}
	}
}

func lastName(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }

// signers are django.core.signing in own code.
func (s *survey) signers() {
	for _, f := range s.p.Code {
		at, ok := f.Imported("django.core.signing")
		if !ok || isModel(f.Path) && len(f.Calls("sign", "sign_object", "dumps")) > 0 {
			continue
		}
		line := at.Line
		own := false
		for _, c := range f.Calls("Signer", "TimestampSigner", "dumps", "loads") {
			line = c.Line
			if key, given := c.Key("key"); given && !key.Mentions("SECRET_KEY") {
				own = true
				s.safe(project.Site{Path: f.Path, Line: c.Line}, "own signatures", lastName(c.Text)+" is given a key of its own")
				break
			}
		}
		if own {
			continue
		}
		e := scanner.Effect{
			Effect: scanner.EffectLinks, Feature: "own signatures (django.core.signing)", Certain: true, Reason: "imports django.core.signing",
			Attack: "forge what this code trusts", Rotation: "links and tokens given out earlier stop working", Fallbacks: s.helpOfSigner(),
		}
		if len(f.Calls("login", "authenticate")) > 0 {
			e.Effect = scanner.EffectIdentity
			e.Reason += ", and logs users in"
			e.Attack = "forge a link that logs in"
		}
		s.effect(project.Site{Path: f.Path, Line: line}, e)
	}
}

// isModel reports whether a file's results are likely to be stored.
func isModel(file string) bool {
	base, folder := path.Base(file), path.Base(path.Dir(file))
	return base == "models.py" || base == "managers.py" || base == "fields.py" || folder == "models"
}

// storedSignatures are those that a model keeps.
func (s *survey) storedSignatures() {
	for _, f := range s.p.Code {
		for _, c := range f.Calls("salted_hmac") {
			e := scanner.Effect{
				Effect: scanner.EffectLinks, Feature: "own signatures (salted_hmac)", Reason: "calls salted_hmac", Certain: true,
				Attack: "forge the value that is signed", Rotation: "signatures made before do not match any more", Fallbacks: scanner.HelpsNot,
			}
			if key, ok := c.Key("secret"); ok && !key.Mentions("SECRET_KEY") {
				s.safe(project.Site{Path: f.Path, Line: c.Line}, "own signatures", "salted_hmac is given a secret of its own")
				continue
			}
			if isModel(f.Path) {
				e.Effect, e.Feature = scanner.EffectData, "stored signatures (salted_hmac)"
				e.Rotation = "a hash that is stored never matches again"
			}
			s.effect(project.Site{Path: f.Path, Line: c.Line}, e)
			break
		}
		if _, ok := f.Imported("django.core.signing"); !ok || !isModel(f.Path) {
			continue
		}
		if calls := f.Calls("sign", "sign_object", "dumps"); len(calls) > 0 {
			s.effect(project.Site{Path: f.Path, Line: calls[0].Line}, scanner.Effect{
				Effect: scanner.EffectData, Feature: "stored signatures (django.core.signing)", Reason: "a model calls " + lastName(calls[0].Text), Certain: true,
				Attack: "forge the value that is signed", Rotation: "a signed value that is stored is refused from then on", Fallbacks: s.helpOfSigner(),
			})
		}
	}
}

// independent says what people worry about without reason.
func (s *survey) independent() {
	at, ok := s.set.Has("MIDDLEWARE", "django.middleware.csrf.CsrfViewMiddleware")
	if !ok {
		at, ok = s.set.Has("MIDDLEWARE_CLASSES", "django.middleware.csrf.CsrfViewMiddleware")
	}
	if ok && s.since("1.4") != project.No {
		s.safe(at.Site, "CSRF tokens", "they are random, not signed, since Django 1.4")
	}
	if at, ok := s.set.App("django.contrib.auth"); ok {
		s.safe(at, "passwords", "they are hashed without the key")
	}
	for _, x := range []struct {
		feature, reason string
		clues           clues
	}{
		{"tokens of Django REST framework", "they are random and kept in the database", clues{apps: []string{"rest_framework.authtoken"}}},
		{"knox tokens", "they are random and kept as hashes", clues{apps: []string{"knox"}, dists: []string{"django-rest-knox"}}},
		{"OAuth toolkit", "it does not read the key", clues{apps: []string{"oauth2_provider"}, dists: []string{"django-oauth-toolkit"}}},
		{"social-auth", "it does not read the key", clues{apps: []string{"social_django"}, dists: []string{"social-auth-app-django"}}},
		{"Celery", "its message signing uses X.509 certificates, not the key", clues{apps: []string{"django_celery_beat", "django_celery_results"}, modules: []string{"celery"}, dists: []string{"celery"}}},
		{"kombu", "it does not read the key", clues{modules: []string{"kombu"}}},
		{"huey", "SignedSerializer takes a secret of its own", clues{apps: []string{"huey.contrib.djhuey"}, modules: []string{"huey"}, dists: []string{"huey"}}},
		{"django-encrypted-model-fields", "it encrypts with FIELD_ENCRYPTION_KEY", clues{apps: []string{"encrypted_model_fields"}, dists: []string{"django-encrypted-model-fields"}}},
		{"django-invitations", "its keys are random", clues{apps: []string{"invitations"}, dists: []string{"django-invitations"}}},
		{"easy-thumbnails", "it does not read the key", clues{apps: []string{"easy_thumbnails"}, dists: []string{"easy-thumbnails"}}},
		{"imagekit", "it does not read the key", clues{apps: []string{"imagekit"}, dists: []string{"django-imagekit"}}},
		{"django-hijack", "it does not read the key", clues{apps: []string{"hijack"}, dists: []string{"django-hijack"}}},
		{"django-simple-captcha", "it does not read the key", clues{apps: []string{"captcha"}, dists: []string{"django-simple-captcha"}}},
		{"django-webpush", "it does not read the key", clues{apps: []string{"webpush"}, dists: []string{"django-webpush"}}},
	} {
		if seen, ok := s.sees(x.clues); ok {
			s.safe(seen.Site, x.feature, x.reason)
		}
	}
}

// window is how long what the old key signed is accepted at most.
func (s *survey) window() {
	const day = 86400
	w := scanner.Window{Seconds: 14 * day, Setting: "SESSION_COOKIE_AGE"}
	consider := func(seconds int64, name string, at project.Site) {
		if seconds > w.Seconds {
			w = scanner.Window{Seconds: seconds, Setting: name, Path: at.Path, Line: at.Line}
		}
	}
	if x, ok := s.set.Last("SESSION_COOKIE_AGE"); ok {
		if n, ok := x.Value.Seconds(); ok {
			w = scanner.Window{Seconds: n, Setting: "SESSION_COOKIE_AGE", Path: x.Path, Line: x.Line}
		}
	}
	reset := int64(3 * day)
	consider(reset, "PASSWORD_RESET_TIMEOUT", project.Site{})
	for name, unit := range map[string]int64{"PASSWORD_RESET_TIMEOUT": 1, "PASSWORD_RESET_TIMEOUT_DAYS": day} {
		if x, ok := s.set.Last(name); ok {
			if n, ok := x.Value.Seconds(); ok {
				consider(n*unit, name, x.Site)
			}
		}
	}
	if x, answer := s.set.Nested("SIMPLE_JWT", "REFRESH_TOKEN_LIFETIME"); answer == project.Yes {
		if n, ok := x.Value.Seconds(); ok {
			consider(n, "SIMPLE_JWT REFRESH_TOKEN_LIFETIME", x.Site)
		}
	}
	for _, f := range s.p.Code {
		for _, c := range f.Calls("loads", "unsign", "unsign_object", "get_signed_cookie") {
			if age, ok := c.Key("max_age"); ok {
				if n, ok := age.Seconds(); ok {
					consider(n, "max_age", project.Site{Path: f.Path, Line: c.Line})
				}
			}
		}
	}
	s.out.Window = w
}
