package dossier

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// tokens is the effect of a package that signs tokens with the key itself.
func tokens(feature string) scanner.Effect {
	return scanner.Effect{
		Effect: scanner.EffectIdentity, Feature: feature,
		Attack:    "make a token for any user from nothing but the user's number",
		Rotation:  "all tokens die, refresh tokens too: every client signs in again",
		Fallbacks: scanner.HelpsNot,
	}
}

// simpleJWT are djangorestframework-simplejwt and what is built like it.
func (s *survey) simpleJWT() {
	for _, x := range []struct {
		feature, setting string
		clues            clues
	}{
		{"Simple JWT tokens (djangorestframework-simplejwt)", "SIMPLE_JWT", clues{
			apps: []string{"rest_framework_simplejwt"}, dists: []string{"djangorestframework-simplejwt"},
		}},
		{"JWT tokens (django-ninja-jwt)", "NINJA_JWT", clues{apps: []string{"ninja_jwt"}, dists: []string{"django-ninja-jwt"}}},
	} {
		seen, ok := s.sees(x.clues)
		if !ok && x.setting == "SIMPLE_JWT" {
			seen, ok = s.restAuthJWT()
		}
		if !ok || !seen.Used {
			if at, listed := s.set.Has("REST_FRAMEWORK", x.clues.apps[0]); listed {
				seen, ok = sighting{at.Site, x.clues.apps[0] + " authenticates requests", true}, true
			} else if !ok {
				seen, ok = s.configured(x.setting)
			}
		}
		if !ok {
			continue
		}
		key, answer := s.set.Nested(x.setting, "SIGNING_KEY")
		s.shared(seen, x.setting+`["SIGNING_KEY"]`, key, answer, tokens(x.feature))
	}
}

// configured sees a package by the setting that is there for it alone.
func (s *survey) configured(setting string) (sighting, bool) {
	x, ok := s.set.Last(setting)
	return sighting{x.Site, setting + " is set", true}, ok
}

// restAuthJWT sees dj-rest-auth, if it is told to make JWTs.
func (s *survey) restAuthJWT() (sighting, bool) {
	if _, ok := s.sees(clues{apps: []string{"dj_rest_auth"}}); !ok {
		return sighting{}, false
	}
	use, answer := s.set.Nested("REST_AUTH", "USE_JWT")
	if answer != project.Yes {
		use, answer = s.setting("REST_USE_JWT")
	}
	if answer == project.Yes && use.Value.Kind == project.Name && use.Value.Text == "True" {
		return sighting{use.Site, "dj-rest-auth makes JWTs", true}, true
	}
	return sighting{}, false
}

// drfJWT are the older packages for Django REST framework.
func (s *survey) drfJWT() {
	seen, ok := s.sees(clues{apps: []string{"rest_framework_jwt"}, dists: []string{"drf-jwt", "djangorestframework-jwt"}})
	if !ok || !seen.Used {
		if at, listed := s.set.Has("REST_FRAMEWORK", "rest_framework_jwt"); listed {
			seen, ok = sighting{at.Site, "rest_framework_jwt authenticates requests", true}, true
		} else if !ok {
			seen, ok = s.configured("JWT_AUTH")
		}
	}
	if !ok {
		return
	}
	name := `JWT_AUTH["JWT_SECRET_KEY"]`
	key, answer := s.set.Nested("JWT_AUTH", "JWT_SECRET_KEY")
	if answer != project.Yes {
		if private, a := s.set.Nested("JWT_AUTH", "JWT_PRIVATE_KEY"); a == project.Yes {
			key, answer, name = private, a, `JWT_AUTH["JWT_PRIVATE_KEY"]`
		}
	}
	s.shared(seen, name, key, answer, tokens("JWT tokens (drf-jwt)"))
}

