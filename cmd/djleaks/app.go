package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/scanner"
)

// version is the release that this source tree is or will be. A constant,
// because a hook runner builds from a checkout without tags.
const version = "0.1.0"

// process is what the program may touch of the process that it runs in.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	recalled       func()            // called when an audit goes on from a cache; may be nil
	found          *scanner.Redactor // keys that no message may show; set by run
}

// line makes a string fit for a terminal or a log, and shows no key that was
// found.
func (p process) line(s string) string { return report.Line(p.found.Redact(s)) }

// run is the whole program: arguments in, exit code out.
func run(ctx context.Context, args []string, p process) int {
	p.found = &scanner.Redactor{}
	out := &output{Writer: p.stdout}
	p.stdout = out
	app := appOf(p, commandsFor(p, args))
	rememberNames(app.Commands)
	args, err := flagsFirst(app, args)
	if err == nil {
		err = app.RunContext(ctx, args)
	}
	if err == nil {
		err = out.err
	}
	return p.exit(ctx, err)
}

// declaration makes a command. Each comes from a function of its own file, named
// after it.
type declaration struct {
	name    string
	declare func(process) *cli.Command
}

func declarations() []declaration {
	return []declaration{
		{"audit", auditCommand}, {"staged", stagedCommand}, {"range", rangeCommand}, {"files", filesCommand},
		{"ci", ciCommand}, {"hook", hookCommand}, {"init", initCommand}, {"fix", fixCommand}, {"lsp", lspCommand},
		{"accept", acceptCommand}, {"ledger", ledgerCommand}, {"key", keyCommand}, {"purge-kit", purgeKitCommand},
		{"report", reportCommand}, {"fleet", fleetCommand}, {"merge", mergeCommand}, {"rules", rulesCommand},
		{"demo", demoCommand}, {"completion", completionCommand}, {"man", manCommand}, {"schema", schemaCommand},
		{"version", versionCommand},
	}
}

// commandsFor makes the command that the arguments call, or all of them if they call
// none: the options and the help of all took a tenth of the time of a hook.
func commandsFor(p process, args []string) (commands []*cli.Command) {
	all := declarations()
	if len(args) > 1 {
		if i := slices.IndexFunc(all, func(d declaration) bool { return d.name == args[1] }); i >= 0 {
			all = all[i : i+1]
		}
	}
	for _, d := range all {
		commands = append(commands, d.declare(p))
	}
	return commands
}

// newApp is the program with all commands.
func newApp(p process) *cli.App { return appOf(p, commandsFor(p, nil)) }

// appOf is the program with some commands.
func appOf(p process, commands []*cli.Command) *cli.App {
	app := &cli.App{
		Name:  "djleaks",
		Usage: "find leaked Django secret keys before they are committed, and in history",
		Description: "Exit codes: 0 everything was read and no key reaches --fail-on; 1 keys at or\n" +
			"above it; 2 usage or configuration error; 3 something that was asked for could\n" +
			"not be read. No output ever holds a key.",
		Version:                   version,
		Reader:                    p.stdin,
		Writer:                    p.stdout,
		ErrWriter:                 p.stderr,
		Commands:                  commands,
		DisableSliceFlagSeparator: true,
		HideHelpCommand:           true,
		// The library would end the process and print to standard output.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   onUsageError,
		Action:         noCommand,
	}
	app.HideVersion = true // by the library's name for it, -v
	app.Flags = append(app.Flags, &cli.BoolFlag{Name: "version", Aliases: []string{"V", "v"}, Usage: "print the version", DisableDefaultText: true})
	withExamples(app)
	forEachCommand(app.Commands, func(c *cli.Command) {
		c.OnUsageError = onUsageError
		c.HideHelpCommand = true
		for _, flag := range c.Flags {
			if b, ok := flag.(*cli.BoolFlag); ok {
				b.DisableDefaultText = true // a switch that is not set is off
			}
		}
		if len(c.Subcommands) > 0 && c.Action == nil {
			c.Action = noCommand
			c.UsageText = "djleaks " + c.Name + " COMMAND [OPTIONS] [ARGUMENTS]"
		}
	})
	return app
}

func forEachCommand(commands []*cli.Command, do func(*cli.Command)) {
	for _, c := range commands {
		do(c)
		forEachCommand(c.Subcommands, do)
	}
}

