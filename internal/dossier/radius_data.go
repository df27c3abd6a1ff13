package dossier

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// encrypted is the effect of columns that the key encrypts.
func encrypted(feature string) scanner.Effect {
	return scanner.Effect{
		Effect: scanner.EffectData, Feature: feature,
		Attack:    "decrypt the columns of a database dump",
		Rotation:  "every encrypted value becomes unreadable: encrypt again first",
		Fallbacks: scanner.HelpsNot,
	}
}

// ownEncryption is code of the project that encrypts; where its results go, into
// a column or into a link, is not seen.
func ownEncryption() scanner.Effect {
	e := encrypted("own encryption")
	e.Attack = "decrypt what this code has encrypted"
	e.Rotation = "what is stored encrypted becomes unreadable: encrypt it again first; what is only in links stops working"
	return e
}

// djangoCryptography encrypts with SECRET_KEY; a CRYPTOGRAPHY_KEY does not free
// it, because the HMAC still uses SECRET_KEY.
func (s *survey) djangoCryptography() {
	seen, ok := s.sees(clues{modules: []string{"django_cryptography"}, dists: []string{"django-cryptography", "django-cryptography-5"}})
	if !ok {
		return
	}
	e := encrypted("encrypted columns (django-cryptography)")
	for _, f := range s.p.Code {
		if _, imported := f.Imported("django_cryptography"); imported {
			if calls := f.Calls("encrypt"); len(calls) > 0 {
				seen.Site, seen.Reason = project.Site{Path: f.Path, Line: calls[0].Line}, "encrypt() of django_cryptography is called"
				break
			}
		}
	}
	e.Reason, e.Certain = seen.Reason, seen.Used
	if x, ok := s.set.Last("CRYPTOGRAPHY_KEY"); ok && !x.Value.Mentions("SECRET_KEY") {
		e.Reason += "; CRYPTOGRAPHY_KEY is set, but the signature still uses SECRET_KEY"
		e.Attack = "nothing without CRYPTOGRAPHY_KEY"
	}
	s.effect(seen.Site, e)
}

// fernetFields is django-fernet-fields.
func (s *survey) fernetFields() {
	seen, ok := s.sees(clues{modules: []string{"fernet_fields"}, dists: []string{"django-fernet-fields", "django-fernet-fields-v2"}})
	if !ok {
		return
	}
	x, answer := s.setting("FERNET_KEYS")
	e := encrypted("encrypted columns (django-fernet-fields)")
	e.Rotation += ", with FERNET_KEYS = [new, old]"
	s.shared(seen, "FERNET_KEYS", x, answer, e)
}

// encryptedFields is django-fernet-encrypted-fields; another package of the
// same module has keys of its own.
func (s *survey) encryptedFields() {
	seen, ok := s.sees(clues{apps: []string{"encrypted_fields"}, dists: []string{"django-fernet-encrypted-fields"}})
	if !ok {
		return
	}
	if x, ok := s.set.Last("FIELD_ENCRYPTION_KEYS"); ok {
		s.safe(x.Site, "encrypted columns (django-searchable-encrypted-fields)", "FIELD_ENCRYPTION_KEYS are keys of its own")
		return
	}
	_, salted := s.set.Last("SALT_KEY")
	_, required := s.p.Package("django-fernet-encrypted-fields")
	e := encrypted("encrypted columns (django-fernet-encrypted-fields)")
	e.Rotation = "every encrypted value becomes unreadable; old versions of the package return the ciphertext, and a save then encrypts it twice: encrypt again first"
	e.Fallbacks = scanner.HelpUnknown
	e.Reason, e.Certain = seen.Reason, salted || required
	s.effect(seen.Site, e)
}

// mirage is django-mirage-field.
func (s *survey) mirage() {
	seen, ok := s.sees(clues{modules: []string{"mirage"}, dists: []string{"django-mirage-field"}})
	if !ok {
		return
	}
	x, answer := s.setting("MIRAGE_SECRET_KEY")
	e := encrypted("encrypted columns (django-mirage-field)")
	e.Rotation = "encrypted values are lost without an error: the ciphertext is returned as if it were the value; encrypt again first"
	s.shared(seen, "MIRAGE_SECRET_KEY", x, answer, e)
}