// flask is Flask, or itsdangerous, beside Django.
func (s *survey) flask() {
	for _, f := range s.p.Code {
		u := s.useOf(f)
		if len(u.reads) == 0 {
			continue
		}
		for _, a := range f.Assigns {
			if strings.HasSuffix(a.Name, ".secret_key") && s.isShared(&a.Value) {
				s.effect(project.Site{Path: f.Path, Line: a.Line}, scanner.Effect{
					Effect: scanner.EffectIdentity, Feature: "Flask sessions", Certain: true, Reason: a.Name + " is SECRET_KEY",
					Attack:   "forge a session, which is readable JSON: become a user",
					Rotation: "all sessions of the Flask application end", Fallbacks: scanner.HelpsNot,
				})
			}
		}
		for _, c := range f.Calls("URLSafeTimedSerializer", "URLSafeSerializer", "TimedJSONWebSignatureSerializer", "JSONWebSignatureSerializer", "TimestampSigner", "Serializer") {
			if _, ok := f.Imported("itsdangerous"); !ok || !c.MentionsAny(u.holds) {
				continue
			}
			e := scanner.Effect{
				Effect: scanner.EffectLinks, Feature: "tokens of itsdangerous", Certain: true, Reason: lastName(c.Text) + " is given SECRET_KEY",
				Attack: "forge what this code trusts", Rotation: "tokens that were given out before stop working", Fallbacks: scanner.HelpsNot,
			}
			if e = s.signs(f, c.Line, e); strings.Contains(c.Text, "JSONWebSignature") {
				e.Effect, e.Attack = scanner.EffectIdentity, "forge a token that logs in"
			}
			s.effect(project.Site{Path: f.Path, Line: c.Line}, e)
			break
		}
	}
}

// djangoQ are the signed pickles of django-q.
func (s *survey) djangoQ() {
	seen, ok := s.sees(clues{apps: []string{"django_q"}, dists: []string{"django-q2", "django-q"}})
	if !ok {
		return
	}
	if x, ok := s.set.Last("Q_CLUSTER"); ok {
		seen = sighting{x.Site, seen.Reason + ", and Q_CLUSTER is set", true}
	}
	s.effect(seen.Site, scanner.Effect{
		Effect: scanner.EffectCode, Feature: "task queue (django-q)", Reason: seen.Reason, Certain: seen.Used,
		Attack:   "run code, for whoever can also write to the broker (its database table or Redis): tasks are signed pickles",
		Rotation: "queued and scheduled tasks are refused and lost: drain the queue first", Fallbacks: scanner.HelpsNot,
	})
}

// sesame are magic links.
func (s *survey) sesame() {
	seen, ok := s.sees(clues{apps: []string{"sesame"}, dists: []string{"django-sesame"}})
	if !ok {
		return
	}
	e := scanner.Effect{
		Effect: scanner.EffectIdentity, Feature: "magic links (django-sesame)", Reason: seen.Reason, Certain: seen.Used,
		Attack:   "log in as anyone whose password hash is known",
		Rotation: "links that were sent before stop working", Fallbacks: s.helpOfSigner(),
	}
	if x, answer := s.setting("SESAME_INVALIDATE_ON_PASSWORD_CHANGE"); answer == project.Yes && x.Value.Text == "False" {
		seen.Site = x.Site
		e.Reason += ", and SESAME_INVALIDATE_ON_PASSWORD_CHANGE is off"
		e.Attack = "log in as anyone"
	}
	s.effect(seen.Site, e)
}

// mfa are the secrets that dj-rest-auth stores signed.
func (s *survey) mfa() {
	seen, ok := s.sees(clues{apps: []string{"dj_rest_auth.mfa"}})
	if !ok {
		return
	}
	s.effect(seen.Site, scanner.Effect{
		Effect: scanner.EffectData, Feature: "second factors (dj-rest-auth MFA)", Reason: seen.Reason, Certain: true,
		Attack:   "nothing by itself",
		Rotation: "TOTP secrets are stored signed: every user with a second factor is locked out; sign them again before the old key goes", Fallbacks: s.helpOfSigner(),
	})
}

