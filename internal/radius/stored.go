package radius

import (
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/pysource"
	"github.com/djleaks/djleaks/scanner"
)

// storedSignatures are those that a model keeps.
func (s *survey) storedSignatures() {
	for _, f := range s.p.Code {
		for _, c := range f.Calls("salted_hmac") {
			if s.saltedHMAC(f, &c) {
				break
			}
		}
		if c := s.storing(f); c != nil {
			s.effect(project.Site{Path: f.Path, Line: c.Line}, scanner.Effect{
				Effect: scanner.EffectData, Feature: StoredSigning, Reason: "a model calls " + pysource.LastName(c.Text), Certain: true,
				Attack: "forge the value that is signed", Rotation: "a signed value that is stored is refused from then on", Fallbacks: s.helpOfSigner(),
			})
		}
	}
}

// saltedHMAC judges one call of salted_hmac; it reports whether it has an
// effect.
func (s *survey) saltedHMAC(f *project.File, c *project.Expr) bool {
	at := project.Site{Path: f.Path, Line: c.Line}
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "own signatures (salted_hmac)", Reason: "calls salted_hmac", Certain: true,
		Attack: "forge the value that is signed", Rotation: "signatures made before do not match any more", Fallbacks: scanner.HelpsNot,
	}
	u := s.useOf(f)
	if key, ok := c.Key("secret"); ok && !key.MentionsAny(u.holds) {
		switch {
		case key.Kind == project.Text, u.isOwn(&key):
			s.safe(at, "own signatures", "salted_hmac is given a secret of its own")
			return false
		case key.Kind != project.Name || key.Text != "None":
			e.Reason, e.Certain = "calls salted_hmac; whether its secret is SECRET_KEY could not be read", false
		}
	}
	if len(f.Names("SECRET_KEY_FALLBACKS")) > 0 {
		e.Fallbacks = scanner.Helps // the code tries the old keys itself
	}
	if isKept(f, c.Line) {
		e.Effect, e.Feature = scanner.EffectData, StoredHMAC
		e.Rotation = "a hash that is stored never matches again"
	}
	s.effect(at, e)
	return true
}

// storing is the call of a model that signs what the model keeps: an attribute,
// or what a field gives the database. It is nil where there is none; what is only
// returned may go into a link.
func (s *survey) storing(f *project.File) *project.Expr {
	if _, ok := f.Imported("django.core.signing"); !ok || !isModel(f.Path) {
		return nil
	}
	for _, c := range f.Calls("sign", "sign_object", "dumps") {
		if isSigning(&c) && isKept(f, c.Line) {
			return &c
		}
	}
	return nil
}

// isModel reports whether a file's results are likely to be stored.
func isModel(file string) bool {
	base, folder := path.Base(file), path.Base(path.Dir(file))
	return base == "models.py" || base == "managers.py" || base == "fields.py" || folder == "models"
}

// isKept reports whether what a call at a line makes is stored: a model or a
// field gives it to an attribute, or makes it where values go into the database
// or where its name says that it is a hash. What is only returned may go into a
// link.
func isKept(f *project.File, line int) bool {
	if !isModel(f.Path) {
		return false
	}
	d, inside := f.Around(line)
	if !inside || f.Keeps(line) {
		return true
	}
	switch d.Name {
	case "save", "create", "pre_save", "get_prep_value", "get_db_prep_value", "get_db_prep_save":
		return true
	}
	name := strings.ToLower(d.Name)
	return (strings.Contains(name, "hash") || strings.Contains(name, "digest")) && !strings.Contains(name, "auth_hash")
}