// channels is the encryption of channels_redis.
func (s *survey) channels() {
	for _, x := range s.set.Get("CHANNEL_LAYERS") {
		keys, at, found := deepKey(&x.Value, "symmetric_encryption_keys")
		switch {
		case found && keys.Mentions("SECRET_KEY"):
			s.effect(project.Site{Path: x.Path, Line: at}, scanner.Effect{
				Effect: scanner.EffectData, Feature: "channel messages (channels_redis)", Certain: true, Reason: "symmetric_encryption_keys names SECRET_KEY",
				Attack:   "read and forge messages, for whoever can reach Redis",
				Rotation: "messages in flight cannot be read; the list takes [new, old]", Fallbacks: scanner.HelpsNot,
			})
		case found:
			s.safe(project.Site{Path: x.Path, Line: at}, "channel messages", "symmetric_encryption_keys are keys of their own")
		case strings.Contains(strings.Join(x.Value.Strings(), " "), "channels_redis"):
			s.safe(x.Site, "channel messages", "symmetric_encryption_keys is not set: messages are not encrypted")
		}
	}
}

// deepKey looks for a key in nested dictionaries.
func deepKey(e *project.Expr, name string) (value project.Expr, line int, ok bool) {
	if v, ok := e.Key(name); ok {
		return v, v.Line, true
	}
	for i := range e.Items {
		if v, line, ok := deepKey(&e.Items[i], name); ok {
			return v, line, true
		}
	}
	return project.Expr{}, 0, false
}

// products are whole applications, which keep data of their own with the key.
func (s *survey) products() {
	for _, x := range []struct {
		name, file string
		dists      []string
		effect     scanner.Consequence
		rotation   string
	}{
		{"NetBox", "netbox/netbox/settings.py", nil, scanner.EffectLinks, "sessions and links end; API tokens of version 2 are hashed with API_TOKEN_PEPPERS, not with the key"},
		{"Nautobot", "nautobot/core/settings.py", []string{"nautobot"}, scanner.EffectData, "what Nautobot encrypts with the key becomes unreadable"},
		{"AWX", "awx/settings/defaults.py", nil, scanner.EffectData, "stored credentials become unreadable: rotate with awx-manage regenerate_secret_key"},
	} {
		at, reason := project.Site{Line: 1}, ""
		if file, ok := s.p.HasPath(x.file); ok {
			at.Path, reason = file, "this is "+x.name
		}
		for _, name := range x.dists {
			if pkg, ok := s.p.Package(name); ok && reason == "" {
				at, reason = pkg.Site, x.name+" is required"
			}
		}
		if reason == "" {
			continue
		}
		s.effect(at, scanner.Effect{
			Effect: x.effect, Feature: x.name, Certain: false, Reason: reason,
			Attack: "what " + x.name + " documents for its key", Rotation: x.rotation, Fallbacks: scanner.HelpUnknown,
		})
	}
	for _, x := range [][2]string{{"Sentry", "sentry/conf/server.py"}, {"Paperless", "paperless/settings.py"}, {"Healthchecks", "hc/settings.py"}} {
		if at, ok := s.p.HasPath(x[1]); ok {
			s.unseen(project.Site{Path: at, Line: 1}, x[0], "this is "+x[0]+": what else it does with the key is in its own manual")
		}
	}
}

// knownSettings take the key and have a row of their own.
var knownSettings = []string{
	"SECRET_KEY", "SECRET_KEY_FALLBACKS", "SIMPLE_JWT", "NINJA_JWT", "JWT_AUTH", "CHANNEL_LAYERS", "CRYPTOGRAPHY_KEY", "FERNET_KEYS",
	"MIRAGE_SECRET_KEY", "HASHID_FIELD_SALT", "SALT_KEY",
}

