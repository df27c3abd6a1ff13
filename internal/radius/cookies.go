package radius

import (
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/pysource"
	"github.com/djleaks/djleaks/scanner"
)

// messages are the notices of django.contrib.messages.
func (s *survey) messages() {
	const app = "django.contrib.messages"
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: MessagesCookie, Certain: true,
		Attack:   "show a text as the site's own, to whom a cookie can be planted on",
		Rotation: "messages that wait to be shown are lost", Fallbacks: s.helpOfSigner(),
	}
	if x, ok := s.set.Last("MESSAGE_STORAGE"); ok {
		value, fixed, known := x.Value.Default()
		switch {
		case known && strings.HasSuffix(value, "session.SessionStorage"):
			s.safe(x.Site, Messages, "MESSAGE_STORAGE keeps them in the session")
		case known && strings.HasPrefix(value, app):
			e.Reason, e.Certain = "MESSAGE_STORAGE is "+value, fixed
			s.effect(x.Site, e)
		default:
			s.unseen(x.Site, Messages, "MESSAGE_STORAGE is not one of Django's")
		}
		return
	}
	if at, ok := s.set.App(app); ok {
		e.Reason = "messages are kept in a cookie by default"
		e.Certain = s.set.Absent("MESSAGE_STORAGE") == project.Yes
		s.effect(at, e)
	} else if s.set.AppAbsent(app) == project.Yes {
		s.safe(project.Site{}, Messages, app+" is not in INSTALLED_APPS")
	}
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
				Effect: scanner.EffectLinks, Feature: "signed cookie", Certain: true, Reason: "calls " + pysource.LastName(c.Text),
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
