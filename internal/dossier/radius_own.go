package dossier

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// knownSettings take the key and have a row of their own.
var knownSettings = []string{
	"SECRET_KEY", "SECRET_KEY_FALLBACKS", "SIMPLE_JWT", "NINJA_JWT", "JWT_AUTH", "GRAPHQL_JWT", "CHANNEL_LAYERS", "CRYPTOGRAPHY_KEY", "FERNET_KEYS",
	"MIRAGE_SECRET_KEY", "HASHID_FIELD_SALT", "SALT_KEY", "HEADLESS_JWT_PRIVATE_KEY", "PGCRYPTO_DEFAULT_KEY",
}

// findKeyNames finds the settings that are SECRET_KEY or made of it.
func (s *survey) findKeyNames() {
	s.keyNames = []string{"SECRET_KEY"}
	for range maxDerived {
		n := len(s.keyNames)
		for _, known := range s.keyNames[:n] {
			for _, name := range s.set.Names(known) {
				if !strings.Contains(name, "[") && !slices.Contains(s.keyNames, name) && name != "SECRET_KEY_FALLBACKS" && s.holdsKey(name) {
					s.keyNames = append(s.keyNames, name)
				}
			}
		}
		if len(s.keyNames) == n {
			return
		}
	}
}

// maxDerived is how many settings, each made of the one before, are followed.
const maxDerived = 4

// holdsKey reports whether a setting's value is the key, or made of it, and not
// a dictionary that has it somewhere, nor a question about it.
func (s *survey) holdsKey(name string) bool {
	return slices.ContainsFunc(s.set.Get(name), func(x project.Setting) bool {
		return x.Value.Kind != project.Dict && x.Value.Kind != project.List && x.Value.Holds(s.keyNames)
	})
}

// isShared reports whether an expression has the key in it, by whatever name a
// setting gives it.
func (s *survey) isShared(e *project.Expr) bool { return e.MentionsAny(s.keyNames) }

// ownCode is the project's own use of the key, judged by what is beside it.
func (s *survey) ownCode() {
	used := map[string]bool{} // settings made of the key that some code was seen to use
	others := 0
	for _, f := range s.p.Code {
		if slices.Contains(s.set.Modules, f.Path) {
			continue
		}
		u := s.useOf(f)
		found := u.all()
		for i := range found {
			s.effect(found[i].at, found[i].Effect)
		}
		for _, name := range u.named {
			used[name] = used[name] || len(found) > 0
		}
		if lines := f.Names("SECRET_KEY"); len(found) == 0 && len(lines) > 0 && !hasRow(f) {
			if others++; others <= mostOthers {
				s.unseen(project.Site{Path: f.Path, Line: lines[0]}, "own code", "it reads SECRET_KEY; what for was not recognised")
			}
		}
	}
	if others > mostOthers {
		s.unseen(project.Site{}, "own code", "further files read SECRET_KEY")
	}
	s.derivedSettings(used)
}

// derivedSettings are those that are made of the key, which nothing else says the
// use of: no row of Django's settings, no code that was seen to use them, and no
// setting that takes them over.
func (s *survey) derivedSettings(used map[string]bool) {
	names := s.set.Names("SECRET_KEY")
	for _, name := range s.keyNames[1:] {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		base, _, _ := strings.Cut(name, "[")
		if !slices.Contains(knownSettings, base) && !used[name] && !s.passedOn(name) && s.hasKey(name) {
			s.derivedSetting(name)
		}
	}
}

// passedOn reports whether another setting takes a setting's value: that one
// says what it is for.
func (s *survey) passedOn(name string) bool {
	return slices.ContainsFunc(s.set.Names(name), func(other string) bool { return other != name })
}

// hasKey reports whether a setting, or a part of it, is made of the key, and
// does not only say something about it.
func (s *survey) hasKey(name string) bool {
	return slices.ContainsFunc(s.set.Get(name), func(x project.Setting) bool { return x.Value.Holds(s.keyNames) })
}

// mostOthers is how many unclear uses are listed.
const mostOthers = 20

// hasRow reports whether rows of their own see this file's use of the key.
func hasRow(f *project.File) bool {
	if _, ok := f.Imported("itsdangerous"); ok {
		return true
	}
	if _, ok := f.Imported("django.core.signing"); ok && len(f.Calls("Signer", "TimestampSigner", "dumps", "loads")) > 0 {
		return true
	}
	if len(f.Calls("Hashids", "salted_hmac")) > 0 {
		return true
	}
	return slices.ContainsFunc(f.Assigns, func(a project.Assign) bool { return strings.HasSuffix(a.Name, ".secret_key") })
}

