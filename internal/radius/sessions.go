package radius

import (
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// sessions looks at SESSION_ENGINE and SESSION_SERIALIZER.
func (s *survey) sessions() {
	const app = "django.contrib.sessions"
	engines := s.set.Get("SESSION_ENGINE")
	if len(engines) == 0 && s.set.AppAbsent(app) == project.Yes {
		s.safe(project.Site{}, Sessions, app+" is not in INSTALLED_APPS")
		return
	}
	seen := map[string]bool{}
	for _, x := range engines {
		value, fixed, ok := x.Value.Default()
		if !ok {
			s.unseen(x.Site, Sessions, "SESSION_ENGINE is computed here")
			continue
		}
		if !seen[value] {
			seen[value] = true
			s.engine(x.Site, value, "SESSION_ENGINE is "+value, fixed)
		}
	}
	if len(seen) > 0 {
		return
	}
	at, reason := project.Site{}, "SESSION_ENGINE is not set, so that sessions are in the database"
	x, installed := s.set.App(app)
	if installed {
		at = x
	}
	certain := s.set.Absent("SESSION_ENGINE") == project.Yes
	if certain && !installed {
		reason, certain = "SESSION_ENGINE is not set; whether "+app+" is installed could not be read", false
	} else if !certain {
		reason = "SESSION_ENGINE could not be read; Django's default is the database"
	}
	s.engine(at, "django.contrib.sessions.backends.db", reason, certain)
}

func (s *survey) engine(at project.Site, engine, reason string, certain bool) {
	_, kind, _ := strings.Cut(engine, "backends.")
	e := scanner.Effect{Effect: scanner.EffectLinks, Reason: reason, Certain: certain, Fallbacks: s.helpOfSigner()}
	const store = "only for somebody who can also write to the session store"
	e.Rotation = "stored sessions read as empty: everybody is logged out"
	e.Attack = "forge a session, " + store
	switch kind {
	case "signed_cookies":
		s.cookieSessions(at, e)
		return
	case "db":
		e.Feature = DatabaseSessions
	case "file":
		e.Feature = FileSessions
	case "cached_db":
		e.Feature = CachedDatabaseSessions
		e.Rotation = "sessions are lost once their cache entry is gone, and everybody is logged out"
	case "cache":
		e.Feature = CacheSessions
		e.Attack = "nothing with the key alone: what is in the cache is not signed"
		e.Rotation = "everybody is logged out, but the data of visitors is kept: flush the cache, or forged data survives"
	default:
		s.unseen(at, Sessions, "SESSION_ENGINE is "+engine+", which is not one of Django's")
		return
	}
	if at, pickled, sure := s.pickle(); pickled != "" && kind != "cache" {
		e := e
		e.Effect, e.Feature = scanner.EffectCode, "pickled sessions in the store"
		e.Reason, e.Certain = pickled, certain && sure
		e.Attack = "run code, " + store
		s.effect(at, e)
	}
	s.effect(at, e)
}

// cookieSessions are those that the browser keeps: the key is all that protects
// them.
func (s *survey) cookieSessions(at project.Site, e scanner.Effect) {
	e.Rotation = "all sessions end: everybody is logged out"
	where, pickled, sure := s.pickle()
	if pickled != "" {
		e := e
		e.Effect, e.Feature = scanner.EffectCode, "pickled signed-cookie sessions"
		e.Reason, e.Certain = e.Reason+", and "+pickled, e.Certain && sure
		e.Attack = "run code with one forged cookie"
		if where.Path == "" {
			where = at
		}
		s.effect(where, e)
	} else if where.Path != "" {
		s.safe(where, "pickled sessions", "PickleSerializer is set, but Django 5.0 and newer do not have it")
	}
	e.Effect, e.Feature = scanner.EffectIdentity, CookieSessions
	e.Attack = "forge the whole content of a session; log in as accounts whose password column is empty, as single sign-on may leave it, or whose password hash is known"
	s.effect(at, e)
}

// pickle says why sessions are pickled; empty if they are not. Where the
// setting is there but has no effect any more, only the place is returned.
func (s *survey) pickle() (at project.Site, reason string, sure bool) {
	for _, x := range s.set.Get("SESSION_SERIALIZER") {
		value, fixed, ok := x.Value.Default()
		if !ok {
			s.unseen(x.Site, "session serializer", "SESSION_SERIALIZER is computed here")
			continue
		}
		if !strings.Contains(strings.ToLower(value), "pickle") {
			continue
		}
		if !strings.HasPrefix(value, "django.contrib.") {
			return x.Site, "SESSION_SERIALIZER is " + value, fixed
		}
		switch s.since("5.0") {
		case project.Yes:
			return x.Site, "", true
		case project.No:
			return x.Site, "SESSION_SERIALIZER is " + value, fixed
		}
		return x.Site, "SESSION_SERIALIZER is " + value + ", which works if Django is older than 5.0", false
	}
	if s.since("1.6") == project.No && len(s.set.Get("SESSION_SERIALIZER")) == 0 {
		return s.out.DjangoAt, "Django " + s.out.Django + " pickles sessions by default", true
	}
	return project.Site{}, "", false
}

// sessionHash is what ties every login to the password and the key.
func (s *survey) sessionHash() {
	const app = "django.contrib.auth"
	if s.set.AppAbsent(app) == project.Yes {
		s.safe(project.Site{}, SessionHash, app+" is not in INSTALLED_APPS")
		return
	}
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: SessionHash, Certain: true,
		Reason:   "Django 1.10 and newer compare it at every request",
		Attack:   "nothing by itself",
		Rotation: "everybody is logged out, with every session engine", Fallbacks: s.helpSince("4.1.8"),
	}
	at, seen := s.set.App(app)
	switch s.since("1.10") {
	case project.No:
		s.safe(s.out.DjangoAt, SessionHash, "Django "+s.out.Django+" compares it only with SessionAuthenticationMiddleware")
		return
	case project.Unknown:
		e.Reason = "Django 1.10 and newer compare it at every request; which version this is is not known"
	}
	e.Certain = seen
	s.effect(at, e)
}
