package main

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// group is where the help of the program lists a command.
func group(command string) string {
	switch command {
	case "audit", "staged", "range", "files":
		return "Find keys"
	case "hook", "ci":
		return "Guard commits, pushes and merges"
	case "fix", "key", "purge-kit":
		return "Replace a leaked key"
	case "report", "rules", "demo":
		return "Report and explain"
	}
	return "Shells, editors and manual"
}

// examples are calls of a command, as people make them; "" for none.
func examples(command string) string {
	switch command {
	case "audit":
		return `djleaks audit                                     the repository you are in
djleaks audit ../site.git --report html=djleaks.html
djleaks audit --fail-on medium --exit-zero`
	case "staged":
		return `djleaks staged                                    before git commit
djleaks staged mysite/settings.py
djleaks staged --format json`
	case "range":
		return `djleaks range main..HEAD                          what a branch adds
djleaks range HEAD~3..HEAD --strict
djleaks range v1.0..v1.1 --report sarif=djleaks.sarif`
	case "files":
		return `djleaks files settings.py .env
djleaks files --explain settings.py               why a value is judged as it is
ssh host cat site/.env | djleaks files -`
	case "ci":
		return `djleaks ci
djleaks ci --base origin/main
djleaks ci --report junit=test-results/djleaks.xml`
	case "hook install":
		return `djleaks hook install
djleaks hook install --hook pre-commit,pre-push
djleaks hook install --global                     for all repositories of yours`
	case "hook uninstall":
		return `djleaks hook uninstall
djleaks hook uninstall --hook pre-push
djleaks hook uninstall --global`
	case "hook status":
		return `djleaks hook status
djleaks hook status --hook pre-push
djleaks hook status --global`
	case "hook run":
		return `djleaks hook run pre-commit                       what Git calls
djleaks hook run pre-commit settings.py           what pre-commit calls
djleaks hook run pre-push origin git@example.com:site.git`
	case "fix":
		return `djleaks fix                                       show what would change
djleaks fix --write
djleaks fix mysite/settings.py:23`
	case "key new":
		return `djleaks key new
export DJANGO_SECRET_KEY="$(djleaks key new --env-safe)"
djleaks key new --dotenv >> .env`
	case "key fingerprint":
		return `printf %s "$DJANGO_SECRET_KEY" | djleaks key fingerprint`
	case "key match":
		return `djleaks key match < cookie.txt`
	case "report":
		return `djleaks report djleaks.json
djleaks report djleaks.json --format html --output djleaks.html
djleaks report djleaks.json --all`
	case "rules":
		return `djleaks rules
djleaks rules django-secret-key
djleaks rules --error-rates`
	}
	return ""
}

// withExamples adds to each command the group that it is listed in, and how it
// is called.
func withExamples(app *cli.App) {
	for _, c := range app.Commands {
		c.Category = group(c.Name)
		addExamples(c, c.Name)
		for _, sub := range c.Subcommands {
			addExamples(sub, c.Name+" "+sub.Name)
		}
	}
}

func addExamples(c *cli.Command, name string) {
	if text := examples(name); text != "" {
		c.Description = strings.TrimSpace(c.Description + "\n\nExamples:\n  " + strings.ReplaceAll(text, "\n", "\n  "))
	}
}