// ownCode is the project's own use of the key, judged by what is beside it.
func (s *survey) ownCode() {
	for _, name := range s.set.Names("SECRET_KEY") {
		base, _, _ := strings.Cut(name, "[")
		if slices.Contains(knownSettings, base) {
			continue
		}
		s.derivedSetting(name)
	}
	others := 0
	for _, f := range s.p.Code {
		if slices.Contains(s.set.Modules, f.Path) {
			continue
		}
		lines := f.Names("SECRET_KEY")
		if len(lines) == 0 || hasRow(f) {
			continue
		}
		if e, at, ok := classify(f); ok {
			e.Certain = true
			if at == 0 {
				at = lines[0]
			}
			s.effect(project.Site{Path: f.Path, Line: at}, e)
			continue
		}
		if others++; others <= mostOthers {
			s.unseen(project.Site{Path: f.Path, Line: lines[0]}, "own code", "it reads SECRET_KEY; what for was not recognised")
		}
	}
	if others > mostOthers {
		s.unseen(project.Site{}, "own code", "further files read SECRET_KEY")
	}
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
	if len(f.Calls("Hashids")) > 0 {
		return true
	}
	return slices.ContainsFunc(f.Assigns, func(a project.Assign) bool { return strings.HasSuffix(a.Name, ".secret_key") })
}

// derivedSetting is a setting that is made of the key: what it is for is told
// by its name only.
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

// classify says what a file does with the key by what else is in it; at is 0
// where no line is better than that of the key.
func classify(f *project.File) (e scanner.Effect, at int, ok bool) {
	for _, kind := range []struct {
		calls []string
		what  scanner.Effect
	}{
		{[]string{"Fernet", "MultiFernet", "PBKDF2HMAC", "HKDF", "Scrypt", "scrypt", "AESGCM", "AES", "ChaCha20Poly1305", "SecretBox", "AESCipher"}, withFeature(ownEncryption(), "encrypts with a key made from SECRET_KEY")},
		{[]string{"encode_jwt", "jwt_encode"}, withFeature(tokens("own JWTs"), "signs JWTs with SECRET_KEY")},
	} {
		for _, c := range f.Calls(kind.calls...) {
			return kind.what, c.Line, true
		}
	}
	if lines := f.Names("AES"); len(lines) > 0 {
		return withFeature(ownEncryption(), "encrypts with a key made from SECRET_KEY"), lines[len(lines)-1], true
	}
	for _, c := range f.Calls("encode", "decode") {
		if strings.HasPrefix(c.Text, "jwt.") || strings.HasPrefix(c.Text, "jose.") || c.Mentions("SECRET_KEY") && len(f.Names("jwt")) > 0 {
			return withFeature(tokens("own JWTs"), "signs JWTs with SECRET_KEY"), c.Line, true
		}
	}
	// a file with an hmac encodes what it signs, not a key for Fernet
	for _, c := range f.Calls("urlsafe_b64encode") {
		if len(f.Names("sha256")) > 0 && len(f.Names("hmac")) == 0 {
			return withFeature(ownEncryption(), "makes an encryption key from SECRET_KEY"), c.Line, true
		}
	}
	return signature(f)
}

// signature is what a file signs or hashes with the key.
func signature(f *project.File) (e scanner.Effect, at int, ok bool) {
	e = scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "own signatures", Attack: "forge what this code trusts",
		Rotation: "what was signed before is refused", Fallbacks: scanner.HelpsNot,
	}
	if isModel(f.Path) {
		e.Effect, e.Feature = scanner.EffectData, "stored signatures"
		e.Rotation = "a value that is stored never matches again"
	}
	for _, c := range f.Calls("Signer", "TimestampSigner", "dumps", "loads") {
		if c.Mentions("SECRET_KEY") {
			return withFeature(e, lastName(c.Text)+" is given SECRET_KEY"), c.Line, true
		}
	}
	hashes := f.Calls("new", "digest", "sha1", "sha224", "sha256", "sha384", "sha512", "md5", "blake2b", "salted_hmac")
	for _, c := range hashes {
		if c.Mentions("SECRET_KEY") {
			return withFeature(e, "hashes SECRET_KEY ("+c.Text+")"), c.Line, true
		}
	}
	for _, c := range hashes {
		if strings.HasPrefix(c.Text, "hmac.") || strings.HasPrefix(c.Text, "hashlib.") {
			return withFeature(e, "hashes SECRET_KEY ("+c.Text+")"), c.Line, true
		}
	}
	return scanner.Effect{}, 0, false
}

func withFeature(e scanner.Effect, reason string) scanner.Effect {
	e.Reason = reason
	return e
}
