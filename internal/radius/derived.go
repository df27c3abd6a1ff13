package radius

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
