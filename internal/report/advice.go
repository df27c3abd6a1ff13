package report

import (
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// instead is what to write in the place of a key.
type instead struct {
	Line string // the exact line; empty if there is none
	Note string // what else it needs, in a few words
}

// insteadOf finds the line to write for an occurrence by how it was written,
// or where that is not known by the name of its file.
func insteadOf(o *scanner.Occurrence) instead {
	if strings.HasSuffix(o.Rule, "-fallback") {
		// The list is the mistake, not a value in it.
		return instead{Line: identifier(o.Name) + ` = [k for k in os.environ.get("DJANGO_SECRET_KEY_FALLBACKS", "").split(",") if k]`}
	}
	if o.Instead != "" {
		return instead{Line: clean(o.Instead)}
	}
	name := identifier(o.Name)
	switch family(o) {
	case "message":
		return instead{Note: "write the message again without the key"}
	case "python":
		if strings.Contains(name, "FALLBACK") {
			return instead{Line: name + " = []", Note: "a key that is listed here is still valid"}
		}
		return instead{Line: name + ` = os.environ["` + variable(name) + `"]`, Note: "with import os"}
	case "dotenv":
		// -f, because the file may have been edited since it was staged
		return instead{Line: "git rm -f --cached " + say.Quote(clean(o.Path)), Note: "and add the file to .gitignore"}
	case "compose":
		return instead{Line: name + ": ${" + variable(name) + ":?}", Note: "set it outside the repository"}
	case "docker":
		return instead{Note: "take the line out; give " + variable(name) + " to the container when it runs"}
	case "kubernetes":
		return instead{Note: "take the value out; make the Secret with kubectl or a sealed-secrets tool"}
	case "ci":
		return instead{Note: "take the value out; keep it in the secrets of the CI system"}
	}
	return instead{Note: "take the value out; read " + variable(name) + " from the environment"}
}

// String is the advice in one line.
func (i instead) String() string {
	switch {
	case i.Line == "":
		return i.Note
	case i.Note == "":
		return i.Line
	}
	return i.Line + "  (" + i.Note + ")"
}

// family is what kind of file holds the occurrence.
func family(o *scanner.Occurrence) string {
	if o.Commit != "" && o.Path == "" {
		return "message"
	}
	file := strings.ToLower(path.Base(o.Path))
	full := strings.ToLower(o.Path)
	switch {
	case strings.HasPrefix(string(o.Form), "python"), strings.HasSuffix(file, ".py"):
		return "python"
	case strings.Contains(full, ".github/workflows/"), strings.HasPrefix(file, ".gitlab-ci"):
		return "ci"
	case strings.HasPrefix(string(o.Form), "k8s"), strings.HasPrefix(string(o.Form), "kubernetes"):
		return "kubernetes"
	case strings.Contains(file, "compose") && (strings.HasSuffix(file, ".yml") || strings.HasSuffix(file, ".yaml")):
		return "compose"
	case strings.HasPrefix(string(o.Form), "docker"), strings.Contains(file, "dockerfile"), strings.Contains(file, "containerfile"):
		return "docker"
	case strings.HasPrefix(string(o.Form), "dotenv"), strings.HasPrefix(string(o.Form), "shell"), strings.Contains(file, ".env"):
		return "dotenv"
	}
	return ""
}

// identifier is a name that can stand in a line of code, SECRET_KEY if the
// report has none.
func identifier(name string) string {
	if name == "" || len(name) > 64 {
		return "SECRET_KEY"
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c != '_' && (c < '0' || c > '9' || i == 0) && (c|32 < 'a' || c|32 > 'z') {
			return "SECRET_KEY"
		}
	}
	return name
}

// variable is the environment variable for a setting.
func variable(name string) string {
	name = strings.ToUpper(name)
	if name == "SECRET_KEY" || name == "SECRET" {
		return "DJANGO_SECRET_KEY"
	}
	return name
}

// elsewhere is how a reader who may have nothing installed calls the program.
const elsewhere = "uvx djleaks"

// freshKey is the command that makes a new key and puts it where the line that
// insteadOf advises will look for it: without that the project ends in an error.
// Projects that use environ, environs or decouple have a file named .env.
func freshKey(o *scanner.Occurrence) (command, note string) {
	line := insteadOf(o).Line
	getter, name := "", "DJANGO_SECRET_KEY"
	if before, rest, ok := strings.Cut(line, `("`); ok {
		_, getter, _ = strings.Cut(before, "= ")
		line = rest
	} else if _, rest, ok := strings.Cut(line, `environ["`); ok {
		line = rest
	}
	if variable, _, ok := strings.Cut(line, `"`); ok && identifier(variable) == variable {
		name = variable
	}
	switch getter {
	case "env", "env.str", "config":
		command = "djleaks key new --dotenv"
		if name != "DJANGO_SECRET_KEY" {
			command += " --name " + name
		}
		return command + " >> .env", "a file that Git must ignore"
	}
	return "export " + name + `="$(djleaks key new --env-safe)"`, "before you start Django"
}

// step is one thing to do, with a command or a line of code where there is one.
type step struct{ Do, Code string }

// whatToDo is what to do about leaked keys, in order. The leaked keys must not
// become fallbacks: they would stay valid. program is how the reader calls this
// one.
func whatToDo(keys []scanner.Key, program string) []step {
	live, generated := false, false
	setting := ""
	for i := range keys {
		live = live || current(keys[i].Status)
		generated = generated || keys[i].Class.Generated()
		if len(keys[i].Occurrences) > 0 && setting == "" && family(&keys[i].Occurrences[0]) == "python" {
			setting = insteadOf(&keys[i].Occurrences[0]).Line
		}
	}
	if setting == "" {
		setting = `SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]`
	}
	var steps []step
	if !live {
		steps = append(steps, step{
			"Ask production whether it still uses one of these keys: this prints the fingerprint of its key.",
			`printf %s "$DJANGO_SECRET_KEY" | sha256sum | cut -c1-16`,
		})
	}
	steps = append(steps,
		step{"Make a new key, and set it where the site runs, outside the repository.", say.Called("djleaks key new --env-safe", program)},
		step{"Read it from the environment.", setting},
		step{"Deploy it to all processes at once. Do not list a leaked key in SECRET_KEY_FALLBACKS: it would stay valid. " +
			"What the site encrypts with the key must be encrypted again first.", ""},
		step{"Delete the stored sessions and expect one logout for everybody; links in mails that were sent before stop working.", ""},
	)
	if generated {
		steps = append(steps, step{"Cleaning the history is optional and comes last: whoever has the key keeps it.", ""})
	}
	return steps
}
