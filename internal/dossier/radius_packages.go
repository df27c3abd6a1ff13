package dossier

import "github.com/djleaks/djleaks/scanner"

// withResets are packages that mail links for a new password, with the token
// generator of Django or one that has the password in its hash as well. Each
// was read in the release that its index had in November 2026.
var withResets = []clues{
	{apps: []string{"djoser", "allauth.account", "allauth", "dj_rest_auth", "rest_auth", "authemail"}, dists: []string{"djoser", "django-allauth"}},
	{apps: []string{"drf_registration", "drf_user", "ninja_auth", "userena", "mezzanine.accounts", "oscar.apps.customer", "shuup.admin", "spirit.user"}},
	{apps: []string{"registration"}, dists: []string{"django-registration-redux"}, common: true},
	{apps: []string{"account"}, dists: []string{"django-user-accounts"}, common: true},
	{apps: []string{"organizations"}, dists: []string{"django-organizations"}, common: true},
	{apps: []string{"shop"}, dists: []string{"django-shop"}, common: true},
}

// resetsOfPackages finds a package that mails links for a new password; off
// says why one that is there does not.
func (s *survey) resetsOfPackages() (seen sighting, off string, ok bool) {
	for _, x := range withResets {
		if seen, ok = s.sees(x); ok {
			return seen, "", true
		}
	}
	if seen, ok = s.sees(clues{apps: []string{"wagtail.admin"}}); !ok {
		return sighting{}, "", false
	}
	for _, name := range []string{"WAGTAIL_PASSWORD_RESET_ENABLED", "WAGTAIL_PASSWORD_MANAGEMENT_ENABLED"} {
		if x, is := s.set.Last(name); is {
			if x.Value.Text == "False" {
				return sighting{x.Site, "", false}, name + " is off", true
			}
			return seen, "", true // the first decides
		}
	}
	return seen, "", true
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

// jwtPackages are further packages that sign JWTs, each with the setting that
// could give it a key of its own.
func (s *survey) jwtPackages() {
	for _, x := range []struct {
		clues         clues
		feature       string
		setting, name string // of the dictionary, and in it; only name for a setting by itself
	}{
		{clues{apps: []string{"gqlauth"}, dists: []string{"strawberry-django-auth"}}, "JWT tokens (strawberry-django-auth)", "GQL_AUTH", "JWT_SECRET_KEY"},
		{clues{apps: []string{"jwt_auth"}, dists: []string{"django-jwt-auth"}, common: true}, "JWT tokens (django-jwt-auth)", "", "JWT_SECRET_KEY"},
	} {
		seen, ok := s.sees(x.clues)
		if !ok {
			continue
		}
		if x.setting == "" {
			key, answer := s.setting(x.name)
			s.shared(seen, x.name, key, answer, tokens(x.feature))
			continue
		}
		key, answer := s.set.Nested(x.setting, x.name)
		s.shared(seen, x.setting+`["`+x.name+`"]`, key, answer, tokens(x.feature))
	}
}