// derivedSetting is a setting that is made of the key and that no code was seen
// to use: what it is for is told by its name only.
func (s *survey) derivedSetting(name string) {
	x := s.set.Get(name)[0]
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "setting " + name, Reason: name + " is made from SECRET_KEY; only its name says what it is for",
		Attack: "whatever " + name + " protects", Rotation: "whatever was made with the old value", Fallbacks: scanner.HelpsNot,
	}
	upper := strings.ToUpper(name)
	switch {
	case strings.Contains(upper, "JWT") || strings.Contains(upper, "TOKEN"):
		e.Effect = scanner.EffectIdentity
	case strings.Contains(upper, "FERNET") || strings.Contains(upper, "ENCRYPT") || strings.Contains(upper, "CRYPT"):
		e.Effect = scanner.EffectData
	}
	s.effect(x.Site, e)
}

// use is how one file uses the key.
type use struct {
	s     *survey
	f     *project.File
	named []string // settings that are the key, by their names here
	holds []string // names that have it in this file
	reads []int    // lines that read it
}

// usage is one effect of a use.
type usage struct {
	scanner.Effect
	at project.Site
}

func (s *survey) useOf(f *project.File) *use {
	u := &use{s: s, f: f}
	for _, name := range s.keyNames {
		if lines := f.Names(name); len(lines) > 0 {
			u.named = append(u.named, name)
			u.reads = append(u.reads, lines...)
		}
	}
	if len(u.named) > 0 {
		u.holds = f.Holding(u.named...)
	}
	return u
}

// all are the effects of a file, one of each kind.
func (u *use) all() []usage {
	var out []usage
	for _, find := range []func() (usage, bool){u.encryption, u.jwt, u.signature} {
		if one, ok := find(); ok {
			if len(u.f.Names("SECRET_KEY_FALLBACKS")) > 0 {
				one.Fallbacks = scanner.Helps // the code tries the old keys itself
			}
			out = append(out, one)
		}
	}
	return out
}

// sharing is whether a call is given the key.
func (u *use) sharing(c *project.Expr) ownKey {
	switch {
	case c.MentionsAny(u.holds):
		return keyShared
	case u.isOwn(c):
		return keyOwn
	}
	return keyUnknown
}

// isOwn reports whether a call is given a setting, or a variable of the
// environment, that is another key.
func (u *use) isOwn(e *project.Expr) bool { return u.ownSource(e) != "" }

// ownSource names the setting or variable that gives a call its own key.
func (u *use) ownSource(e *project.Expr) string {
	if e.Kind == project.Name {
		object, name, dotted := strings.Cut(e.Text, ".")
		if dotted && strings.HasSuffix(object, "settings") && name == strings.ToUpper(name) && isKeyName(name) && !slices.Contains(u.s.keyNames, name) {
			return e.Text
		}
	}
	for i := range e.Items {
		if name := u.ownSource(&e.Items[i]); name != "" {
			return name
		}
	}
	return ""
}

