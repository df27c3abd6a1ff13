package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// docs/reference.md is the words of --help, for the site.
func TestTheReferenceOfTheDocsIsMadeOfTheHelp(t *testing.T) {
	var b strings.Builder
	app := newApp(process{})
	b.WriteString("# Reference\n\nMade of the words of `--help`: `go test ./cmd/djleaks -run Reference -update`.\n\n" +
		app.Description + "\n\nOptions may come before or after the other arguments; `--` ends them.\n")
	writeReference(&b, app.Name, app.Commands)
	fresh(t, "docs/reference.md", []byte(b.String()))
	if n := strings.Count(b.String(), "\n## djleaks "); n < 25 {
		t.Errorf("only %d commands", n)
	}
}

// writeReference writes a section for each command that does something.
func writeReference(b *strings.Builder, prefix string, commands []*cli.Command) {
	for _, c := range commands {
		name := prefix + " " + c.Name
		if len(c.Subcommands) > 0 {
			writeReference(b, name, c.Subcommands)
			continue
		}
		text, examples, _ := strings.Cut(c.Description, "Examples:\n")
		fmt.Fprintf(b, "\n## %s\n\n%s\n\n```text\n%s\n```\n", name, sentenceOf(c.Usage), strings.TrimSpace(name+" [OPTIONS] "+c.ArgsUsage))
		if text = strings.TrimSpace(text); text != "" {
			if strings.Contains(text, "  ") { // aligned
				text = "```text\n" + text + "\n```"
			}
			b.WriteString("\n" + text + "\n")
		}
		if examples != "" {
			b.WriteString("\n```console\n")
			for line := range strings.Lines(examples) {
				call, remark, _ := strings.Cut(strings.TrimSpace(line), "   ")
				if remark = strings.TrimSpace(remark); remark != "" {
					call = fmt.Sprintf("%-50s # %s", call, remark)
				}
				b.WriteString("$ " + call + "\n")
			}
			b.WriteString("```\n")
		}
		writeOptions(b, c.Flags)
	}
}

func writeOptions(b *strings.Builder, flags []cli.Flag) {
	if len(flags) == 0 {
		return
	}
	b.WriteString("\n| option | meaning |\n|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`)
	for _, f := range flags {
		if doc, ok := f.(cli.DocGenerationFlag); ok {
			fmt.Fprintf(b, "| `%s` | %s |\n", strings.ReplaceAll(optionWords(f, doc), "|", `\|`), cell.Replace(optionMeaning(f, doc)))
		}
	}
}
