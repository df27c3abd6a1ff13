package radius

import (
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

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
	for _, safe := range []struct{ setting, value, reason string }{
		{"RESET_PASSWORD_VERIFICATION_ENABLED", "False", "the reset of passwords is off"},
		{"RESET_PASSWORD_VERIFICATION_ONE_TIME_USE", "True", "RESET_PASSWORD_VERIFICATION_ONE_TIME_USE ties a link to the password hash"},
	} {
		if x, answer := s.set.Nested("REST_REGISTRATION", safe.setting); answer == project.Yes && x.Value.Text == safe.value {
			e.Effect, e.Reason = scanner.EffectLinks, seen.Reason+", and "+safe.reason
			e.Attack = "confirm an address or a registration that belongs to somebody else"
			seen.Site = x.Site
			break
		}
	}
	s.effect(seen.Site, e)
}

// signingPackages sign values of their own with SECRET_KEY, whatever else is
// configured.
func (s *survey) signingPackages() {
	for _, x := range []struct {
		clues  clues
		effect scanner.Effect
	}{
		{
			clues{apps: []string{"password_reset"}, dists: []string{"django-password-reset"}, common: true},
			scanner.Effect{
				Effect: scanner.EffectIdentity, Feature: "reset links (django-password-reset)",
				Attack: "make a link that sets the password of any user from nothing but the user's number",
			},
		},
		{
			clues{apps: []string{"mailauth"}, dists: []string{"django-mail-auth"}},
			scanner.Effect{
				Effect: scanner.EffectIdentity, Feature: "login links (django-mail-auth)",
				Attack: "log in as any user from nothing but the user's number: a link without the time of the last login is good for ever",
			},
		},
		{
			clues{apps: []string{"graphql_auth", "gqlauth"}, dists: []string{"django-graphql-auth", "strawberry-django-auth"}},
			scanner.Effect{
				Effect: scanner.EffectIdentity, Feature: "account tokens (django-graphql-auth)",
				Attack: "make a token that sets the password of any user from nothing but the user's name",
			},
		},
		{
			clues{apps: []string{"django_email_verification"}, dists: []string{"django-email-verification"}},
			scanner.Effect{
				Effect: scanner.EffectIdentity, Feature: "links of django-email-verification", Fallbacks: scanner.HelpsNot,
				Attack: "make a link that confirms an address, or sets the password, of any user from nothing but the address",
			},
		},
		{
			clues{apps: []string{"django_comments_xtd"}, dists: []string{"django-comments-xtd"}},
			scanner.Effect{
				Effect: scanner.EffectLinks, Feature: "confirmation of comments (django-comments-xtd)", Fallbacks: scanner.HelpsNot,
				Attack: "publish a comment in the name of any address, if COMMENTS_XTD_SALT is known too",
			},
		},
	} {
		seen, ok := s.sees(x.clues)
		if !ok {
			continue
		}
		e := x.effect
		e.Reason, e.Certain, e.Rotation = seen.Reason, seen.Used, "links in mails sent earlier stop working"
		if e.Fallbacks == "" {
			e.Fallbacks = s.helpOfSigner()
		}
		s.effect(seen.Site, e)
	}
}