// isKeyName reports whether the name of a setting is that of a key, and not of
// an algorithm or a lifetime.
func isKeyName(name string) bool {
	for _, word := range []string{"KEY", "SECRET", "SALT", "PASSPHRASE"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// pick returns the first call that is given the key, or one of which that is
// not known, if the file reads the key. A file whose calls all have another key
// is told of as not affected.
func (u *use) pick(calls []project.Expr, feature string) (c project.Expr, sure, ok bool) {
	for _, how := range []ownKey{keyShared, keyUnknown} {
		for _, c := range calls {
			if len(u.reads) > 0 && u.sharing(&c) == how {
				return c, how == keyShared, true
			}
		}
	}
	for _, c := range calls {
		if name := u.ownSource(&c); name != "" {
			u.s.safe(project.Site{Path: u.f.Path, Line: c.Line}, feature, lastName(c.Text)+" is given "+name+", a key of its own; check that it is not the same value")
			break
		}
	}
	return project.Expr{}, false, false
}

func (u *use) usage(line int, e scanner.Effect, reason string, sure bool) (usage, bool) {
	e.Reason, e.Certain = reason, sure
	if !sure && e.Effect != scanner.EffectIdentity {
		e.Reason += "; whether it is given SECRET_KEY could not be read"
	}
	for _, name := range u.named {
		if name != "SECRET_KEY" && !slices.Contains(u.named, "SECRET_KEY") {
			e.Reason += "; " + name + " is made from SECRET_KEY"
			break
		}
	}
	return usage{e, project.Site{Path: u.f.Path, Line: line}}, true
}

// encryption is code that encrypts with a key made from the key.
func (u *use) encryption() (usage, bool) {
	const reason = "encrypts with a key made from SECRET_KEY"
	calls := u.f.CallsOf(project.IsCipher)
	if c, sure, ok := u.pick(calls, "own encryption"); ok {
		e := ownEncryption()
		if salt, given := c.Key("salt"); given && salt.MentionsAny(u.holds) && !slices.ContainsFunc(calls, func(c project.Expr) bool { return u.isKeyOf(&c) }) {
			e.Attack = "nothing with SECRET_KEY alone, which is only the salt"
		}
		return u.usage(c.Line, e, reason, sure || u.derives())
	}
	if lines := u.f.Names("AES"); len(u.reads) > 0 && len(lines) > 0 {
		return u.usage(lines[len(lines)-1], ownEncryption(), reason, true)
	}
	// a file with an hmac encodes what it signs, not a key for Fernet
	for _, c := range u.f.Calls("urlsafe_b64encode") {
		if len(u.reads) > 0 && len(u.f.Names("sha256")) > 0 && len(u.f.Names("hmac")) == 0 {
			return u.usage(c.Line, ownEncryption(), "makes an encryption key from SECRET_KEY", true)
		}
	}
	return usage{}, false
}

// isKeyOf reports whether a call is given the key as something else than a salt.
func (u *use) isKeyOf(c *project.Expr) bool {
	for i := range c.Items {
		if c.Keys[i] != "salt" && c.Items[i].MentionsAny(u.holds) {
			return true
		}
	}
	return false
}

// derives reports whether the file makes a key for a cipher from the key.
func (u *use) derives() bool {
	return slices.ContainsFunc(u.f.Calls("derive", "urlsafe_b64encode", "sha256", "digest", "pbkdf2_hmac", "new"), func(c project.Expr) bool { return c.MentionsAny(u.holds) })
}

// jwt is code that signs JSON Web Tokens with the key.
func (u *use) jwt() (usage, bool) {
	calls := u.f.Calls("encode_jwt", "jwt_encode")
	for _, c := range u.f.Calls("encode", "decode") {
		on := c.Text[:strings.LastIndexByte(c.Text, '.')+1]
		isToken := strings.HasSuffix(on, "jwt.") || strings.HasSuffix(on, "jws.") || strings.HasSuffix(on, "jose.") || strings.HasSuffix(on, "JsonWebToken.")
		if isToken || len(c.Items) > 1 && c.MentionsAny(u.holds) && len(u.f.Names("jwt")) > 0 {
			calls = append(calls, c)
		}
	}
	if c, sure, ok := u.pick(calls, "own JWTs"); ok {
		e := tokens("own JWTs")
		e.Attack = "make a token that this code trusts: one for any user, where the token says who the user is"
		reason := "signs JWTs with SECRET_KEY"
		if !sure {
			reason = "signs or reads JWTs, and the file reads SECRET_KEY; whether it is their key could not be read"
		}
		return u.usage(c.Line, e, reason, sure)
	}
	return usage{}, false
}

// signature is what a file signs or hashes with the key.
func (u *use) signature() (usage, bool) {
	if len(u.reads) == 0 {
		return usage{}, false
	}
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "own signatures", Attack: "forge what this code trusts",
		Rotation: "what was signed before is refused", Fallbacks: scanner.HelpsNot, Certain: true,
	}
	if _, ok := u.f.Imported("django.core.signing"); !ok {
		for _, c := range u.f.Calls("Signer", "TimestampSigner", "dumps", "loads") {
			if c.MentionsAny(u.holds) {
				e.Reason = lastName(c.Text) + " is given SECRET_KEY"
				e = u.s.signs(u.f, c.Line, e)
				return u.usage(c.Line, e, e.Reason, e.Certain)
			}
		}
	}
	hashes := u.f.Calls("new", "digest", "sha1", "sha224", "sha256", "sha384", "sha512", "md5", "blake2b", "base64_hmac", "constant_time_compare", "HMAC")
	for _, sure := range []bool{true, false} {
		for _, c := range hashes {
			if u.encrypts() && !strings.HasPrefix(c.Text, "hmac.") {
				continue // it makes the key of the cipher
			}
			isHash := strings.HasPrefix(c.Text, "hmac.") || strings.HasPrefix(c.Text, "hashlib.")
			if sure && c.MentionsAny(u.holds) || !sure && isHash {
				e.Reason = "hashes SECRET_KEY (" + c.Text + ")"
				if isKept(u.f, c.Line) {
					e.Effect, e.Feature = scanner.EffectData, "stored signatures"
					e.Rotation = "a value that is stored never matches again"
				} else {
					e = u.s.signs(u.f, c.Line, e)
				}
				return u.usage(c.Line, e, e.Reason, e.Certain)
			}
		}
	}
	return usage{}, false
}

// encrypts reports whether the file's hashes make a key for its cipher.
func (u *use) encrypts() bool {
	return len(u.f.CallsOf(project.IsCipher)) > 0 || len(u.f.Names("AES")) > 0
}
