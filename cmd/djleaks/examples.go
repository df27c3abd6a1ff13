package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// groups are the headings of the program's help, with the commands below each.
var groups = map[string][]string{
	"Find keys":                        {"audit", "staged", "range", "files"},
	"Audit many repositories":          {"fleet", "merge"},
	"Guard commits, pushes and merges": {"init", "hook", "ci"},
	"Replace a leaked key":             {"fix", "key", "purge-kit"},
	"Report, explain and accept":       {"report", "rules", "demo", "accept", "ledger"},
	"Shells, editors and manual":       {"lsp", "completion", "man", "schema", "version"},
}

// examples are calls of each command, as people make them; a remark is three
// blanks or more away from the call.
var examples = map[string]string{
	"audit": `
djleaks audit                                     the repository you are in
djleaks audit ../site.git --report html=djleaks.html
djleaks audit --fail-on medium --exit-zero`,
	"fleet": `
djleaks fleet audit --list repositories.jsonl --store reports
djleaks fleet audit --list repositories.jsonl --store reports --shard 3/8
djleaks fleet audit --list repositories.jsonl --shard auto --dry-run`,
	"fleet audit": `
djleaks fleet audit --list repositories.jsonl --store reports
djleaks fleet audit --list repositories.jsonl --store reports --shard 3/8
djleaks fleet audit --list repositories.jsonl --shard auto --dry-run`,
	"merge": `
djleaks merge reports --list repositories.jsonl
djleaks merge shard-1 shard-2 --list repositories.jsonl --format html --output fleet.html
djleaks merge reports --list repositories.jsonl --since yesterday.json --format json --output today.json`,
	"staged": `
djleaks staged                                    before git commit
djleaks staged mysite/settings.py
djleaks staged --format json`,
	"range": `
djleaks range main..HEAD                          what a branch adds
djleaks range HEAD~3..HEAD --strict
djleaks range v1.0..v1.1 --report sarif=djleaks.sarif`,
	"files": `
djleaks files settings.py .env
djleaks files --explain settings.py               why a value is judged as it is
ssh host cat site/.env | djleaks files -`,
	"ci": `
djleaks ci
djleaks ci --base origin/main
djleaks ci --report junit=test-results/djleaks.xml`,
	"init": `
djleaks init                                      shows what is missing
djleaks init --write
djleaks init ../site --write`,
	"hook": `
djleaks hook install
djleaks hook status
djleaks hook uninstall`,
	"hook install": `
djleaks hook install
djleaks hook install --hook pre-commit,pre-push
djleaks hook install --global                     for all repositories of yours`,
	"hook uninstall": `
djleaks hook uninstall
djleaks hook uninstall --hook pre-push
djleaks hook uninstall --global`,
	"hook status": `
djleaks hook status
djleaks hook status --hook pre-push
djleaks hook status --global`,
	"hook run": `
djleaks hook run pre-commit                       what Git calls
djleaks hook run pre-commit settings.py           what pre-commit calls
djleaks hook run pre-push origin git@example.com:site.git`,
	"fix": `
djleaks fix                                       show what would change
djleaks fix --write
djleaks fix mysite/settings.py:23`,
	"key": `
djleaks key new
printf %s "$DJANGO_SECRET_KEY" | djleaks key fingerprint
djleaks key match < cookie.txt`,
	"key new": `
djleaks key new
export DJANGO_SECRET_KEY="$(djleaks key new --env-safe)"
djleaks key new --dotenv >> .env`,
	"key fingerprint": `
printf %s "$DJANGO_SECRET_KEY" | djleaks key fingerprint
ssh host printenv DJANGO_SECRET_KEY | djleaks key fingerprint
heroku config:get DJANGO_SECRET_KEY | djleaks key fingerprint`,
	"key match": `
djleaks key match < cookie.txt
pbpaste | djleaks key match ../site.git           a value that was copied, on macOS
djleaks key match --salt shop.tokens --format json < token.txt`,
	"purge-kit": `
djleaks purge-kit 9c56cc51b374c3ba --output ../purge
djleaks purge-kit 9c56cc51b374c3ba 2bb80d537b1da3e3 --output ../purge
djleaks purge-kit 9c56cc51b374c3ba --repository ../site.git --output ../purge`,
	"report": `
djleaks report djleaks.json
djleaks report djleaks.json --format html --output djleaks.html
djleaks report djleaks.json --all`,
	"rules": `
djleaks rules
djleaks rules django-secret-key
djleaks rules --error-rates`,
	"demo": `
djleaks demo
djleaks demo --report html=demo.html
djleaks demo --format json`,
	"accept": `
djleaks accept 9c56cc51b374c3ba --reason "the key of the tutorial"
djleaks accept 9c56cc51b374c3ba --path 'tests/**' --reason "made for tests"
djleaks accept --list`,
	"ledger": `
djleaks ledger add 9c56cc51b374c3ba --reason "the key of the tutorial"
djleaks ledger list
djleaks ledger prune`,
	"ledger add": `
djleaks ledger add 9c56cc51b374c3ba --reason "the key of the tutorial"
djleaks ledger add 9c56cc51b374c3ba --rotated 2026-05-01 --reason "replaced everywhere"
djleaks ledger add 9c56cc51b374c3ba --until 2027-01-01 --reason "the old site closes"`,
	"ledger list": `
djleaks ledger list
djleaks ledger list --format json
djleaks ledger list --baseline djleaks-baseline.jsonl`,
	"ledger prune": `
djleaks ledger prune
djleaks ledger prune --config ci/djleaks.toml
djleaks ledger prune --baseline djleaks-baseline.jsonl`,
	"lsp": `
djleaks lsp                                       what an editor starts
uvx djleaks lsp                                   the same, where nothing is installed
pipx run djleaks lsp`,
	"completion": `
djleaks completion bash > ~/.local/share/bash-completion/completions/djleaks
djleaks completion zsh > "${fpath[1]}/_djleaks"
djleaks completion fish > ~/.config/fish/completions/djleaks.fish
djleaks completion powershell >> $PROFILE`,
	"schema": `
djleaks schema config                             for completion in editors
djleaks schema report > djleaks-report.schema.json
djleaks schema merge > djleaks-fleet.schema.json
djleaks schema config | check-jsonschema --schemafile - .djleaks.toml`,
	"man": `
djleaks man | man -l -
djleaks man | mandoc -a                           where man has no -l, as on macOS
djleaks man > ~/.local/share/man/man1/djleaks.1`,
	"version": `
djleaks version
djleaks --version
uvx djleaks version`,
}

// withExamples adds to each command the group that it is listed in, and how it
// is called.
func withExamples(app *cli.App) {
	for _, c := range app.Commands {
		for group, names := range groups {
			if slices.Contains(names, c.Name) {
				c.Category = group
			}
		}
		addExamples(c, c.Name)
		for _, sub := range c.Subcommands {
			addExamples(sub, c.Name+" "+sub.Name)
		}
	}
}

func addExamples(c *cli.Command, name string) {
	if text := examples[name]; text != "" {
		c.Description = strings.TrimSpace(c.Description + "\n\nExamples:" + strings.ReplaceAll(text, "\n", "\n  "))
	}
}
