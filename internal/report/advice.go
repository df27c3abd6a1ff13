package report

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// replacementOf is what to write in the place of a key, for a reader.
func (o Options) replacementOf(at *scanner.Occurrence) scanner.Replacement {
	r := scanner.Replacement{Line: at.Replacement, Variable: "DJANGO_SECRET_KEY"}
	if o.Replacement != nil {
		r = o.Replacement(at)
	}
	r.Line, r.Note = clean(r.Line), clean(r.Note)
	return r
}

// elsewhere is how a reader who may have nothing installed calls the program.
const elsewhere = "uvx djleaks"

// Django's own way to a key, for a reader who has only that. A .env file gets
// letters and digits alone: its readers give a meaning to some of the symbols
// that keys are otherwise made of.
const (
	djangoKey    = `python -c "from django.core.management.utils import get_random_secret_key; print(get_random_secret_key())"`
	djangoDotenv = `python -c "from django.utils.crypto import get_random_string; print('NAME=' + get_random_string(64))"`
)

// isPath reports whether a program has no name that a shell finds, so that only
// its path is left: in the cache of a hook manager, which can be cleared.
func isPath(program string) bool { return strings.ContainsAny(program, `/\`) }

// freshKey is the command that makes a new key and puts it where the line that
// is advised will look for it: without that the project ends in an error.
// Projects that use environ, environs or decouple have a file named .env.
// program is how the reader calls this one. There is none for a fallback: what
// is in that list must get out of it, and nothing takes its place.
func freshKey(r scanner.Replacement, program string) (command, note string) {
	if strings.Contains(r.Variable+r.Line, "FALLBACK") {
		return "", ""
	}
	if !r.Dotenv {
		command = "djleaks key new --env-safe"
		if isPath(program) {
			command = djangoKey
		}
		return "export " + r.Variable + `="$(` + say.Called(command, program) + `)"`, "before you start Django"
	}
	command = "djleaks key new --dotenv"
	if r.Variable != "DJANGO_SECRET_KEY" {
		command += " --name " + r.Variable
	}
	if isPath(program) {
		command = strings.Replace(djangoDotenv, "NAME", r.Variable, 1)
	}
	return say.Called(command, program) + " >> .env", "a file that Git must ignore"
}

// step is one thing to do, with a command or a line of code where there is one.
type step struct{ Do, Code string }

// onlyInFiles reports whether no key is from Git, so that nothing says who could
// read it.
func onlyInFiles(keys []scanner.Key) bool {
	return len(keys) > 0 && !slices.ContainsFunc(keys, func(k scanner.Key) bool { return k.Status != scanner.StatusWorktree })
}

// whatToDo is what to do about leaked keys, in order. The leaked keys must not
// become fallbacks: they would stay valid. program is how the reader calls this
// one.
func (o Options) whatToDo(keys []scanner.Key, program string) []step {
	live, generated := false, false
	setting := ""
	for i := range keys {
		live = live || current(keys[i].Status)
		generated = generated || keys[i].Class.Generated()
		if len(keys[i].Occurrences) > 0 && setting == "" {
			if r := o.replacementOf(&keys[i].Occurrences[0]); r.Python {
				setting = r.Line
			}
		}
	}
	if setting == "" {
		setting = `SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]`
	}
	newKey, read := say.Called("djleaks key new --env-safe", program), "Read it from the environment."
	if isPath(program) {
		newKey = djangoKey
	} else if live {
		read = "Read it from the environment: " + program + " fix shows the change."
	}
	var steps []step
	if onlyInFiles(keys) {
		steps = append(steps, step{
			"See whether Git has ever had the file: this prints the commits that change it. If there are none, and nobody else " +
				"could read the file, the key has not leaked and may stay.",
			"git log --all --oneline -- FILE",
		})
	}
	if !live {
		steps = append(steps, step{
			"Ask production whether it still uses one of these keys: this prints the fingerprint of its key.",
			`printf %s "$DJANGO_SECRET_KEY" | sha256sum | cut -c1-16`,
		})
	}
	steps = append(steps,
		step{"Make a new key, and set it where the site runs, outside the repository.", newKey},
		step{read, setting},
		step{"Deploy it to all processes at once. Do not list a leaked key in SECRET_KEY_FALLBACKS: it would stay valid. " +
			"What the site encrypts with the key must be encrypted again first.", ""},
		step{"Delete the stored sessions and expect one logout for everybody; links in mails sent earlier stop working.", ""},
	)
	if generated {
		steps = append(steps, step{"Cleaning the history is optional and comes last: whoever has the key keeps it.", ""})
	}
	return steps
}
