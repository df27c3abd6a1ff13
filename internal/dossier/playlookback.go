package dossier

import (
	"slices"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/radius"
	"github.com/djleaks/djleaks/scanner"
)

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
		case e.Feature == radius.SimpleJWT:
			b.at(scanner.Today, at, "Forged tokens are in no table. In the access logs since "+from+" look for users whose requests with a token have no login or refresh before them; with the blacklist app, compare with what was issued.",
				"python manage.py shell -c 'from rest_framework_simplejwt.token_blacklist.models import OutstandingToken as T; print(T.objects.filter(created_at__gte=\""+from+"\").count())'")
		case e.Feature == radius.TaskQueue:
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
