package dossier

import (
	_ "embed" // for the script that keeps sessions
	"slices"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/project"
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
		!slices.ContainsFunc(b.radius.NotAffected, func(e scanner.Evidence) bool { return e.Feature == "sessions" })
}

// engine is the session engine in one word; empty if there are no sessions or
// it is not known.
func (b *book) engine() string {
	for _, e := range b.radius.Effects {
		switch e.Feature {
		case "sessions in the database":
			return "db"
		case "sessions in database and cache":
			return "cached_db"
		case "sessions in files":
			return "file"
		case "sessions in the cache":
			return "cache"
		case "signed-cookie sessions":
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

// lookBack asks what happened while others could have the key.
func (b *book) lookBack() {
	since, ok := b.exposed()
	if !ok {
		return
	}
	if !b.lookedBack.IsZero() && !b.lookedBack.After(since) {
		b.add(scanner.Today, "The look-back above begins before others could have these keys: it is theirs too.", "")
		return
	}
	from := since.Format(time.DateOnly)
	b.lookAtUsers(from)
	for _, e := range b.radius.Effects {
		at := project.Site{Path: e.Path, Line: e.Line}
		switch {
		case strings.Contains(e.Feature, "Simple JWT"):
			b.at(scanner.Today, at, "Forged tokens are in no table. In the access logs since "+from+" look for users whose requests with a token have no login or refresh before them; with the blacklist app, compare with what was issued.",
				"python manage.py shell -c 'from rest_framework_simplejwt.token_blacklist.models import OutstandingToken as T; print(T.objects.filter(created_at__gte=\""+from+"\").count())'")
		case strings.Contains(e.Feature, "django-q"):
			b.at(scanner.Today, at, "Look for tasks that your code does not have.",
				"python manage.py shell -c 'from django_q.models import Task; print(set(Task.objects.filter(started__gte=\""+from+"\").values_list(\"func\", flat=True)))'")
		case e.Effect == scanner.EffectCode:
			b.at(scanner.Today, at, "Code can have run on the server with the rights of the site since "+from+". Look for new files and processes, outgoing connections, and treat every secret that the site can read as leaked: database, mail, storage, payment.", "")
		}
	}
	b.add(scanner.Today, "A cookie, a token or a link in the logs looks wrong? This says which key signed it, and when; the value goes in on standard input and is not printed.", "djleaks key match")
}

// lookAtUsers asks the tables of the apps that are installed; one that is not
// has no model that could be imported.
func (b *book) lookAtUsers(from string) {
	const start = "Look back to "
	since := from + ", when others could first have the key: "
	if b.without("django.contrib.auth") {
		b.add(scanner.Today, start+since+"what was changed, and by whom. The code at HEAD has no users (django.contrib.auth); if it had some then, look in a backup of that time.", "")
		return
	}
	ask, load, changed := "who is an administrator, who got in without a password", "", ""
	if !b.without("django.contrib.admin") {
		ask += ", what was changed in the admin"
		load = "from django.contrib.admin.models import LogEntry\n"
		changed = "print(\"changes in the admin:\", LogEntry.objects.filter(action_time__gte=\"" + from + "\").count())\n"
	}
	b.add(scanner.Today, start+since+ask+". Adapt the field names to your user model.",
		"python manage.py shell -c '\nfrom django.contrib.auth import get_user_model\n"+load+"users = get_user_model().objects\n"+
			"print(\"administrators:\", list(users.filter(is_superuser=True).values_list(\"pk\", \"last_login\", \"date_joined\")))\n"+
			"print(\"new accounts with rights:\", users.filter(is_staff=True, date_joined__gte=\""+from+"\").count())\n"+
			"print(\"accounts with an empty password:\", users.filter(password=\"\").count())\n"+changed+"'")
}

// without reports whether an app is known not to be installed at HEAD.
func (b *book) without(app string) bool {
	return b.project != nil && b.project.Settings.AppAbsent(app) == project.Yes
}

// replaceAtSource is for what an attacker with a copy of the database has read.
func (b *book) replaceAtSource() {
	var features []string
	var at project.Site
	for _, e := range b.effects(scanner.EffectData) {
		if strings.Contains(e.Attack, "decrypt") {
			if len(features) == 0 {
				at = project.Site{Path: e.Path, Line: e.Line}
			}
			if !slices.Contains(features, e.Feature) {
				features = append(features, e.Feature)
			}
		}
	}
	if len(features) > 0 {
		b.at(scanner.Today, at, "Whoever has the key and a copy of the data has read what was encrypted ("+strings.Join(features, ", ")+"). Encrypting it again does not undo that: replace it at its source (OAuth tokens, API keys, bank details).", "")
	}
}
