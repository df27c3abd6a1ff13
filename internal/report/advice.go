package report

import (
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

// freshKey is the command that makes a new key and puts it where the line that
// is advised will look for it: without that the project ends in an error.
// Projects that use environ, environs or decouple have a file named .env.
func freshKey(r scanner.Replacement) (command, note string) {
	if !r.Dotenv {
		return "export " + r.Variable + `="$(djleaks key new --env-safe)"`, "before you start Django"
	}
	command = "djleaks key new --dotenv"
	if r.Variable != "DJANGO_SECRET_KEY" {
		command += " --name " + r.Variable
	}
	return command + " >> .env", "a file that Git must ignore"
}

// step is one thing to do, with a command or a line of code where there is one.
type step struct{ Do, Code string }

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
