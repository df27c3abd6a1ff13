package radius

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/pysource"
	"github.com/djleaks/djleaks/scanner"
)

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
			u.s.safe(project.Site{Path: u.f.Path, Line: c.Line}, feature, pysource.LastName(c.Text)+" is given "+name+", a key of its own; check that it is not the same value")
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
	if c, sure, ok := u.pick(calls, OwnEncryption); ok {
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

// ownEncryption is code of the project that encrypts; where its results go, into
// a column or into a link, is not seen.
func ownEncryption() scanner.Effect {
	e := encrypted(OwnEncryption)
	e.Attack = "decrypt what this code has encrypted"
	e.Rotation = "what is stored encrypted becomes unreadable: encrypt it again first; what is only in links stops working"
	return e
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
	if c, ok := u.otherSigner(); ok {
		e.Reason = pysource.LastName(c.Text) + " is given SECRET_KEY"
		e = u.s.signs(u.f, c.Line, e)
		return u.usage(c.Line, e, e.Reason, e.Certain)
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
					e.Effect, e.Feature = scanner.EffectData, StoredSignatures
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

// otherSigner is a call that has the name of Django's signers, is not theirs,
// and is given the key.
func (u *use) otherSigner() (project.Expr, bool) {
	if _, ok := u.f.Imported("django.core.signing"); ok {
		return project.Expr{}, false // which has a row of its own
	}
	for _, c := range u.f.Calls("Signer", "TimestampSigner", "dumps", "loads") {
		if c.MentionsAny(u.holds) {
			return c, true
		}
	}
	return project.Expr{}, false
}

// encrypts reports whether the file's hashes make a key for its cipher.
func (u *use) encrypts() bool {
	return len(u.f.CallsOf(project.IsCipher)) > 0 || len(u.f.Names("AES")) > 0
}
