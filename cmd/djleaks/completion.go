package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/hooks"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

func completionCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a completion script for a shell: " + strings.Join(shells, ", "),
		ArgsUsage: "SHELL",
		Action: func(c *cli.Context) error {
			write := map[string]func(io.Writer, []completed) error{
				"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion, "powershell": powershellCompletion,
			}[c.Args().First()]
			if err := checkWord(c, "shell", shells...); err != nil {
				return err
			}
			app := newApp(p)
			app.Setup() // adds --help
			return write(p.stdout, completions(app))
		},
	}
}

var shells = []string{"bash", "zsh", "fish", "powershell"}

// completed is one command with what may follow it.
type completed struct {
	path  string // "", "audit", "hook install", …
	words []completedWord
}

// completedWord is a command or an option.
type completedWord struct {
	word, short string // "--format" and "-f"
	usage       string
	takesValue  bool
	values      []string // the values that an option takes, where they are few
}

// completions lists all commands, the program itself first. The scripts are
// written from it, so that a shell never runs the words of a line to complete
// it.
func completions(app *cli.App) []completed {
	all := []completed{{"", append(commandWords(app.Commands), flagWords(app.Flags)...)}}
	var walk func(prefix string, commands []*cli.Command)
	walk = func(prefix string, commands []*cli.Command) {
		for _, c := range commands {
			path := strings.TrimPrefix(prefix+" "+c.Name, " ")
			all = append(all, completed{path, slices.Concat(commandWords(c.Subcommands), argumentWords(path), flagWords(c.Flags))})
			walk(path, c.Subcommands)
		}
	}
	walk("", app.Commands)
	return all
}

func commandWords(commands []*cli.Command) (out []completedWord) {
	for _, c := range commands {
		out = append(out, completedWord{word: c.Name, usage: c.Usage})
	}
	return out
}

// argumentWords are the arguments of a command, where they are few.
func argumentWords(path string) (out []completedWord) {
	var words []string
	switch path {
	case "completion":
		words = shells
	case "schema":
		words = schemaNames
	case "hook run":
		words = hooks.Names()
	case "rules":
		for _, rule := range django.New().Rules() {
			words = append(words, rule.ID)
		}
	}
	for _, word := range words {
		out = append(out, completedWord{word: word})
	}
	return out
}

func flagWords(flags []cli.Flag) (out []completedWord) {
	for _, f := range flags {
		doc, ok := f.(cli.DocGenerationFlag)
		if !ok {
			continue
		}
		w := completedWord{usage: strings.ReplaceAll(doc.GetUsage(), "`", ""), takesValue: doc.TakesValue()}
		for _, name := range f.Names() {
			if len(name) == 1 {
				w.short = "-" + name
			} else {
				w.word = "--" + name
			}
		}
		if w.values = flagValues(w.word); w.values != nil {
			w.usage, _, _ = strings.Cut(w.usage, ": ") // the rest lists the values
		}
		out = append(out, w)
	}
	return out
}

func flagValues(flag string) []string {
	switch flag {
	case "--format":
		return report.Formats()
	case "--fail-on":
		return scanner.SeverityNames()
	case "--color":
		return []string{"auto", "always", "never"}
	case "--hook":
		return hooks.Names()
	}
	return nil
}

// wordPaths are the patterns that lead from one command to the next.
func wordPaths(all []completed) (out []string) {
	for _, c := range all[1:] {
		out = append(out, c.path)
	}
	return out
}

func plainWords(words []completedWord) string {
	var out []string
	for _, w := range words {
		out = append(out, w.word)
	}
	return strings.Join(out, " ")
}

