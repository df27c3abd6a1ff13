package radius

import (
	"slices"

	"github.com/djleaks/djleaks/internal/project"
)

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

// configured sees a package by the setting that is there for it alone.
func (s *survey) configured(setting string) (sighting, bool) {
	x, ok := s.set.Last(setting)
	return sighting{x.Site, setting + " is set", true}, ok
}
