package radius

import (
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// day is one, in seconds.
const day = 86400

// window is how long what the old key signed is accepted at most.
func (s *survey) window() {
	w := s.timeout(14*day, "SESSION_COOKIE_AGE", 1)
	consider := func(other scanner.Window) {
		if other.Seconds > w.Seconds {
			w = other
		}
	}
	consider(s.resetTimeout())
	if x, answer := s.set.Nested("SIMPLE_JWT", "REFRESH_TOKEN_LIFETIME"); answer == project.Yes {
		if n, ok := x.Value.Seconds(); ok {
			consider(scanner.Window{Seconds: n, Setting: "SIMPLE_JWT REFRESH_TOKEN_LIFETIME", Path: x.Path, Line: x.Line})
		}
	}
	for _, f := range s.p.Code {
		for _, c := range f.Calls("loads", "unsign", "unsign_object", "get_signed_cookie") {
			if age, ok := c.Key("max_age"); ok {
				if n, ok := age.Seconds(); ok {
					consider(scanner.Window{Seconds: n, Setting: "max_age", Path: f.Path, Line: c.Line})
				}
			}
		}
	}
	s.out.Window = w
}

// resetTimeout is how long a mailed reset link is accepted: by the setting of
// Django before 3.1 where the project has that one.
func (s *survey) resetTimeout() scanner.Window {
	const name, days = "PASSWORD_RESET_TIMEOUT", "PASSWORD_RESET_TIMEOUT_DAYS"
	if _, ok := s.set.Last(name); !ok {
		if w := s.timeout(0, days, day); w.Seconds > 0 {
			return w
		}
	}
	return s.timeout(3*day, name, 1)
}

// timeout is what a setting says in units of so many seconds; Django's default,
// in seconds and without a place, if it is not set or cannot be read.
func (s *survey) timeout(standard int64, name string, unit int64) scanner.Window {
	if x, ok := s.set.Last(name); ok {
		if n, ok := x.Value.Seconds(); ok {
			return scanner.Window{Seconds: n * unit, Setting: name, Path: x.Path, Line: x.Line}
		}
	}
	return scanner.Window{Seconds: standard, Setting: name}
}
