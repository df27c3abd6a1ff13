package dossier

import (
	"path"
	"slices"
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
	if seen, off, ok := s.resetsOfPackages(); ok && off == "" {
		e.Reason, e.Certain = seen.Reason+", which mails reset links", seen.Used
		s.withEmptyPasswords(seen.Site, e)
		return
	} else if ok {
		s.safe(seen.Site, e.Feature, off)
		return
	}
	if at, ok := s.set.App("django.contrib.admin"); ok {
		e.Reason, e.Certain = "no view for resets was seen in the project's own code", false
		s.safe(at, e.Feature, e.Reason)
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

// ownTokens are token generators of the project's own. What leaves the password
// out of the hash lets whoever has the key make a token for anybody.
func (s *survey) ownTokens() {
	generators := map[string]bool{"PasswordResetTokenGenerator": true}
	for range maxDerived { // a class may derive from one of another file
		n := len(generators)
		for _, f := range s.p.Code {
			for i := range f.Classes {
				if derives(&f.Classes[i], generators) {
					generators[f.Classes[i].Name] = true
				}
			}
		}
		if len(generators) == n {
			break
		}
	}
	for _, f := range s.p.Code {
		for i := range f.Classes {
			c := &f.Classes[i]
			at := project.Site{Path: f.Path, Line: c.Line}
			switch {
			case !derives(c, generators):
			case !c.Has("_make_hash_value"):
				s.safe(at, "own token generator", c.Name+" does not change the hash of the class it derives from")
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

// derives reports whether a class has one of these as a base.
func derives(c *project.Class, from map[string]bool) bool {
	return slices.ContainsFunc(c.Bases, func(base string) bool { return from[lastName(base)] })
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
	for _, word := range identityNames {
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

// signingCalls make or read what django.core.signing signs.
var signingCalls = []string{"sign", "sign_object", "dumps", "unsign", "unsign_object", "loads", "Signer", "TimestampSigner"}

// isSigning reports whether a call of dumps or loads is that of
// django.core.signing, and not of json or pickle.
func isSigning(c *project.Expr) bool {
	on, name, dotted := strings.Cut(c.Text, ".")
	return !dotted || name != "dumps" && name != "loads" || strings.Contains(strings.ToLower(on), "sign")
}

// signers are django.core.signing in own code.
func (s *survey) signers() {
	classes := s.signerClasses()
	for _, f := range s.p.Code {
		at, ok := f.Imported("django.core.signing")
		derived, makes := f.Makes(classes)
		if !ok && !makes || s.storing(f) != nil {
			continue
		}
		reason := "imports django.core.signing"
		line := at.Line
		if !ok {
			line, reason = derived.Line, derived.Name+" derives from a signer of Django"
		}
		u := s.useOf(f)
		own := false
		for _, c := range f.Calls("Signer", "TimestampSigner", "dumps", "loads") {
			if !isSigning(&c) {
				continue
			}
			line = c.Line
			if key, given := c.Key("key"); given && !key.MentionsAny(u.holds) && u.isOwn(&key) {
				own = true
				s.safe(project.Site{Path: f.Path, Line: c.Line}, "own signatures", lastName(c.Text)+" is given a key of its own")
				break
			}
		}
		if own {
			continue
		}
		e := scanner.Effect{
			Effect: scanner.EffectLinks, Feature: "own signatures (django.core.signing)", Certain: true, Reason: reason,
			Attack: "forge what this code trusts", Rotation: "links and tokens given out earlier stop working", Fallbacks: s.helpOfSigner(),
		}
		calls := f.Calls(signingCalls...)
		for _, c := range calls {
			if !isSigning(&c) {
				continue
			}
			if e = s.signs(f, c.Line, e); e.Effect == scanner.EffectIdentity {
				line = c.Line
				break
			}
		}
		s.effect(project.Site{Path: f.Path, Line: line}, e)
	}
}

// signerClasses are the classes that the project derives from Django's signers.
func (s *survey) signerClasses() []string {
	var out []string
	for _, f := range s.p.Code {
		for i := range f.Classes {
			c := &f.Classes[i]
			own := slices.ContainsFunc(c.Bases, func(base string) bool { return lastName(base) == "Signer" || lastName(base) == "TimestampSigner" })
			if _, ok := f.Imported("django.core.signing"); ok && own {
				out = append(out, c.Name)
			}
		}
	}
	return out
}

// signs makes an effect of a signature worse where what is signed says who
// somebody is: in a file that logs users in, or by the names around the call.
func (s *survey) signs(f *project.File, line int, e scanner.Effect) scanner.Effect {
	if e.Effect == scanner.EffectIdentity {
		return e
	}
	if slices.ContainsFunc(f.Calls("login", "auth_login", "django_login", "perform_login", "login_user", "authenticate"), isLogin) {
		e.Effect = scanner.EffectIdentity
		e.Reason += ", and logs users in"
		e.Attack = "forge a link that logs in"
		return e
	}
	if word := s.identityAround(f, line); word != "" {
		e.Effect, e.Certain = scanner.EffectIdentity, false
		e.Reason += "; by its name (" + word + ") what is signed may say who somebody is"
		e.Attack = "forge what this code trusts: become a user, if that is what the signature decides"
	}
	return e
}

// isLogin reports whether a call logs a user in; emails.login(…) does not.
func isLogin(c project.Expr) bool {
	on, _, dotted := strings.Cut(c.Text, ".")
	return !dotted || strings.Contains(on, "auth") || on == "django" || on == "flask_login"
}

// identityAround returns the name of the function around a line, if it speaks of
// getting in.
func (s *survey) identityAround(f *project.File, line int) string {
	d, ok := f.Around(line)
	if !ok {
		return ""
	}
	name := "_" + strings.ToLower(d.Name) + "_"
	for _, word := range entryWords {
		if strings.Contains(name, word) {
			return d.Name
		}
	}
	return ""
}

// isModel reports whether a file's results are likely to be stored.
func isModel(file string) bool {
	base, folder := path.Base(file), path.Base(path.Dir(file))
	return base == "models.py" || base == "managers.py" || base == "fields.py" || folder == "models"
}

// isKept reports whether what a call at a line makes is stored: a model or a
// field gives it to an attribute, or makes it where values go into the database
// or where its name says that it is a hash. What is only returned may go into a
// link.
func isKept(f *project.File, line int) bool {
	if !isModel(f.Path) {
		return false
	}
	d, inside := f.Around(line)
	if !inside || f.Keeps(line) {
		return true
	}
	switch d.Name {
	case "save", "create", "pre_save", "get_prep_value", "get_db_prep_value", "get_db_prep_save":
		return true
	}
	name := strings.ToLower(d.Name)
	return (strings.Contains(name, "hash") || strings.Contains(name, "digest")) && !strings.Contains(name, "auth_hash")
}

// storing is the call of a model that signs what the model keeps: an attribute,
// or what a field gives the database. It is nil where there is none; what is only
// returned may go into a link.
func (s *survey) storing(f *project.File) *project.Expr {
	if _, ok := f.Imported("django.core.signing"); !ok || !isModel(f.Path) {
		return nil
	}
	for _, c := range f.Calls("sign", "sign_object", "dumps") {
		if isSigning(&c) && isKept(f, c.Line) {
			return &c
		}
	}
	return nil
}

// storedSignatures are those that a model keeps.
func (s *survey) storedSignatures() {
	for _, f := range s.p.Code {
		for _, c := range f.Calls("salted_hmac") {
			if s.saltedHMAC(f, &c) {
				break
			}
		}
		if c := s.storing(f); c != nil {
			s.effect(project.Site{Path: f.Path, Line: c.Line}, scanner.Effect{
				Effect: scanner.EffectData, Feature: "stored signatures (django.core.signing)", Reason: "a model calls " + lastName(c.Text), Certain: true,
				Attack: "forge the value that is signed", Rotation: "a signed value that is stored is refused from then on", Fallbacks: s.helpOfSigner(),
			})
		}
	}
}

// saltedHMAC judges one call of salted_hmac; it reports whether it has an
// effect.
func (s *survey) saltedHMAC(f *project.File, c *project.Expr) bool {
	at := project.Site{Path: f.Path, Line: c.Line}
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "own signatures (salted_hmac)", Reason: "calls salted_hmac", Certain: true,
		Attack: "forge the value that is signed", Rotation: "signatures made before do not match any more", Fallbacks: scanner.HelpsNot,
	}
	u := s.useOf(f)
	if key, ok := c.Key("secret"); ok && !key.MentionsAny(u.holds) {
		switch {
		case key.Kind == project.Text, u.isOwn(&key):
			s.safe(at, "own signatures", "salted_hmac is given a secret of its own")
			return false
		case key.Kind != project.Name || key.Text != "None":
			e.Reason, e.Certain = "calls salted_hmac; whether its secret is SECRET_KEY could not be read", false
		}
	}
	if len(f.Names("SECRET_KEY_FALLBACKS")) > 0 {
		e.Fallbacks = scanner.Helps // the code tries the old keys itself
	}
	if isKept(f, c.Line) {
		e.Effect, e.Feature = scanner.EffectData, "stored signatures (salted_hmac)"
		e.Rotation = "a hash that is stored never matches again"
	}
	s.effect(at, e)
	return true
}

// pickles are signed values that are unpickled when they are read: whoever can
// sign one runs code.
func (s *survey) pickles() {
	for _, f := range s.p.Code {
		if _, ok := f.Imported("django.core.signing"); !ok {
			continue
		}
		for _, c := range f.Calls("loads", "unsign_object") {
			reason := ""
			if serializer, ok := c.Key("serializer"); ok && strings.Contains(strings.ToLower(serializer.Text), "pickle") {
				reason = lastName(c.Text) + " unpickles what is signed"
			} else if on, _, _ := strings.Cut(c.Text, "."); (on == "pickle" || on == "cPickle" || on == "dill") && unsigns(f, &c) {
				reason = c.Text + " reads what was signed"
			}
			if reason == "" {
				continue
			}
			s.effect(project.Site{Path: f.Path, Line: c.Line}, scanner.Effect{
				Effect: scanner.EffectCode, Feature: "signed pickles", Reason: reason, Certain: true,
				Attack:   "run code with one forged value, wherever a visitor can send it",
				Rotation: "what was signed before is refused", Fallbacks: s.helpOfSigner(),
			})
			break
		}
	}
}

// unsigns reports whether a call is given what a signer has read.
func unsigns(f *project.File, c *project.Expr) bool {
	names := f.Taking("unsign", "unsign_object")
	for i := range c.Items {
		if c.Items[i].MentionsAny(names) {
			return true
		}
	}
	return false
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
		{"django-axes", "it does not read the key", clues{apps: []string{"axes"}, dists: []string{"django-axes"}}},
		{"django-constance", "it does not read the key", clues{apps: []string{"constance"}, dists: []string{"django-constance"}}},
		{"django-import-export", "it does not read the key", clues{apps: []string{"import_export"}, dists: []string{"django-import-export"}}},
		{"django-otp", "its secrets are not signed or encrypted with the key", clues{apps: []string{"django_otp"}, dists: []string{"django-otp"}}},
		{"second factors of django-allauth", "their secrets are not signed or encrypted with the key", clues{apps: []string{"allauth.mfa"}}},
		{"django-hashids", "it salts with DJANGO_HASHIDS_SALT", clues{apps: []string{"django_hashids"}, dists: []string{"django-hashids"}}},
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

// entryWords are in the names of functions that let somebody in.
var entryWords = []string{
	"2fa",
	"_auth_",
	"_otp_",
	"access_token",
	"auth_token",
	"authenticate",
	"impersonat",
	"log_in",
	"login",
	"magic",
	"mfa",
	"passwordless",
	"recover",
	"refresh_token",
	"reset",
	"session",
	"sign_in",
	"signin",
	"sso",
	"token_user",
	"user_token",
}

// identityNames are in the names of what says who somebody is.
var identityNames = []string{
	"2fa",
	"account",
	"admin",
	"auth",
	"impersonat",
	"login",
	"mfa",
	"otp",
	"remember",
	"role",
	"tenant",
	"uid",
	"user",
}