func bashCompletion(w io.Writer, all []completed) error {
	var b strings.Builder
	b.WriteString("# bash completion for djleaks\n_djleaks() {\n" +
		"  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path='' word words\n" +
		"  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case \"${path:+$path }$word\" in\n")
	for _, path := range wordPaths(all) {
		fmt.Fprintf(&b, "      %s) path=%[1]s;;\n", say.SingleQuote(path))
	}
	b.WriteString("    esac\n  done\n  case $prev in\n")
	for _, f := range valueFlags(all) {
		fmt.Fprintf(&b, "    %s) COMPREPLY=($(compgen -W %s -- \"$cur\")); return;;\n", f.word, say.SingleQuote(strings.Join(f.values, " ")))
	}
	b.WriteString("  esac\n  case $path in\n")
	for _, c := range all {
		fmt.Fprintf(&b, "    %s) words=%s;;\n", say.SingleQuote(c.path), say.SingleQuote(plainWords(c.words)))
	}
	b.WriteString("  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -o default -F _djleaks djleaks\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// valueFlags are the options with a list of values, each once.
func valueFlags(all []completed) (out []completedWord) {
	for _, c := range all {
		for _, f := range c.words {
			if f.values != nil && !slices.ContainsFunc(out, func(o completedWord) bool { return o.word == f.word }) {
				out = append(out, f)
			}
		}
	}
	return out
}

func zshCompletion(w io.Writer, all []completed) error {
	var b strings.Builder
	b.WriteString("#compdef djleaks\n_djleaks() {\n  local cmd='' word\n  local -a choices\n" +
		"  for word in ${words[2,CURRENT-1]}; do\n    case \"${cmd:+$cmd }$word\" in\n")
	for _, path := range wordPaths(all) {
		fmt.Fprintf(&b, "      %s) cmd=%[1]s;;\n", say.SingleQuote(path))
	}
	b.WriteString("    esac\n  done\n  case ${words[CURRENT-1]} in\n")
	for _, f := range valueFlags(all) {
		fmt.Fprintf(&b, "    %s) compadd %s; return;;\n", f.word, strings.Join(f.values, " "))
	}
	b.WriteString("  esac\n  case $cmd in\n")
	for _, c := range all {
		fmt.Fprintf(&b, "    %s) choices=(", say.SingleQuote(c.path))
		for _, word := range c.words {
			b.WriteString(" " + say.SingleQuote(strings.TrimSuffix(word.word+":"+strings.ReplaceAll(word.usage, ":", `\:`), ":")))
		}
		b.WriteString(");;\n")
	}
	b.WriteString("  esac\n  _describe djleaks choices\n  _files\n}\nif [[ $funcstack[1] == _djleaks ]]; then _djleaks; else compdef _djleaks djleaks; fi\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func fishCompletion(w io.Writer, all []completed) error {
	var b strings.Builder
	b.WriteString("# fish completion for djleaks\n")
	for _, c := range all {
		condition := "__fish_use_subcommand"
		if c.path != "" {
			condition = "__fish_seen_subcommand_from " + strings.Join(strings.Fields(c.path), "; and __fish_seen_subcommand_from ")
		}
		if below := subcommands(all, c.path); c.path != "" && below != "" {
			condition += "; and not __fish_seen_subcommand_from " + below
		}
		for _, word := range c.words {
			fmt.Fprintf(&b, "complete -c djleaks -n %s", say.SingleQuote(condition))
			if long, ok := strings.CutPrefix(word.word, "--"); ok {
				b.WriteString(" -l " + long)
				if word.short != "" {
					b.WriteString(" -s " + word.short[1:])
				}
				if word.values != nil {
					b.WriteString(" -x -a " + say.SingleQuote(strings.Join(word.values, " ")))
				} else if word.takesValue {
					b.WriteString(" -r")
				}
			} else {
				b.WriteString(" -f -a " + say.SingleQuote(word.word))
			}
			b.WriteString(" -d " + say.SingleQuote(word.usage) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// subcommands are the words that may follow a command, with blanks between.
func subcommands(all []completed, path string) string {
	var out []string
	for _, c := range all {
		if word, ok := strings.CutPrefix(c.path, path+" "); ok {
			out = append(out, word)
		}
	}
	return strings.Join(out, " ")
}

func powershellCompletion(w io.Writer, all []completed) error {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	var b strings.Builder
	b.WriteString("# PowerShell completion for djleaks\nRegister-ArgumentCompleter -Native -CommandName djleaks -ScriptBlock {\n" +
		"  param($wordToComplete, $commandAst, $cursorPosition)\n  $choices = @{\n")
	for _, c := range all {
		var words []string
		for _, word := range c.words {
			words = append(words, quote(word.word))
		}
		fmt.Fprintf(&b, "    %s = @(%s)\n", quote(c.path), strings.Join(words, ", "))
	}
	b.WriteString("  }\n  $path = ''\n  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {\n" +
		"    $next = (\"$path $element\").Trim()\n    if ($choices.ContainsKey($next)) { $path = $next }\n  }\n" +
		"  $choices[$path] | Where-Object { $_ -like \"$wordToComplete*\" } | ForEach-Object {\n" +
		"    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)\n  }\n}\n")
	_, err := io.WriteString(w, b.String())
	return err
}
