package dossier

import (
	"cmp"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// Radius is what depends on SECRET_KEY in a project.
type Radius struct {
	Effects     []scanner.Effect // worst first
	NotAffected []scanner.Evidence
	NotSeen     []scanner.Evidence
	Window      scanner.Window
	Django      string // the version in words; empty if it is not known
	DjangoAt    project.Site
}

// RadiusOf finds what depends on the key.
func RadiusOf(p *project.Project) Radius {
	s := &survey{p: p, set: &p.Settings}
	if pkg, ok := p.Package("Django"); ok {
		s.django = pkg.Range
		s.out.Django, s.out.DjangoAt = pkg.Range.String(), pkg.Site
	}
	s.findKeyNames()
	s.gaps()
	for _, row := range []func(*survey){
		(*survey).sessions, (*survey).sessionHash, (*survey).resetLinks, (*survey).ownTokens, (*survey).messages,
		(*survey).signedCookies, (*survey).signers, (*survey).storedSignatures, (*survey).independent,
		(*survey).pickles, (*survey).simpleJWT, (*survey).drfJWT, (*survey).graphqlJWT, (*survey).jwtPackages, (*survey).headlessJWT, (*survey).flask, (*survey).djangoQ, (*survey).tetra, (*survey).sesame,
		(*survey).djangoCryptography, (*survey).fernetFields, (*survey).encryptedFields, (*survey).mirage, (*survey).pgcrypto, (*survey).channels,
		(*survey).mfa, (*survey).twoFactor, (*survey).mfa2, (*survey).restRegistration, (*survey).signingPackages, (*survey).registration, (*survey).hashids, (*survey).wagtail, (*survey).wagtailTokens,
		(*survey).components, (*survey).formtools, (*survey).products, (*survey).ownCode, (*survey).window,
	} {
		row(s)
	}
	slices.SortStableFunc(s.out.Effects, func(a, b scanner.Effect) int {
		return cmp.Compare(rank(a.Effect), rank(b.Effect))
	})
	return s.out
}

func rank(c scanner.Consequence) int {
	return slices.Index([]scanner.Consequence{scanner.EffectCode, scanner.EffectIdentity, scanner.EffectData, scanner.EffectLinks}, c)
}

// survey is a radius that is being found.
type survey struct {
	p        *project.Project
	set      *project.Settings
	django   project.Range
	keyNames []string // SECRET_KEY, and the settings that are it or made of it
	out      Radius
}

// since says whether the project's Django is this version or newer.
func (s *survey) since(v string) project.Answer { return s.django.AtLeast(project.ParseVersion(v)) }

// helpSince is the help of fallbacks for what honours them since a version of
// Django.
func (s *survey) helpSince(v string) scanner.Help {
	switch s.since(v) {
	case project.Yes:
		return scanner.Helps
	case project.No:
		return scanner.HelpsNot
	}
	return scanner.HelpUnknown
}

// helpOfSigner is the help for all that django.core.signing reads.
func (s *survey) helpOfSigner() scanner.Help { return s.helpSince("4.1") }

func (s *survey) effect(at project.Site, e scanner.Effect) {
	e.Path, e.Line = at.Path, at.Line
	s.out.Effects = append(s.out.Effects, e)
}

func (s *survey) safe(at project.Site, feature, reason string) {
	s.out.NotAffected = append(s.out.NotAffected, scanner.Evidence{Feature: feature, Path: at.Path, Line: at.Line, Reason: reason})
}

func (s *survey) unseen(at project.Site, feature, reason string) {
	s.out.NotSeen = append(s.out.NotSeen, scanner.Evidence{Feature: feature, Path: at.Path, Line: at.Line, Reason: reason})
}

// gaps says what could not be read.
func (s *survey) gaps() {
	if len(s.set.Modules) == 0 {
		s.unseen(project.Site{}, "settings", "no settings module was found at HEAD, so that no setting is known")
	}
	for _, g := range s.set.Gaps {
		s.unseen(g.Site, "settings", g.Reason)
	}
	for _, g := range s.p.Unread {
		s.unseen(g.Site, "file", g.Reason)
	}
	switch {
	case s.out.Django == "" && s.out.DjangoAt.Path != "":
		s.unseen(s.out.DjangoAt, "Django's version", "Django is required without a version")
	case s.out.Django == "":
		s.unseen(project.Site{}, "Django's version", "no lock file or list of requirements names Django")
	}
	s.unseen(project.Site{}, "other services", "whether another service or repository uses the same key: compare fingerprints, and rotate together")
}

// sighting is where a package was seen, and how sure it is that it runs.
type sighting struct {
	project.Site
	Reason string
	Used   bool // installed as an app, or imported; not only required
}

// clues describes how a package can be seen.
type clues struct {
	apps    []string // entries of INSTALLED_APPS
	modules []string // what is imported
	dists   []string // distributions
	// common says that a project may well have an app of that name itself: a
	// distribution has to be required, too.
	common bool
}

// sees looks for a package: an app, an import, a requirement.
func (s *survey) sees(l clues) (sighting, bool) {
	required := func(dist string) bool { _, ok := s.p.Package(dist); return ok }
	if l.common && !slices.ContainsFunc(l.dists, required) {
		return sighting{}, false
	}
	for _, app := range l.apps {
		if at, ok := s.set.App(app); ok {
			return sighting{at, app + " is in INSTALLED_APPS", true}, true
		}
	}
	for _, module := range append(slices.Clone(l.apps), l.modules...) {
		for _, f := range s.p.Code {
			if i, ok := f.Imported(module); ok {
				return sighting{project.Site{Path: f.Path, Line: i.Line}, "imports " + module, true}, true
			}
		}
	}
	for _, name := range l.dists {
		if pkg, ok := s.p.Package(name); ok {
			return sighting{pkg.Site, pkg.Name + " is required; where it is used was not seen", false}, true
		}
	}
	return sighting{}, false
}

// version is the range of the first of these distributions that is required.
func (s *survey) version(dists ...string) project.Range {
	for _, name := range dists {
		if pkg, ok := s.p.Package(name); ok {
			return pkg.Range
		}
	}
	return project.Range{}
}

// ownKey is what a setting that could give a package a key of its own says.
type ownKey uint8

const (
	keyShared  ownKey = iota // it is SECRET_KEY, or not set
	keyOwn                   // it is something else
	keyUnknown               // it cannot be read
)

// keyOf judges a setting by its value.
func (s *survey) keyOf(x project.Setting, answer project.Answer) ownKey {
	switch {
	case answer == project.Unknown:
		return keyUnknown
	case answer == project.No || s.isShared(&x.Value):
		return keyShared
	case x.Value.Kind == project.Name && (x.Value.Text == "None" || strings.HasSuffix(x.Value.Text, "SECRET_KEY")):
		return keyShared
	}
	return keyOwn
}

// setting is a setting and whether it is there.
func (s *survey) setting(name string) (project.Setting, project.Answer) {
	if x, ok := s.set.Last(name); ok {
		return x, project.Yes
	}
	if s.set.Absent(name) == project.Yes {
		return project.Setting{}, project.No
	}
	return project.Setting{}, project.Unknown
}

// shared adds the effect of a package unless a setting gives it a key of its
// own.
func (s *survey) shared(seen sighting, name string, x project.Setting, answer project.Answer, e scanner.Effect) {
	switch s.keyOf(x, answer) {
	case keyOwn:
		s.safe(x.Site, e.Feature, name+" gives it a key of its own; check that it is not the same value")
	case keyUnknown:
		e.Reason, e.Certain = seen.Reason+"; whether "+name+" gives it a key of its own could not be read", false
		s.effect(seen.Site, e)
	default:
		e.Reason, e.Certain = seen.Reason+", and no "+name+" gives it a key of its own", seen.Used
		if answer == project.Yes {
			e.Reason = seen.Reason + ", and " + name + " is SECRET_KEY"
			seen.Site, e.Certain = x.Site, true
			if x.Value.Kind == project.Call { // env("JWT_KEY", default=SECRET_KEY)
				e.Reason, e.Certain = e.Reason+" unless the environment has another one", false
			}
		}
		s.effect(seen.Site, e)
	}
}