// twoFactor is the cookie that remembers a device.
func (s *survey) twoFactor() {
	seen, ok := s.sees(clues{apps: []string{"two_factor"}, dists: []string{"django-two-factor-auth"}})
	if !ok {
		return
	}
	const name = "TWO_FACTOR_REMEMBER_COOKIE_AGE"
	x, answer := s.setting(name)
	if answer == project.No || answer == project.Yes && x.Value.Text == "None" {
		s.safe(seen.Site, "second factors (django-two-factor-auth)", name+" is not set: no device is remembered")
		return
	}
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "remembered devices (django-two-factor-auth)", Reason: name + " is set", Certain: true,
		Attack:   "skip the second factor of an account whose password hash is known",
		Rotation: "every device is asked for the second factor again", Fallbacks: scanner.HelpsNot,
	}
	if answer == project.Unknown {
		e.Reason, e.Certain = seen.Reason+"; "+name+" could not be read", false
	} else {
		seen.Site = x.Site
	}
	s.effect(seen.Site, e)
}

// registration are mailed links that confirm an address.
func (s *survey) registration() {
	for _, x := range []struct {
		feature string
		clues   clues
	}{
		{"e-mail confirmation (django-allauth)", clues{apps: []string{"allauth.account"}, dists: []string{"django-allauth"}}},
		{"activation links (django-registration)", clues{apps: []string{"django_registration"}, modules: []string{"registration.backends.hmac"}, dists: []string{"django-registration"}}},
	} {
		seen, ok := s.sees(x.clues)
		if !ok {
			continue
		}
		const hmac = "ACCOUNT_EMAIL_CONFIRMATION_HMAC"
		if v, ok := s.set.Last(hmac); ok && v.Value.Text == "False" && strings.Contains(x.feature, "allauth") {
			s.safe(v.Site, x.feature, hmac+" is off: its keys are random")
			continue
		}
		s.effect(seen.Site, scanner.Effect{
			Effect: scanner.EffectLinks, Feature: x.feature, Reason: seen.Reason, Certain: seen.Used,
			Attack:   "confirm an address that belongs to somebody else, and with it take over what trusts the address",
			Rotation: "links in mails sent earlier stop working", Fallbacks: s.helpOfSigner(),
		})
	}
}

// graphqlJWT is django-graphql-jwt and what was made after it, with the same
// setting.
func (s *survey) graphqlJWT() {
	product := "django-graphql-jwt"
	seen, ok := s.sees(clues{apps: []string{"graphql_jwt"}, dists: []string{product}})
	for _, other := range []clues{
		{apps: []string{"ariadne_jwt"}, dists: []string{"ariadne-jwt"}},
		{apps: []string{"strawberry_django_jwt"}, dists: []string{"strawberry-django-jwt"}},
	} {
		if !ok {
			if seen, ok = s.sees(other); ok {
				product = other.dists[0]
			}
		}
	}
	if !ok {
		seen, ok = s.configured("GRAPHQL_JWT")
	}
	if !ok {
		return
	}
	name := `GRAPHQL_JWT["JWT_SECRET_KEY"]`
	key, answer := s.set.Nested("GRAPHQL_JWT", "JWT_SECRET_KEY")
	if answer != project.Yes {
		if private, a := s.set.Nested("GRAPHQL_JWT", "JWT_PRIVATE_KEY"); a == project.Yes {
			key, answer, name = private, a, `GRAPHQL_JWT["JWT_PRIVATE_KEY"]`
		}
	}
	s.shared(seen, name, key, answer, tokens("JWT tokens ("+product+")"))
}

// headlessJWT are the tokens of django-allauth's API, where they are JWTs with a
// symmetric signature.
func (s *survey) headlessJWT() {
	const strategy, algorithm = "HEADLESS_TOKEN_STRATEGY", "HEADLESS_JWT_ALGORITHM"
	x, ok := s.set.Last(strategy)
	if value, _, known := x.Value.Default(); !ok || !known || !strings.Contains(value, "jwt") {
		return
	}
	const feature = "JWT tokens (django-allauth headless)"
	alg, ok := s.set.Last(algorithm)
	if value, _, known := alg.Value.Default(); !ok || known && !strings.HasPrefix(value, "HS") {
		s.safe(x.Site, feature, algorithm+" is asymmetric: HEADLESS_JWT_PRIVATE_KEY signs them")
		return
	}
	key, answer := s.setting("HEADLESS_JWT_PRIVATE_KEY")
	s.shared(sighting{alg.Site, algorithm + " is symmetric", true}, "HEADLESS_JWT_PRIVATE_KEY", key, answer, tokens(feature))
}

