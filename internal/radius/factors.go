package radius

import (
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// mfa are the secrets that dj-rest-auth stores signed.
func (s *survey) mfa() {
	seen, ok := s.sees(clues{apps: []string{"dj_rest_auth.mfa"}})
	if !ok {
		return
	}
	s.effect(seen.Site, scanner.Effect{
		Effect: scanner.EffectData, Feature: RestAuthFactors, Reason: seen.Reason, Certain: true,
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