// onUsageError says in the words of this program what the library, and the
// package flag below it, say of an option.
func onUsageError(c *cli.Context, err error, _ bool) error {
	message := err.Error()
	if name, ok := strings.CutPrefix(message, "flag provided but not defined: -"); ok {
		option := optionWord(name)
		var options []string
		for _, f := range append(slices.Clone(c.Command.Flags), c.App.Flags...) {
			options = append(options, optionWord(f.Names()[0]))
		}
		return usageError{"unknown option " + option, say.DidYouMean(option, options, helpFor(c))}
	}
	if name, ok := strings.CutPrefix(message, "flag needs an argument: -"); ok {
		return usageError{"option " + optionWord(name) + " needs a value", helpFor(c)}
	}
	if value, rest, ok := strings.Cut(message, " for flag -"); ok && strings.HasPrefix(value, "invalid value ") {
		name, _, _ := strings.Cut(rest, ":")
		return usageError{value + " for option " + optionWord(name), helpFor(c)}
	}
	return usageError{message, helpFor(c)}
}

// optionWord is an option as it is typed.
func optionWord(name string) string {
	if name = strings.TrimLeft(name, "-"); len(name) > 1 {
		return "--" + name
	}
	return "-" + name
}

// helpFor is the command that explains the one that was called.
func helpFor(c *cli.Context) string {
	return strings.TrimSpace("djleaks "+commandName(c)) + " --help"
}

// commandName is the words that lead to a command: "hook install". It is empty
// for the program itself.
func commandName(c *cli.Context) string {
	var words []string
	for _, level := range c.Lineage() {
		if level.Command != nil && level.Command.Name != "" && level.Command.Name != c.App.Name {
			words = append(words, level.Command.Name)
		}
	}
	slices.Reverse(words)
	return strings.Join(slices.Compact(words), " ")
}

// noCommand answers an unknown command, and none at all.
func noCommand(c *cli.Context) error {
	if c.Bool("version") {
		return printVersion(c)
	}
	commands := c.App.Commands
	if c.Command != nil && len(c.Command.Subcommands) > 0 {
		commands = c.Command.Subcommands
	}
	if !c.Args().Present() {
		return cli.ShowSubcommandHelp(c)
	}
	var names []string
	for _, command := range commands {
		names = append(names, command.Name)
	}
	word := c.Args().First()
	if isAddress(word) {
		return addressError(word)
	}
	return usageError{fmt.Sprintf("unknown command %q", word), say.DidYouMean(word, names, helpFor(c))}
}

// flagsFirst moves the options of a command before its other arguments. The
// library stops reading options at the first argument that is not an option, and would
// drop `--format json` of `djleaks audit . --format json` without a word.
func flagsFirst(app *cli.App, args []string) ([]string, error) {
	if len(args) == 0 {
		return nil, usageError{"no arguments at all", "djleaks --help"}
	}
	commands, flags := app.Commands, app.Flags
	out := args[:1:1]
	called := []string{"djleaks"} // the words that lead to the command
	var rest []string
	for i := 1; i < len(args); i++ {
		word := args[i]
		switch {
		case word == "--":
			return slices.Concat(out, []string{"--"}, rest, args[i+1:]), nil
		case len(word) > 1 && word[0] == '-':
			out = append(out, word)
			if takesValue(flags, word) {
				if i++; i == len(args) { // else the library takes the first argument for its value
					return nil, usageError{"option " + optionWord(word) + " needs a value", strings.Join(append(called, "--help"), " ")}
				}
				out = append(out, args[i])
			}
		default:
			command := find(commands, word)
			if command == nil || len(rest) > 0 {
				rest = append(rest, word)
				commands = nil
				continue
			}
			out, called = append(out, word), append(called, word)
			commands, flags = command.Subcommands, command.Flags
		}
	}
	if slices.ContainsFunc(rest, func(s string) bool { return s == "" }) {
		return nil, usageError{"an argument is empty", "is a variable in it not set?"}
	}
	return append(out, rest...), nil
}

func find(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// takesValue reports whether the option needs the next word for its value.
func takesValue(flags []cli.Flag, word string) bool {
	name := strings.TrimLeft(word, "-")
	if strings.Contains(name, "=") {
		return false
	}
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			g, ok := f.(cli.DocGenerationFlag)
			return ok && g.TakesValue()
		}
	}
	return false
}

// exit says on standard error why the program ends, and gives the exit code.
func (p process) exit(ctx context.Context, err error) int {
	if err == nil {
		return exitClean
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = scan.Interrupted("interrupted: what was found so far is not reported")
	}
	code := exitCode(err)
	var verdict verdictError
	if errors.As(err, &verdict) {
		return code // the report has said it
	}
	fmt.Fprintln(p.stderr, "djleaks:", p.line(err.Error()))
	for _, hint := range say.Hints(err) {
		fmt.Fprintln(p.stderr, "hint:", p.line(say.Called(hint, p.call())))
	}
	return code
}
