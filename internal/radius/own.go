package radius

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
)

// ownCode is the project's own use of the key, judged by what is beside it.
func (s *survey) ownCode() {
	used := map[string]bool{} // settings made of the key that some code was seen to use
	others := 0
	for _, f := range s.p.Code {
		if slices.Contains(s.set.Modules, f.Path) {
			continue
		}
		u := s.useOf(f)
		found := u.all()
		for i := range found {
			s.effect(found[i].at, found[i].Effect)
		}
		for _, name := range u.named {
			used[name] = used[name] || len(found) > 0
		}
		if lines := f.Names("SECRET_KEY"); len(found) == 0 && len(lines) > 0 && !hasRow(f) {
			if others++; others <= mostOthers {
				s.unseen(project.Site{Path: f.Path, Line: lines[0]}, "own code", "it reads SECRET_KEY; what for was not recognised")
			}
		}
	}
	if others > mostOthers {
		s.unseen(project.Site{}, "own code", "further files read SECRET_KEY")
	}
	s.derivedSettings(used)
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
	if len(f.Calls("Hashids", "salted_hmac")) > 0 {
		return true
	}
	return slices.ContainsFunc(f.Assigns, func(a project.Assign) bool { return strings.HasSuffix(a.Name, ".secret_key") })
}
