package dossier

import (
	"cmp"
	"path"
	"slices"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// newKey puts a new key where the project runs. The key goes through a pipe or a
// file: the arguments of a command are seen by everybody on the host.
func (b *book) newKey() {
	var platforms []project.Platform
	if b.project != nil {
		platforms = b.project.Platforms()
	}
	ci := 0
	for _, p := range platforms {
		do, run := b.platform(p)
		if do == "" {
			continue
		}
		if p.Kind == project.GitHub || p.Kind == project.GitLab {
			ci++
		}
		// two files of one platform, as a Procfile and an app.json, are one step
		if !slices.ContainsFunc(b.steps, func(s scanner.Step) bool { return s.Do == do && s.Run == run }) {
			b.at(scanner.ThisHour, p.Site, do, run)
		}
	}
	if len(platforms) == ci {
		b.add(scanner.ThisHour, "Make a new key and set "+b.variable+" to it where the site runs, from a file or standard input: the arguments of a command are seen by everybody on the host.", freshKey)
	}
}

// platform is the platform's own way to set the variable.
func (b *book) platform(p project.Platform) (do, run string) {
	name := b.variable
	if p.Key != "" && p.Kind != project.Kubernetes {
		name = p.Key
	}
	set := "Set " + name + " on " + string(p.Kind) + " to a new key, before the code that reads it is deployed."
	switch p.Kind {
	case project.Heroku:
		return set + " Heroku's own command takes the value as an argument, so this uses its interface; the login is that of heroku login.",
			freshKey + ` | sed 's/.*/{"` + name + `": "&"}/' | curl -n -X PATCH https://api.heroku.com/apps/` + cmp.Or(p.App, "APP") + `/config-vars -H 'Accept: application/vnd.heroku+json; version=3' -H 'Content-Type: application/json' --data-binary @-`
	case project.Fly:
		app := ""
		if p.App != "" {
			app = " -a " + p.App
		}
		return set, freshKey + " | sed 's/^/" + name + "=/' | fly secrets import" + app
	case project.Render:
		return set + " In the dashboard, under Environment; or let Render make it: generateValue: true in this file.", "- key: " + name + "\n  generateValue: true"
	case project.Railway:
		return set + " In the dashboard, under Variables: its command takes the value as an argument.", freshKey
	case project.Vercel:
		return set, "vercel env rm " + name + " production\n" + freshKey + " | vercel env add " + name + " production"
	case project.Kubernetes:
		secret, key := cmp.Or(p.App, "NAME"), cmp.Or(p.Key, name)
		return "Set " + key + " of the Secret " + secret + " to a new key, before the code that reads it is deployed; then restart what uses it.",
			freshKey + ` | tr -d '\n' | base64 | sed 's/.*/{"data":{"` + key + `":"&"}}/' | kubectl patch secret ` + secret + " --type merge --patch-file /dev/stdin\nkubectl rollout restart deployment"
	case project.GitHub:
		return "If the site is deployed from this workflow, set its secret " + name + " to the new key.", freshKey + " | gh secret set " + name
	case project.GitLab:
		return "If the site is deployed from this pipeline, set its variable " + name + " to the new key.", freshKey + " | glab variable update " + name
	case project.Compose:
		where := " In the .env beside the file, or in what env_file names; neither belongs in Git."
		if p.EnvFile != "" {
			where = " In the file that env_file names; it does not belong in Git."
		}
		env := say.Quote(cmp.Or(p.EnvFile, path.Join(path.Dir(p.Path), ".env")))
		return set + where,
			"umask 077; { " + withNewKey(name, env) + "; } > " + env + ".new && mv " + env + ".new " + env
	case project.Systemd:
		return b.systemd(p)
	}
	return "", ""
}

// systemd replaces the key in the file that a unit takes its variables from.
func (b *book) systemd(p project.Platform) (do, run string) {
	file := say.Quote(cmp.Or(p.EnvFile, "/etc/"+p.App+".env"))
	do = "Set " + b.variable + " to a new key in the file that EnvironmentFile names"
	if p.EnvFile == "" {
		do = "Give the unit an EnvironmentFile=" + file + " with " + b.variable + ", readable for root only"
	}
	return do + ", then restart the unit.",
		"umask 077; { " + withNewKey(b.variable, file) + "; } > " + file + ".new && mv " + file + ".new " + file + "\nsystemctl restart " + say.Quote(p.App)
}

// freshKey prints a new key that every file of variables can hold.
const freshKey = "djleaks key new --env-safe"

// withNewKey prints a file of variables in which one has a new key.
func withNewKey(variable, file string) string {
	return "grep -v '^" + variable + "=' " + file + "; " + freshKey + " | sed 's/^/" + variable + "=/'"
}
