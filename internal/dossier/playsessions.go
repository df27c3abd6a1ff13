package dossier

import (
	_ "embed" // for the script that keeps sessions
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/radius"
	"github.com/djleaks/djleaks/scanner"
)

// resign is the script that signs stored sessions again, so that nobody is
// logged out though no fallback is set. .ci/interop-blast runs it.
//
//go:embed resign.py
var resign string

// endSessions ends what was signed with the old key, or keeps the sessions of
// users where an attacker cannot have made one.
func (b *book) endSessions() {
	engine := b.engine()
	const ends = "Expect one logout for everybody; links in mails sent earlier stop working."
	if engine == "" {
		if !b.signsNothing() && b.hasSessions() {
			b.add(scanner.ThisHour, "Sessions are kept by code that is not Django's, or in a way that was not seen: end them all there. "+ends, "")
		}
		return
	}
	shell := func(code string) string { return "python manage.py shell -c '" + code + "'" }
	switch engine {
	case "db":
		b.add(scanner.ThisHour, "Delete the stored sessions. "+ends, shell("from django.contrib.sessions.models import Session; print(Session.objects.all().delete())"))
	case "cached_db":
		b.add(scanner.ThisHour, "Delete the stored sessions, and the cache. "+ends, shell("from django.contrib.sessions.models import Session; from django.core.cache import caches; from django.conf import settings; print(Session.objects.all().delete()); caches[settings.SESSION_CACHE_ALIAS].clear()"))
	case "cache":
		b.add(scanner.ThisHour, "Flush the cache that holds the sessions: it is not signed, and what was forged into it would survive. "+ends, shell("from django.core.cache import caches; from django.conf import settings; caches[settings.SESSION_CACHE_ALIAS].clear()"))
	case "file":
		b.add(scanner.ThisHour, "Delete the stored sessions. "+ends, shell("import glob, os, tempfile; from django.conf import settings; [os.remove(f) for f in glob.glob(os.path.join(settings.SESSION_FILE_PATH or tempfile.gettempdir(), settings.SESSION_COOKIE_NAME + \"*\"))]"))
	default:
		b.add(scanner.ThisHour, "Sessions are in cookies: the new key ends them all. "+ends, "")
		return
	}
	if b.keepsSessions(engine) {
		b.add(scanner.ThisHour, "Or log nobody out: nothing was seen here with which the key alone makes a session, so the stored ones can be signed again. "+
			"Stop the site for a moment, set the new key, and instead of deleting the sessions run this on the server; it asks for the old key and sets no fallback.", strings.TrimRight(resign, "\n"))
	}
}

// hasSessions reports whether the site may have sessions.
func (b *book) hasSessions() bool {
	return b.project != nil && len(b.project.Settings.Modules) > 0 &&
		!slices.ContainsFunc(b.radius.NotAffected, func(e scanner.Evidence) bool { return e.Feature == radius.Sessions })
}

// engine is the session engine in one word; empty if there are no sessions or
// it is not known.
func (b *book) engine() string {
	for _, e := range b.radius.Effects {
		switch e.Feature {
		case radius.DatabaseSessions:
			return "db"
		case radius.CachedDatabaseSessions:
			return "cached_db"
		case radius.FileSessions:
			return "file"
		case radius.CacheSessions:
			return "cache"
		case radius.CookieSessions:
			return "signed_cookies"
		}
	}
	return ""
}

// keepsSessions reports whether the script may be offered: sessions are stored
// and signed, in the format of Django 3.1 and newer, everything that decides was
// seen, and nothing that depends on the key makes an attacker a user or runs
// their code.
func (b *book) keepsSessions(engine string) bool {
	if engine == "cache" || b.project == nil || b.project.Settings.Absent("SESSION_ENGINE") == project.Unknown || len(b.project.Settings.Gaps) > 0 {
		return false
	}
	pkg, ok := b.project.Package("Django")
	if !ok || pkg.Range.AtLeast(project.Version{3, 1}) != project.Yes {
		return false
	}
	return len(b.effects(scanner.EffectCode)) == 0 && len(b.effects(scanner.EffectIdentity)) == 0
}
