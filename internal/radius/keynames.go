package radius

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
)

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
