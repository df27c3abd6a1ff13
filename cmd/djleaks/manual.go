package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/say"
)

func manCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "man",
		Usage:     "print the manual page, for `man -l -`",
		ArgsUsage: " ",
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return tooManyArguments(c)
			}
			_, err := io.WriteString(p.stdout, manualPage(newApp(p)))
			return err
		},
	}
}

// manualPage is the page in roff, made from the words of --help.
func manualPage(app *cli.App) string {
	var m manual
	m.line(".TH DJLEAKS 1 \"\" \"djleaks " + version + "\" \"User Commands\"")
	m.line(".SH NAME")
	m.text("djleaks - " + app.Usage)
	m.line(".SH SYNOPSIS")
	m.text("djleaks COMMAND [OPTIONS] [ARGUMENTS]")
	m.line(".SH DESCRIPTION")
	m.text(app.Description)
	m.text("Options may come before or after the other arguments; \"--\" ends them.")
	m.line(".SH COMMANDS")
	m.commands("djleaks", app.Commands)
	m.line(".SH EXIT STATUS")
	for _, e := range []struct{ code, meaning string }{
		{"0", "Everything that was asked for was read, and no key reaches --fail-on."},
		{"1", "Keys at or above --fail-on, whether or not all was read."},
		{"2", "Usage or configuration error."},
		{"3", "Something that was asked for could not be read."},
	} {
		m.term(e.code, e.meaning)
	}
	m.line(".SH FILES")
	m.term(".djleaks.toml", "The configuration, in the root of the repository.")
	m.term("pyproject.toml", "The same in its table tool.djleaks, where there is no .djleaks.toml.")
	m.line(".SH ENVIRONMENT")
	m.term("NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE", "Without --color, say whether the text has colours. NO_COLOR wins.")
	m.term("DJLEAKS_CONFIG", "Names the configuration, as --config does, which wins.")
	m.term("GIT_DIR, GIT_INDEX_FILE", "Name the repository and the index, as they do for Git.")
	return m.String()
}

// manual is a page that is being written.
type manual struct{ strings.Builder }

// line writes a line of roff.
func (m *manual) line(s string) { m.WriteString(s + "\n") }

// roff escapes a text for roff.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", `\(ga`, "'", `\(aq`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}

// text writes a paragraph. Lines that are aligned by blanks stay as they are.
func (m *manual) text(s string) {
	m.line(".PP")
	aligned := strings.Contains(s, "  ")
	if aligned {
		m.line(".nf")
	}
	for _, line := range strings.Split(s, "\n") {
		m.line(roff(line))
	}
	if aligned {
		m.line(".fi")
	}
}

// term writes a word and what it means.
func (m *manual) term(word, meaning string) {
	m.line(".TP")
	m.line(`\fB` + roff(word) + `\fR`)
	m.line(roff(meaning))
}

func (m *manual) commands(prefix string, commands []*cli.Command) {
	for _, c := range commands {
		name := prefix + " " + c.Name
		if len(c.Subcommands) > 0 {
			m.commands(name, c.Subcommands)
			continue
		}
		m.line(`.SS "` + roff(strings.TrimSpace(name+" "+strings.ReplaceAll(c.ArgsUsage, "…", "..."))) + `"`)
		m.text(sentenceOf(c.Usage))
		if c.Description != "" {
			m.text(c.Description)
		}
		for _, f := range c.Flags {
			if doc, ok := f.(cli.DocGenerationFlag); ok {
				m.term(optionWords(f, doc), optionMeaning(f, doc))
			}
		}
	}
}

func sentenceOf(s string) string {
	return say.Capitalized(s) + "."
}

// optionWords are the names of an option with its value: "--output FILE, -o FILE".
func optionWords(f cli.Flag, doc cli.DocGenerationFlag) string {
	var words []string
	for _, name := range f.Names() {
		word := "--" + name
		if len(name) == 1 {
			word = "-" + name
		}
		if doc.TakesValue() {
			word += " " + placeholder(doc.GetUsage())
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func optionMeaning(f cli.Flag, doc cli.DocGenerationFlag) string {
	s := sentenceOf(strings.ReplaceAll(doc.GetUsage(), "`", ""))
	if text, ok := f.(*cli.StringFlag); ok && text.Value != "" {
		s += fmt.Sprintf(" Default: %s.", text.Value)
	}
	return s
}

// placeholder is the word of a usage that stands for the option's value: the
// one in backquotes.
func placeholder(usage string) string {
	_, rest, _ := strings.Cut(usage, "`")
	word, _, found := strings.Cut(rest, "`")
	if !found {
		return "VALUE"
	}
	return word
}