// tetra sends pickled state of components to the browser, encrypted with the
// key, the session's name and the user's, which the attacker has of his own.
func (s *survey) tetra() {
	seen, ok := s.sees(clues{apps: []string{"tetra"}, dists: []string{"tetra"}})
	if !ok {
		return
	}
	s.effect(seen.Site, scanner.Effect{
		Effect: scanner.EffectCode, Feature: "component state (Tetra)", Reason: seen.Reason, Certain: seen.Used,
		Attack:   "run code with a forged component state: it is an encrypted pickle",
		Rotation: "open pages break until they are loaded again", Fallbacks: scanner.HelpsNot,
	})
}

// restRegistration are the signed links of django-rest-registration.
func (s *survey) restRegistration() {
	seen, ok := s.sees(clues{apps: []string{"rest_registration"}, dists: []string{"django-rest-registration"}})
	if !ok {
		return
	}
	e := scanner.Effect{
		Effect: scanner.EffectIdentity, Feature: "reset and verification links (django-rest-registration)", Reason: seen.Reason, Certain: seen.Used,
		Attack:   "make a link that sets the password of any user from nothing but the user's number",
		Rotation: "links in mails sent earlier stop working", Fallbacks: s.helpOfSigner(),
	}
	const once = "RESET_PASSWORD_VERIFICATION_ONE_TIME_USE"
	for setting, what := range map[string]string{once: once + " ties a link to the password hash", "RESET_PASSWORD_VERIFICATION_ENABLED": "the reset of passwords is off"} {
		off := "False"
		if setting == once {
			off = "True"
		}
		if x, answer := s.set.Nested("REST_REGISTRATION", setting); answer == project.Yes && x.Value.Text == off {
			e.Effect, e.Reason = scanner.EffectLinks, seen.Reason+", and "+what
			e.Attack = "confirm an address or a registration that belongs to somebody else"
			seen.Site = x.Site
		}
	}
	s.effect(seen.Site, e)
}

// mfa2 is the cookie of a trusted device of django-mfa2.
func (s *survey) mfa2() {
	seen, ok := s.sees(clues{dists: []string{"django-mfa2"}})
	if !ok {
		return
	}
	if at, installed := s.set.App("mfa"); installed {
		seen = sighting{at, "mfa is in INSTALLED_APPS", true}
	}
	s.effect(seen.Site, scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "trusted devices (django-mfa2)", Reason: seen.Reason, Certain: seen.Used,
		Attack:   "skip the second factor of an account whose password and device key are known",
		Rotation: "every device has to be trusted again", Fallbacks: scanner.HelpsNot,
	})
}

// hashids are public numbers salted with the key.
func (s *survey) hashids() {
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "public ids (hashids)", Certain: true,
		Attack:   "count and enumerate ids; and the salt can be recovered from public ids",
		Rotation: "all public URLs change, and old links are not found", Fallbacks: scanner.HelpsNot,
	}
	if x, ok := s.set.Last("HASHID_FIELD_SALT"); ok {
		if s.isShared(&x.Value) {
			e.Reason = "HASHID_FIELD_SALT is SECRET_KEY"
			s.effect(x.Site, e)
		} else {
			s.safe(x.Site, "public ids (hashids)", "HASHID_FIELD_SALT is a salt of its own")
		}
	}
	for _, f := range s.p.Code {
		calls := f.Calls("Hashids")
		if len(calls) == 0 {
			continue
		}
		holds := s.useOf(f).holds
		if n := slices.IndexFunc(calls, func(c project.Expr) bool { return c.MentionsAny(holds) }); n >= 0 {
			e.Reason = "Hashids is salted with SECRET_KEY"
			s.effect(project.Site{Path: f.Path, Line: calls[n].Line}, e)
		} else {
			s.safe(project.Site{Path: f.Path, Line: calls[0].Line}, "public ids (hashids)", "Hashids has a salt of its own")
		}
	}
}

