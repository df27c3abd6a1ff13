package radius

import (
	"cmp"
	"slices"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// Radius is what depends on SECRET_KEY in a project.
type Radius struct {
	Effects     []scanner.Effect // worst first
	NotAffected []scanner.Evidence
	NotSeen     []scanner.Evidence
	Columns     map[string]string // by feature, where encrypted columns are, if in several files
	Window      scanner.Window
	Django      string // the version in words; empty if it is not known
	DjangoAt    project.Site
}

// Of finds what depends on the key.
func Of(p *project.Project) Radius {
	s := &survey{p: p, set: &p.Settings, out: Radius{Columns: map[string]string{}}}
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
