package dossier

import (
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
		b.at(scanner.ThisHour, p.Site, do, run)
	}
	if len(platforms) == ci {
		b.add(scanner.ThisHour, "Make a new key and set "+b.variable+" to it where the site runs, from a file or standard input: the arguments of a command are seen by everybody on the host.", "djleaks key new --env-safe")
	}
}

// platform is the platform's own way to set the variable.
func (b *book) platform(p project.Platform) (do, run string) {
	name := b.variable
	if p.Key != "" && p.Kind != project.Systemd && p.Kind != project.Kubernetes {
		name = p.Key
	}
	set := "Set " + name + " on " + string(p.Kind) + " to a new key, before the code that reads it is deployed."
	const fresh = "djleaks key new --env-safe"
	switch p.Kind {
	case project.Heroku:
		app := "APP"
		if p.App != "" {
			app = p.App
		}
		return set + " Heroku's own command takes the value as an argument, so this uses its interface; the login is that of heroku login.",
			fresh + ` | sed 's/.*/{"` + name + `": "&"}/' | curl -n -X PATCH https://api.heroku.com/apps/` + app + `/config-vars -H 'Accept: application/vnd.heroku+json; version=3' -H 'Content-Type: application/json' --data-binary @-`
	case project.Fly:
		app := ""
		if p.App != "" {
			app = " -a " + p.App
		}
		return set, fresh + " | sed 's/^/" + name + "=/' | fly secrets import" + app
	case project.Render:
		return set + " In the dashboard, under Environment; or let Render make it: generateValue: true in this file.", "- key: " + name + "\n  generateValue: true"
	case project.Railway:
		return set + " In the dashboard, under Variables: its command takes the value as an argument.", fresh
	case project.Vercel:
		return set, "vercel env rm " + name + " production\n" + fresh + " | vercel env add " + name + " production"
	case project.Kubernetes:
		secret, key := "NAME", name
		if p.App != "" {
			secret = p.App
		}
		if p.Key != "" {
			key = p.Key
		}
		return "Set " + key + " of the Secret " + secret + " to a new key, before the code that reads it is deployed; then restart what uses it.",
			fresh + ` | tr -d '\n' | base64 | sed 's/.*/{"data":{"` + key + `":"&"}}/' | kubectl patch secret ` + secret + " --type merge --patch-file /dev/stdin\nkubectl rollout restart deployment"
	case project.GitHub:
		return "If the site is deployed from this workflow, set its secret " + name + " to the new key.", fresh + " | gh secret set " + name
	case project.GitLab:
		return "If the site is deployed from this pipeline, set its variable " + name + " to the new key.", fresh + " | glab variable update " + name
	case project.Compose:
		return set + " In the .env beside the file, or in what env_file names; neither belongs into Git.",
			"umask 077; { grep -v '^" + name + "=' .env; " + fresh + " | sed 's/^/" + name + "=/'; } > .env.new && mv .env.new .env"
	case project.Systemd:
		unit := say.Quote(p.App)
		file := "/etc/" + p.App + ".env"
		if p.Key != "" {
			file = p.Key
		}
		file = say.Quote(file)
		do = "Set " + b.variable + " to a new key in the file that EnvironmentFile names"
		if p.Key == "" {
			do = "Give the unit an EnvironmentFile=" + file + " with " + b.variable + ", readable for root only"
		}
		return do + ", then restart the unit.",
			"umask 077; { grep -v '^" + b.variable + "=' " + file + "; " + fresh + " | sed 's/^/" + b.variable + "=/'; } > " + file + ".new && mv " + file + ".new " + file + "\nsystemctl restart " + unit
	}
	return "", ""
}
