package radius

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/pysource"
	"github.com/djleaks/djleaks/scanner"
)

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
	return slices.ContainsFunc(c.Bases, func(base string) bool { return from[pysource.LastName(base)] })
}
