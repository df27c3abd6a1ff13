package radius

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/pysource"
	"github.com/djleaks/djleaks/scanner"
)

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
		call, own := s.useOf(f).signer()
		if call != nil {
			line = call.Line
		}
		if own {
			s.safe(project.Site{Path: f.Path, Line: line}, "own signatures", pysource.LastName(call.Text)+" is given a key of its own")
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

// signer is the first call of a signer with a key of its own, or else the last
// call of one; nil if there is none.
func (u *use) signer() (call *project.Expr, own bool) {
	for _, c := range u.f.Calls("Signer", "TimestampSigner", "dumps", "loads") {
		if !isSigning(&c) {
			continue
		}
		call = &c
		if key, given := c.Key("key"); given && !key.MentionsAny(u.holds) && u.isOwn(&key) {
			return call, true
		}
	}
	return call, false
}

// signerClasses are the classes that the project derives from Django's signers.
func (s *survey) signerClasses() []string {
	var out []string
	for _, f := range s.p.Code {
		for i := range f.Classes {
			c := &f.Classes[i]
			own := slices.ContainsFunc(c.Bases, func(base string) bool {
				return pysource.LastName(base) == "Signer" || pysource.LastName(base) == "TimestampSigner"
			})
			if _, ok := f.Imported("django.core.signing"); ok && own {
				out = append(out, c.Name)
			}
		}
	}
	return out
}

// signingCalls make or read what django.core.signing signs.
var signingCalls = []string{"sign", "sign_object", "dumps", "unsign", "unsign_object", "loads", "Signer", "TimestampSigner"}

// isSigning reports whether a call of dumps or loads is that of
// django.core.signing, and not of json or pickle.
func isSigning(c *project.Expr) bool {
	on, name, dotted := strings.Cut(c.Text, ".")
	return !dotted || name != "dumps" && name != "loads" || strings.Contains(strings.ToLower(on), "sign")
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
				reason = pysource.LastName(c.Text) + " unpickles what is signed"
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