// wagtail are the URLs of images that are made on demand.
func (s *survey) wagtail() {
	if _, ok := s.sees(clues{apps: []string{"wagtail.images"}, dists: []string{"wagtail"}}); !ok {
		return
	}
	for _, f := range s.p.Code {
		_, imported := f.Imported("wagtail.images.views.serve")
		lines := f.Names("ServeView")
		if !imported || len(lines) == 0 {
			continue
		}
		s.effect(project.Site{Path: f.Path, Line: lines[len(lines)-1]}, scanner.Effect{
			Effect: scanner.EffectLinks, Feature: "image URLs (Wagtail)", Certain: true, Reason: "ServeView makes images from signed URLs",
			Attack:   "forge URLs that make the server resize images",
			Rotation: "image URLs in cached pages and in mails break", Fallbacks: scanner.HelpsNot,
		})
		return
	}
	s.safe(project.Site{}, "image URLs (Wagtail)", "no view that serves images by signed URLs was seen")
}

// wagtailTokens are the API tokens of Wagtail 8.
func (s *survey) wagtailTokens() {
	for _, f := range s.p.Code {
		if i, ok := f.Imported("wagtail.models.api"); ok && s.version("wagtail").AtLeast(project.Version{8}) != project.No {
			s.effect(project.Site{Path: f.Path, Line: i.Line}, scanner.Effect{
				Effect: scanner.EffectLinks, Feature: "API tokens (Wagtail)", Certain: s.version("wagtail").AtLeast(project.Version{8}) == project.Yes,
				Reason: "imports wagtail.models.api", Attack: "nothing by itself: the hashes are in the database",
				Rotation: "stored token hashes do not match any more", Fallbacks: s.helpOfSigner(),
			})
			return
		}
	}
}

// components are packages that sign what they send into a page.
func (s *survey) components() {
	for _, x := range []struct {
		feature string
		clues   clues
		help    scanner.Help
	}{
		{"component state (django-unicorn)", clues{apps: []string{"django_unicorn"}, dists: []string{"django-unicorn"}}, scanner.HelpsNot},
		{"field ids (django-select2)", clues{apps: []string{"django_select2"}, dists: []string{"django-select2"}}, s.helpOfSigner()},
		{"comment forms (django-contrib-comments)", clues{apps: []string{"django_comments"}, dists: []string{"django-contrib-comments"}}, scanner.HelpsNot},
		{"baskets of visitors (django-oscar)", clues{apps: []string{"oscar.apps.basket"}, dists: []string{"django-oscar"}}, s.helpOfSigner()},
		{"forms of the debug toolbar", clues{apps: []string{"debug_toolbar"}, dists: []string{"django-debug-toolbar"}}, s.helpOfSigner()},
	} {
		seen, ok := s.sees(x.clues)
		if !ok {
			continue
		}
		s.effect(seen.Site, scanner.Effect{
			Effect: scanner.EffectLinks, Feature: x.feature, Reason: seen.Reason, Certain: seen.Used,
			Attack: "forge what an open page sends back", Rotation: "open pages break until they are loaded again", Fallbacks: x.help,
		})
	}
}

// formtools are forms of several pages.
func (s *survey) formtools() {
	for _, f := range s.p.Code {
		if _, ok := f.Imported("formtools"); !ok {
			continue
		}
		e := scanner.Effect{Effect: scanner.EffectLinks, Certain: true}
		if lines := f.Names("CookieWizardView"); len(lines) > 0 {
			e.Feature, e.Reason = "wizards in a cookie (django-formtools)", "CookieWizardView is used"
			e.Attack, e.Rotation, e.Fallbacks = "forge the state of a wizard", "wizards that are open are lost", s.helpOfSigner()
			s.effect(project.Site{Path: f.Path, Line: lines[len(lines)-1]}, e)
			continue
		}
		if lines := f.Names("FormPreview"); len(lines) > 0 {
			e.Feature, e.Reason = "form previews (django-formtools)", "FormPreview is used"
			e.Attack, e.Rotation, e.Fallbacks = "forge the hash of a preview", "previews that are open are refused", scanner.HelpsNot
			s.effect(project.Site{Path: f.Path, Line: lines[len(lines)-1]}, e)
			continue
		}
		if lines := f.Names("SessionWizardView"); len(lines) > 0 {
			s.safe(project.Site{Path: f.Path, Line: lines[0]}, "wizards (django-formtools)", "SessionWizardView keeps its state in the session")
		}
	}
}
