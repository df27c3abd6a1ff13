package radius

import (
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/say"
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

// columns finds where the project has the encrypted columns of a feature: the
// first one, and the other files that have some, because all of their rows are to
// be saved again.
func (s *survey) columns(feature string, seen sighting, module string, isField func(name string) bool) sighting {
	var first project.Site
	var others []string
	count := 0
	for _, f := range s.p.Code {
		if _, imported := f.Imported(module); !imported {
			continue
		}
		calls := f.CallsOf(isField)
		if count += len(calls); len(calls) == 0 {
			continue
		}
		if at := (project.Site{Path: f.Path, Line: calls[0].Line}); first.Path == "" {
			first = at
		} else {
			others = append(others, at.Path+":"+strconv.Itoa(at.Line))
		}
	}
	if count == 0 {
		return seen
	}
	seen = sighting{first, say.Counted(count, "column is", "columns are") + " encrypted with " + module, true}
	if more := len(others) - mostColumnFiles; more > 0 {
		others = append(others[:mostColumnFiles], "and "+strconv.Itoa(more)+" more files")
	}
	if len(others) > 0 {
		seen.Reason += ", also in " + strings.Join(others, ", ")
		s.out.Columns[feature] = seen.Reason
	}
	return seen
}

// mostColumnFiles is how many further files with encrypted columns are named.
const mostColumnFiles = 8

// djangoCryptography encrypts with SECRET_KEY; a CRYPTOGRAPHY_KEY does not free
// it, because the HMAC still uses SECRET_KEY.
func (s *survey) djangoCryptography() {
	seen, ok := s.sees(clues{modules: []string{"django_cryptography"}, dists: []string{"django-cryptography", "django-cryptography-5", "django-cryptography-django5"}})
	if !ok {
		return
	}
	e := encrypted(DjangoCryptography)
	seen = s.columns(e.Feature, seen, "django_cryptography", func(name string) bool { return name == "encrypt" })
	e.Reason, e.Certain = seen.Reason, seen.Used
	if x, ok := s.set.Last("CRYPTOGRAPHY_KEY"); ok && !s.isShared(&x.Value) {
		e.Reason += "; CRYPTOGRAPHY_KEY is set, but the signature still uses SECRET_KEY"
		e.Attack = "nothing without CRYPTOGRAPHY_KEY"
	}
	s.effect(seen.Site, e)
}

// fernetFields is django-fernet-fields.
func (s *survey) fernetFields() {
	seen, ok := s.sees(clues{modules: []string{"fernet_fields"}, dists: []string{"django-fernet-fields", "django-fernet-fields-v2", "djfernet"}})
	if !ok {
		return
	}
	e := encrypted(FernetFields)
	seen = s.columns(e.Feature, seen, "fernet_fields", project.IsEncryptedField)
	x, answer := s.setting("FERNET_KEYS")
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
	e := encrypted(FernetEncryptedFields)
	seen = s.columns(e.Feature, seen, "encrypted_fields", project.IsEncryptedField)
	_, salted := s.set.Last("SALT_KEY")
	_, required := s.p.Package("django-fernet-encrypted-fields")
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
	e := encrypted(Mirage)
	seen = s.columns(e.Feature, seen, "mirage", project.IsEncryptedField)
	x, answer := s.setting("MIRAGE_SECRET_KEY")
	e.Rotation = "encrypted values are lost without an error: the ciphertext is returned as if it were the value; encrypt again first"
	s.shared(seen, "MIRAGE_SECRET_KEY", x, answer, e)
}

// pgcrypto is django-pgcrypto.
func (s *survey) pgcrypto() {
	seen, ok := s.sees(clues{modules: []string{"pgcrypto"}, dists: []string{"django-pgcrypto"}})
	if _, fields := s.p.Package("django-pgcrypto-fields"); !ok || fields {
		return
	}
	e := encrypted("encrypted columns (django-pgcrypto)")
	seen = s.columns(e.Feature, seen, "pgcrypto", project.IsEncryptedField)
	x, answer := s.setting("PGCRYPTO_DEFAULT_KEY")
	s.shared(seen, "PGCRYPTO_DEFAULT_KEY", x, answer, e)
}

// channels is the encryption of channels_redis.
func (s *survey) channels() {
	for _, x := range s.set.Get("CHANNEL_LAYERS") {
		keys, at, found := deepKey(&x.Value, "symmetric_encryption_keys")
		switch {
		case found && s.isShared(&keys):
			s.effect(project.Site{Path: x.Path, Line: at}, scanner.Effect{
				Effect: scanner.EffectData, Feature: ChannelMessages, Certain: true, Reason: "symmetric_encryption_keys names SECRET_KEY",
				Attack:   "read and forge messages, for anyone who can reach Redis",
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
