package radius

import (
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

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
